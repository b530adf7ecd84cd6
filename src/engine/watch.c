/* When to look, and when to tell. */
#include "engine/watch.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "db/aside.h"
#include "engine/sql_engine.h"

enum {
    OPEN_AFTER = 200 * 1000, /* microseconds that a statement has taken */
    OPEN_WITHIN = 10 * G_USEC_PER_SEC,
    OPEN_AGAIN_AFTER = 10 * G_USEC_PER_SEC, /* it could not be opened, or broke */
    ANSWER_WITHIN = 10 * G_USEC_PER_SEC,
    LOOK_EVERY = G_USEC_PER_SEC,
    PATIENCE = G_USEC_PER_SEC / 2, /* after which it is told without a look */
    SAMPLES_OF_LOOK_OUT = 20,      /* 5 ms each, see watch.sql */
};

/* Names must mean the server's own, and nothing may keep a question waiting. */
#define OPENING                                                                                    \
    "SET search_path = pg_catalog; SET statement_timeout = '5s'; SET lock_timeout = '1s'; "        \
    "SET idle_session_timeout = 0; "

struct Watch {
    Conn *conn;
    char *question;    /* watch.sql with one look */
    char *looking_out; /* and with many */
    char *application_name;
    WatchTell tell;
    gpointer data;
    Aside *aside;    /* NULL: not open */
    gint64 open_at;  /* not before */
    gint64 deadline; /* of the connecting or the answer that is awaited */
    gint64 since;    /* of the statement; 0: none runs */
    gint64 look_at;
    gint64 tell_at;
    gboolean has_asked; /* and not seen the answer */
    gboolean is_looking_out;
    gint64 seen_at;
    Sight *sight;   /* of this statement; NULL: none yet */
    Sight *blocked; /* of this try; NULL: not seen in the way of anybody */
};

static char *expand_question(const char *backend_pid, int samples)
{
    g_autofree char *count = g_strdup_printf("%d", samples);
    const char *pairs[] = {"pid", backend_pid, "samples", count, NULL};

    return sql_expand(sql_watch, pairs);
}

/* --- The second connection -------------------------------------------------------------------- */

static void open_aside(Watch *watch, gint64 now)
{
    watch->aside = aside_open(watch->conn, watch->application_name, OPENING);
    watch->deadline = now + OPEN_WITHIN;
    watch->look_at = now;
    watch->has_asked = FALSE;
}

static void close_aside(Watch *watch, gint64 now)
{
    g_clear_pointer(&watch->aside, aside_free);
    watch->has_asked = FALSE;
    watch->open_at = now + OPEN_AGAIN_AFTER;
}

static void ask(Watch *watch, gint64 now)
{
    aside_ask(watch->aside, watch->is_looking_out ? watch->looking_out : watch->question);
    watch->has_asked = TRUE;
    watch->deadline = now + ANSWER_WITHIN;
    watch->look_at = now + LOOK_EVERY;
}

/* Whoever looks out goes on until somebody was seen. */
static void take_answer(Watch *watch, gint64 now)
{
    g_autoptr(Result) result = aside_take(watch->aside);

    watch->has_asked = FALSE;
    if (!result || result_rows(result) == 0)
        return;
    sight_unref(watch->sight);
    watch->sight = sight_read(result);
    watch->seen_at = now;
    if (watch->sight->blockers->len > 0) {
        sight_unref(watch->blocked);
        watch->blocked = sight_ref(watch->sight);
    } else if (watch->is_looking_out) {
        watch->look_at = now;
    }
}

/* Goes on with what is under way, and asks when `asks` and it is time to. */
static void drive(Watch *watch, gint64 now, gboolean asks)
{
    AsideState state = aside_step(watch->aside);

    if (state == ASIDE_IDLE && watch->has_asked)
        take_answer(watch, now);
    if (state == ASIDE_IDLE && asks && now >= watch->look_at) {
        ask(watch, now);
        state = aside_step(watch->aside);
    }
    if (state == ASIDE_BROKEN || (state != ASIDE_IDLE && now >= watch->deadline))
        close_aside(watch, now);
}

/* --- While the first connection waits --------------------------------------------------------- */

static void tell_if_due(Watch *watch, gint64 now)
{
    gboolean is_fresh = watch->sight && watch->seen_at >= watch->tell_at - PATIENCE;

    if (now < watch->tell_at || (!is_fresh && now < watch->tell_at + PATIENCE))
        return;
    watch->tell_at = now + LOOK_EVERY;
    watch->tell(now - watch->since, is_fresh ? watch->sight : NULL, watch->data);
}

