/* By the tokens: the grammar may not know all options of a newer server. */
#include "sql/copy.h"

#include <pg_query/pg_query.pb-c.h>
#include <string.h>

#include "sql/scan.h"

static gboolean is_binary_word(const char *sql, const Token *token)
{
    static const char word[] = "binary";
    const char *at = sql + token->start;
    gsize length = token->end - token->start;
    gboolean is_quoted = *at == '\'' || *at == '"';

    return length == strlen(word) + (is_quoted ? 2 : 0) &&
           g_ascii_strncasecmp(at + is_quoted, word, strlen(word)) == 0;
}

/* COPY BINARY t, [WITH] BINARY, (FORMAT binary). As a word by itself it is the keyword. */
gboolean copy_is_binary(const char *sql)
{
    PlaceText text = {.bytes = sql, .length = strlen(sql), .first_line = 1};
    g_autoptr(GArray) tokens = sql_scan(&text, NULL);
    gboolean follows_format = FALSE;

    for (guint i = 0; tokens && i < tokens->len; i++) {
        const Token *token = &g_array_index(tokens, Token, i);

        if (token->kind == PG_QUERY__TOKEN__BINARY ||
            (follows_format && is_binary_word(sql, token)))
            return TRUE;
        follows_format = token->end - token->start == 6 &&
                         g_ascii_strncasecmp(sql + token->start, "format", 6) == 0;
    }
    return FALSE;
}

static const char *find_copy(const char *context)
{
    static const char start[] = "COPY ";

    while (context && !g_str_has_prefix(context, start)) {
        context = strchr(context, '\n');
        context = context ? context + 1 : NULL;
    }
    return context;
}

guint64 copy_failed_line(const char *context)
{
    const char *at = find_copy(context);

    at = at ? strchr(at, ',') : NULL;
    if (!at)
        return 0;
    at += strcspn(at, "0123456789:\n");
    return g_ascii_isdigit(*at) ? g_ascii_strtoull(at, NULL, 10) : 0;
}
