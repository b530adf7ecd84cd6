/* A text of somebody else's on one line. Pure. */
#pragma once

#include <glib.h>

enum {
    LINE_MAX_NAME = 200,     /* bytes of a name */
    LINE_MAX_MESSAGE = 2000, /* bytes of a sentence */
};

/* A copy in which runs of blanks and line ends are one blank, and which is cut with "..." at
 * `limit` bytes, between characters; g_free. */
char *line_of(const char *text, gsize limit);
