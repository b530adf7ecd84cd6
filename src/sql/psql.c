/* Spelling SQL for psql's lexer, which knows quotes and comments as the server's does. */
#include "sql/psql.h"

#include <pg_query/pg_query.pb-c.h>
#include <string.h>

#include "base/error.h"
#include "sql/scan.h"

/* Whether psql ends the statement at a semicolon behind it. */
typedef struct {
    int parentheses;      /* open ones: in them psql does not look for the end */
    gboolean is_in_doubt; /* it may have seen the end before, or may not see it now */
} End;

/* Inside parentheses psql does not stop at a semicolon; "\;" sends one and goes on anywhere. */
static gboolean needs_backslash(const Token *token, const End *end)
{
    return token->kind == PG_QUERY__TOKEN__ASCII_58 ||
           (token->kind == PG_QUERY__TOKEN__ASCII_59 && end->parentheses == 0);
}

static void follow_token(End *end, const Token *token)
{
    switch (token->kind) {
    case PG_QUERY__TOKEN__ASCII_40:
        end->parentheses++;
        break;
    case PG_QUERY__TOKEN__ASCII_41:
        end->parentheses -= end->parentheses > 0;
        break;
    case PG_QUERY__TOKEN__ASCII_59:
        end->is_in_doubt = end->is_in_doubt || end->parentheses == 0;
        break;
    case PG_QUERY__TOKEN__BEGIN_P: /* CREATE FUNCTION ... BEGIN: psql waits for END */
        end->is_in_doubt = TRUE;
        break;
    default:
        break;
    }
}

/* A semicolon at the end of a line comment would belong to it. */
static gboolean may_end_in_comment(const char *sql)
{
    const char *newline = strrchr(sql, '\n');

    return strstr(newline ? newline : sql, "--") != NULL;
}

static void append_end(GString *script, const char *sql, const End *end)
{
    if (end->is_in_doubt || end->parentheses > 0)
        g_string_append(script, "\n\\g\n"); /* sends what there is, whatever psql thinks of it */
    else
        g_string_append(script, may_end_in_comment(sql) ? "\n;\n" : ";\n");
}

static gboolean refuse_backslash(const Token *token, gsize *at, GError **error)
{
    error_set(error, ERROR_REVISION_FILE, "a backslash outside of quotes is psql's, no SQL");
    error_set_hint(error, "only SQL runs here; a psql command is not sent to the server");
    *at = token->start;
    return FALSE;
}

gboolean sql_append_for_psql(GString *script, const char *sql, gsize *at, GError **error)
{
    const PlaceText text = {.bytes = sql, .length = strlen(sql), .first_line = 1};
    g_autoptr(GArray) tokens = sql_scan(&text, error);
    g_autoptr(GString) spelled = g_string_sized_new(text.length + 16);
    End end = {0, FALSE};
    gsize done = 0;

    for (guint i = 0; tokens && i < tokens->len; i++) {
        const Token *token = &g_array_index(tokens, Token, i);

        if (token->kind == PG_QUERY__TOKEN__ASCII_92)
            return refuse_backslash(token, at, error);
        if (needs_backslash(token, &end)) {
            g_string_append_len(spelled, sql + done, (gssize)(token->start - done));
            g_string_append_c(spelled, '\\');
            done = token->start;
        }
        follow_token(&end, token);
    }
    if (!tokens) {
        *at = 0;
        return FALSE;
    }
    g_string_append(spelled, sql + done);
    append_end(spelled, sql, &end);
    g_string_append_len(script, spelled->str, (gssize)spelled->len);
    return TRUE;
}

/* What psql reads there it sends as it is. */
void sql_append_rows_for_psql(GString *script, const char *rows, gsize length)
{
    g_string_append_len(script, rows, (gssize)length);
    g_string_append(script, "\\.\n");
}

void sql_append_psql_argument(GString *script, const char *text)
{
    g_string_append_c(script, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            g_string_append_c(script, '\\');
        g_string_append_c(script, *text);
    }
    g_string_append_c(script, '\'');
}
