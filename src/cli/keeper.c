/* The keeper's thread. */
#include "cli/keeper.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "cli/terminal.h"
#include "engine/fence.h"

enum {
    LOOK_EVERY = 5 * G_USEC_PER_SEC,    /* a dead link says nothing by itself */
    ANSWER_WITHIN = 5 * G_USEC_PER_SEC, /* else the server counts as gone */
    CONNECT_WITHIN = 10 * G_USEC_PER_SEC,
};

struct Keeper {
    GThread *thread;
    Waiting *waiting;
    const char *name;
    KeeperLost lost;
    gpointer data;
    char **ids;
};

static Cancel *stop_of(const Keeper *keeper)
{
    return cli_cancel(keeper->waiting->cli);
}

/* Waits a while and asks whether the fence stands. FALSE with an error when it does not. */
static gboolean watch(Keeper *keeper, gboolean *stands, GError **error)
{
    Session *session = keeper->waiting->session;
    FenceOutcome outcome;

    conn_set_timeout(session_conn(session), ANSWER_WITHIN);
    if (!conn_wait_notify(session_conn(session), LOOK_EVERY, NULL, error) ||
        !fence_take(session, (const char *const *)keeper->ids, &outcome, error))
        return FALSE;
    *stands = outcome == FENCE_HELD;
    return TRUE;
}

static void tell_lost(Keeper *keeper, const GError *reason)
{
    g_autofree char *why = reason ? error_describe_short(reason) : NULL;

    terminal_note("Lost the fence%s%s: a rollback would not spare %s until it stands again\n",
                  why ? ", " : "", why ? why : "", keeper->name);
    g_clear_pointer(&keeper->waiting->seen, g_free);
    if (keeper->lost)
        keeper->lost(keeper->data);
}

/* FALSE: the fence does not stand any more. */
static gboolean keep_watch(Keeper *keeper)
{
    g_autoptr(GError) reason = NULL;
    gboolean stands = FALSE;

    if (watch(keeper, &stands, &reason) && stands)
        return TRUE;
    if (cancel_is_triggered(stop_of(keeper)))
        return TRUE;
    if (reason)
        g_clear_pointer(&keeper->waiting->session, session_close);
    tell_lost(keeper, reason);
    return FALSE;
}

/* One try; whatever it meets, the next one may go better. */
static gboolean stand_again(Keeper *keeper)
{
    Waiting *waiting = keeper->waiting;
    g_autoptr(GError) reason = NULL;
    gboolean stands = FALSE;

    waiting->settings.connect_timeout = CONNECT_WITHIN;
    waiting->deadline = clock_monotonic() + CONNECT_WITHIN;
    if (!waiting_look(waiting, &stands, &reason))
        g_clear_pointer(&waiting->session, session_close);
    if (stands)
        terminal_note("The fence stands again\n");
    return stands;
}

static gpointer keep(gpointer data)
{
    static const Backoff pauses = {.initial = 50 * G_TIME_SPAN_MILLISECOND,
                                   .ceiling = 5 * G_TIME_SPAN_SECOND,
                                   .factor = 1.5,
                                   .jitter = 0.3};
    Keeper *keeper = data;
    Backoff backoff = pauses;
    gboolean stands = TRUE;

    while (!cancel_is_triggered(stop_of(keeper))) {
        if (stands) {
            stands = keep_watch(keeper);
            backoff = pauses;
        } else {
            backoff_wait(&backoff, stop_of(keeper));
            stands = stand_again(keeper);
        }
    }
    return NULL;
}

Keeper *keeper_start(Waiting *waiting, const char *name, KeeperLost lost, gpointer data)
{
    Keeper *keeper = g_new0(Keeper, 1);

    *keeper = (Keeper){.waiting = waiting,
                       .name = name,
                       .lost = lost,
                       .data = data,
                       .ids = revision_ids(waiting->wanted)};
    keeper->thread = g_thread_new("fence", keep, keeper);
    return keeper;
}

void keeper_stop(Keeper *keeper)
{
    if (!keeper)
        return;
    cancel_trigger(stop_of(keeper));
    g_thread_join(keeper->thread);
    g_strfreev(keeper->ids);
    g_free(keeper);
}
