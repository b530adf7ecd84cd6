/* Remembering the last message. */
#include "daemon/echo.h"

#include "base/clock.h"

#define AGAIN_AFTER (5 * 60 * G_USEC_PER_SEC)

gboolean echo_is_news(Echo *echo, const char *text)
{
    gint64 now = clock_monotonic();

    if (g_strcmp0(echo->text, text) == 0 && now - echo->said_at < AGAIN_AFTER)
        return FALSE;
    g_free(echo->text);
    echo->text = g_strdup(text);
    echo->said_at = now;
    return TRUE;
}

void echo_forget(Echo *echo)
{
    g_clear_pointer(&echo->text, g_free);
}
