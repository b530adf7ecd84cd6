/* The difference of two texts, line by line. Pure. */
#pragma once

#include <glib.h>

/* Unified hunks ("@@ -1,3 +1,4 @@" and lines with ' ', '-' or '+' in front) with three lines of
 * context, the shortest that there are; "" when the texts are the same. Where the differing parts
 * are so long that their comparison would take more than some megabytes, they are shown as one
 * replaced by the other. A NULL is a text without lines. g_free. */
char *textdiff(const char *from, const char *to);
