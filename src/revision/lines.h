/* The lines of a revision file, for header.c, body.c and read.c: what a marker is, what text may be
 * in a file. */
#pragma once

#include "revision/revision.h"
#include "sql/place.h"

typedef struct {
    const char *at;
    gsize length;
} Slice;

typedef enum { MARKER_UP, MARKER_DOWN, MARKER_VERIFY, MARKER_NONE } Marker;

/* The next line from *cursor without its LF or CRLF; moves *cursor past it. FALSE at `end`.
 * *is_whole (may be NULL): the line ended with a LF. */
gboolean slice_next_line(const char **cursor, const char *end, Slice *line, gboolean *is_whole);
/* Without blanks (space, tab) at both ends. */
Slice slice_trim(Slice slice);

/* Which marker `line` is, MARKER_NONE for any other line. A line that begins like a marker and is
 * none (`-- migrate:pu`, `-- migrate:up now`) is an error. */
gboolean marker_parse(const PlaceText *file, Slice line, Marker *marker, GError **error);

/* Drops a byte order mark. */
void text_skip_bom(PlaceText *file);
/* No NUL byte, valid UTF-8 (`is_cut`: the last character may be incomplete). */
gboolean text_check(const PlaceText *file, gboolean is_cut, GError **error);
/* Text before the first marker is comments or blank: the error for a line that is neither. */
void text_error_stray(const PlaceText *file, Slice line, GError **error);
/* The error for a file that ends without `-- migrate:up`. */
void text_error_no_up(const PlaceText *file, GError **error);

/* As the text of a comment above the first key, `text` is read back as prose: it is neither a key,
 * nor so near to one, nor a marker. */
gboolean header_line_is_prose(const char *text);
