/* Reads the first words of a statement. Only COPY needs more: there the scanner is asked. */
#include "sql/classify.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string.h>

static const char *skip_block_comment(const char *at, const char *end)
{
    guint depth = 0;

    while (at < end) {
        gboolean is_pair = at + 1 < end;

        if (is_pair && at[0] == '/' && at[1] == '*') {
            depth++;
            at += 2;
        } else if (is_pair && at[0] == '*' && at[1] == '/') {
            at += 2;
            if (--depth == 0)
                break;
        } else {
            at++;
        }
    }
    return at;
}

const char *sql_skip_blank(const char *at, const char *end)
{
    while (at < end) {
        gboolean is_pair = at + 1 < end;

        if (g_ascii_isspace(*at)) {
            at++;
        } else if (is_pair && at[0] == '-' && at[1] == '-') {
            while (at < end && *at != '\n' && *at != '\r')
                at++;
        } else if (is_pair && at[0] == '/' && at[1] == '*') {
            at = skip_block_comment(at, end);
        } else {
            break;
        }
    }
    return at;
}

/* Reads words one after the other; a token that is no word reads as none. */
typedef struct {
    const char *at;
    const char *end;
    const char *word;
    gsize length;
} Words;

static void next_word(Words *words)
{
    words->word = words->at = sql_skip_blank(words->at, words->end);
    while (words->at < words->end && (g_ascii_isalpha(*words->at) || *words->at == '_'))
        words->at++;
    words->length = (gsize)(words->at - words->word);
}

static gboolean is_word(const Words *words, const char *keyword)
{
    return strlen(keyword) == words->length &&
           g_ascii_strncasecmp(words->word, keyword, words->length) == 0;
}

/* ROLLBACK [WORK | TRANSACTION] TO ... stays inside the transaction. */
static StatementKind classify_rollback(Words *words)
{
    next_word(words);
    if (is_word(words, "work") || is_word(words, "transaction"))
        next_word(words);
    return is_word(words, "to") ? STATEMENT_ORDINARY : STATEMENT_TRANSACTION_CONTROL;
}

/* PREPARE TRANSACTION 'id'; but PREPARE transaction AS ... prepares a statement of that name. */
static StatementKind classify_prepare(Words *words)
{
    next_word(words);
    if (!is_word(words, "transaction"))
        return STATEMENT_ORDINARY;
    next_word(words);
    if (is_word(words, "as") || (words->at < words->end && *words->at == '('))
        return STATEMENT_ORDINARY;
    return STATEMENT_TRANSACTION_CONTROL;
}

/* FROM or TO outside parentheses, followed by STDIN or STDOUT. */
static gboolean is_stream(const PgQuery__ScanResult *scan)
{
    gint depth = 0;

    for (gsize i = 0; i + 1 < scan->n_tokens; i++) {
        PgQuery__Token token = scan->tokens[i]->token;
        PgQuery__Token next = scan->tokens[i + 1]->token;

        depth += (token == PG_QUERY__TOKEN__ASCII_40) - (token == PG_QUERY__TOKEN__ASCII_41);
        if (depth > 0 || (token != PG_QUERY__TOKEN__FROM && token != PG_QUERY__TOKEN__TO))
            continue;
        return next == PG_QUERY__TOKEN__STDIN || next == PG_QUERY__TOKEN__STDOUT;
    }
    return FALSE;
}

static StatementKind classify_copy(const char *sql)
{
    PgQueryScanResult result = pg_query_scan(sql);
    StatementKind kind = STATEMENT_ORDINARY;
    PgQuery__ScanResult *scan;

    if (!result.error) {
        scan =
            pg_query__scan_result__unpack(NULL, result.pbuf.len, (const guint8 *)result.pbuf.data);
        if (scan && is_stream(scan))
            kind = STATEMENT_COPY_STREAM;
        if (scan)
            pg_query__scan_result__free_unpacked(scan, NULL);
    }
    pg_query_free_scan_result(result);
    return kind;
}

StatementKind statement_classify(const char *sql)
{
    static const char *const controls[] = {"begin", "start", "commit", "end", "abort"};
    Words words = {.at = sql, .end = sql + strlen(sql)};

    next_word(&words);
    for (guint i = 0; i < G_N_ELEMENTS(controls); i++) {
        if (is_word(&words, controls[i]))
            return STATEMENT_TRANSACTION_CONTROL;
    }
    if (is_word(&words, "rollback"))
        return classify_rollback(&words);
    if (is_word(&words, "prepare"))
        return classify_prepare(&words);
    if (is_word(&words, "copy"))
        return classify_copy(sql);
    return STATEMENT_ORDINARY;
}
