/* The event loop: signals, the worker's reports, timers, reload and drain. It decides when things
 * happen; what they are is in the files around it. */
#include "daemon/app.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <systemd/sd-event.h>

#include "api/desk.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "daemon/archivist.h"
#include "daemon/board.h"
#include "daemon/echo.h"
#include "daemon/lifeline.h"
#include "daemon/listeners.h"
#include "daemon/logsink.h"
#include "daemon/notify.h"
#include "daemon/recorder.h"
#include "daemon/worker.h"
#include "metrics/metrics.h"
#include "setup/setup.h"

enum {
    REFRESH_EVERY = 200 * 1000, /* microseconds: progress for people */
    /* From SIGTERM, all in microseconds: the last one is a promise of the manual page, less some
     * time to end in. */
    DRAIN_REQUESTS = 800 * 1000,      /* for what HTTP was already asked */
    DRAIN_WORKER = 1700 * 1000,       /* until the worker is given up */
    DRAIN_WORKER_EARLY = 1200 * 1000, /* the same when a server is to be stopped after it */
    DRAIN_ALL = 1800 * 1000,
    STOP_UNHURRIED = 10 * G_USEC_PER_SEC, /* for the embedded server when nobody waits for us */
};

typedef struct {
    const AppOptions *options;
    BundleSources sources;
    Bundle *bundle;
    Bundle *first; /* that of the start: restart-only keys stay as it has them */
    Cluster *cluster;
    Api *api;
    Board *board;
    Mailbox *reports;
    Worker *worker;
    Recorder *recorder; /* NULL: no usage log */
    Archivist *archivist;
    sd_event *loop;
    sd_event_source *refresh;
    Lifeline *lifeline;
    Echo lines; /* what the log had last of what comes again and again */
    Echo errors;
    gboolean is_reload_told;
    gint64 stopped_at; /* when SIGTERM came; 0 = it has not */
    int exit_status;
} App;

static int report_startup_error(const GError *error)
{
    g_autofree char *text = error_describe(error);
    g_autofree char *line = error_describe_short(error);

    log_error("%s", text);
    notify_status(line);
    return error_kind_exit_status(error_kind(error));
}

static void set_log_level(const App *app, const Conf *conf)
{
    LogLevel level = LOG_LEVEL_INFO;

    log_level_parse(conf_string(conf, CONF_LOG_LEVEL), &level);
    log_set_level(app->options->verbosity ? LOG_LEVEL_DEBUG : level);
}

static void app_init(App *app, const AppOptions *options)
{
    *app = (App){.options = options};
    app->sources.config = g_strdup(options->config);
    app->sources.section = g_strdup(options->section);
    app->sources.options = g_ptr_array_new_with_free_func(g_free);
    for (char **setting = options->settings; setting && *setting; setting++)
        g_ptr_array_add(app->sources.options, g_strdup(*setting));
    app->sources.instance = setup_instance();
}

/* Names the private server; it is the worker that starts it, so that HTTP answers meanwhile. */
static gboolean prepare_cluster(App *app, GError **error)
{
    g_autoptr(Conf) conf = NULL;

    if (!app->options->is_embedded)
        return TRUE;
    conf = bundle_load_conf(&app->sources, error);
    if (!conf)
        return FALSE;
    app->cluster = setup_cluster(conf, app->options->embedded_directory, error);
    if (!app->cluster)
        return FALSE;
    app->sources.embedded_url = g_strdup(cluster_url(app->cluster));
    return TRUE;
}

/* What applies at once: whoever takes a token away must not wait for a migration to end. */
static void apply_at_once(App *app, const Bundle *bundle)
{
    g_auto(GStrv) warnings = bundle_warnings(bundle);

    set_log_level(app, bundle->conf);
    listeners_set_access(app->api, bundle->admission);
    for (char **warning = warnings; *warning; warning++)
        log_warning("%s", *warning);
}

