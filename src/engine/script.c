/* Reading, splitting and checking the SQL of a plan's steps. */
#include "engine/script.h"

#include <string.h>

#include "base/error.h"

enum { REQUEST_OVERHEAD = 1024 }; /* bytes of a script's other messages, about */

void script_free(Script *script)
{
    if (!script)
        return;
    revision_body_free(script->body);
    if (script->statements)
        g_ptr_array_unref(script->statements);
    g_free(script);
}

/* The line of `text` in which byte `offset` stands, without its end. */
static char *line_at(const char *text, gsize offset)
{
    gsize start = offset;

    while (start > 0 && text[start - 1] != '\n')
        start--;
    return g_strndup(text + start, strcspn(text + start, "\n"));
}

void script_locate(const Script *script, const Statement *statement, unsigned position,
                   unsigned *line, unsigned *column, char **source)
{
    const char *at = statement->sql;

    *line = statement->line;
    *column = statement->column;
    for (unsigned i = 1; i < position && *at; i++) {
        *column = *at == '\n' ? 1 : *column + 1;
        *line += *at == '\n';
        at = g_utf8_next_char(at);
    }
    *source = line_at(script->section->text, statement->offset + (gsize)(at - statement->sql));
}

static gboolean refuse_statement(const Script *script, const Statement *statement, GError **error)
{
    const Revision *revision = script->step->revision;
    g_autofree char *source = NULL;
    ErrorSite site = {.path = revision->path};

    if (statement->kind == STATEMENT_ORDINARY)
        return TRUE;
    if (statement->kind == STATEMENT_TRANSACTION_CONTROL) {
        error_set(error, ERROR_REVISION_FILE,
                  "revision %s must not begin or end transactions by itself", revision->id);
        error_set_hint(
            error,
            "remove it: each revision already runs in a transaction of its own; for "
            "statements that cannot run in one, write \"-- Transaction: none\" in the header");
    } else {
        error_set(
            error, ERROR_REVISION_FILE,
            "revision %s uses COPY with a client's data stream, which a revision file cannot carry",
            revision->id);
        error_set_hint(error, "use INSERT, or COPY from a file on the server");
    }
    script_locate(script, statement, 0, &site.line, &site.column, &source);
    site.source = source;
    error_set_site(error, &site);
    error_set_outcome(error, "nothing was changed");
    return FALSE;
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

static Script *script_load(const PlanStep *step, PlanDirection direction, GError **error)
{
    Script *script = g_new0(Script, 1);

    script->step = step;
    script->direction = direction;
    script->is_transactional = step->revision->transaction == TRANSACTION_AUTO;
    script->body = revision_read_body(step->revision, error);
    if (!script->body)
        goto failed;
    script->section = direction == PLAN_UPGRADE ? &script->body->up : &script->body->down;
    if (!refuse_irreversible(script, error))
        goto failed;
    script->statements =
        sql_split(script->section->text, step->revision->path, script->section->first_line, error);
    if (!script->statements)
        goto failed;
    for (guint i = 0; i < script->statements->len; i++) {
        const Statement *statement = g_ptr_array_index(script->statements, i);

        if (!refuse_statement(script, statement, error))
            goto failed;
    }
    script->length = REQUEST_OVERHEAD + 2 * strlen(script->section->text) +
                     (script->body->down.text ? strlen(script->body->down.text) : 0);
    return script;
failed:
    script_free(script);
    return NULL;
}

GPtrArray *scripts_load(const Plan *plan, GError **error)
{
    g_autoptr(GPtrArray) scripts = g_ptr_array_new_with_free_func((GDestroyNotify)script_free);

    for (guint i = 0; i < plan->steps->len; i++) {
        Script *script = script_load(g_ptr_array_index(plan->steps, i), plan->direction, error);

        if (!script)
            return NULL;
        g_ptr_array_add(scripts, script);
    }
    return g_steal_pointer(&scripts);
}
