/* Composing revision files from what other tools had. */
#include "adopt/arrival.h"

#include <string.h>

#include "base/error.h"
#include "revision/file.h"
#include "revision/template.h"
#include "sql/classify.h"
#include "sql/split.h"

enum { NOTES_IN_HEADER = 50, SLUG_MAX = 40 };

Arrival *arrival_new(const char *id)
{
    Arrival *arrival = g_new0(Arrival, 1);

    arrival->id = g_strdup(id);
    arrival->message = g_strdup("");
    arrival->doc = g_strdup("");
    arrival->create_date = g_strdup("");
    arrival->origin = g_strdup("");
    arrival->parents = g_ptr_array_new_with_free_func(g_free);
    arrival->labels = g_ptr_array_new_with_free_func(g_free);
    arrival->depends_on = g_ptr_array_new_with_free_func(g_free);
    arrival->notes = g_ptr_array_new_with_free_func(g_free);
    return arrival;
}

static void section_clear(ArrivalSection *section)
{
    g_free(section->sql);
    g_free(section->blocked);
}

void arrival_free(Arrival *arrival)
{
    if (!arrival)
        return;
    g_free(arrival->id);
    g_free(arrival->message);
    g_free(arrival->doc);
    g_free(arrival->create_date);
    g_free(arrival->origin);
    g_ptr_array_unref(arrival->parents);
    g_ptr_array_unref(arrival->labels);
    g_ptr_array_unref(arrival->depends_on);
    g_ptr_array_unref(arrival->notes);
    section_clear(&arrival->up);
    section_clear(&arrival->down);
    g_free(arrival);
}

void arrival_add_note(Arrival *arrival, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(arrival->notes, g_strdup_vprintf(format, args));
    va_end(args);
}

gboolean arrival_is_blocked(const Arrival *arrival)
{
    return arrival->up.blocked || arrival->down.blocked;
}

/* --- What the SQL needs ----------------------------------------------------------------------- */

/* In capitals; g_free. */
static char *first_word(const char *sql)
{
    return g_ascii_strup(sql, (gssize)strspn(sql, G_CSET_a_2_z G_CSET_A_2_Z));
}

static void inspect_statement(Arrival *arrival, const char *section, const Statement *statement)
{
    g_autofree char *word = first_word(statement->sql);

    if (statement->kind == STATEMENT_TRANSACTION_CONTROL)
        arrival_add_note(arrival,
                         "%s, SQL line %u: %s is refused: a revision file does not begin or end "
                         "transactions by itself",
                         section, statement->line, word);
    if (statement->kind == STATEMENT_COPY_OUT)
        arrival_add_note(arrival, "%s, SQL line %u: COPY TO STDOUT is refused: leave it out",
                         section, statement->line);
    if (statement_refuses_transaction(statement->sql) && !arrival->leaves_transaction) {
        arrival->leaves_transaction = TRUE;
        arrival_add_note(arrival, "%s, SQL line %u: runs outside a transaction", section,
                         statement->line);
    }
}

static void inspect_section(Arrival *arrival, const char *name, const char *sql)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GPtrArray) statements = sql ? sql_split(sql, name, 1, &problem) : NULL;
    ErrorSite site = {NULL, 0, 0, NULL};

    if (problem) {
        error_site(problem, &site);
        arrival_add_note(arrival, "%s, SQL line %u: is going to be refused: %s", name, site.line,
                         problem->message);
    }
    if (sql && strstr(sql, "\r\n"))
        arrival_add_note(arrival, "%s: a text with CR LF has LF alone here: write E'...\\r\\n...'",
                         name);
    for (guint i = 0; statements && i < statements->len; i++)
        inspect_statement(arrival, name, g_ptr_array_index(statements, i));
}

void arrival_inspect(Arrival *arrival)
{
    gboolean was_left = arrival->leaves_transaction;

    inspect_section(arrival, "up", arrival->up.sql);
    inspect_section(arrival, "down", arrival->down.sql);
    if (was_left)
        arrival_add_note(arrival, "runs outside a transaction: each statement commits by itself");
}

/* --- The file --------------------------------------------------------------------------------- */

char *arrival_file_name(const Arrival *arrival)
{
    g_autofree char *slug = revision_slug(arrival->message, SLUG_MAX);

    return g_strdup_printf("%s%s%s.sql", arrival->id, *slug ? "_" : "", slug);
}

/* The message, and below it the doc, where the revision comes from, and what to look at. */
static char *compose_prose(const Arrival *arrival)
{
    GString *text = g_string_new(arrival->message);

    if (*arrival->doc)
        g_string_append_printf(text, "\n\n%s", arrival->doc);
    g_string_append_printf(text, "\n\nImported from %s", arrival->origin);
    for (guint i = 0; i < arrival->notes->len && i < NOTES_IN_HEADER; i++)
        g_string_append_printf(text, "\n* %s", (const char *)arrival->notes->pdata[i]);
    if (arrival->notes->len > NOTES_IN_HEADER)
        g_string_append_printf(text, "\n* and %u more", arrival->notes->len - NOTES_IN_HEADER);
    return g_string_free(text, FALSE);
}

