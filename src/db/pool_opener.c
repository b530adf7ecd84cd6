/* Connecting blocks in the resolver and has many steps: it is done apart from those who read. */
#include <pthread.h>

#include "base/cancel.h"
#include "db/pool_private.h"

struct PoolOpener {
    const PoolSettings *settings;
    PoolOpened opened;
    gpointer data;
    Cancel *cancel;
    GThread *thread;
    pthread_mutex_t mutex; /* of the two below */
    pthread_cond_t changed;
    gboolean is_wanted;
    gboolean is_over;
};

static Conn *open_conn(const PoolOpener *opener, gboolean *is_direct, GError **error)
{
    const PoolSettings *settings = opener->settings;
    g_autoptr(Dsn) dsn = dsn_parse(secret_reveal(settings->url), error);
    g_autoptr(Conn) conn = NULL;

    if (dsn)
        conn = conn_open(dsn, settings->application_name, settings->connect_timeout, opener->cancel,
                         error);
    if (!conn)
        return NULL;
    conn_set_timeout(conn, settings->connect_timeout);
    if (!pool_session_set_up(conn, is_direct, error))
        return NULL;
    conn_set_cancel(conn, NULL);
    return g_steal_pointer(&conn);
}

static gboolean wait_for_order(PoolOpener *opener)
{
    gboolean goes_on;

    pthread_mutex_lock(&opener->mutex);
    while (!opener->is_wanted && !opener->is_over)
        pthread_cond_wait(&opener->changed, &opener->mutex);
    goes_on = !opener->is_over;
    pthread_mutex_unlock(&opener->mutex);
    return goes_on;
}

static gpointer work(gpointer data)
{
    PoolOpener *opener = data;

    while (wait_for_order(opener)) {
        GError *error = NULL;
        gboolean is_direct = FALSE;
        Conn *conn = open_conn(opener, &is_direct, &error);

        pthread_mutex_lock(&opener->mutex);
        opener->is_wanted = FALSE;
        pthread_mutex_unlock(&opener->mutex);
        opener->opened(conn, is_direct, error, opener->data);
    }
    return NULL;
}

PoolOpener *pool_opener_new(const PoolSettings *settings, PoolOpened opened, gpointer data)
{
    PoolOpener *opener = g_new0(PoolOpener, 1);

    opener->settings = settings;
    opener->opened = opened;
    opener->data = data;
    opener->cancel = cancel_new();
    pthread_mutex_init(&opener->mutex, NULL);
    pthread_cond_init(&opener->changed, NULL);
    opener->thread = g_thread_new("pool-opener", work, opener);
    return opener;
}

void pool_opener_want(PoolOpener *opener)
{
    pthread_mutex_lock(&opener->mutex);
    opener->is_wanted = TRUE;
    pthread_cond_signal(&opener->changed);
    pthread_mutex_unlock(&opener->mutex);
}

void pool_opener_free(PoolOpener *opener)
{
    pthread_mutex_lock(&opener->mutex);
    opener->is_over = TRUE;
    pthread_cond_signal(&opener->changed);
    pthread_mutex_unlock(&opener->mutex);
    cancel_trigger(opener->cancel);
    g_thread_join(opener->thread);
    pthread_cond_destroy(&opener->changed);
    pthread_mutex_destroy(&opener->mutex);
    cancel_free(opener->cancel);
    g_free(opener);
}
