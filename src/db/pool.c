/* The queue of a pool and the thread that leads jobs and sessions together. */
#include "db/pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "db/pool_private.h"

enum { CONNECTIONS_MAX = 64 };

#define LOOK_INTERVAL (50 * G_TIME_SPAN_MILLISECOND) /* for clients that have gone */
#define RETRY_INITIAL (100 * G_TIME_SPAN_MILLISECOND)
#define RETRY_CEILING (2 * G_USEC_PER_SEC)

/* One connection with its job. */
typedef struct {
    PoolSession *session;
    PoolJob *job;      /* NULL: idle, or at the end of something that was cancelled */
    gboolean is_ready; /* there may be something to read */
} Place;

struct PoolJob {
    Pool *pool;
    GList link; /* of the queue */
    PoolClient client;
    gpointer data;
    PoolQuestion *question;
    gint64 deadline;
    gint64 timeout;
    gint64 next_look;
    gboolean is_long;
    gboolean is_paused;
    atomic_bool is_resumed;
};

/* What the opener has brought. */
typedef struct {
    Conn *conn; /* or the error */
    gboolean is_direct;
    GError *error;
} Arrival;

struct Pool {
    PoolSettings settings;
    PoolOpener *opener;
    GThread *thread;
    int wake; /* eventfd */

    pthread_mutex_t mutex; /* of all up to the empty line */
    GQueue queue;          /* PoolJob that wait */
    GQueue arrivals;       /* Arrival */
    gboolean is_woken;     /* or is about to be */
    gboolean is_stopped;

    atomic_uint connections;
    atomic_uint busy;

    /* The thread's own. */
    Place places[CONNECTIONS_MAX];
    guint place_count;
    guint long_count;
    gboolean is_opening;
    Backoff tries;
    gint64 next_try;
    GError *last_error; /* why there is no connection, or NULL */
};

/* --- Jobs ------------------------------------------------------------------------------------- */

