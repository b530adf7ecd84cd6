/* Turns byte offsets into the lines and columns that people see in an editor. */
#include "sql/place.h"

#include <string.h>

enum { QUOTE_MAX = 2000 }; /* bytes of a line */

static gsize line_start(const PlaceText *text, gsize offset)
{
    const char *newline = memrchr(text->bytes, '\n', offset);

    return newline ? (gsize)(newline - text->bytes) + 1 : 0;
}

/* Counts bytes that begin a character, so that it can count up to the first invalid byte too. */
static unsigned count_characters(const char *at, gsize length)
{
    unsigned count = 0;

    for (gsize i = 0; i < length; i++)
        count += ((guchar)at[i] & 0xC0) != 0x80;
    return count;
}

void place_find(const PlaceText *text, gsize offset, unsigned *line, unsigned *column)
{
    gsize start = line_start(text, offset);

    *line = text->first_line;
    for (const char *at = text->bytes, *end = at + start; at < end; (*line)++)
        at = (const char *)memchr(at, '\n', (gsize)(end - at)) + 1;
    *column = count_characters(text->bytes + start, offset - start) + 1;
}

char *place_quote(const PlaceText *text, gsize offset)
{
    gsize start = line_start(text, offset);
    const char *line = (text->shown ? text->shown : text->bytes) + start;
    const char *newline = memchr(line, '\n', MIN(text->length - start, QUOTE_MAX + 2));
    gsize length = newline ? (gsize)(newline - line) : text->length - start;
    g_autofree char *cut = NULL;

    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (length <= QUOTE_MAX)
        return g_utf8_make_valid(line, (gssize)length);
    if (offset - start >= QUOTE_MAX)
        return NULL;
    for (length = QUOTE_MAX; length > 0 && ((guchar)line[length] & 0xC0) == 0x80;)
        length--;
    cut = g_utf8_make_valid(line, (gssize)length);
    return g_strconcat(cut, "...", NULL);
}

void place_error(GError **error, const PlaceText *text, gsize offset, const char *format, ...)
{
    g_autofree char *source = place_quote(text, offset);
    g_autofree char *message = NULL;
    ErrorSite site = {.path = text->path, .source = source};
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    place_find(text, offset, &site.line, &site.column);
    error_set(error, ERROR_REVISION_FILE, "%s", message);
    error_set_site(error, &site);
}