static gboolean app_prepare(App *app, GError **error)
{
    g_autofree char *what = NULL;

    if (!prepare_cluster(app, error))
        return FALSE;
    app->bundle = bundle_load(&app->sources, error);
    if (!app->bundle)
        return FALSE;
    app->first = bundle_ref(app->bundle);
    app->api = api_new();
    logsink_open(conf_string(app->bundle->conf, CONF_LOG_FORMAT));
    apply_at_once(app, app->bundle);
    what = bundle_describe(app->bundle);
    log_info("pgsluiced %s: %s", PACKAGE_VERSION, what);
    app->board = board_new(app->api, app->sources.instance);
    board_set_bundle(app->board, app->bundle);
    if (!listeners_open(app->api, app->bundle, error))
        return FALSE;
    app->reports = mailbox_new((GDestroyNotify)report_free);
    app->recorder = recorder_start(app->bundle, app->cluster != NULL, app->sources.instance,
                                   app->api, app->reports);
    app->archivist = archivist_start(app->bundle, app->sources.instance, app->reports);
    app->worker = worker_new(app->bundle, app->cluster, app->reports, app->api);
    return TRUE;
}

static void finish_reload(App *app, const char *sentence)
{
    if (app->is_reload_told)
        notify_ready(sentence);
    else
        notify_status(sentence);
    app->is_reload_told = FALSE;
}

/* `kept` says what the refusal leaves in force. */
static void refuse_reload(App *app, const GError *error, const char *kept)
{
    g_autofree char *text = error_describe(error);
    g_autofree char *line = error_describe_short(error);
    g_autofree char *sentence =
        g_strdup_printf("%s; the reload was refused: %s", board_reason(app->board), line);

    metrics_count(METRIC_RELOADS, "refused");
    log_error("Reload refused, %s: %s", kept, text);
    finish_reload(app, sentence);
}

static void accept_reload(App *app, Bundle *next)
{
    g_autofree char *what = bundle_describe(next);

    bundle_unref(app->bundle);
    app->bundle = bundle_ref(next);
    board_set_bundle(app->board, next);
    archivist_set_bundle(app->archivist, next);
    metrics_count(METRIC_RELOADS, "accepted");
    log_info("Reloaded: %s", what);
    finish_reload(app, board_reason(app->board));
}

/* Loads and validates here; the worker puts the rest in force when it can reach the database with
 * it. Before the gate has opened READY=1 would be a lie, so the manager is not told of that reload.
 */
static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
    App *app = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Bundle) next = NULL;
    g_auto(GStrv) kept = NULL;

    if (board_gate(app->board)->state == GATE_DRAINING)
        return 0;
    log_info("Reloading");
    if (board_gate(app->board)->has_opened && !app->is_reload_told) {
        notify_reloading();
        app->is_reload_told = TRUE;
    }
    next = bundle_load(&app->sources, &error);
    if (!next || !listeners_check(app->api, next->conf, &error)) {
        refuse_reload(app, error, "nothing was changed");
        return 0;
    }
    apply_at_once(app, next);
    kept = bundle_succeed(next, app->first);
    for (char **name = kept; *name; name++)
        log_warning("%s has changed, which takes effect only after a restart", *name);
    worker_reload(app->worker, next);
    return 0;
}

static gboolean is_repetitive(const Report *report)
{
    return report->kind == REPORT_GATE &&
           (report->event == GATE_EVENT_RETRY || report->event == GATE_EVENT_LOCK_WAIT ||
            (report->event == GATE_EVENT_PROGRESS && report->is_warning));
}

static void log_line(App *app, const Report *report)
{
    const LogField field = {"PGSLUICE_REVISION", report->revision};
    LogLevel level = report->is_warning ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;

    if (is_repetitive(report) && !echo_is_news(&app->lines, report->line))
        return;
    log_event(level, &field, report->revision ? 1 : 0, "%s", report->line);
}

static void warn_of_mismatches(const Status *status)
{
    for (guint i = 0; i < status->mismatched->len; i++) {
        const Mismatch *mismatch = g_ptr_array_index(status->mismatched, i);

        g_autofree char *text = mismatch_describe(mismatch);

        log_warning("%s%s%s", text, *mismatch->path ? ": " : "", mismatch->path);
    }
}

