/* By the tokens: the grammar may not know all options of a newer server. */
#include "sql/copy.h"

#include <pg_query/pg_query.pb-c.h>
#include <string.h>

#include "sql/scan.h"

/* Whether a token is a word, which may be quoted. */
static gboolean is_word(const char *sql, const Token *token, const char *word)
{
    const char *at = sql + token->start;
    gsize length = token->end - token->start;
    gboolean is_quoted = *at == '\'' || *at == '"';

    return length == strlen(word) + (is_quoted ? 2 : 0) &&
           g_ascii_strncasecmp(at + is_quoted, word, strlen(word)) == 0;
}

/* COPY BINARY t, [WITH] BINARY, (FORMAT binary): as a word by itself it is the keyword. CSV may be
 * a name before FROM STDIN, and behind WHERE. */
CopyFormat copy_format(const char *sql)
{
    PlaceText text = {.bytes = sql, .length = strlen(sql), .first_line = 1};
    g_autoptr(GArray) tokens = sql_scan(&text, NULL);
    gboolean has_options = FALSE;
    const Token *previous = NULL;

    for (guint i = 0; tokens && i < tokens->len; i++) {
        const Token *token = &g_array_index(tokens, Token, i);
        gboolean is_value = previous && is_word(sql, previous, "format");

        if (token->kind == PG_QUERY__TOKEN__BINARY || (is_value && is_word(sql, token, "binary")))
            return COPY_BINARY;
        if (has_options &&
            (token->kind == PG_QUERY__TOKEN__CSV || (is_value && is_word(sql, token, "csv"))))
            return COPY_CSV;
        if (has_options && token->kind == PG_QUERY__TOKEN__WHERE)
            break;
        if (token->kind == PG_QUERY__TOKEN__STDIN && previous->kind == PG_QUERY__TOKEN__FROM)
            has_options = TRUE;
        previous = token;
    }
    return COPY_TEXT;
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