static gint64 next_step(const Watch *watch, gint64 now)
{
    gint64 due = watch->tell_at > now ? watch->tell_at : watch->tell_at + PATIENCE;

    if (!watch->aside)
        return MIN(due, MAX(watch->since + OPEN_AFTER, watch->open_at));
    return MIN(due, watch->has_asked ? watch->deadline : MAX(watch->look_at, now));
}

static void idle(ConnWake *wake, gpointer data)
{
    Watch *watch = data;
    gint64 now;

    if (!watch->since)
        return;
    now = clock_monotonic();
    if (!watch->aside && now >= MAX(watch->since + OPEN_AFTER, watch->open_at))
        open_aside(watch, now);
    if (watch->aside)
        drive(watch, now, TRUE);
    tell_if_due(watch, now);
    if (watch->aside)
        aside_await(watch->aside, wake);
    wake->due = next_step(watch, now);
}

Watch *watch_new(Conn *conn, const char *backend_pid, const char *instance, WatchTell tell,
                 gpointer data)
{
    Watch *watch = g_new0(Watch, 1);

    watch->conn = conn;
    watch->question = expand_question(backend_pid, 1);
    watch->looking_out = expand_question(backend_pid, SAMPLES_OF_LOOK_OUT);
    watch->application_name = g_strdup_printf("pgsluice-watch/%s", instance);
    watch->tell = tell;
    watch->data = data;
    conn_set_idle(conn, idle, watch);
    return watch;
}

void watch_free(Watch *watch)
{
    if (!watch)
        return;
    conn_set_idle(watch->conn, NULL, NULL);
    aside_free(watch->aside);
    sight_unref(watch->sight);
    sight_unref(watch->blocked);
    g_free(watch->question);
    g_free(watch->looking_out);
    g_free(watch->application_name);
    g_free(watch);
}

void watch_begin_statement(Watch *watch)
{
    watch->since = clock_monotonic();
    watch->tell_at = watch->since + OPEN_AFTER;
    if (!watch->is_looking_out)
        watch->look_at = watch->tell_at;
    g_clear_pointer(&watch->sight, sight_unref);
}

void watch_rest(Watch *watch)
{
    watch->since = 0;
    watch->is_looking_out = FALSE;
}

/* --- Around a try ----------------------------------------------------------------------------- */

static gboolean is_settled(const Watch *watch)
{
    return !watch->aside || (aside_step(watch->aside) == ASIDE_IDLE && !watch->has_asked);
}

/* Waits for what is under way on the second connection alone. */
static void settle(Watch *watch, gint64 limit, Cancel *cancel)
{
    gint64 until = clock_monotonic() + limit;
    gint64 now;

    while (!is_settled(watch) && (now = clock_monotonic()) < until &&
           !cancel_is_triggered(cancel)) {
        ConnWake wake = {.fd = -1};
        gint64 pause = until - now;
        struct timespec time = {pause / G_USEC_PER_SEC, pause % G_USEC_PER_SEC * 1000};
        struct pollfd fds[2];

        drive(watch, now, FALSE);
        if (is_settled(watch))
            return;
        aside_await(watch->aside, &wake);
        fds[0] = (struct pollfd){.fd = wake.fd, .events = wake.events};
        fds[1] = (struct pollfd){.fd = cancel_fd(cancel), .events = POLLIN};
        if (ppoll(fds, G_N_ELEMENTS(fds), &time, NULL) < 0 && errno != EINTR)
            g_error("ppoll: %s", g_strerror(errno));
    }
}

gboolean watch_is_open(const Watch *watch)
{
    return watch->aside != NULL;
}

gboolean watch_prepare(Watch *watch, gint64 limit, Cancel *cancel)
{
    gint64 now = clock_monotonic();

    if (!watch->aside && now >= watch->open_at && conn_is_alive(watch->conn))
        open_aside(watch, now);
    settle(watch, limit, cancel);
    return watch->aside && aside_step(watch->aside) == ASIDE_IDLE;
}

void watch_look_out(Watch *watch)
{
    g_clear_pointer(&watch->blocked, sight_unref);
    if (!watch->aside)
        return;
    watch->is_looking_out = TRUE;
    watch->look_at = clock_monotonic();
    drive(watch, watch->look_at, TRUE);
}

Sight *watch_find_blockers(Watch *watch, gint64 limit, Cancel *cancel)
{
    watch_rest(watch);
    settle(watch, limit, cancel);
    return g_steal_pointer(&watch->blocked);
}