static void wake(Pool *pool)
{
    guint64 one = 1;

    while (write(pool->wake, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static void job_free(PoolJob *job)
{
    pool_question_free(job->question);
    g_free(job);
}

static PoolJob *job_new(Pool *pool, const PoolStatement *statement, gint64 timeout,
                        gboolean is_long, const PoolClient *client, gpointer data)
{
    PoolJob *job = g_new0(PoolJob, 1);
    gint64 now = clock_monotonic();

    job->pool = pool;
    job->link.data = job;
    job->client = *client;
    job->data = data;
    job->question = pool_question_new(statement);
    job->timeout = timeout;
    job->deadline = now + timeout;
    job->next_look = now + LOOK_INTERVAL;
    job->is_long = is_long;
    return job;
}

gboolean pool_submit(Pool *pool, const PoolStatement *statement, gint64 timeout, gboolean is_long,
                     const PoolClient *client, gpointer data)
{
    PoolJob *job = job_new(pool, statement, timeout, is_long, client, data);
    gboolean is_taken;
    gboolean is_asleep;

    pthread_mutex_lock(&pool->mutex);
    is_taken = !pool->is_stopped && pool->queue.length < pool->settings.waiting_max;
    is_asleep = !pool->is_woken;
    if (is_taken) {
        g_queue_push_tail_link(&pool->queue, &job->link);
        pool->is_woken = TRUE;
    }
    pthread_mutex_unlock(&pool->mutex);
    if (!is_taken)
        job_free(job);
    else if (is_asleep)
        wake(pool);
    return is_taken;
}

void pool_job_ask(PoolJob *job, const PoolStatement *statement)
{
    g_assert(!job->question);
    job->question = pool_question_new(statement);
}

void pool_job_resume(PoolJob *job)
{
    atomic_store(&job->is_resumed, TRUE);
    wake(job->pool);
}

/* --- What becomes of them --------------------------------------------------------------------- */

/* TRUE: the client goes on with another question. */
static gboolean end_statement(PoolJob *job, PoolOutcome outcome, const GError *error)
{
    g_clear_pointer(&job->question, pool_question_free);
    job->client.end(job, outcome, error, job->data);
    if (job->question && outcome == POOL_ANSWERED)
        return TRUE;
    job_free(job);
    return FALSE;
}

static void end_job(PoolJob *job, PoolOutcome outcome, const GError *error)
{
    end_statement(job, outcome, error);
}

static void leave_place(Pool *pool, Place *place, gboolean is_long)
{
    pool->long_count -= is_long;
    place->job = NULL;
    atomic_fetch_sub(&pool->busy, 1);
}

static PoolOutcome outcome_of(const GError *error)
{
    if (!error)
        return POOL_ANSWERED;
    return g_strcmp0(error_sqlstate(error), "57014") == 0 ? POOL_TIMED_OUT : POOL_FAILED;
}

/* The server is not to go on with what nobody reads. */
static void cut_off(Pool *pool, Place *place, PoolOutcome outcome)
{
    PoolJob *job = place->job;
    g_autoptr(GError) error = NULL;

    error_set(&error, ERROR_CANCELLED, "%s",
              outcome == POOL_TIMED_OUT ? "the database did not answer in time" : "nobody waits");
    pool_session_cancel(place->session);
    place->is_ready = TRUE;
    leave_place(pool, place, job->is_long);
    end_job(job, outcome, error);
}

static void close_place(Pool *pool, Place *place)
{
    pool_session_free(place->session);
    *place = pool->places[--pool->place_count];
    atomic_fetch_sub(&pool->connections, 1);
}

/* --- Answers ---------------------------------------------------------------------------------- */

static void finish(Pool *pool, Place *place, const GError *error)
{
    PoolJob *job = place->job;
    gboolean is_long = job && job->is_long;

    if (!job) /* it was cut off before */
        return;
    if (end_statement(job, outcome_of(error), error))
        pool_session_ask(place->session, job->question, job->timeout);
    else
        leave_place(pool, place, is_long);
}

static void take_rows(PoolJob *job, const Result *rows)
{
    if (job && !job->client.take_rows(job, rows, job->data))
        job->is_paused = TRUE;
}

static void drain(Pool *pool, Place *place)
{
    place->is_ready = FALSE;
    while (!place->job || !place->job->is_paused) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Result) rows = NULL;

        switch (pool_session_next(place->session, &rows, &error)) {
        case SESSION_WAITS:
            return;
        case SESSION_ROWS:
            take_rows(place->job, rows);
            break;
        case SESSION_ENDED:
            finish(pool, place, error);
            break;
        case SESSION_BROKEN:
            finish(pool, place, error);
            close_place(pool, place);
            return;
        }
    }
}

/* --- Clients that have gone, and time ----------------------------------------------------------
 */

static gboolean is_abandoned(PoolJob *job, gint64 now)
{
    if (now < job->next_look)
        return FALSE;
    job->next_look = now + LOOK_INTERVAL;
    return job->client.is_abandoned(job->data);
}

static void look_at_place(Pool *pool, Place *place, gint64 now)
{
    PoolJob *job = place->job;

    if (!job)
        return;
    if (atomic_exchange(&job->is_resumed, FALSE)) {
        job->is_paused = FALSE;
        job->next_look = now;
        place->is_ready = TRUE;
    }
    if (is_abandoned(job, now))
        cut_off(pool, place, POOL_ABANDONED);
    else if (now >= job->deadline)
        cut_off(pool, place, POOL_TIMED_OUT);
}

static void unlink_job(Pool *pool, PoolJob *job)
{
    pthread_mutex_lock(&pool->mutex);
    g_queue_unlink(&pool->queue, &job->link);
    pthread_mutex_unlock(&pool->mutex);
}

static void turn_away(Pool *pool, PoolJob *job, PoolOutcome outcome, const GError *why)
{
    g_autoptr(GError) error = NULL;

    if (!why)
        error_set(&error, ERROR_CANCELLED, "no connection to the database was free in time");
    unlink_job(pool, job);
    end_job(job, outcome, why ? why : error);
}

static GList *first_waiting(Pool *pool)
{
    GList *first;

    pthread_mutex_lock(&pool->mutex);
    first = pool->queue.head;
    pthread_mutex_unlock(&pool->mutex);
    return first;
}

/* The tail moves while others submit. */
static GList *next_waiting(Pool *pool, GList *link)
{
    GList *next;

    pthread_mutex_lock(&pool->mutex);
    next = link->next;
    pthread_mutex_unlock(&pool->mutex);
    return next;
}

static void look_at_waiting(Pool *pool, gint64 now)
{
    GList *next;

    for (GList *link = first_waiting(pool); link; link = next) {
        PoolJob *job = link->data;

        next = next_waiting(pool, link);
        if (is_abandoned(job, now))
            turn_away(pool, job, POOL_ABANDONED, NULL);
        else if (now >= job->deadline)
            turn_away(pool, job, POOL_BUSY, NULL);
    }
}

/* --- Jobs to sessions --------------------------------------------------------------------------
 */

static PoolJob *next_job(Pool *pool)
{
    PoolJob *job = NULL;

    pthread_mutex_lock(&pool->mutex);
    for (GList *link = pool->queue.head; link && !job; link = link->next) {
        PoolJob *candidate = link->data;

        if (!candidate->is_long || pool->long_count < pool->settings.long_max)
            job = candidate;
    }
    if (job)
        g_queue_unlink(&pool->queue, &job->link);
    pthread_mutex_unlock(&pool->mutex);
    return job;
}

static gboolean serve(Pool *pool, Place *place)
{
    PoolJob *job = next_job(pool);

    if (!job)
        return FALSE;
    place->job = job;
    pool->long_count += job->is_long;
    atomic_fetch_add(&pool->busy, 1);
    pool_session_ask(place->session, job->question, job->timeout);
    return TRUE;
}

static gboolean is_free(const Place *place)
{
    return !place->job && pool_session_is_idle(place->session);
}

static void serve_all(Pool *pool)
{
    for (guint i = 0; i < pool->place_count; i++) {
        if (is_free(&pool->places[i]) && !serve(pool, &pool->places[i]))
            return;
    }
}

/* Without any connection nobody is kept waiting for the next try. */
static void refuse_all(Pool *pool)
{
    GList *link;

    while ((link = first_waiting(pool)))
        turn_away(pool, link->data, POOL_FAILED, pool->last_error);
}

/* Whether somebody waits whom another connection would help. */
static gboolean needs_connection(Pool *pool)
{
    gboolean needs = FALSE;

    pthread_mutex_lock(&pool->mutex);
    for (GList *link = pool->queue.head; link && !needs; link = link->next)
        needs = !((PoolJob *)link->data)->is_long || pool->long_count < pool->settings.long_max;
    pthread_mutex_unlock(&pool->mutex);
    return needs;
}

static void open_or_refuse(Pool *pool, gint64 now)
{
    if (!needs_connection(pool) || pool->is_opening)
        return;
    if (now >= pool->next_try && pool->place_count < pool->settings.connections) {
        pool->is_opening = TRUE;
        pool_opener_want(pool->opener);
    } else if (pool->place_count == 0 && pool->last_error) {
        refuse_all(pool);
    }
}

/* --- The opener --------------------------------------------------------------------------------
 */

/* On the opener's thread. */
static void on_opened(Conn *conn, gboolean is_direct, GError *error, gpointer data)
{
    Pool *pool = data;
    Arrival *arrival = g_new(Arrival, 1);

    *arrival = (Arrival){conn, is_direct, error};
    pthread_mutex_lock(&pool->mutex);
    g_queue_push_tail(&pool->arrivals, arrival);
    pthread_mutex_unlock(&pool->mutex);
    wake(pool);
}

static Arrival *take_arrival(Pool *pool)
{
    Arrival *arrival;

    pthread_mutex_lock(&pool->mutex);
    arrival = g_queue_pop_head(&pool->arrivals);
    pthread_mutex_unlock(&pool->mutex);
    return arrival;
}

static void reset_tries(Pool *pool)
{
    pool->tries =
        (Backoff){.initial = RETRY_INITIAL, .ceiling = RETRY_CEILING, .factor = 2.0, .jitter = 0.3};
    pool->next_try = 0;
    g_clear_error(&pool->last_error);
}

static void welcome(Pool *pool, Arrival *arrival)
{
    pool->is_opening = FALSE;
    if (arrival->conn) {
        reset_tries(pool);
        pool->places[pool->place_count++] =
            (Place){pool_session_new(arrival->conn, arrival->is_direct), NULL, FALSE};
        atomic_fetch_add(&pool->connections, 1);
    } else {
        g_clear_error(&pool->last_error);
        pool->last_error = arrival->error;
        pool->next_try = clock_monotonic() + backoff_next(&pool->tries);
    }
    g_free(arrival);
}

static void welcome_all(Pool *pool)
{
    Arrival *arrival;

    while ((arrival = take_arrival(pool)))
        welcome(pool, arrival);
}

/* --- The thread --------------------------------------------------------------------------------
 */

static gint64 next_look(Pool *pool, gint64 now)
{
    gint64 due = G_MAXINT64;

    for (guint i = 0; i < pool->place_count; i++) {
        const Place *place = &pool->places[i];
        gint64 session_due = pool_session_due(place->session);

        if (place->job)
            due = MIN(due, MIN(place->job->next_look, place->job->deadline));
        if (session_due)
            due = MIN(due, session_due);
    }
    if (first_waiting(pool))
        due = MIN(due, now + LOOK_INTERVAL);
    return due;
}

static void wake_place(Place *place)
{
    place->is_ready = TRUE;
    pool_session_wake(place->session);
}

static void sleep_until(Pool *pool, gint64 due)
{
    struct pollfd fds[CONNECTIONS_MAX + 1] = {{.fd = pool->wake, .events = POLLIN}};
    gint64 pause = MAX(due - clock_monotonic(), 0);
    struct timespec limit = {pause / G_USEC_PER_SEC, pause % G_USEC_PER_SEC * 1000};
    guint64 count;

    for (guint i = 0; i < pool->place_count; i++) {
        const Place *place = &pool->places[i];
        gboolean is_paused = place->job && place->job->is_paused;

        fds[i + 1] = (struct pollfd){.fd = is_paused ? -1 : pool_session_fd(place->session),
                                     .events = pool_session_events(place->session)};
    }
    if (ppoll(fds, pool->place_count + 1, due == G_MAXINT64 ? NULL : &limit, NULL) < 0 &&
        errno != EINTR)
        g_error("ppoll: %s", g_strerror(errno));
    for (guint i = 0; i < pool->place_count; i++) {
        if (fds[i + 1].revents)
            wake_place(&pool->places[i]);
    }
    if (fds[0].revents && read(pool->wake, &count, sizeof count) < 0 && errno != EAGAIN)
        g_error("eventfd: %s", g_strerror(errno));
}

/* Whoever submits from now on wakes the thread. FALSE: the pool has been stopped. */
static gboolean begin_round(Pool *pool)
{
    gboolean goes_on;

    pthread_mutex_lock(&pool->mutex);
    goes_on = !pool->is_stopped;
    pool->is_woken = FALSE;
    pthread_mutex_unlock(&pool->mutex);
    return goes_on;
}

static gboolean is_due(const Place *place, gint64 now)
{
    gint64 due = pool_session_due(place->session);

    return place->is_ready || (due && due <= now);
}

static void work_once(Pool *pool)
{
    gint64 now = clock_monotonic();

    welcome_all(pool);
    for (guint i = pool->place_count; i > 0; i--)
        look_at_place(pool, &pool->places[i - 1], now);
    for (guint i = pool->place_count; i > 0; i--) {
        if (is_due(&pool->places[i - 1], now))
            drain(pool, &pool->places[i - 1]);
    }
    look_at_waiting(pool, now);
    serve_all(pool);
    open_or_refuse(pool, now);
}

static void end_all(Pool *pool)
{
    g_autoptr(GError) error = NULL;
    GList *link;

    error_set(&error, ERROR_CANCELLED, "the service stops");
    while ((link = first_waiting(pool)))
        turn_away(pool, link->data, POOL_FAILED, error);
    while (pool->place_count > 0) {
        Place *place = &pool->places[0];

        pool_session_cancel(place->session);
        if (place->job)
            end_job(g_steal_pointer(&place->job), POOL_FAILED, error);
        close_place(pool, place);
    }
    atomic_store(&pool->busy, 0);
}

static gpointer drive(gpointer data)
{
    Pool *pool = data;

    while (begin_round(pool)) {
        work_once(pool);
        sleep_until(pool, next_look(pool, clock_monotonic()));
    }
    end_all(pool);
    return NULL;
}

/* --- The pool ----------------------------------------------------------------------------------
 */

Pool *pool_new(const PoolSettings *settings)
{
    Pool *pool = g_new0(Pool, 1);

    pool->settings = *settings;
    pool->settings.connections = MIN(settings->connections, CONNECTIONS_MAX);
    pool->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (pool->wake < 0)
        g_error("eventfd: %s", g_strerror(errno));
    pthread_mutex_init(&pool->mutex, NULL);
    g_queue_init(&pool->queue);
    g_queue_init(&pool->arrivals);
    reset_tries(pool);
    pool->opener = pool_opener_new(&pool->settings, on_opened, pool);
    pool->thread = g_thread_new("pool", drive, pool);
    return pool;
}

void pool_stop(Pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->is_stopped = TRUE;
    pthread_mutex_unlock(&pool->mutex);
    wake(pool);
    g_thread_join(pool->thread);
    g_clear_pointer(&pool->opener, pool_opener_free);
}

void pool_free(Pool *pool)
{
    Arrival *arrival;

    if (!pool)
        return;
    while ((arrival = take_arrival(pool))) {
        conn_free(arrival->conn);
        g_clear_error(&arrival->error);
        g_free(arrival);
    }
    g_clear_error(&pool->last_error);
    pthread_mutex_destroy(&pool->mutex);
    close(pool->wake);
    g_free(pool);
}

PoolFigures pool_figures(Pool *pool)
{
    PoolFigures figures = {.connections = atomic_load(&pool->connections),
                           .busy = atomic_load(&pool->busy)};

    pthread_mutex_lock(&pool->mutex);
    figures.waiting = pool->queue.length;
    pthread_mutex_unlock(&pool->mutex);
    return figures;
}