/* A failure is news; the trouble that each poll meets again is not. */
static void log_trouble(App *app, const Report *report)
{
    g_autofree char *text = error_describe(report->error);

    if (report->event == GATE_EVENT_FAIL)
        log_error("%s", text);
    else if (echo_is_news(&app->errors, text))
        log_warning("%s", text);
}

static void on_gate_report(App *app, Report *report)
{
    GateAction action;

    if (report->error)
        log_trouble(app, report);
    if (report->event == GATE_EVENT_SATISFIED) {
        echo_forget(&app->errors);
        echo_forget(&app->lines);
    }
    if (report->status && !board_gate(app->board)->has_opened)
        warn_of_mismatches(report->status);
    if (!report->is_stalled)
        lifeline_hear(app->lifeline, report->event, &app->bundle->settings);
    action = board_step(app->board, report);
    archivist_set_open(app->archivist, board_gate(app->board)->state == GATE_OPEN);
    if (action == GATE_ACTION_EXIT)
        app->exit_status = error_kind_exit_status(error_kind(report->error));
    if (report->event == GATE_EVENT_PROGRESS &&
        sd_event_source_get_enabled(app->refresh, NULL) == 0) {
        sd_event_source_set_time_relative(app->refresh, REFRESH_EVERY);
        sd_event_source_set_enabled(app->refresh, SD_EVENT_ONESHOT);
    }
}

static void on_report(App *app, Report *report)
{
    if (report->line)
        log_line(app, report);
    switch (report->kind) {
    case REPORT_GATE:
        on_gate_report(app, report);
        break;
    case REPORT_NEWS:
        break;
    case REPORT_INSTANCES:
        board_set_instances(app->board, report->instances);
        break;
    case REPORT_DRIFT:
        board_set_drift(app->board, g_steal_pointer(&report->drift));
        break;
    case REPORT_RELOADED:
        accept_reload(app, report->bundle);
        break;
    case REPORT_RELOAD_REFUSED:
        refuse_reload(app, report->error, "only access rules and log.level were changed");
        break;
    case REPORT_TASK_ENDED:
        desk_end(api_desk(app->api), report->task);
        board_publish(app->board);
        break;
    case REPORT_USAGE:
        board_take_usage(app->board, report);
        break;
    case REPORT_ENDED:
        sd_event_exit(app->loop, app->exit_status);
        break;
    }
}

static int on_mail(sd_event_source *source, int fd, uint32_t events, void *data)
{
    App *app = data;
    Report *report;

    mailbox_acknowledge(app->reports);
    while ((report = mailbox_take(app->reports)) != NULL) {
        on_report(app, report);
        report_free(report);
    }
    return 0;
}

static int on_wait_over(sd_event_source *source, int fd, uint32_t events, void *data)
{
    App *app = data;

    desk_expire(api_desk(app->api));
    return 0;
}

static int on_refresh(sd_event_source *source, uint64_t when, void *data)
{
    App *app = data;

    board_refresh(app->board);
    return 0;
}

/* Microseconds until `limit` after SIGTERM; without one there is all the time of `limit`. */
static gint64 time_left(const App *app, gint64 limit)
{
    gint64 since = app->stopped_at ? clock_monotonic() - app->stopped_at : 0;

    return MAX(limit - since, 0);
}

static void stop_cluster(App *app)
{
    gint64 limit = app->stopped_at ? DRAIN_ALL : STOP_UNHURRIED;
    g_autoptr(GError) error = NULL;

    if (!app->cluster || !app->worker || !worker_owns_cluster(app->worker))
        return;
    if (!cluster_stop_within(app->cluster, time_left(app, limit), &error)) {
        g_autofree char *text = error_describe(error);

        log_error("Stopping the embedded server: %s", text);
    }
}

/* The worker has not ended in time. What it had begun is rolled back by the server when it notices
 * that we are gone. */
