/* From usage_log.* keys to a usage log. */
#include "daemon/recorder.h"

#include "base/error.h"
#include "daemon/echo.h"
#include "daemon/report.h"
#include "metrics/metrics.h"

/* The longest that one batch may take the server; longer ones are tried again on a new connection.
 */
enum { STATEMENT_TIMEOUT = 10 * G_USEC_PER_SEC };

/* Of statistics. */
enum { GROUPS_MAX = 1000 };

struct Recorder {
    Bundle *bundle;
    UsageLog *log;
    UsageReader *reader;
    Echo read_troubles; /* of the reader's thread */
    Mailbox *reports;
    MetricSeries *batch_rows;
    MetricSeries *commit;
    gboolean has_stopped;
};

/* On a writer's thread. */
static void tell(const GError *error, gpointer data)
{
    Recorder *recorder = data;
    g_autofree char *why = error ? error_describe_short(error) : NULL;

    report_line(recorder->reports,
                why ? g_strdup_printf("The usage log cannot be written: %s", why)
                    : g_strdup("The usage log is written again"),
                error != NULL);
}

static void measure(guint rows, gint64 elapsed, gpointer data)
{
    Recorder *recorder = data;

    metric_series_observe(recorder->batch_rows, rows);
    metric_series_observe(recorder->commit, elapsed);
}

/* On the reader's thread. */
static void tell_of_reading(const GError *error, gpointer data)
{
    Recorder *recorder = data;
    g_autofree char *why = error ? error_describe_short(error) : NULL;

    if (!why)
        echo_forget(&recorder->read_troubles);
    else if (echo_is_news(&recorder->read_troubles, why))
        report_line(recorder->reports, g_strdup_printf("The usage log cannot be read: %s", why),
                    TRUE);
}

static const Secret *find_url(const Bundle *bundle, gboolean is_private)
{
    const Secret *runtime = is_private ? NULL : conf_secret(bundle->conf, CONF_RUNTIME_URL);

    return runtime ? runtime : bundle->settings.url;
}

static UsageReaderSettings read_reader_settings(const Bundle *bundle, gboolean is_private,
                                                const char *instance)
{
    const Conf *conf = bundle->conf;
    guint connections = (guint)conf_integer(conf, CONF_USAGE_LOG_READERS);
    guint exports = (guint)conf_integer(conf, CONF_USAGE_LOG_EXPORTS);

    return (UsageReaderSettings){
        .url = find_url(bundle, is_private),
        .schema = conf_string(conf, CONF_USAGE_LOG_SCHEMA),
        .instance = instance,
        .connect_timeout = bundle->settings.connect_timeout,
        .timeout = conf_duration(conf, CONF_USAGE_LOG_READ_TIMEOUT),
        .export_timeout = conf_duration(conf, CONF_USAGE_LOG_EXPORT_TIMEOUT),
        .connections = connections,
        .exports_max = MIN(exports, connections - 1), /* lists always have one */
        .waiting_max = (guint)conf_integer(conf, CONF_USAGE_LOG_READ_QUEUE),
        .groups_max = GROUPS_MAX,
    };
}

static UsageSettings read_settings(const Bundle *bundle, gboolean is_private, const char *instance)
{
    const Conf *conf = bundle->conf;

    return (UsageSettings){
        .store = {.url = find_url(bundle, is_private),
                  .schema = conf_string(conf, CONF_USAGE_LOG_SCHEMA),
                  .instance = instance,
                  .connect_timeout = bundle->settings.connect_timeout,
                  .statement_timeout = STATEMENT_TIMEOUT},
        .writers = (guint)conf_integer(conf, CONF_USAGE_LOG_WRITERS),
        .rows_max = (guint)conf_integer(conf, CONF_USAGE_LOG_QUEUE_ROWS),
        .bytes_max = conf_size(conf, CONF_USAGE_LOG_QUEUE_BYTES),
        .batch_max = (guint)conf_integer(conf, CONF_USAGE_LOG_BATCH_MAX),
        .retry_deadline = conf_duration(conf, CONF_USAGE_LOG_RETRY_DEADLINE),
    };
}

static Origins *read_origins(const Conf *conf, GError **error)
{
    const char *field = conf_string(conf, CONF_TRAFFIC_PROXY_FIELD);

    return origins_new(conf_list(conf, CONF_TRAFFIC_TRUSTED_PROXIES),
                       g_str_equal(field, "forwarded") ? ORIGIN_FORWARDED : ORIGIN_X_FORWARDED_FOR,
                       error);
}

gboolean recorder_check(const Conf *conf, GError **error)
{
    g_autoptr(Origins) origins = read_origins(conf, error);

    return origins != NULL;
}

Recorder *recorder_start(Bundle *bundle, gboolean is_private, const char *instance, Api *api,
                         Mailbox *reports)
{
    const Conf *conf = bundle->conf;
    UsageSettings settings = read_settings(bundle, is_private, instance);
    UsageReaderSettings reader = read_reader_settings(bundle, is_private, instance);
    Recorder *recorder;

    if (!conf_boolean(conf, CONF_USAGE_LOG_ENABLED))
        return NULL;
    recorder = g_new0(Recorder, 1);
    recorder->bundle = bundle_ref(bundle);
    recorder->reports = reports;
    recorder->batch_rows = metric_series(METRIC_USAGE_BATCH_ROWS, METRIC_VALUES());
    recorder->commit = metric_series(METRIC_USAGE_COMMIT, METRIC_VALUES());
    recorder->log = usage_log_new(&settings, &(UsageObserver){tell, measure, recorder});
    recorder->reader = usage_reader_new(&reader);
    api_set_usage(
        api,
        &(ApiUsage){.log = recorder->log,
                    .reader = recorder->reader,
                    .export_rows = (guint)conf_integer(conf, CONF_USAGE_LOG_EXPORT_ROWS),
                    .read_news = tell_of_reading,
                    .read_news_data = recorder,
                    .rows_max = (guint)conf_integer(conf, CONF_USAGE_LOG_REQUEST_ROWS),
                    .batch_max = settings.batch_max,
                    .stream_max = conf_size(conf, CONF_USAGE_LOG_STREAM_MAX),
                    .streams = usage_streams_new((guint)conf_integer(conf, CONF_USAGE_LOG_STREAMS)),
                    .oldest = conf_duration(conf, CONF_USAGE_LOG_OLDEST),
                    .newest = conf_duration(conf, CONF_USAGE_LOG_NEWEST),
                    .tracks_traffic = conf_boolean(conf, CONF_USAGE_LOG_TRACK_REQUESTS),
                    .origins = read_origins(conf, NULL)});
    return recorder;
}

void recorder_stop(Recorder *recorder, gint64 timeout)
{
    if (!recorder || recorder->has_stopped)
        return;
    recorder->has_stopped = TRUE;
    usage_log_stop(recorder->log, timeout);
    usage_reader_stop(recorder->reader);
}

void recorder_free(Recorder *recorder)
{
    if (!recorder)
        return;
    recorder_stop(recorder, 0);
    usage_log_free(recorder->log);
    usage_reader_free(recorder->reader);
    echo_forget(&recorder->read_troubles);
    bundle_unref(recorder->bundle);
    g_free(recorder);
}
