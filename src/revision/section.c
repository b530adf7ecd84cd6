/* From a section's text to statements that can be run. */
#include "revision/section.h"

#include <string.h>

#include "sql/expand.h"
#include "sql/reference.h"

static void error_statement(const Section *section, const Statement *statement, const char *id,
                            const char *path, GError **error)
{
    const PlaceText text = {path, section->text, strlen(section->text), section->first_line};

    if (statement->kind == STATEMENT_TRANSACTION_CONTROL) {
        place_error(error, &text, statement->offset,
                    "revision %s must not begin or end transactions by itself", id);
        error_set_hint(error,
                       "remove it: each revision already runs in a transaction of its own; for "
                       "statements that cannot run in one, write \"-- Transaction: none\" in the "
                       "header");
        return;
    }
    place_error(error, &text, statement->offset,
                "revision %s uses COPY with a client's data stream, which a revision file cannot "
                "carry",
                id);
    error_set_hint(error, "use INSERT, or COPY from a file on the server");
}

static gboolean accept_statements(const Section *section, const GPtrArray *statements,
                                  const char *id, const char *path, GError **error)
{
    for (guint i = 0; i < statements->len; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);

        if (statement->kind == STATEMENT_ORDINARY)
            continue;
        error_statement(section, statement, id, path, error);
        return FALSE;
    }
    return TRUE;
}

GPtrArray *section_split(const Section *section, const Variables *variables, const char *id,
                         const char *path, GError **error)
{
    g_autoptr(GPtrArray) statements = NULL;

    if (!section->text)
        return g_ptr_array_new();
    statements = sql_split_expanded(section->text, path, section->first_line, variables, error);
    if (!statements || !accept_statements(section, statements, id, path, error))
        return NULL;
    return g_steal_pointer(&statements);
}

gboolean section_check(const Section *section, const char *id, const char *path, GError **error)
{
    PlaceText text = {path, section->text, 0, section->first_line};
    g_autoptr(GArray) references = NULL;
    g_autofree char *mask = NULL;
    g_autoptr(GPtrArray) statements = NULL;

    if (!section->text)
        return TRUE;
    text.length = strlen(section->text);
    references = references_find(&text, error);
    if (!references)
        return FALSE;
    text.bytes = mask = references_mask(&text, references);
    statements = sql_split_text(&text, error);
    return statements && accept_statements(section, statements, id, path, error);
}
