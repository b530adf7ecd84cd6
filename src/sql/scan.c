/* Runs libpg_query's scanner over text. It stops at numbers of newer servers; the scan then goes on
 * behind them. */
#include "sql/scan.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string.h>

/* Appends the tokens that libpg_query found; `base` is where its input begins in the whole text. */
static void append_tokens(GArray *tokens, const PgQueryScanResult *result, gsize base)
{
    PgQuery__ScanResult *scan =
        pg_query__scan_result__unpack(NULL, result->pbuf.len, (const guint8 *)result->pbuf.data);

    for (gsize i = 0; scan && i < scan->n_tokens; i++) {
        const PgQuery__ScanToken *token = scan->tokens[i];
        Token copy = {base + (gsize)token->start, base + (gsize)token->end, (int)token->token};

        if (token->token != PG_QUERY__TOKEN__SQL_COMMENT &&
            token->token != PG_QUERY__TOKEN__C_COMMENT)
            g_array_append_val(tokens, copy);
    }
    if (scan)
        pg_query__scan_result__free_unpacked(scan, NULL);
}

static gboolean begins_line(const PlaceText *text, gsize offset)
{
    while (offset > 0 && (text->bytes[offset - 1] == ' ' || text->bytes[offset - 1] == '\t'))
        offset--;
    return offset == 0 || text->bytes[offset - 1] == '\n';
}

/* A backslash is part of no SQL token, so one that begins a line was meant for psql. */
static gboolean check_meta_commands(const PlaceText *text, const GArray *tokens, GError **error)
{
    for (guint i = 0; i < tokens->len; i++) {
        const Token *token = &g_array_index(tokens, Token, i);
        const char *at = text->bytes + token->start;

        if (token->kind != PG_QUERY__TOKEN__ASCII_92 || !begins_line(text, token->start))
            continue;
        place_error(error, text, token->start, "psql command %.*s in a revision file",
                    (int)MIN(strcspn(at, " \t\r\n"), 40), at);
        if (at[1] == '.')
            error_set_hint(error,
                           "inline data for COPY is psql's; write INSERT ... VALUES instead");
        else
            error_set_hint(error, "only SQL runs here; a psql command is not sent to the server");
        return FALSE;
    }
    return TRUE;
}

/* `position` counts characters from 1, as the scanner does, from the byte at `base`. */
static gsize offset_of_position(const PlaceText *text, gsize base, int position)
{
    const char *at = text->bytes + base;

    for (int i = 1; i < position && *at; i++)
        at = g_utf8_next_char(at);
    return (gsize)(at - text->bytes);
}

/* The letters and digits from `offset` on. */
static gsize word_length(const PlaceText *text, gsize offset)
{
    gsize length = 0;

    while (offset + length < text->length) {
        guchar c = (guchar)text->bytes[offset + length];

        if (!g_ascii_isalnum(c) && c != '_' && c != '.' && c < 0x80)
            break;
        length++;
    }
    return length;
}

/* The part before the place where the scanner gave up scans by itself. */
static void scan_before(const PlaceText *text, gsize base, gsize end, GArray *tokens)
{
    g_autofree char *part = g_strndup(text->bytes + base, end - base);
    PgQueryScanResult result = pg_query_scan(part);

    if (!result.error)
        append_tokens(tokens, &result, base);
    pg_query_free_scan_result(result);
}

static gboolean scan_all(const PlaceText *text, GArray *tokens, GError **error)
{
    gsize base = 0;

    for (;;) {
        PgQueryScanResult result = pg_query_scan(text->bytes + base);
        g_autofree char *problem = result.error ? g_strdup(result.error->message) : NULL;
        gsize stop = result.error ? offset_of_position(text, base, result.error->cursorpos) : 0;
        Token word;

        if (!problem)
            append_tokens(tokens, &result, base);
        pg_query_free_scan_result(result);
        if (!problem)
            return TRUE;
        scan_before(text, base, stop, tokens);
        word = (Token){stop, stop + word_length(text, stop), PG_QUERY__TOKEN__IDENT};
        if (!g_str_has_prefix(problem, "trailing junk") || word.end == word.start) {
            *strchrnul(problem, '\n') = '\0';
            place_error(error, text, stop, "%s", problem);
            return FALSE;
        }
        g_array_append_val(tokens, word);
        base = word.end;
    }
}

GArray *sql_scan(const PlaceText *text, GError **error)
{
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    g_autoptr(GError) problem = NULL;
    gboolean is_scanned = scan_all(text, tokens, &problem);

    /* what follows a psql command may look like an open quote, so the command is named first */
    if (!check_meta_commands(text, tokens, error))
        return NULL;
    if (!is_scanned) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return g_steal_pointer(&tokens);
}
