/* Places in a text that came from a file: an offset as line, column and the line itself. Pure. */
#pragma once

#include "base/error.h"

/* A text, or a part of one, that begins on line `first_line` of `path`. Borrowed. */
typedef struct {
    const char *path;
    const char *bytes; /* need not be NUL-terminated */
    gsize length;
    unsigned first_line;
    const char *shown; /* what quotes show instead of `bytes`, of the same length; NULL: bytes */
} PlaceText;

/* Line and column (in characters, from 1) of the byte at `offset`, which may be the end of the
 * text. */
void place_find(const PlaceText *text, gsize offset, unsigned *line, unsigned *column);

/* The line around the byte at `offset` without its end, for a message that puts a caret under it:
 * valid UTF-8, cut on the right with "..." when it is long, so that columns stay true. NULL when
 * `offset` is beyond the cut. g_free. */
char *place_quote(const PlaceText *text, gsize offset);

/* Sets *error to an ERROR_REVISION_FILE whose site is the byte at `offset`. */
void place_error(GError **error, const PlaceText *text, gsize offset, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
