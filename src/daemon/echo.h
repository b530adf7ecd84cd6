/* An echo: a message that comes again and again, which the log should have once, then rarely. */
#pragma once

#include <glib.h>

/* All zero to begin with; fields are for echo.c. */
typedef struct {
    char *text;
    gint64 said_at;
} Echo;

/* TRUE when `text` is not what was said last, or that was five minutes ago; it then counts as said.
 */
gboolean echo_is_news(Echo *echo, const char *text);
/* Whatever comes next is news. */
void echo_forget(Echo *echo);
