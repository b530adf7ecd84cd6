/* Pauses and lock timeouts of tries. */
#include "engine/tries.h"

#include "base/clock.h"

enum {
    LOCK_TRY_SHORTEST = 10 * 1000, /* microseconds of lock_timeout in the first tries */
    /* Whoever is in the way of a whole round has been there for about 4 s, which no sane ceiling
     * outwaits. */
    TRIES_IN_ROUND = 8,
    DOUBLINGS_MAX = 30,
    RETRY_PAUSE = 500 * 1000,
};

void tries_clear(Tries *tries)
{
    g_clear_pointer(&tries->first, sight_unref);
    g_clear_pointer(&tries->latest, sight_unref);
}

void tries_begin(Tries *tries, const EngineSettings *settings)
{
    tries_clear(tries);
    *tries = (Tries){.backoff = {.initial = RETRY_PAUSE,
                                 .ceiling = RETRY_PAUSE,
                                 .factor = 1.0,
                                 .jitter = 0.2,
                                 .deadline = clock_monotonic() + settings->retry_deadline}};
}

gint64 tries_lock_timeout(const Tries *tries, const EngineSettings *settings)
{
    gint64 timeout = (gint64)LOCK_TRY_SHORTEST << MIN(tries->doublings, DOUBLINGS_MAX);

    return settings->lock_timeout == 0 ? 0 : MIN(timeout, settings->lock_timeout);
}

static void remember(Tries *tries, const Sight *sight)
{
    if (!tries->first)
        tries->first = sight_ref(sight);
    sight_unref(tries->latest);
    tries->latest = sight_ref(sight);
}

static gboolean has_same_in_the_way(const Tries *tries)
{
    return tries->first && sight_shares_blocker(tries->first, tries->latest);
}

/* A round in which nobody was seen counts as one on a healthy table: without it, a server that does
 * not let us look would never see a longer try. */
void tries_note_failure(Tries *tries, const Sight *sight)
{
    if (sight)
        remember(tries, sight);
    tries->failures++;
    if (tries->failures % TRIES_IN_ROUND != 0)
        return;
    if (!has_same_in_the_way(tries))
        tries->doublings++;
    g_clear_pointer(&tries->first, sight_unref);
}

gint64 tries_next_pause(Tries *tries)
{
    return backoff_next(&tries->backoff);
}
