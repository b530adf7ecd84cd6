/* EXTEND_TIMEOUT_USEC and WATCHDOG, each on a timer of its own. */
#include "daemon/lifeline.h"

#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/notify.h"

enum {
    EXTEND_BY = 30 * G_USEC_PER_SEC,
    EXTEND_EVERY = 5 * G_USEC_PER_SEC, /* while one statement runs */
    SILENCE_MAX = 10 * 60,             /* seconds that one may, when nothing else limits it */
    EXTEND_AT_MOST_EVERY = G_USEC_PER_SEC,
};

struct Lifeline {
    const Board *board;
    Worker *worker;
    sd_event_source *extend_timer;
    sd_event_source *watchdog_timer; /* NULL: nobody watches */
    gint64 watchdog_interval;
    gint64 heard_at;
    gint64 extended_at;
    gint64 silence_limit; /* microseconds */
    gboolean was_sound;
};

/* Only the start has a time limit to extend. */
static void extend(Lifeline *lifeline)
{
    gint64 now = clock_monotonic();

    if (board_gate(lifeline->board)->has_opened ||
        (lifeline->extended_at && now - lifeline->extended_at < EXTEND_AT_MOST_EVERY))
        return;
    notify_extend(EXTEND_BY);
    lifeline->extended_at = now;
}

/* Events that show the backend, or the lock's holder, at work. Connecting is none, failed or not: a
 * server that cuts every session right after its login would extend the start for ever. */
static gboolean is_headway(GateEvent event)
{
    return event == GATE_EVENT_LOCK_WAIT || event == GATE_EVENT_LOCKED ||
           event == GATE_EVENT_MIGRATE || event == GATE_EVENT_PROGRESS ||
           event == GATE_EVENT_FINISHED;
}

/* A statement that is seen to work is heard of each second. One that is blocked is not, and one
 * that cannot be seen (no second connection to be had) looks like a frozen server. So silence
 * counts as headway for as long as the operator allows statements to take or, when that has no
 * limit, for SILENCE_MAX. */
static gboolean is_within_statement(const Lifeline *lifeline)
{
    if (board_gate(lifeline->board)->state != GATE_MIGRATING)
        return FALSE;
    return clock_monotonic() < lifeline->heard_at + lifeline->silence_limit;
}

void lifeline_hear(Lifeline *lifeline, GateEvent event, const EngineSettings *settings)
{
    lifeline->heard_at = clock_monotonic();
    lifeline->silence_limit = settings->statement_timeout
                                  ? settings->statement_timeout + settings->lock_timeout
                                  : SILENCE_MAX * G_USEC_PER_SEC;
    if (is_headway(event))
        extend(lifeline);
}

static int set_again(sd_event_source *timer, gint64 after)
{
    sd_event_source_set_time_relative(timer, (uint64_t)after);
    return sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

static int on_extend(sd_event_source *timer, uint64_t when, void *data)
{
    Lifeline *lifeline = data;

    if (is_within_statement(lifeline))
        extend(lifeline);
    return set_again(timer, EXTEND_EVERY);
}

static int on_watchdog(sd_event_source *timer, uint64_t when, void *data)
{
    Lifeline *lifeline = data;
    gboolean is_sound = worker_is_sound(lifeline->worker);

    if (is_sound)
        notify_watchdog();
    else if (lifeline->was_sound)
        log_error("The engine's thread does not answer: no more signs of life for the watchdog");
    lifeline->was_sound = is_sound;
    return set_again(timer, lifeline->watchdog_interval / 2);
}

Lifeline *lifeline_new(sd_event *loop, const Board *board, Worker *worker, int *status)
{
    g_autoptr(Lifeline) lifeline = g_new0(Lifeline, 1);

    lifeline->board = board;
    lifeline->worker = worker;
    lifeline->was_sound = TRUE;
    lifeline->watchdog_interval = notify_watchdog_interval();
    *status = sd_event_add_time_relative(loop, &lifeline->extend_timer, CLOCK_MONOTONIC,
                                         EXTEND_EVERY, 0, on_extend, lifeline);
    if (*status >= 0 && lifeline->watchdog_interval)
        *status = sd_event_add_time_relative(loop, &lifeline->watchdog_timer, CLOCK_MONOTONIC,
                                             (uint64_t)lifeline->watchdog_interval / 2, 0,
                                             on_watchdog, lifeline);
    return *status < 0 ? NULL : g_steal_pointer(&lifeline);
}

void lifeline_free(Lifeline *lifeline)
{
    if (!lifeline)
        return;
    sd_event_source_disable_unref(lifeline->extend_timer);
    sd_event_source_disable_unref(lifeline->watchdog_timer);
    g_free(lifeline);
}
