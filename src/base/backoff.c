/* Jittered exponential pauses; the random numbers need no more quality than spreading a herd. */
#include "base/backoff.h"

#include "base/clock.h"

gint64 backoff_next(Backoff *backoff)
{
    gint64 left = G_MAXINT64;
    double spread = 1.0 + backoff->jitter * g_random_double_range(-1.0, 1.0);

    if (backoff->deadline) {
        left = backoff->deadline - clock_monotonic();
        if (left <= 0)
            return -1;
    }
    if (!backoff->pause)
        backoff->pause = backoff->initial;
    else
        backoff->pause = (gint64)MIN((double)backoff->pause * backoff->factor, backoff->ceiling);
    return CLAMP((gint64)(backoff->pause * spread), 1, left);
}

gboolean backoff_wait(Backoff *backoff, Cancel *cancel)
{
    gint64 pause = backoff_next(backoff);

    return pause >= 0 && clock_wait(pause, cancel);
}

void backoff_reset(Backoff *backoff)
{
    backoff->pause = 0;
}
