/* Folding lines. */
#include "client/line.h"

#include <string.h>

/* The longest beginning of at most `limit` bytes that cuts no character. */
static gsize cut(const char *text, gsize length, gsize limit)
{
    if (length <= limit)
        return length;
    while (limit > 0 && ((guchar)text[limit] & 0xc0) == 0x80)
        limit--;
    return limit;
}

char *line_of(const char *text, gsize limit)
{
    GString *line = g_string_new(NULL);
    gsize length;

    for (; *text && line->len <= limit; text++) {
        if (!g_ascii_isspace(*text))
            g_string_append_c(line, *text);
        else if (line->len > 0 && line->str[line->len - 1] != ' ')
            g_string_append_c(line, ' ');
    }
    while (line->len > 0 && line->str[line->len - 1] == ' ')
        g_string_truncate(line, line->len - 1);
    length = cut(line->str, line->len, limit);
    if (length < line->len) {
        g_string_truncate(line, length);
        g_string_append(line, "...");
    }
    return g_string_free(line, FALSE);
}
