/* Reading, splitting and checking the SQL of a plan's steps. */
#include "engine/script.h"

#include <string.h>

#include "base/error.h"
#include "base/secret.h"
#include "revision/section.h"

enum { REQUEST_OVERHEAD = 1024 }; /* bytes of a script's other messages, about */

void script_free(Script *script)
{
    if (!script)
        return;
    revision_body_free(script->body);
    if (script->statements)
        g_ptr_array_unref(script->statements);
    if (script->checks)
        g_ptr_array_unref(script->checks);
    if (script->natures)
        g_ptr_array_unref(script->natures);
    if (script->segments)
        g_array_unref(script->segments);
    g_clear_pointer(&script->sum, g_checksum_free);
    g_free(script);
}

void script_locate(const Section *section, const Statement *statement, unsigned position,
                   unsigned *line, unsigned *column, char **source)
{
    const PlaceText text = {NULL, section->text, strlen(section->text), section->first_line};
    const char *at = statement->sql;
    gsize offset;

    for (unsigned i = 1; i < position && *at; i++)
        at = g_utf8_next_char(at);
    offset = statement_offset(statement, (gsize)(at - statement->sql));
    place_find(&text, offset, line, column);
    *source = place_quote(&text, offset);
}

void script_locate_row(const Section *section, const Statement *statement, guint64 row,
                       unsigned *line, unsigned *column, char **source)
{
    const PlaceText text = {.bytes = section->text, .length = strlen(section->text)};
    const char *at = section->text + statement->data_offset;
    const char *end = at + statement->data_length;

    *line = statement->data_line;
    *column = 1;
    for (; row > 1 && at < end; row--, ++*line)
        at = (const char *)memchr(at, '\n', (gsize)(end - at)) + 1;
    *source = place_quote(&text, (gsize)(at - section->text));
}

/* The statements of one section of a step that has not begun. */
static GPtrArray *split_section(const Revision *revision, const Section *section,
                                const Variables *variables, GError **error)
{
    GPtrArray *statements = section_split(section, variables, revision->id, revision->path, error);

    if (!statements)
        error_set_outcome(error, "nothing was changed");
    return statements;
}

static gboolean refuse_irreversible(const Script *script, GError **error)
{
    const Revision *revision = script->step->revision;
    ErrorSite site = {.path = revision->path};

    if (script->direction == PLAN_UPGRADE || revision_body_is_reversible(script->body))
        return TRUE;
    error_set(error, ERROR_IRREVERSIBLE,
              "revision %s (%s) cannot be undone: its down section is %s", revision->id,
              revision->message, script->section->text ? "empty" : "missing");
    error_set_site(error, &site);
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "write the SQL that undoes it below \"-- migrate:down\", or the line "
                          "\"-- nothing to undo\" when there is nothing");
    return FALSE;
}

static gboolean is_definition(const char *sql)
{
    static const char *const verbs[] = {"ALTER", "COMMENT", "CREATE",  "DROP",
                                        "GRANT", "REVOKE",  "TRUNCATE"};
    gsize length = strspn(sql, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strlen(verbs[i]) == length && g_ascii_strncasecmp(sql, verbs[i], length) == 0)
            return TRUE;
    return FALSE;
}

/* What defines objects, and calls no function as it does so, leaves the session's role, parameters
 * and temporary tables alone. Everything else (SET, DO, INSERT with a function or a trigger, what
 * is not known here) may change them. */
static gboolean leaves_session_alone(const Statement *statement)
{
    g_autofree char *folded = NULL;

    if (!is_definition(statement->sql))
        return FALSE;
    folded = g_ascii_strdown(statement->sql, -1);
    return !strstr(folded, "set_config") && !strstr(folded, "select") && !strstr(folded, "temp");
}

static gboolean has_rows(const GPtrArray *statements)
{
    for (guint i = 0; i < statements->len; i++)
        if (((const Statement *)g_ptr_array_index(statements, i))->data_line)
            return TRUE;
    return FALSE;
}

static gboolean may_change_session(const GPtrArray *statements)
{
    for (guint i = 0; i < statements->len; i++)
        if (!leaves_session_alone(g_ptr_array_index(statements, i)))
            return TRUE;
    return FALSE;
}

/* By a word in statements that may change the session at all; the body of a function that another
 * revision has made is not read. */
static gboolean mentions(const GPtrArray *statements, const char *word)
{
    for (guint i = 0; i < statements->len; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);

        if (!is_definition(statement->sql) && strcasestr(statement->sql, word))
            return TRUE;
    }
    return FALSE;
}

char *script_down_to_keep(const RevisionBody *body)
{
    g_autofree char *redacted = NULL;

    if (!revision_body_is_reversible(body))
        return NULL;
    redacted = secret_redact(body->down.text);
    return g_str_equal(redacted, body->down.text) ? g_steal_pointer(&redacted) : NULL;
}

