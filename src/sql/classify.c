/* Reads the first words of a statement. Only COPY needs more: there the scanner is asked. */
#include "sql/classify.h"

#include <pg_query/pg_query.pb-c.h>
#include <string.h>

#include "sql/scan.h"

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

static gboolean begins_line_comment(const char *at, const char *end)
{
    return at + 1 < end && at[0] == '-' && at[1] == '-';
}

/* Past one blank or comment; `at` itself where neither stands. */
static const char *skip_piece(const char *at, const char *end)
{
    if (at < end && g_ascii_isspace(*at))
        return at + 1;
    if (at + 1 < end && at[0] == '/' && at[1] == '*')
        return skip_block_comment(at, end);
    if (begins_line_comment(at, end))
        while (at < end && *at != '\n' && *at != '\r')
            at++;
    return at;
}

const char *sql_skip_blank(const char *at, const char *end)
{
    for (const char *next; (next = skip_piece(at, end)) != at;)
        at = next;
    return at;
}

/* `at` is the beginning of a line comment. */
static gboolean is_mark(const char *at, const char *end, const char *mark)
{
    gsize length = strlen(mark);

    at = at + 2 + strspn(at + 2, "\t ");
    return (gsize)(end - at) >= length && strncmp(at, mark, length) == 0 &&
           ((gsize)(end - at) == length || !(g_ascii_isalnum(at[length]) || at[length] == '_'));
}

gboolean sql_has_mark(const char *at, const char *end, const char *mark)
{
    for (const char *next; (next = skip_piece(at, end)) != at; at = next)
        if (begins_line_comment(at, end) && is_mark(at, end, mark))
            return TRUE;
    return FALSE;
}

gboolean sql_is_empty(const char *sql)
{
    const char *end = sql + strlen(sql);
    const char *at = sql_skip_blank(sql, end);

    while (*at == ';')
        at = sql_skip_blank(at + 1, end);
    return at == end;
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

/* FROM or TO outside parentheses, followed by STDIN or STDOUT: the server takes either with either.
 */
static StatementKind classify_stream(const GArray *tokens)
{
    gint depth = 0;

    for (guint i = 0; i + 1 < tokens->len; i++) {
        int kind = g_array_index(tokens, Token, i).kind;
        int next = g_array_index(tokens, Token, i + 1).kind;

        depth += (kind == PG_QUERY__TOKEN__ASCII_40) - (kind == PG_QUERY__TOKEN__ASCII_41);
        if (depth > 0 || (kind != PG_QUERY__TOKEN__FROM && kind != PG_QUERY__TOKEN__TO))
            continue;
        if (next != PG_QUERY__TOKEN__STDIN && next != PG_QUERY__TOKEN__STDOUT)
            break;
        return kind == PG_QUERY__TOKEN__FROM ? STATEMENT_COPY_IN : STATEMENT_COPY_OUT;
    }
    return STATEMENT_ORDINARY;
}

static StatementKind classify_copy(const char *sql)
{
    PlaceText text = {.bytes = sql, .length = strlen(sql), .first_line = 1};
    g_autoptr(GArray) tokens = sql_scan(&text, NULL);

    return tokens ? classify_stream(tokens) : STATEMENT_ORDINARY;
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
    if (is_word(&words, "discard")) {
        next_word(&words);
        return is_word(&words, "all") ? STATEMENT_DISCARD_ALL : STATEMENT_ORDINARY;
    }
    return STATEMENT_ORDINARY;
}

/* CONCURRENTLY where CREATE INDEX, DROP INDEX and REINDEX have it: among the first words. */
static gboolean is_concurrent(Words words)
{
    enum { WORDS = 4 };

    for (guint i = 0; i < WORDS && words.length > 0; i++) {
        if (is_word(&words, "concurrently"))
            return TRUE;
        next_word(&words);
    }
    return FALSE;
}

gboolean statement_refuses_transaction(const char *sql)
{
    static const char *const concurrent[] = {"create", "drop", "reindex"};
    static const struct {
        const char *verb;
        const char *object; /* NULL: any */
    } lonely[] = {
        {"vacuum", NULL},         {"create", "database"}, {"drop", "database"},
        {"create", "tablespace"}, {"drop", "tablespace"}, {"alter", "system"},
        {"reindex", "database"},  {"reindex", "system"},
    };
    Words verb = {.at = sql, .end = sql + strlen(sql)};
    Words object;

    next_word(&verb);
    object = verb;
    next_word(&object);
    for (guint i = 0; i < G_N_ELEMENTS(concurrent); i++)
        if (is_word(&verb, concurrent[i]) && is_concurrent(object))
            return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(lonely); i++)
        if (is_word(&verb, lonely[i].verb) &&
            (!lonely[i].object || is_word(&object, lonely[i].object)))
            return TRUE;
    return FALSE;
}