static int on_patience_ended(sd_event_source *source, uint64_t when, void *data)
{
    App *app = data;

    log_warning("The work has not ended in time: leaving without waiting for it. The server rolls "
                "back what is not committed");
    stop_cluster(app);
    fflush(stderr);
    _exit(EXIT_SUCCESS);
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
    App *app = data;
    uint64_t patience;

    if (board_step_alone(app->board, GATE_EVENT_STOP, "draining") != GATE_ACTION_DRAIN)
        return 0;
    log_info("Stopping: %s", strsignal((int)info->ssi_signo));
    app->exit_status = EXIT_SUCCESS;
    app->stopped_at = clock_monotonic();
    worker_stop(app->worker);
    patience = worker_owns_cluster(app->worker) ? DRAIN_WORKER_EARLY : DRAIN_WORKER;
    api_drain(app->api, 0); /* accepts nobody any more; app_clear waits for what is in flight */
    return sd_event_add_time_relative(app->loop, NULL, CLOCK_MONOTONIC, patience, 0,
                                      on_patience_ended, app);
}

/* Before any thread exists, so that all of them inherit it and the loop alone gets the signals. */
static void block_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR1, SIG_IGN); /* deadly by default and none of ours */
    signal(SIGUSR2, SIG_IGN);
}

/* Set each time that progress is reported. */
static int add_refresh(App *app)
{
    int status = sd_event_add_time_relative(app->loop, &app->refresh, CLOCK_MONOTONIC,
                                            REFRESH_EVERY, 0, on_refresh, app);

    return status < 0 ? status : sd_event_source_set_enabled(app->refresh, SD_EVENT_OFF);
}

/* All but the two that have a name are freed with the loop. */
static int add_sources(App *app)
{
    int status = sd_event_add_signal(app->loop, NULL, SIGTERM, on_stop, app);

    if (status >= 0)
        status = sd_event_add_signal(app->loop, NULL, SIGINT, on_stop, app);
    if (status >= 0)
        status = sd_event_add_signal(app->loop, NULL, SIGHUP, on_reload, app);
    if (status >= 0)
        status = sd_event_add_io(app->loop, NULL, mailbox_fd(app->reports), EPOLLIN, on_mail, app);
    if (status >= 0)
        status = sd_event_add_io(app->loop, NULL, desk_fd(api_desk(app->api)), EPOLLIN,
                                 on_wait_over, app);
    if (status >= 0)
        status = add_refresh(app);
    if (status >= 0)
        app->lifeline = lifeline_new(app->loop, app->board, app->worker, &status);
    return status;
}

static int run_loop(App *app)
{
    int status = sd_event_new(&app->loop);

    if (status >= 0)
        status = add_sources(app);
    if (status < 0) {
        log_error("sd-event: %s", g_strerror(-status));
        return error_kind_exit_status(ERROR_INTERNAL);
    }
    notify_status(board_reason(app->board));
    worker_start(app->worker);
    app->exit_status = error_kind_exit_status(ERROR_INTERNAL); /* until somebody says why it ends */
    return sd_event_loop(app->loop);
}

static void app_clear(App *app)
{
    if (app->worker)
        worker_stop(app->worker);
    archivist_free(app->archivist);
    worker_join(app->worker);
    if (app->api)
        api_drain(app->api, time_left(app, DRAIN_REQUESTS));
    recorder_stop(app->recorder, time_left(app, DRAIN_REQUESTS));
    stop_cluster(app);
    worker_free(app->worker);
    lifeline_free(app->lifeline);
    sd_event_source_disable_unref(app->refresh);
    sd_event_unref(app->loop);
    board_free(app->board);
    api_free(app->api);
    recorder_free(app->recorder);
    mailbox_free(app->reports);
    echo_forget(&app->lines);
    echo_forget(&app->errors);
    bundle_unref(app->bundle);
    bundle_unref(app->first);
    cluster_free(app->cluster);
    g_free(app->sources.config);
    g_free(app->sources.section);
    g_free(app->sources.embedded_url);
    g_free(app->sources.instance);
    g_ptr_array_unref(app->sources.options);
}

int app_run(const AppOptions *options)
{
    g_autoptr(GError) error = NULL;
    int status;
    App app;

    block_signals();
    app_init(&app, options);
    if (app_prepare(&app, &error))
        status = run_loop(&app);
    else
        status = report_startup_error(error);
    app_clear(&app);
    return status;
}
