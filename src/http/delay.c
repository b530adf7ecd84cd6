/* A queue of answers, the next one first, and the thread that sends them. As many can wait as there
 * are connections. */
#include "http/delay.h"

#include <pthread.h>
#include <time.h>

#include "base/clock.h"

struct Delays {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    GQueue queue; /* Delay, by `due` */
    pthread_t thread;
    gboolean has_thread;
    gboolean is_over;
};

typedef struct {
    gint64 due;
    HttpReply *reply;
    HttpResponse *response;
} Delay;

Delays *delays_new(void)
{
    Delays *delays = g_new0(Delays, 1);
    pthread_condattr_t attributes;

    g_queue_init(&delays->queue);
    pthread_mutex_init(&delays->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&delays->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return delays;
}

static void send_one(Delay *delay)
{
    http_reply_send(delay->reply, delay->response);
    g_free(delay);
}

/* The next one that is due, or NULL after having waited for a while. */
static Delay *take_due(Delays *delays)
{
    Delay *next = g_queue_peek_head(&delays->queue);
    gint64 left = next ? next->due - clock_monotonic() : 0;
    struct timespec end;

    if (next && (left <= 0 || delays->is_over))
        return g_queue_pop_head(&delays->queue);
    if (!next) {
        pthread_cond_wait(&delays->changed, &delays->mutex);
        return NULL;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    left += end.tv_nsec / 1000;
    end.tv_sec += (time_t)(left / G_USEC_PER_SEC);
    end.tv_nsec = (long)(left % G_USEC_PER_SEC * 1000);
    pthread_cond_timedwait(&delays->changed, &delays->mutex, &end);
    return NULL;
}

static void *run(void *data)
{
    Delays *delays = data;

    pthread_mutex_lock(&delays->mutex);
    while (!delays->is_over || !g_queue_is_empty(&delays->queue)) {
        Delay *due = take_due(delays);

        if (!due)
            continue;
        pthread_mutex_unlock(&delays->mutex);
        send_one(due);
        pthread_mutex_lock(&delays->mutex);
    }
    pthread_mutex_unlock(&delays->mutex);
    return NULL;
}

void delays_free(Delays *delays)
{
    if (!delays)
        return;
    pthread_mutex_lock(&delays->mutex);
    delays->is_over = TRUE;
    pthread_cond_signal(&delays->changed);
    pthread_mutex_unlock(&delays->mutex);
    if (delays->has_thread)
        pthread_join(delays->thread, NULL);
    pthread_cond_destroy(&delays->changed);
    pthread_mutex_destroy(&delays->mutex);
    g_free(delays);
}

static gint compare(gconstpointer left, gconstpointer right, gpointer data)
{
    const Delay *a = left;
    const Delay *b = right;

    (void)data;
    return a->due < b->due ? -1 : a->due > b->due;
}

void delays_add(Delays *delays, HttpReply *reply, HttpResponse *response, gint64 delay)
{
    Delay *item = g_new(Delay, 1);
    gboolean has_thread;

    *item = (Delay){clock_monotonic() + delay, reply, response};
    pthread_mutex_lock(&delays->mutex);
    if (!delays->has_thread)
        delays->has_thread = pthread_create(&delays->thread, NULL, run, delays) == 0;
    has_thread = delays->has_thread;
    if (has_thread) {
        g_queue_insert_sorted(&delays->queue, item, compare, NULL);
        pthread_cond_signal(&delays->changed);
    }
    pthread_mutex_unlock(&delays->mutex);
    if (!has_thread)
        send_one(item);
}
