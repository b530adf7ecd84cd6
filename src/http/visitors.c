/* A list of connections, each with the time since which it has been at its present business. */
#include "http/visitors.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "http/tls_session.h"

enum {
    LOOKS_PER_TIMEOUT = 8,
    NEWCOMER = 100 * G_TIME_SPAN_MILLISECOND, /* for so long the first request is on its way */
};

struct Visitors {
    gint64 request_timeout;
    gint64 wait_timeout;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* the first visitor, or the end */
    GQueue visits;          /* Visit */
    HttpTls *tls;           /* for the next connection; NULL: no TLS */
    gboolean is_over;
};

typedef enum { BUSINESS_NONE, BUSINESS_ASKING, BUSINESS_WAITING } Business;

typedef struct {
    GList link;
    int fd;
    _Atomic Business business;
    atomic_bool has_asked;
    _Atomic gint64 since;
    gint64 asked_at; /* when the request began; of the connection's own thread */
    HttpTls *tls;    /* NULL: none */
    gboolean has_looked;
    char *certificate; /* the client's; known once has_looked */
} Visit;

/* The descriptor is open for as long as the visit is in the list. */
static void cut_late(gpointer data, gpointer user)
{
    const Visitors *visitors = user;
    Visit *visit = data;
    Business business = atomic_load_explicit(&visit->business, memory_order_acquire);
    gint64 allowed =
        business == BUSINESS_ASKING ? visitors->request_timeout : visitors->wait_timeout;

    if (business != BUSINESS_WAITING && clock_monotonic() - atomic_load(&visit->since) > allowed)
        shutdown(visit->fd, SHUT_RDWR);
}

static void wait_a_little(Visitors *visitors)
{
    gint64 pause = CLAMP(visitors->request_timeout / LOOKS_PER_TIMEOUT,
                         10 * G_TIME_SPAN_MILLISECOND, G_USEC_PER_SEC);
    struct timespec end;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += (time_t)((end.tv_nsec / 1000 + pause) / G_USEC_PER_SEC);
    end.tv_nsec = (long)((end.tv_nsec / 1000 + pause) % G_USEC_PER_SEC * 1000);
    pthread_cond_timedwait(&visitors->changed, &visitors->mutex, &end);
}

static void *watch(void *data)
{
    Visitors *visitors = data;

    pthread_mutex_lock(&visitors->mutex);
    while (!visitors->is_over) {
        if (g_queue_is_empty(&visitors->visits))
            pthread_cond_wait(&visitors->changed, &visitors->mutex);
        else
            wait_a_little(visitors);
        g_queue_foreach(&visitors->visits, cut_late, visitors);
    }
    pthread_mutex_unlock(&visitors->mutex);
    return NULL;
}

Visitors *visitors_new(gint64 request_timeout, gint64 idle_timeout)
{
    Visitors *visitors = g_new0(Visitors, 1);
    pthread_condattr_t attributes;

    visitors->request_timeout = request_timeout;
    visitors->wait_timeout = MAX(request_timeout, idle_timeout);
    g_queue_init(&visitors->visits);
    pthread_mutex_init(&visitors->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&visitors->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (request_timeout > 0 && pthread_create(&visitors->thread, NULL, watch, visitors) != 0)
        visitors->request_timeout = 0; /* nobody watches, then */
    return visitors;
}

void visitors_free(Visitors *visitors)
{
    if (!visitors)
        return;
    pthread_mutex_lock(&visitors->mutex);
    visitors->is_over = TRUE;
    pthread_cond_signal(&visitors->changed);
    pthread_mutex_unlock(&visitors->mutex);
    if (visitors->request_timeout > 0)
        pthread_join(visitors->thread, NULL);
    pthread_cond_destroy(&visitors->changed);
    pthread_mutex_destroy(&visitors->mutex);
    http_tls_unref(visitors->tls);
    g_free(visitors);
}

void visitors_set_tls(Visitors *visitors, HttpTls *tls)
{
    HttpTls *previous;

    pthread_mutex_lock(&visitors->mutex);
    previous = visitors->tls;
    visitors->tls = http_tls_ref(tls);
    pthread_mutex_unlock(&visitors->mutex);
    http_tls_unref(previous);
}

static gnutls_session_t session_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

    return info ? info->tls_session : NULL;
}

