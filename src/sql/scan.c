/* Runs libpg_query's scanner over text. It stops at numbers that newer servers know, so those are
 * hidden from it. */
#include "sql/scan.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string.h>

static void append_tokens(GArray *tokens, const PgQueryScanResult *result)
{
    PgQuery__ScanResult *scan =
        pg_query__scan_result__unpack(NULL, result->pbuf.len, (const guint8 *)result->pbuf.data);

    for (gsize i = 0; scan && i < scan->n_tokens; i++) {
        const PgQuery__ScanToken *token = scan->tokens[i];
        Token copy = {(gsize)token->start, (gsize)token->end, (int)token->token};

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
            error_set_hint(error, "it ends the rows of COPY ... FROM STDIN, and no such statement "
                                  "stands above it");
        else
            error_set_hint(error, "only SQL runs here; a psql command is not sent to the server");
        return FALSE;
    }
    return TRUE;
}

/* `position` counts characters from 1, as the scanner does. */
static gsize offset_of_position(const PlaceText *text, int position)
{
    const char *at = text->bytes;

    for (int i = 1; i < position && *at; i++)
        at = g_utf8_next_char(at);
    return (gsize)(at - text->bytes);
}

static gboolean is_word_byte(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '.';
}

/* A copy in which every number with letters or "_" in it (1_000, 0xFF) is a word of the same
 * length. It does so in strings too, where nobody looks; what follows a backslash or "$" stays. */
static char *mask_numbers(const PlaceText *text)
{
    char *masked = g_strndup(text->bytes, text->length);
    char before = ' ';

    for (char *at = masked; *at;) {
        char *end = at;
        gboolean is_plain = TRUE;

        for (; is_word_byte(*end); end++)
            is_plain = is_plain && (g_ascii_isdigit(*end) || *end == '.');
        if (!is_plain && g_ascii_isdigit(*at) && before != '\\' && before != '$' &&
            (guchar)before < 0x80)
            memset(at, 'x', (gsize)(end - at));
        before = end > at ? end[-1] : *at;
        at = end > at ? end : at + 1;
    }
    return masked;
}

/* The part before the place where the scanner gave up scans by itself. */
static void scan_before(const char *bytes, gsize end, GArray *tokens)
{
    g_autofree char *part = g_strndup(bytes, end);
    PgQueryScanResult result = pg_query_scan(part);

    if (!result.error)
        append_tokens(tokens, &result);
    pg_query_free_scan_result(result);
}

static gboolean scan_all(const PlaceText *text, GArray *tokens, GError **error)
{
    g_autofree char *masked = NULL;
    const char *bytes = text->bytes;
    PgQueryScanResult result = pg_query_scan(bytes);
    gboolean is_good;

    if (result.error && g_str_has_prefix(result.error->message, "trailing junk")) {
        pg_query_free_scan_result(result);
        bytes = masked = mask_numbers(text);
        result = pg_query_scan(bytes);
    }
    is_good = result.error == NULL;
    if (is_good) {
        append_tokens(tokens, &result);
    } else {
        gsize stop = offset_of_position(text, result.error->cursorpos);
        const char *problem = result.error->message;

        scan_before(bytes, stop, tokens);
        place_error(error, text, stop, "%.*s", (int)strcspn(problem, "\n"), problem);
    }
    pg_query_free_scan_result(result);
    return is_good;
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
