/* The engine's events on stderr. */
#include "cli/progress.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/units.h"
#include "cli/format.h"
#include "cli/terminal.h"
#include "view/document.h"

/* While nothing changes, a wait says so again after this long. */
enum {
    REMINDER = 10 * G_TIME_SPAN_SECOND,
    RETRY_REMINDER = 5 * G_TIME_SPAN_SECOND,
    BAR_WIDTH = 20,
};

struct Progress {
    EventSink events;
    const gboolean *is_quiet;
    const int *verbosity;
    const PlanStep *open_step;    /* its line has no end yet; compared only */
    const PlanStep *retried_step; /* it has been started more than once; compared only */
    gint64 last_reminder;         /* on clock_monotonic(); 0 = none yet */
    gint64 last_retry;            /* when a retry of retried_step was told of */
    int blocker;                  /* the process that was named as being in the way; 0: none */
    gint64 last_blocker;          /* when */
    PlanDirection direction;      /* of the plan that runs */
    gboolean keeps_plan;
    char *plan_document;
};

void progress_free(Progress *progress)
{
    if (!progress)
        return;
    g_free(progress->plan_document);
    g_free(progress);
}

void progress_keep_plan(Progress *progress)
{
    progress->keeps_plan = TRUE;
}

const char *progress_plan_document(const Progress *progress)
{
    return progress->plan_document;
}

void progress_break_line(Progress *progress)
{
    if (progress->open_step)
        terminal_note("\n");
    progress->open_step = NULL;
}

/* Whether a wait may speak now: at first, then at every REMINDER. */
static gboolean is_time_for_reminder(Progress *progress)
{
    gint64 now = clock_monotonic();

    if (progress->last_reminder != 0 && now - progress->last_reminder < REMINDER)
        return FALSE;
    progress->last_reminder = now;
    return TRUE;
}

static void show_retry(Progress *progress, const EngineEvent *event)
{
    g_autofree char *reason = NULL;

    if (!is_time_for_reminder(progress))
        return;
    reason = error_describe_short(event->error);
    terminal_note("%s; trying again\n", reason);
}

static void show_lock_wait(Progress *progress, const EngineEvent *event)
{
    g_autofree char *holder = event->holder ? lock_holder_describe(event->holder) : NULL;

    if (holder || is_time_for_reminder(progress))
        terminal_note("Waiting for the migration lock%s%s\n", holder ? ", held by " : "",
                      holder ? holder : "");
}

/* A bar of BAR_WIDTH; g_free. */
static char *draw_bar(int percent)
{
    g_autofree char *full = g_strnfill((gsize)(percent * BAR_WIDTH / 100), '#');

    return g_strdup_printf("[%-*s] ", BAR_WIDTH, full);
}

/* Once for each that stands in the way, and now and then while it stays. */
static void show_blockers(Progress *progress, const Sight *sight)
{
    const Blocker *first = g_ptr_array_index(sight->blockers, 0);
    gint64 now = clock_monotonic();
    g_autofree char *who = NULL;

    if (progress->blocker == first->pid && progress->last_blocker != 0 &&
        now - progress->last_blocker < REMINDER)
        return;
    progress->blocker = first->pid;
    progress->last_blocker = now;
    who = sight_describe_blockers(sight);
    progress_break_line(progress);
    terminal_note("  waiting for %s\n", who);
}

static void draw_progress(Progress *progress, const EngineEvent *event)
{
    const Sight *sight = event->sight;
    g_autofree char *elapsed = duration_describe(event->elapsed);
    g_autofree char *doing = sight ? sight_describe(sight) : NULL;
    int percent = sight ? sight_percent(sight) : -1;
    g_autofree char *bar = percent >= 0 ? draw_bar(percent) : g_strdup("");

    progress_break_line(progress);
    terminal_draw("  %sstatement %u of %u, %s%s%s", bar, event->statement + 1, event->statements,
                  elapsed, doing ? ", " : "", doing ? doing : "");
}

static void show_progress(Progress *progress, const EngineEvent *event)
{
    if (event->sight && event->sight->blockers->len > 0)
        show_blockers(progress, event->sight);
    if (terminal_can_draw())
        draw_progress(progress, event);
}

