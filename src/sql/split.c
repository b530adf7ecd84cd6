/* Finds the statements in a section: the parser's way when the grammar knows the text, else by the
 * semicolons between tokens. */
#include "sql/split.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string.h>

#include "sql/classify.h"
#include "sql/datablock.h"
#include "sql/scan.h"

/* The statements so far, and how far the counting of lines and columns has come. */
typedef struct {
    const char *text;
    GPtrArray *statements;
    gsize counted;
    unsigned line;
    unsigned column;
} Splitter;

static void statement_free(gpointer data)
{
    Statement *statement = data;

    g_free(statement->sql);
    if (statement->pieces)
        g_array_unref(statement->pieces);
    g_free(statement);
}

/* Statements come in order, so each byte is counted once. */
static void count_to(Splitter *splitter, gsize offset)
{
    const char *at = splitter->text + splitter->counted;
    const char *end = splitter->text + offset;
    const char *newline;

    while ((newline = memchr(at, '\n', (gsize)(end - at))) != NULL) {
        at = newline + 1;
        splitter->line++;
        splitter->column = 1;
    }
    splitter->column += (unsigned)g_utf8_strlen(at, end - at);
    splitter->counted = offset;
}

/* Adds the statement between two offsets, without what stands before its first token. */
static void add_statement(Splitter *splitter, gsize start, gsize end)
{
    const char *last = splitter->text + end;
    const char *first = sql_skip_blank(splitter->text + start, last);
    Statement *statement;

    while (last > first && g_ascii_isspace(last[-1]))
        last--;
    if (first == last)
        return;
    statement = g_new0(Statement, 1);
    statement->offset = (gsize)(first - splitter->text);
    statement->length = (gsize)(last - first);
    count_to(splitter, statement->offset);
    statement->line = splitter->line;
    statement->column = splitter->column;
    statement->sql = g_strndup(first, statement->length);
    statement->kind = statement_classify(statement->sql);
    statement->commits_before = sql_has_mark(splitter->text + start, first, "pgsluice:commit");
    g_ptr_array_add(splitter->statements, statement);
}

static gboolean split_by_parser(Splitter *splitter)
{
    PgQuerySplitResult result = pg_query_split_with_parser(splitter->text);
    gboolean is_parsed = result.error == NULL;

    for (int i = 0; is_parsed && i < result.n_stmts; i++) {
        gsize start = (gsize)result.stmts[i]->stmt_location;

        add_statement(splitter, start, start + (gsize)result.stmts[i]->stmt_len);
    }
    pg_query_free_split_result(result);
    return is_parsed;
}

/* Where a semicolon does not end the statement: in parentheses, in a BEGIN ATOMIC body. */
typedef struct {
    int parentheses;
    int bodies; /* BEGIN ATOMIC and each CASE in it */
} Nesting;

static void enter_token(Nesting *nesting, int kind, int previous)
{
    if (kind == PG_QUERY__TOKEN__ASCII_40)
        nesting->parentheses++;
    else if (kind == PG_QUERY__TOKEN__ASCII_41 && nesting->parentheses > 0)
        nesting->parentheses--;
    else if (kind == PG_QUERY__TOKEN__ATOMIC && previous == PG_QUERY__TOKEN__BEGIN_P)
        nesting->bodies++;
    else if (kind == PG_QUERY__TOKEN__CASE && nesting->bodies > 0)
        nesting->bodies++;
    else if (kind == PG_QUERY__TOKEN__END_P && nesting->bodies > 0)
        nesting->bodies--;
}

static gboolean split_by_scanner(Splitter *splitter, const PlaceText *place, GError **error)
{
    g_autoptr(GArray) tokens = sql_scan(place, error);
    Nesting nesting = {0, 0};
    gsize start = 0;
    int previous = 0;

    if (!tokens)
        return FALSE;
    for (guint i = 0; i < tokens->len; i++) {
        const Token *token = &g_array_index(tokens, Token, i);

        enter_token(&nesting, token->kind, previous);
        previous = token->kind;
        if (token->kind != PG_QUERY__TOKEN__ASCII_59 || nesting.parentheses || nesting.bodies)
            continue;
        add_statement(splitter, start, token->start);
        start = token->end;
    }
    add_statement(splitter, start, place->length);
    return TRUE;
}

static gboolean attach_block(const PlaceText *text, Statement *owner, const DataBlock *block,
                             GError **error)
{
    if (!owner || owner->kind != STATEMENT_COPY_IN || owner->data_line) {
        place_error(error, text, block->start, "rows that belong to no COPY ... FROM STDIN");
        error_set_hint(error, "write the statement above them plainly: COPY t (a, b) FROM STDIN;");
        return FALSE;
    }
    owner->data_offset = block->start;
    owner->data_length = block->end - block->start;
    owner->data_line = block->line;
    return TRUE;
}

/* Both are in order: rows belong to the last statement before the semicolon above them. */
static gboolean attach_blocks(const PlaceText *text, const GPtrArray *statements,
                              const GArray *blocks, GError **error)
{
    guint next = 0;

    for (guint i = 0; i < blocks->len; i++) {
        const DataBlock *block = &g_array_index(blocks, DataBlock, i);
        Statement *owner = NULL;

        for (; next < statements->len; next++) {
            Statement *statement = g_ptr_array_index(statements, next);

            if (statement->offset > block->semicolon)
                break;
            owner = statement;
        }
        if (!attach_block(text, owner, block, error))
            return FALSE;
    }
    return TRUE;
}

GPtrArray *sql_split_blanked(const PlaceText *text, const GArray *blocks, GError **error)
{
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(statement_free);
    Splitter splitter = {text->bytes, statements, 0, text->first_line, 1};

    if (!split_by_parser(&splitter) && !split_by_scanner(&splitter, text, error))
        return NULL;
    if (!attach_blocks(text, statements, blocks, error))
        return NULL;
    return g_steal_pointer(&statements);
}

GPtrArray *sql_split(const char *text, const char *path, unsigned first_line, GError **error)
{
    PlaceText place = {path, text, strlen(text), first_line};
    g_autoptr(GArray) blocks = data_blocks_find(&place, error);
    g_autofree char *blank = NULL;

    if (!blocks)
        return NULL;
    if (blocks->len > 0) {
        place.shown = text;
        place.bytes = blank = data_blocks_blank(&place, blocks);
    }
    return sql_split_blanked(&place, blocks, error);
}

gsize statement_offset(const Statement *statement, gsize at)
{
    const Piece *piece;
    guint i;

    if (!statement->pieces)
        return statement->offset + at;
    for (i = statement->pieces->len; i > 1; i--) {
        if (g_array_index(statement->pieces, Piece, i - 1).at <= at)
            break;
    }
    piece = &g_array_index(statement->pieces, Piece, i - 1);
    return piece->is_value ? piece->offset : piece->offset + (at - piece->at);
}