static void begin_tls(Visitors *visitors, Visit *visit, struct MHD_Connection *connection)
{
    if (!visitors->tls)
        return;
    visit->tls = http_tls_ref(visitors->tls);
    tls_session_begin(visit->tls, session_of(connection));
}

static void visit_free(Visit *visit)
{
    http_tls_unref(visit->tls);
    g_free(visit->certificate);
    g_free(visit);
}

static Visit *visit_new(struct MHD_Connection *connection)
{
    Visit *visit = g_new0(Visit, 1);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    visit->link.data = visit;
    visit->fd = info ? info->connect_fd : -1;
    atomic_init(&visit->business, BUSINESS_NONE);
    atomic_init(&visit->has_asked, FALSE);
    atomic_init(&visit->since, clock_monotonic());
    return visit;
}

void visitors_notify(void *data, struct MHD_Connection *connection, void **context,
                     enum MHD_ConnectionNotificationCode what)
{
    Visitors *visitors = data;
    Visit *visit = what == MHD_CONNECTION_NOTIFY_STARTED ? visit_new(connection) : *context;

    if (!visit)
        return;
    pthread_mutex_lock(&visitors->mutex);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = visit;
        g_queue_push_tail_link(&visitors->visits, &visit->link);
        begin_tls(visitors, visit, connection);
        if (visitors->visits.length == 1)
            pthread_cond_signal(&visitors->changed);
    } else {
        *context = NULL;
        g_queue_unlink(&visitors->visits, &visit->link);
        visit_free(visit);
    }
    pthread_mutex_unlock(&visitors->mutex);
}

unsigned visitors_count(Visitors *visitors)
{
    unsigned count;

    pthread_mutex_lock(&visitors->mutex);
    count = g_queue_get_length(&visitors->visits);
    pthread_mutex_unlock(&visitors->mutex);
    return count;
}

static Visit *visit_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

const char *visitors_certificate(struct MHD_Connection *connection)
{
    Visit *visit = visit_of(connection);

    if (!visit || !visit->tls)
        return NULL;
    if (!visit->has_looked)
        visit->certificate = tls_session_subject(visit->tls, session_of(connection));
    visit->has_looked = TRUE;
    return visit->certificate;
}

/* Whoever sees the new business sees its time, too. */
static void set_business(Visit *visit, Business business, gint64 now)
{
    atomic_store_explicit(&visit->since, now, memory_order_relaxed);
    atomic_store_explicit(&visit->has_asked, TRUE, memory_order_relaxed);
    atomic_store_explicit(&visit->business, business, memory_order_release);
}

void visitors_request_begins(struct MHD_Connection *connection)
{
    Visit *visit = visit_of(connection);

    if (!visit)
        return;
    visit->asked_at = clock_monotonic();
    set_business(visit, BUSINESS_ASKING, visit->asked_at);
}

void visitors_request_waits(struct MHD_Connection *connection)
{
    Visit *visit = visit_of(connection);

    if (visit)
        set_business(visit, BUSINESS_WAITING, clock_monotonic());
}

void visitors_request_goes_on(struct MHD_Connection *connection)
{
    Visit *visit = visit_of(connection);

    if (visit)
        set_business(visit, BUSINESS_ASKING, clock_monotonic());
}

gint64 visitors_request_ends(struct MHD_Connection *connection)
{
    Visit *visit = visit_of(connection);
    gint64 now = clock_monotonic();

    if (!visit)
        return 0;
    set_business(visit, BUSINESS_NONE, now);
    return now - visit->asked_at;
}

static gboolean has_unread_bytes(int fd)
{
    int count = 0;

    return ioctl(fd, FIONREAD, &count) == 0 && count > 0;
}

static void count_expectant(gpointer data, gpointer user)
{
    Visit *visit = data;
    unsigned *count = user;
    gboolean is_newcomer = !atomic_load(&visit->has_asked) &&
                           clock_monotonic() - atomic_load(&visit->since) < NEWCOMER;

    if (is_newcomer || atomic_load(&visit->business) != BUSINESS_NONE ||
        has_unread_bytes(visit->fd))
        (*count)++;
}

unsigned visitors_expectant(Visitors *visitors)
{
    unsigned count = 0;

    pthread_mutex_lock(&visitors->mutex);
    g_queue_foreach(&visitors->visits, count_expectant, &count);
    pthread_mutex_unlock(&visitors->mutex);
    return count;
}