static char **as_vector(const GPtrArray *items)
{
    char **vector = g_new0(char *, items->len + 1);

    for (guint i = 0; i < items->len; i++)
        vector[i] = items->pdata[i];
    return vector;
}

/* The sections are not for a template, which strips the ends of their lines. */
static char *compose_header(const Arrival *arrival, GError **error)
{
    g_autofree char *prose = compose_prose(arrival);
    g_autofree char **parents = as_vector(arrival->parents);
    g_autofree char **labels = as_vector(arrival->labels);
    g_autofree char **depends_on = as_vector(arrival->depends_on);
    const Revision revision = {
        .id = arrival->id,
        .message = prose,
        .down_revisions = parents,
        .depends_on = depends_on,
        .labels = labels,
        .create_date = arrival->create_date,
        .transaction = arrival->leaves_transaction ? TRANSACTION_NONE : TRANSACTION_AUTO,
    };
    const TemplateValues values = {.revision = &revision};

    return template_expand(template_header, "header", &values, error);
}

/* A statement that fails until somebody has seen to the section. */
static void append_block(GString *text, const Arrival *arrival, const char *reason)
{
    g_autofree char *line = g_strdelimit(g_strdup(reason), "\r\n\t", ' ');

    g_string_append_printf(text,
                           "-- import: this section must not run as it is:\n"
                           "-- %s.\n"
                           "-- Put it right, then delete the DO statement.\n"
                           "DO $import$ BEGIN\n"
                           "    RAISE EXCEPTION 'revision %s was imported unfinished'\n"
                           "        USING HINT = 'put the SQL of this section right, then delete "
                           "the DO statement that raises this';\n"
                           "END $import$;\n\n",
                           line, arrival->id);
}

/* The text of one section, without its marker. */
static char *compose_section(const Arrival *arrival, const ArrivalSection *section)
{
    GString *text = g_string_new(NULL);

    if (section->blocked)
        append_block(text, arrival, section->blocked);
    g_string_append(text, section->sql);
    return g_string_free(text, FALSE);
}

/* `sql` has become the section `read`, whose line ends and blanks at the ends are normal. */
static gboolean is_carried_over(const char *sql, const Section *read)
{
    g_autofree char *text = g_strdup_printf("-- migrate:up\n%s", sql);
    g_autoptr(RevisionBody) alone = revision_parse_body(text, strlen(text), "", NULL);

    return alone && read->text && !alone->down.text && !alone->verify.text &&
           strcmp(alone->up.text, read->text) == 0;
}

static gboolean check_header(const Arrival *arrival, const char *text, const char *path,
                             GError **error)
{
    g_autoptr(Revision) revision = revision_parse_header(text, strlen(text), path, NULL, error);
    const char *up = strstr(text, "\n-- migrate:up\n");

    if (!revision)
        return FALSE;
    if (strcmp(revision->id, arrival->id) == 0 && up && up - text < REVISION_HEADER_MAX)
        return TRUE;
    error_set(error, ERROR_REVISION_FILE, "the header of revision %s cannot be carried over",
              arrival->id);
    error_set_hint(error, "shorten the text about it in %s", arrival->origin);
    return FALSE;
}

static gboolean check_body(const Arrival *arrival, const char *text, const char *up,
                           const char *down, const char *path, GError **error)
{
    g_autoptr(RevisionBody) body = revision_parse_body(text, strlen(text), path, error);

    if (!body)
        return FALSE;
    if (is_carried_over(up, &body->up) && !body->verify.text &&
        (down ? is_carried_over(down, &body->down) : !body->down.text))
        return TRUE;
    error_set(error, ERROR_REVISION_FILE,
              "the SQL of revision %s has a line that reads like a marker (-- migrate:...)",
              arrival->id);
    error_set_hint(error, "change that line in %s", arrival->origin);
    return FALSE;
}

static gboolean check_size(const Arrival *arrival, const GString *text, GError **error)
{
    if (text->len <= REVISION_FILE_MAX)
        return TRUE;
    error_set(error, ERROR_REVISION_FILE, "revision %s would be larger than %d MiB", arrival->id,
              REVISION_FILE_MAX / (1024 * 1024));
    return FALSE;
}

char *arrival_format(const Arrival *arrival, const char *path, GError **error)
{
    g_autofree char *header = NULL;
    g_autofree char *up = NULL;
    g_autofree char *down = NULL;
    g_autoptr(GString) text = NULL;

    if (!revision_id_is_valid(arrival->id, error)) {
        g_prefix_error(error, "%s: ", arrival->origin);
        return NULL;
    }
    header = compose_header(arrival, error);
    if (!header)
        return NULL;
    up = compose_section(arrival, &arrival->up);
    down = arrival->down.sql ? compose_section(arrival, &arrival->down) : NULL;
    text = g_string_new(header);
    g_string_append_printf(text, "\n-- migrate:up\n%s\n", up);
    if (down)
        g_string_append_printf(text, "\n-- migrate:down\n%s\n", down);
    if (!check_size(arrival, text, error) || !check_header(arrival, text->str, path, error) ||
        !check_body(arrival, text->str, up, down, path, error))
        return NULL;
    return g_string_free(g_steal_pointer(&text), FALSE);
}
