/* From a section's text to statements that can be run. */
#include "revision/section.h"

#include <string.h>

#include "sql/expand.h"

typedef struct {
    const char *problem; /* behind "revision ID " */
    const char *hint;
} Refusal;

/* Why a statement cannot run from a file; NULL: it can. */
static const Refusal *find_refusal(const Statement *statement)
{
    static const Refusal control = {
        "must not begin or end transactions by itself",
        "remove it: each revision already runs in a transaction of its own; for statements that "
        "cannot run in one, write \"-- Transaction: none\" in the header"};
    static const Refusal discard = {"must not DISCARD ALL, which gives the migration lock away",
                                    "write what is meant: DISCARD PLANS, DISCARD TEMP, RESET ALL; "
                                    "role and parameters are reset "
                                    "behind each revision anyway"};
    static const Refusal copy_out = {"uses COPY ... TO STDOUT, and nobody takes here what it sends",
                                     "leave it out, or write to a file on the server"};
    static const Refusal no_rows = {
        "uses COPY ... FROM STDIN, which only the value of a variable makes of it",
        "write FROM STDIN into the file, so that the rows behind it can be told from SQL"};
    static const Refusal other = {
        "has rows behind a COPY that the value of a variable makes another statement",
        "write the statement so that it stays COPY ... FROM STDIN whatever the value"};

    if (statement->kind == STATEMENT_TRANSACTION_CONTROL)
        return &control;
    if (statement->kind == STATEMENT_DISCARD_ALL)
        return &discard;
    if (statement->kind == STATEMENT_COPY_OUT)
        return &copy_out;
    if (statement->kind == STATEMENT_COPY_IN && !statement->data_line)
        return &no_rows;
    return statement->kind != STATEMENT_COPY_IN && statement->data_line ? &other : NULL;
}

static gboolean accept_statements(const Section *section, const GPtrArray *statements,
                                  const char *id, const char *path, GError **error)
{
    const PlaceText text = {path, section->text, strlen(section->text), section->first_line};

    for (guint i = 0; i < statements->len; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);
        const Refusal *refusal = find_refusal(statement);

        if (!refusal)
            continue;
        place_error(error, &text, statement->offset, "revision %s %s", id, refusal->problem);
        error_set_hint(error, "%s", refusal->hint);
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
    g_autoptr(GPtrArray) statements = NULL;

    if (!section->text)
        return TRUE;
    statements = sql_split_masked(section->text, path, section->first_line, error);
    return statements && accept_statements(section, statements, id, path, error);
}
