/* Text from elsewhere (servers, file names, messages) made harmless for a terminal. Pure. */
#pragma once

/* A copy in which control characters other than line end and tab read \x1b or, beyond ASCII,
 * \u009b; bytes that are not UTF-8 read \xff. g_free. */
char *escape_controls(const char *text);

/* A JSON document in which DEL and the control characters beyond ASCII, which JSON allows as they
 * are, are written \u007f and the like. g_free. */
char *escape_document(const char *document);