/* The section goes to the applied table, too. */
static gsize measure(const Script *script)
{
    gsize length = REQUEST_OVERHEAD + strlen(script->section->text) +
                   (script->body->down.text ? strlen(script->body->down.text) : 0);

    for (guint i = 0; i < script->statements->len; i++)
        length += strlen(((const Statement *)g_ptr_array_index(script->statements, i))->sql);
    return length;
}

/* --- Segments --------------------------------------------------------------------------------- */

static SegmentSource segment_source(const Script *script)
{
    return (SegmentSource){script->statements, script->checks, script->step->revision->transaction};
}

static void cut_from(Script *script, guint first)
{
    SegmentSource source = segment_source(script);

    if (script->segments)
        g_array_unref(script->segments);
    script->segments = segments_make(&source, script->natures, first, &script->records_apart);
    script->segment = 0;
}

static void cut(Script *script)
{
    const Segment whole = {0, script->statements->len, TRUE};
    SegmentSource source = segment_source(script);

    script->is_transactional = segments_are_one(&source);
    if (!script->is_transactional) {
        script->natures = segments_natures(&source);
        cut_from(script, 0);
        script->is_transactional = source.transaction == TRANSACTION_AUTO &&
                                   script->segments->len == 1 && !script->records_apart;
        return;
    }
    script->segments = g_array_sized_new(FALSE, FALSE, sizeof(Segment), 1);
    g_array_append_val(script->segments, whole);
}

const Segment *script_segment(const Script *script)
{
    return script->segment < script->segments->len
               ? &g_array_index(script->segments, Segment, script->segment)
               : NULL;
}

gboolean script_ends_next(const Script *script)
{
    return script->segment == script->segments->len ||
           (script->segment + 1 == script->segments->len && !script->records_apart);
}

void script_resume(Script *script, guint finished)
{
    g_assert(!script->is_transactional);
    cut_from(script, finished);
}

/* Segments come in order, so each statement is hashed once. */
char *script_digest(Script *script, guint end)
{
    g_autoptr(GChecksum) sum = NULL;

    if (!script->sum || end < script->summed) {
        g_clear_pointer(&script->sum, g_checksum_free);
        script->sum = g_checksum_new(G_CHECKSUM_SHA256);
        script->summed = 0;
    }
    for (; script->summed < MIN(end, script->statements->len); script->summed++) {
        const Statement *statement = g_ptr_array_index(script->statements, script->summed);

        g_checksum_update(script->sum, (const guchar *)script->section->text + statement->offset,
                          (gssize)statement->length);
        g_checksum_update(script->sum, (const guchar *)";", 1);
        if (statement->data_line)
            g_checksum_update(script->sum,
                              (const guchar *)script->section->text + statement->data_offset,
                              (gssize)statement->data_length);
    }
    sum = g_checksum_copy(script->sum);
    return g_strdup(g_checksum_get_string(sum));
}

char *script_describe_place(const Script *script, guint index)
{
    const Statement *statement = g_ptr_array_index(script->statements, index);

    return g_strdup_printf("%s:%u:%u", script->step->revision->path, statement->line,
                           statement->column);
}

static Script *script_load(const PlanStep *step, PlanDirection direction,
                           const Variables *variables, Stored *stored, GError **error)
{
    const Section absent = {0};
    gboolean goes_up = direction == PLAN_UPGRADE;
    Script *script = g_new0(Script, 1);

    script->step = step;
    script->direction = direction;
    script->is_transactional = step->revision->transaction == TRANSACTION_AUTO;
    script->is_stored = stored && stored_has(stored, step->revision);
    script->body = script->is_stored ? stored_take_body(stored, step->revision)
                                     : revision_read_body(step->revision, error);
    if (!script->body)
        goto failed;
    script->section = goes_up ? &script->body->up : &script->body->down;
    if (!refuse_irreversible(script, error))
        goto failed;
    script->statements = split_section(step->revision, script->section, variables, error);
    if (!script->statements)
        goto failed;
    script->checks =
        split_section(step->revision, goes_up ? &script->body->verify : &absent, variables, error);
    if (!script->checks)
        goto failed;
    script->may_change_session =
        may_change_session(script->statements) || may_change_session(script->checks);
    script->may_keep_locks =
        mentions(script->statements, "advisory") || mentions(script->checks, "advisory");
    script->may_listen =
        mentions(script->statements, "listen") || mentions(script->checks, "listen");
    script->has_rows = has_rows(script->statements) || has_rows(script->checks);
    script->length = measure(script);
    cut(script);
    return script;
failed:
    script_free(script);
    return NULL;
}

GPtrArray *scripts_load(const Plan *plan, const Variables *variables, Stored *stored,
                        GError **error)
{
    g_autoptr(GPtrArray) scripts = g_ptr_array_new_with_free_func((GDestroyNotify)script_free);

    for (guint i = 0; i < plan->steps->len; i++) {
        Script *script = script_load(g_ptr_array_index(plan->steps, i), plan->direction, variables,
                                     stored, error);

        if (!script)
            return NULL;
        g_ptr_array_add(scripts, script);
    }
    return g_steal_pointer(&scripts);
}
