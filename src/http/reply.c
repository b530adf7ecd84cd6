/* Suspended connections of libmicrohttpd, and the way back. Who waits is in one list a server, so
 * that a server that stops can answer all of them. */
#include "http/reply.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "http/internal.h"
#include "http/visitors.h"

struct Waiters {
    atomic_uint references;
    pthread_mutex_t mutex;
    GQueue queue;       /* HttpReply that are suspended */
    GQueue suspensions; /* Suspension */
    gboolean is_dismissed;
};

struct HttpReply {
    atomic_uint references;
    Waiters *waiters;
    GList link;
    struct MHD_Connection *connection; /* valid while the reply is in the queue */
    int fd;
    gboolean is_waiting;
    HttpResponse *response;
    char *request_id;
};

Waiters *waiters_new(void)
{
    Waiters *waiters = g_new0(Waiters, 1);

    atomic_init(&waiters->references, 1);
    pthread_mutex_init(&waiters->mutex, NULL);
    g_queue_init(&waiters->queue);
    g_queue_init(&waiters->suspensions);
    return waiters;
}

Waiters *waiters_ref(Waiters *waiters)
{
    atomic_fetch_add(&waiters->references, 1);
    return waiters;
}

void waiters_unref(Waiters *waiters)
{
    if (!waiters || atomic_fetch_sub(&waiters->references, 1) > 1)
        return;
    pthread_mutex_destroy(&waiters->mutex);
    g_free(waiters);
}

void reply_unref(HttpReply *reply)
{
    if (!reply || atomic_fetch_sub(&reply->references, 1) > 1)
        return;
    http_response_unref(reply->response);
    waiters_unref(reply->waiters);
    g_free(reply->request_id);
    g_free(reply);
}

/* Under the mutex, so that the server cannot stop between the question and the call. */
static gboolean wake(HttpReply *reply, HttpResponse *response)
{
    if (!reply->is_waiting)
        return FALSE;
    reply->is_waiting = FALSE;
    g_queue_unlink(&reply->waiters->queue, &reply->link);
    reply->response = response;
    MHD_resume_connection(reply->connection);
    return TRUE;
}

static HttpResponse *make_farewell(const HttpReply *reply)
{
    const HttpProblem problem = {.status = MHD_HTTP_SERVICE_UNAVAILABLE,
                                 .detail = "The service stops before it has the answer",
                                 .hint = "what was asked for may have been done: look first, then "
                                         "ask again"};

    return http_reply_problem(reply, &problem);
}

/* Under the mutex. */
static void end_suspension(Waiters *waiters, Suspension *suspension)
{
    suspension->is_suspended = FALSE;
    g_queue_unlink(&waiters->suspensions, &suspension->link);
    MHD_resume_connection(suspension->connection);
}

void waiters_dismiss(Waiters *waiters)
{
    pthread_mutex_lock(&waiters->mutex);
    waiters->is_dismissed = TRUE;
    while (waiters->queue.head) {
        HttpReply *reply = waiters->queue.head->data;

        wake(reply, make_farewell(reply));
    }
    while (waiters->suspensions.head)
        end_suspension(waiters, waiters->suspensions.head->data);
    pthread_mutex_unlock(&waiters->mutex);
}

gboolean waiters_suspend(Waiters *waiters, Suspension *suspension)
{
    gboolean is_taken;

    pthread_mutex_lock(&waiters->mutex);
    is_taken = !waiters->is_dismissed;
    if (is_taken) {
        suspension->is_suspended = TRUE;
        g_queue_push_tail_link(&waiters->suspensions, &suspension->link);
        MHD_suspend_connection(suspension->connection);
    }
    pthread_mutex_unlock(&waiters->mutex);
    return is_taken;
}

void waiters_resume(Waiters *waiters, Suspension *suspension)
{
    pthread_mutex_lock(&waiters->mutex);
    if (suspension->is_suspended)
        end_suspension(waiters, suspension);
    pthread_mutex_unlock(&waiters->mutex);
}

static int descriptor_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info ? info->connect_fd : -1;
}

HttpReply *http_request_defer(HttpRequest *request)
{
    HttpReply *reply = g_new0(HttpReply, 1);
    Waiters *waiters = request->waiters;

    atomic_init(&reply->references, 2); /* the request's and the caller's */
    reply->waiters = waiters_ref(waiters);
    reply->link.data = reply;
    reply->connection = request->connection;
    reply->fd = descriptor_of(request->connection);
    reply->request_id = http_request_id(request);
    g_clear_pointer(&request->reply, reply_unref); /* a pause that ended this very moment */
    request->reply = reply;
    pthread_mutex_lock(&waiters->mutex);
    if (waiters->is_dismissed) {
        reply->response = make_farewell(reply);
    } else {
        visitors_request_waits(request->connection);
        MHD_suspend_connection(request->connection);
        reply->is_waiting = TRUE;
        g_queue_push_tail_link(&waiters->queue, &reply->link);
    }
    pthread_mutex_unlock(&waiters->mutex);
    return reply;
}

void http_reply_send(HttpReply *reply, HttpResponse *response)
{
    Waiters *waiters = reply->waiters;
    gboolean is_sent;

    pthread_mutex_lock(&waiters->mutex);
    is_sent = wake(reply, response);
    pthread_mutex_unlock(&waiters->mutex);
    if (!is_sent)
        http_response_unref(response);
    reply_unref(reply);
}

void http_reply_go_on(HttpReply *reply)
{
    pthread_mutex_lock(&reply->waiters->mutex);
    wake(reply, NULL);
    pthread_mutex_unlock(&reply->waiters->mutex);
    reply_unref(reply);
}

gboolean reply_is_waiting(HttpReply *reply)
{
    gboolean is_waiting;

    pthread_mutex_lock(&reply->waiters->mutex);
    is_waiting = reply->is_waiting;
    pthread_mutex_unlock(&reply->waiters->mutex);
    return is_waiting;
}

HttpResponse *reply_take(HttpReply *reply)
{
    HttpResponse *response;

    pthread_mutex_lock(&reply->waiters->mutex);
    response = g_steal_pointer(&reply->response);
    pthread_mutex_unlock(&reply->waiters->mutex);
    return response;
}

HttpResponse *http_reply_problem(const HttpReply *reply, const HttpProblem *problem)
{
    return problem_response(reply->request_id, problem);
}

gboolean http_reply_is_abandoned(const HttpReply *reply)
{
    struct pollfd ended = {.fd = reply->fd, .events = POLLRDHUP};
    gboolean is_gone = TRUE;

    pthread_mutex_lock(&reply->waiters->mutex);
    if (reply->is_waiting)
        is_gone = poll(&ended, 1, 0) > 0; /* whatever may still be unread before the end */
    pthread_mutex_unlock(&reply->waiters->mutex);
    return is_gone;
}
