/* What every reader of revision files agrees on: lines, markers, and which bytes are text. */
#include "revision/lines.h"

#include <string.h>

#include "base/nearest.h"

static const char *const marker_words[] = {"up", "down", "verify", NULL};

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t';
}

gboolean slice_next_line(const char **cursor, const char *end, Slice *line, gboolean *is_whole)
{
    const char *at = *cursor;
    const char *newline;

    if (at == end)
        return FALSE;
    newline = memchr(at, '\n', (gsize)(end - at));
    *line = (Slice){at, (gsize)((newline ? newline : end) - at)};
    if (newline && line->length > 0 && at[line->length - 1] == '\r')
        line->length--;
    if (is_whole)
        *is_whole = newline != NULL;
    *cursor = newline ? newline + 1 : end;
    return TRUE;
}

Slice slice_trim(Slice slice)
{
    while (slice.length > 0 && is_blank(slice.at[0])) {
        slice.at++;
        slice.length--;
    }
    while (slice.length > 0 && is_blank(slice.at[slice.length - 1]))
        slice.length--;
    return slice;
}

static void error_unknown_marker(const PlaceText *file, const char *at, const char *word,
                                 GError **error)
{
    const char *near = nearest_word(word, marker_words, 2);

    place_error(error, file, (gsize)(at - file->bytes), "Unknown section '-- migrate:%s'", word);
    if (near)
        error_set_hint(error, "did you mean '-- migrate:%s'?", near);
    else
        error_set_hint(error,
                       "the sections are: -- migrate:up, -- migrate:down, -- migrate:verify");
}

static void error_marker_text(const PlaceText *file, const char *at, const char *word,
                              GError **error)
{
    place_error(error, file, (gsize)(at - file->bytes), "Text after '-- migrate:%s'", word);
    error_set_hint(error, "a marker is a line of its own; options are header lines, such as "
                          "'-- Transaction: none'");
}

/* What follows "migrate:" when `line` begins like a marker; most lines do not. */
static gboolean find_marker_rest(Slice line, Slice *rest)
{
    static const char prefix[] = "migrate:";
    const char *at = line.at + 2;
    const char *end = line.at + line.length;

    if (line.length < 2 || line.at[0] != '-' || line.at[1] != '-')
        return FALSE;
    while (at < end && is_blank(*at))
        at++;
    if ((gsize)(end - at) < sizeof prefix - 1 || memcmp(at, prefix, sizeof prefix - 1) != 0)
        return FALSE;
    at += sizeof prefix - 1;
    *rest = slice_trim((Slice){at, (gsize)(end - at)});
    return TRUE;
}

gboolean marker_parse(const PlaceText *file, Slice line, Marker *marker, GError **error)
{
    g_autofree char *word = NULL;
    gsize length = 0;
    Slice rest;

    *marker = MARKER_NONE;
    if (!find_marker_rest(line, &rest))
        return TRUE;
    while (length < rest.length && !is_blank(rest.at[length]))
        length++;
    for (guint i = 0; marker_words[i]; i++) {
        if (strlen(marker_words[i]) == length && memcmp(rest.at, marker_words[i], length) == 0)
            *marker = (Marker)i;
    }
    if (*marker != MARKER_NONE && length == rest.length)
        return TRUE;
    word = g_strndup(rest.at, length);
    if (*marker == MARKER_NONE)
        error_unknown_marker(file, rest.at, word, error);
    else
        error_marker_text(file, slice_trim((Slice){rest.at + length, rest.length - length}).at,
                          word, error);
    return FALSE;
}

void text_skip_bom(PlaceText *file)
{
    if (file->length == 0)
        file->bytes = ""; /* it may have been NULL */
    if (file->length >= 3 && memcmp(file->bytes, "\xEF\xBB\xBF", 3) == 0) {
        file->bytes += 3;
        file->length -= 3;
    }
}

/* Most files are plain ASCII: eight bytes at a time, before the real check is asked. */
static gboolean is_ascii_without_nul(const char *bytes, gsize length)
{
    guint64 high_bits = 0;
    gsize i = 0;

    for (; i + sizeof high_bits <= length; i += sizeof high_bits) {
        guint64 word;

        memcpy(&word, bytes + i, sizeof word);
        high_bits |= word;
    }
    for (; i < length; i++)
        high_bits |= (guchar)bytes[i];
    return (high_bits & G_GUINT64_CONSTANT(0x8080808080808080)) == 0 &&
           !memchr(bytes, '\0', length);
}

gboolean text_check(const PlaceText *file, gboolean is_cut, GError **error)
{
    const char *bad;
    gsize offset;

    if (is_ascii_without_nul(file->bytes, file->length) ||
        g_utf8_validate_len(file->bytes, file->length, &bad))
        return TRUE;
    offset = (gsize)(bad - file->bytes);
    if (*bad == '\0') {
        place_error(error, file, offset, "A NUL byte in a revision file");
        error_set_hint(error, "save the file as UTF-8 (UTF-16 has NUL bytes)");
        return FALSE;
    }
    if (is_cut && file->length - offset < 4 &&
        g_utf8_get_char_validated(bad, (gssize)(file->length - offset)) == (gunichar)-2)
        return TRUE;
    place_error(error, file, offset, "Invalid UTF-8: byte 0x%02x", (guchar)*bad);
    error_set_hint(error, "save the file as UTF-8");
    return FALSE;
}

void text_error_stray(const PlaceText *file, Slice line, GError **error)
{
    Slice text = slice_trim(line);

    if (text.length >= 2 && memcmp(text.at, "--", 2) == 0) {
        place_error(error, file, (gsize)(line.at - file->bytes),
                    "A '-- migrate:' line must not be indented");
        error_set_hint(error, "markers are recognised at the beginning of a line only");
        return;
    }
    place_error(error, file, (gsize)(text.at - file->bytes), "SQL text before '-- migrate:up'");
    error_set_hint(error, "put the line '-- migrate:up' above it");
}

void text_error_no_up(const PlaceText *file, GError **error)
{
    place_error(error, file, file->length, "The file has no '-- migrate:up' section");
    error_set_hint(error, "put the line '-- migrate:up' above the SQL to run");
}
