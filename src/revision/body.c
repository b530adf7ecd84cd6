/* The sections of a revision file: where each begins and ends, and its checksum. Bytes in, values
 * out. */
#include <string.h>

#include "revision/file.h"
#include "revision/lines.h"
#include "sql/classify.h"

static gboolean is_blank_line(Slice line)
{
    return slice_trim(line).length == 0;
}

/* Copies without leading blank lines and trailing blanks, with LF for CRLF. */
static char *section_text(Slice section, unsigned *first_line)
{
    const char *cursor = section.at;
    const char *end = section.at + section.length;
    GString *text = g_string_sized_new(section.length + 1);
    Slice line;

    while (slice_next_line(&cursor, end, &line, NULL)) {
        if (text->len == 0 && is_blank_line(line)) {
            ++*first_line;
            continue;
        }
        g_string_append_len(text, line.at, (gssize)line.length);
        g_string_append_c(text, '\n');
    }
    while (text->len > 0 && strchr(" \t\n", text->str[text->len - 1]))
        g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}

/* Over the lines without their trailing blanks, joined by LF. */
static void section_checksum(const char *text, char checksum[65])
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GString) normal = g_string_sized_new(strlen(text) + 1);
    const char *cursor = text;
    const char *end = text + strlen(text);
    Slice line;

    while (slice_next_line(&cursor, end, &line, NULL)) {
        if (normal->len > 0)
            g_string_append_c(normal, '\n');
        while (line.length > 0 && strchr(" \t", line.at[line.length - 1]))
            line.length--;
        g_string_append_len(normal, line.at, (gssize)line.length);
    }
    g_checksum_update(sum, (const guchar *)normal->str, (gssize)normal->len);
    g_strlcpy(checksum, g_checksum_get_string(sum), 65);
}

static void fill_section(Section *section, Slice bytes, unsigned first_line)
{
    section->first_line = first_line;
    section->text = section_text(bytes, &section->first_line);
    if (*section->text == '\0')
        section->first_line = first_line;
    section_checksum(section->text, section->checksum);
}

static gboolean has_line(const char *text, const char *wanted)
{
    const char *cursor = text;
    const char *end = text + strlen(text);
    Slice line;

    while (slice_next_line(&cursor, end, &line, NULL)) {
        line = slice_trim(line);
        if (line.length == strlen(wanted) && memcmp(line.at, wanted, line.length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Where the sections of one file begin and end. */
typedef struct {
    PlaceText file;
    RevisionBody *body;
    Marker open; /* the section that is being read */
    const char *start;
    unsigned first_line;
} Sections;

static Section *section_of(RevisionBody *body, Marker marker)
{
    return marker == MARKER_UP ? &body->up : marker == MARKER_DOWN ? &body->down : &body->verify;
}

static void close_section(Sections *sections, const char *end)
{
    Slice bytes = {sections->start, (gsize)(end - sections->start)};

    if (sections->open != MARKER_NONE)
        fill_section(section_of(sections->body, sections->open), bytes, sections->first_line);
    sections->open = MARKER_NONE;
}

static gboolean open_section(Sections *sections, Marker marker, Slice line, const char *start,
                             unsigned first_line, GError **error)
{
    close_section(sections, line.at);
    if (section_of(sections->body, marker)->text) {
        place_error(error, &sections->file, (gsize)(line.at - sections->file.bytes),
                    "The section '%.*s' is there twice", (int)MIN(line.length, 40), line.at);
        error_set_hint(error, "put the two together under the first");
        return FALSE;
    }
    sections->open = marker;
    sections->start = start;
    sections->first_line = first_line;
    return TRUE;
}

/* Above the first marker only comments may stand. */
static gboolean check_head_line(const Sections *sections, Slice line, GError **error)
{
    Slice text = slice_trim(line);

    if (text.length == 0 || (text.length >= 2 && memcmp(text.at, "--", 2) == 0))
        return TRUE;
    text_error_stray(&sections->file, line, error);
    return FALSE;
}

static gboolean read_sections(Sections *sections, GError **error)
{
    const char *cursor = sections->file.bytes;
    const char *end = cursor + sections->file.length;
    unsigned line_number = 0;
    Slice line;

    while (slice_next_line(&cursor, end, &line, NULL)) {
        Marker marker;

        line_number++;
        if (!marker_parse(&sections->file, line, &marker, error))
            return FALSE;
        if (marker != MARKER_NONE) {
            if (!open_section(sections, marker, line, cursor, line_number + 1, error))
                return FALSE;
        } else if (sections->open == MARKER_NONE && !check_head_line(sections, line, error)) {
            return FALSE;
        }
    }
    close_section(sections, end);
    if (sections->body->up.text)
        return TRUE;
    text_error_no_up(&sections->file, error);
    return FALSE;
}

RevisionBody *revision_parse_body(const char *bytes, gsize length, const char *path, GError **error)
{
    g_autoptr(RevisionBody) body = g_new0(RevisionBody, 1);
    Sections sections = {
        .file = {path, bytes, length, 1},
        .body = body,
        .open = MARKER_NONE,
    };

    text_skip_bom(&sections.file);
    if (!text_check(&sections.file, FALSE, error) || !read_sections(&sections, error))
        return NULL;
    body->has_nothing_to_undo = body->down.text && sql_is_empty(body->down.text) &&
                                has_line(body->down.text, "-- nothing to undo");
    return g_steal_pointer(&body);
}

gboolean revision_body_is_reversible(const RevisionBody *body)
{
    return body->down.text && (body->has_nothing_to_undo || !sql_is_empty(body->down.text));
}
