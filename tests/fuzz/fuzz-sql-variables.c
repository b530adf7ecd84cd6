/* Fuzzes the references to variables. The first line of the input is the value of all variables
 * that are set, the rest is the text. */
#include <pg_query/pg_query.pb-c.h>
#include <string.h>

#include "sql/expand.h"
#include "sql/reference.h"
#include "sql/scan.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* Masking keeps places: length and line ends. */
static guint check_mask(const char *text)
{
    PlaceText place = {"fuzz.sql", text, strlen(text), 1};
    g_autoptr(GArray) references = references_find(&place, NULL);
    g_autofree char *masked = references ? references_mask(&place, references) : NULL;

    if (!references)
        return 0;
    g_assert_cmpuint(strlen(masked), ==, place.length);
    for (gsize i = 0; i < place.length; i++)
        g_assert_true((text[i] == '\n') == (masked[i] == '\n'));
    if (references->len == 0)
        g_assert_cmpstr(masked, ==, text);
    return references->len;
}

static void check_same(const GPtrArray *left, const GPtrArray *right)
{
    g_assert_true((left == NULL) == (right == NULL));
    if (!left)
        return;
    g_assert_cmpuint(left->len, ==, right->len);
    for (guint i = 0; i < left->len; i++) {
        const Statement *a = g_ptr_array_index(left, i);
        const Statement *b = g_ptr_array_index(right, i);

        g_assert_cmpstr(a->sql, ==, b->sql);
        g_assert_cmpuint(a->offset, ==, b->offset);
        g_assert_cmpint(a->kind, ==, b->kind);
    }
}

/* Every byte of what is sent stands somewhere in its statement. */
static void check_places(const GPtrArray *statements)
{
    for (guint i = 0; statements && i < statements->len; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);
        gsize before = statement->offset;

        for (gsize at = 0; statement->sql[at]; at++) {
            gsize offset = statement_offset(statement, at);

            g_assert_cmpuint(offset, >=, before);
            g_assert_cmpuint(offset, <=, statement->offset + statement->length);
            before = offset;
        }
    }
}

/* The value comes back as the one token behind SELECT. */
static void check_token(const char *text, const Variables *variables, int kind)
{
    g_autoptr(GPtrArray) statements = sql_split_expanded(text, "fuzz.sql", 1, variables, NULL);
    const Statement *only;
    g_autoptr(GArray) tokens = NULL;

    if (!statements) /* empty, or too long for an identifier */
        return;
    g_assert_cmpuint(statements->len, ==, 1);
    only = g_ptr_array_index(statements, 0);
    tokens = sql_scan(&(PlaceText){"fuzz.sql", only->sql, strlen(only->sql), 1}, NULL);
    g_assert_nonnull(tokens);
    g_assert_cmpuint(tokens->len, ==, 2);
    g_assert_cmpint(g_array_index(tokens, Token, 1).kind, ==, kind);
    g_assert_cmpuint(g_array_index(tokens, Token, 1).end, ==, strlen(only->sql));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *value = g_strndup((const char *)data, size);
    char *newline = strchr(value, '\n');
    const char *text = newline ? newline + 1 : "";
    g_autoptr(Variables) variables = variables_new();
    g_autoptr(GPtrArray) expanded = NULL;
    g_autoptr(GPtrArray) plain = NULL;
    g_autoptr(GError) error = NULL;

    if (newline)
        *newline = '\0';
    if (!g_utf8_validate(text, -1, NULL) || /* revision/lines.c lets nothing else through */
        !variables_set(variables, "a", value, "fuzz", NULL))
        return 0;
    variables_set(variables, "b", value, "fuzz", NULL);
    expanded = sql_split_expanded(text, "fuzz.sql", 1, variables, &error);
    g_assert_true((expanded == NULL) == (error != NULL));
    plain = sql_split(text, "fuzz.sql", 1, NULL);
    if (check_mask(text) == 0 && !strstr(text, ":{"))
        check_same(expanded, plain);
    check_places(expanded);
    check_token("SELECT :{a}", variables, PG_QUERY__TOKEN__SCONST);
    check_token("SELECT :{\"b\"}", variables, PG_QUERY__TOKEN__IDENT);
    return 0;
}
