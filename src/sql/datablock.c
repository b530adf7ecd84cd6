/* Goes from statement to statement; only one that begins with COPY is looked at. */
#include "sql/datablock.h"

#include <string.h>

#include "sql/classify.h"
#include "sql/copy.h"
#include "sql/lexeme.h"

static const char terminator[] = "\\.";

/* How far the text was read, and how far its lines were counted. */
typedef struct {
    const PlaceText *text;
    const char *at;
    const char *end;
    const char *counted;
    unsigned line;
} Reader;

static unsigned line_at(Reader *reader, const char *at)
{
    while ((reader->counted = memchr(reader->counted, '\n', (gsize)(at - reader->counted)))) {
        reader->counted++;
        reader->line++;
    }
    reader->counted = at;
    return reader->line;
}

/* The semicolon that ends the statement at `at`, or the end of the text. */
static const char *find_semicolon(const Reader *reader, const char *at)
{
    guint parentheses = 0;

    for (; at < reader->end; at = sql_skip_lexeme(at, reader->end)) {
        if (*at == '(')
            parentheses++;
        else if (*at == ')' && parentheses > 0)
            parentheses--;
        else if (*at == ';' && parentheses == 0)
            break;
    }
    return at;
}

/* A copy of the statement when it is a COPY ... FROM STDIN, g_free; else NULL. */
static char *take_copy(const char *first, const char *semicolon)
{
    g_autofree char *sql = NULL;

    if (semicolon - first < 4 || g_ascii_strncasecmp(first, "copy", 4) != 0)
        return NULL;
    sql = g_strndup(first, (gsize)(semicolon - first));
    return statement_classify(sql) == STATEMENT_COPY_IN ? g_steal_pointer(&sql) : NULL;
}

/* Behind the line at `at`; NULL when no line end is there. */
static const char *next_line(const Reader *reader, const char *at)
{
    const char *newline = memchr(at, '\n', (gsize)(reader->end - at));

    return newline ? newline + 1 : NULL;
}

/* Nothing but a comment may stand behind the statement on its line. */
static gboolean check_rest(const Reader *reader, const char *semicolon, GError **error)
{
    const char *rest = semicolon + 1;

    rest += strspn(rest, " \t\r");
    if (*rest == '\0' || *rest == '\n' || g_str_has_prefix(rest, "--"))
        return TRUE;
    place_error(error, reader->text, (gsize)(rest - reader->text->bytes),
                "text behind COPY ... FROM STDIN on its line");
    error_set_hint(error, "its rows begin on the next line, and a line with %s ends them",
                   terminator);
    return FALSE;
}

/* The line that is the terminator, from the line at `at` on; NULL: there is none. */
static const char *find_terminator(const Reader *reader, const char *at)
{
    const gsize length = strlen(terminator);

    while (at && (at = memmem(at, (gsize)(reader->end - at), terminator, length))) {
        const char *behind = at + length + (at[length] == '\r');

        if (at[-1] == '\n' && (*behind == '\n' || behind == reader->end))
            return at;
        at += length;
    }
    return NULL;
}

/* The \. among the rows that ends them for the server, which then drops the others in silence. In
 * CSV format nothing but a line of its own does. NULL: there is none. */
static const char *find_early_end(const char *at, const char *last)
{
    while ((at = memchr(at, '\\', (gsize)(last - at))) != NULL) {
        if (at[1] == '.')
            return at;
        at += 2;
    }
    return NULL;
}

static gboolean refuse_early_end(const Reader *reader, const char *at, GError **error)
{
    place_error(error, reader->text, (gsize)(at - reader->text->bytes),
                "%s among the rows of COPY ... FROM STDIN, which ends them to the server",
                terminator);
    error_set_hint(error, "in a row write \\%s; to end them it stands on a line of its own",
                   terminator);
    return FALSE;
}

static void refuse_binary(const Reader *reader, const char *first, GError **error)
{
    place_error(error, reader->text, (gsize)(first - reader->text->bytes),
                "COPY ... FROM STDIN in binary format");
    error_set_hint(error, "rows in a file of SQL are text: use the text or CSV format");
}

static gboolean refuse_endless(const Reader *reader, const char *first, GError **error)
{
    place_error(error, reader->text, (gsize)(first - reader->text->bytes),
                "the rows of COPY ... FROM STDIN have no end");
    error_set_hint(error,
                   "they end with a line that has %s and nothing else; a row that begins with "
                   "\"-- migrate:\" ends the section, too: write \"\\-- migrate:\"",
                   terminator);
    return FALSE;
}

static gboolean read_block(Reader *reader, const char *first, const char *semicolon,
                           CopyFormat format, GArray *blocks, GError **error)
{
    const char *bytes = reader->text->bytes;
    const char *start = next_line(reader, semicolon);
    const char *last = find_terminator(reader, start);
    const char *early = last && format == COPY_TEXT ? find_early_end(start, last) : NULL;
    const char *behind;
    DataBlock block;

    if (semicolon < reader->end && !check_rest(reader, semicolon, error))
        return FALSE;
    if (!last)
        return refuse_endless(reader, first, error);
    if (early)
        return refuse_early_end(reader, early, error);
    block = (DataBlock){(gsize)(semicolon - bytes), (gsize)(start - bytes), (gsize)(last - bytes),
                        line_at(reader, start)};
    g_array_append_val(blocks, block);
    behind = next_line(reader, last);
    reader->at = behind ? behind : reader->end;
    return TRUE;
}

GArray *data_blocks_find(const PlaceText *text, GError **error)
{
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(DataBlock));
    Reader reader = {text, text->bytes, text->bytes + text->length, text->bytes, text->first_line};

    if (!strcasestr(text->bytes, "stdin"))
        return g_steal_pointer(&blocks);
    while (reader.at < reader.end) {
        const char *first = sql_skip_blank(reader.at, reader.end);
        const char *semicolon = find_semicolon(&reader, first);
        g_autofree char *copy = take_copy(first, semicolon);
        CopyFormat format = copy ? copy_format(copy) : COPY_TEXT;

        if (format == COPY_BINARY) {
            refuse_binary(&reader, first, error);
            return NULL;
        }
        if (!copy)
            reader.at = semicolon < reader.end ? semicolon + 1 : reader.end;
        else if (!read_block(&reader, first, semicolon, format, blocks, error))
            return NULL;
    }
    return g_steal_pointer(&blocks);
}

char *data_blocks_blank(const PlaceText *text, const GArray *blocks)
{
    char *blank = g_strndup(text->bytes, text->length);

    for (guint i = 0; i < blocks->len; i++) {
        const DataBlock *block = &g_array_index(blocks, DataBlock, i);

        for (char *at = blank + block->start; at < blank + block->end; at++)
            if (*at != '\n')
                *at = ' ';
        memset(blank + block->end, ' ', strlen(terminator));
    }
    return blank;
}