static void show_revision_retry(Progress *progress, const EngineEvent *event)
{
    gint64 now = clock_monotonic();
    g_autofree char *pause = duration_describe(event->pause);
    g_autofree char *who = sight_describe_blockers(event->sight);

    if (progress->retried_step == event->step && now - progress->last_retry < RETRY_REMINDER)
        return;
    progress->retried_step = event->step;
    progress->last_retry = now;
    progress_break_line(progress);
    terminal_note("%s%s%s; trying again every %s\n", event->error->message,
                  who ? "; in its way: " : "", who ? who : "", pause);
}

static void show_broken(Progress *progress, const EngineEvent *event)
{
    progress_break_line(progress);
    terminal_note("%s; connecting again to ask what was committed\n", event->error->message);
}

static void show_notice(Progress *progress, const EngineEvent *event)
{
    progress_break_line(progress);
    terminal_note("%s\n", event->text);
}

static void show_started(Progress *progress, const EngineEvent *event)
{
    g_autofree char *line = plan_describe_step(event->step->revision, progress->direction);

    if (progress->retried_step == event->step || progress->open_step == event->step)
        return;
    progress_break_line(progress);
    terminal_note("%s", line);
    progress->open_step = event->step;
}

static void show_done(Progress *progress, const EngineEvent *event)
{
    g_autofree char *elapsed = NULL;

    elapsed = duration_describe(event->elapsed);
    if (progress->open_step == event->step)
        terminal_note(" (%s)\n", elapsed);
    else
        terminal_note("  done in %s\n", elapsed);
    progress->open_step = NULL;
}

static void take_plan(Progress *progress, const Plan *plan)
{
    progress->direction = plan->direction;
    if (!progress->keeps_plan)
        return;
    g_free(progress->plan_document);
    progress->plan_document = plan_document(plan);
}

/* What is said only with -v (connection and lock) and -vv (statements). */
static void show_detail(Progress *progress, const EngineEvent *event)
{
    g_autofree char *elapsed = duration_describe(event->elapsed);

    if (event->kind == EVENT_CONNECTED)
        terminal_note("Connected to %s\n", event->text);
    else if (event->kind == EVENT_LOCK_TAKEN)
        terminal_note("Took the migration lock after %s\n", elapsed);
    else if (event->kind == EVENT_STATE_CREATED)
        terminal_note("Created %s\n", event->text);
    else if (event->kind == EVENT_STATEMENT_DONE && *progress->verbosity > 1) {
        progress_break_line(progress);
        terminal_note("  statement %u of %u\n", event->statement + 1, event->statements);
    }
}

static void observe(const EngineEvent *event, gpointer data)
{
    Progress *progress = data;

    if (event->kind == EVENT_PLAN)
        take_plan(progress, event->plan);
    if (*progress->is_quiet)
        return;
    if (event->kind == EVENT_CONNECT_RETRY)
        show_retry(progress, event);
    else if (event->kind == EVENT_WAITING_FOR_LOCK)
        show_lock_wait(progress, event);
    else if (event->kind == EVENT_REVISION_STARTED)
        show_started(progress, event);
    else if (event->kind == EVENT_REVISION_RETRY)
        show_revision_retry(progress, event);
    else if (event->kind == EVENT_CONNECTION_BROKE)
        show_broken(progress, event);
    else if (event->kind == EVENT_PROGRESS)
        show_progress(progress, event);
    else if (event->kind == EVENT_NOTICE)
        show_notice(progress, event);
    else if (event->kind == EVENT_REVISION_DONE)
        show_done(progress, event);
    else if (*progress->verbosity > 0)
        show_detail(progress, event);
}

Progress *progress_new(const gboolean *is_quiet, const int *verbosity)
{
    Progress *progress = g_new0(Progress, 1);

    progress->events = (EventSink){observe, progress};
    progress->is_quiet = is_quiet;
    progress->verbosity = verbosity;
    return progress;
}

const EventSink *progress_events(const Progress *progress)
{
    return &progress->events;
}
