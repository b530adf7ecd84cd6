/* As the server's lexer does it, with standard_conforming_strings on. */
#include "sql/lexeme.h"

#include <string.h>

#include "sql/classify.h"

static gboolean begins_word(char c)
{
    return g_ascii_isalpha(c) || c == '_' || (guchar)c >= 0x80;
}

static gboolean continues_word(char c)
{
    return begins_word(c) || g_ascii_isdigit(c) || c == '$';
}

/* From an opening quote behind the closing one; a doubled one is part of it. */
static const char *skip_quoted(const char *at, const char *end)
{
    char quote = *at++;

    while ((at = memchr(at, quote, (gsize)(end - at))) != NULL) {
        if (at + 1 == end || at[1] != quote)
            return at + 1;
        at += 2;
    }
    return end;
}

static const char *skip_escaped(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '\\' || (*at == '\'' && at + 1 < end && at[1] == '\''))
            at++;
        else if (*at == '\'')
            return at + 1;
    }
    return end;
}

/* E'a' goes on where, behind a line end, the next quote is: with backslashes, too. */
static const char *skip_escape_string(const char *at, const char *end)
{
    for (;;) {
        const char *closed = skip_escaped(at, end);
        const char *next = sql_skip_blank(closed, end);

        if (next == end || *next != '\'' || !memchr(closed, '\n', (gsize)(next - closed)))
            return closed;
        at = next;
    }
}

static const char *skip_word(const char *at, const char *end)
{
    const char *first = at;

    while (at < end && continues_word(*at))
        at++;
    return at == first + 1 && (*first == 'E' || *first == 'e') && at < end && *at == '\''
               ? skip_escape_string(at, end)
               : at;
}

/* $tag$ ... $tag$; a dollar that begins no tag is a byte. */
static const char *skip_dollar(const char *at, const char *end)
{
    const char *tag = at + 1;
    const char *found;
    gsize length;

    if (tag < end && begins_word(*tag))
        while (tag < end && *tag != '$' && continues_word(*tag))
            tag++;
    if (tag == end || *tag != '$')
        return at + 1;
    length = (gsize)(tag + 1 - at);
    found = memmem(tag + 1, (gsize)(end - tag - 1), at, length);
    return found ? found + length : end;
}

const char *sql_skip_lexeme(const char *at, const char *end)
{
    const char *behind = sql_skip_blank(at, end);

    if (behind > at)
        return behind;
    if (*at == '\'' || *at == '"')
        return skip_quoted(at, end);
    if (*at == '$')
        return skip_dollar(at, end);
    return begins_word(*at) ? skip_word(at, end) : at + 1;
}
