/* At each opening of the gate, and every hour after that. */
#include "daemon/archivist.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/error.h"
#include "daemon/echo.h"
#include "daemon/report.h"
#include "usage/partitions.h"

#define EVERY (60 * AFTER_FAILURE)
#define AFTER_FAILURE (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)
#define PATIENCE (G_GINT64_CONSTANT(10) * G_USEC_PER_SEC) /* for locks */

struct Archivist {
    GThread *thread;
    const char *instance;
    Mailbox *reports;
    Cancel *stop; /* ends everything, on the server too */
    Cancel *wake; /* ends a rest */
    Echo troubles;
    pthread_mutex_t mutex; /* of the two below */
    Bundle *bundle;
    gboolean is_open;
};

static void on_news(const char *sentence, gpointer data)
{
    report_line(((Archivist *)data)->reports, g_strdup(sentence), FALSE);
}

static PartitionPolicy read_policy(const Conf *conf)
{
    return (PartitionPolicy){
        .schema = conf_string(conf, CONF_USAGE_LOG_SCHEMA),
        .width = conf_string(conf, CONF_USAGE_LOG_PARTITION),
        .ahead = (guint)conf_integer(conf, CONF_USAGE_LOG_PARTITIONS_AHEAD),
        .newest = conf_duration(conf, CONF_USAGE_LOG_NEWEST),
        .retention = conf_duration(conf, CONF_USAGE_LOG_RETENTION),
        .keeps_retired = g_str_equal(conf_string(conf, CONF_USAGE_LOG_RETIRED), "detach"),
    };
}

static gboolean keep(Archivist *archivist, const Bundle *bundle, GError **error)
{
    const EngineSettings *settings = &bundle->settings;
    g_autofree char *name = g_strdup_printf("pgsluice-usage/%s", archivist->instance);
    g_autoptr(Dsn) dsn = dsn_parse(secret_reveal(settings->url), error);
    g_autoptr(Conn) conn = NULL;
    PartitionPolicy policy = read_policy(bundle->conf);

    if (dsn)
        conn = conn_open(dsn, name, settings->connect_timeout, archivist->stop, error);
    return conn &&
           partitions_keep(conn, &policy, PATIENCE, archivist->stop, on_news, archivist, error);
}

static void complain(Archivist *archivist, const GError *error)
{
    g_autofree char *text = error_describe_short(error);

    if (echo_is_news(&archivist->troubles, text))
        report_line(archivist->reports, g_strdup_printf("Left for later: %s", text), TRUE);
}

/* Microseconds until the next time. */
static gint64 keep_now(Archivist *archivist, const Bundle *bundle)
{
    g_autoptr(GError) error = NULL;

    if (keep(archivist, bundle, &error)) {
        echo_forget(&archivist->troubles);
        return EVERY;
    }
    if (!cancel_is_triggered(archivist->stop))
        complain(archivist, error);
    return AFTER_FAILURE;
}

/* NULL: the gate is closed. */
static Bundle *take_turn(Archivist *archivist)
{
    Bundle *bundle;

    pthread_mutex_lock(&archivist->mutex);
    bundle = archivist->is_open ? bundle_ref(archivist->bundle) : NULL;
    pthread_mutex_unlock(&archivist->mutex);
    return bundle;
}

static gpointer work(gpointer data)
{
    Archivist *archivist = data;

    while (!cancel_is_triggered(archivist->stop)) {
        g_autoptr(Bundle) bundle = take_turn(archivist);
        gint64 pause = bundle ? keep_now(archivist, bundle) : EVERY;

        if (!clock_wait(pause, archivist->wake))
            cancel_reset(archivist->wake);
    }
    return NULL;
}

Archivist *archivist_start(Bundle *bundle, const char *instance, Mailbox *reports)
{
    Archivist *archivist;

    if (!conf_boolean(bundle->conf, CONF_USAGE_LOG_ENABLED))
        return NULL;
    archivist = g_new0(Archivist, 1);
    archivist->instance = instance;
    archivist->reports = reports;
    archivist->bundle = bundle_ref(bundle);
    archivist->stop = cancel_new();
    archivist->wake = cancel_new();
    pthread_mutex_init(&archivist->mutex, NULL);
    archivist->thread = g_thread_new("archivist", work, archivist);
    return archivist;
}

void archivist_set_open(Archivist *archivist, gboolean is_open)
{
    gboolean has_opened;

    if (!archivist)
        return;
    pthread_mutex_lock(&archivist->mutex);
    has_opened = is_open && !archivist->is_open;
    archivist->is_open = is_open;
    pthread_mutex_unlock(&archivist->mutex);
    if (has_opened)
        cancel_trigger(archivist->wake);
}

void archivist_set_bundle(Archivist *archivist, Bundle *bundle)
{
    Bundle *previous;

    if (!archivist)
        return;
    pthread_mutex_lock(&archivist->mutex);
    previous = archivist->bundle;
    archivist->bundle = bundle_ref(bundle);
    pthread_mutex_unlock(&archivist->mutex);
    bundle_unref(previous);
    cancel_trigger(archivist->wake);
}

void archivist_free(Archivist *archivist)
{
    if (!archivist)
        return;
    cancel_trigger(archivist->stop);
    cancel_trigger(archivist->wake);
    g_thread_join(archivist->thread);
    cancel_free(archivist->stop);
    cancel_free(archivist->wake);
    echo_forget(&archivist->troubles);
    bundle_unref(archivist->bundle);
    pthread_mutex_destroy(&archivist->mutex);
    g_free(archivist);
}
