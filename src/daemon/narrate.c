/* One sentence builder for each kind of engine event. Nothing here logs or sends. */
#include "daemon/narrate.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/units.h"

/* "Running upgrade a -> b, message" in the words that Alembic's users know. */
static char *describe_step(const PlanStep *step)
{
    const Revision *revision = step->revision;
    g_autofree char *parents = g_strjoinv(", ", revision->down_revisions);
    gboolean goes_up = step->plan->direction == PLAN_UPGRADE;

    return g_strdup_printf("Running %s %s -> %s%s%s", goes_up ? "upgrade" : "downgrade",
                           goes_up ? parents : revision->id, goes_up ? revision->id : parents,
                           revision->message[0] ? ", " : "", revision->message);
}

static char *describe_progress(const EngineEvent *event)
{
    const Revision *revision = event->step->revision;

    return g_strdup_printf("running %u of %u: %s%s%s", event->index + 1, event->count, revision->id,
                           revision->message[0] ? ", " : "", revision->message);
}

/* "14:02:11"; g_free. */
static char *describe_time_of_day(gint64 wall)
{
    g_autofree char *text = clock_format_utc(wall);

    return g_strndup(text + strlen("2026-11-22 "), strlen("14:02:11"));
}

/* Since when and not for how long: nobody comes back to count on in a sentence once said. */
static Narration narrate_lock_wait(const EngineEvent *event)
{
    g_autofree char *since = describe_time_of_day(clock_wall() - event->elapsed);
    g_autofree char *holder = event->holder ? lock_holder_describe(event->holder) : NULL;
    char *reason = g_strdup_printf("waiting for the migration lock since %s UTC%s%s", since,
                                   holder ? ", held by " : "", holder ? holder : "");

    return (Narration){GATE_EVENT_LOCK_WAIT, reason, g_strdup(reason), NULL, FALSE};
}

static Narration narrate_locked(const EngineEvent *event)
{
    g_autofree char *waited = duration_describe(event->elapsed);

    return (Narration){GATE_EVENT_LOCKED, g_strdup("has the migration lock, looking again"),
                       g_strdup_printf("Took the migration lock (%s)", waited), NULL};
}

static Narration narrate_plan(const EngineEvent *event)
{
    guint count = event->plan->steps->len;
    char *reason = g_strdup_printf("running %u %s", count, count == 1 ? "revision" : "revisions");

    return (Narration){GATE_EVENT_MIGRATE, reason, NULL, NULL, FALSE};
}

static Narration narrate_statement(const EngineEvent *event)
{
    g_autofree char *progress = describe_progress(event);
    char *reason = event->statements > 1 ? g_strdup_printf("%s (statement %u of %u done)", progress,
                                                           event->statement + 1, event->statements)
                                         : g_steal_pointer(&progress);

    return (Narration){GATE_EVENT_PROGRESS, reason, NULL, event->step->revision->id, FALSE};
}

/* "running 1 of 2: aaa (statement 3 of 5, 12.0 s, 42 % of building index: ...)" */
static Narration narrate_progress(const EngineEvent *event)
{
    g_autofree char *progress = describe_progress(event);
    g_autofree char *elapsed = duration_describe(event->elapsed);
    g_autofree char *blockers = sight_describe_blockers(event->sight);
    g_autofree char *doing = event->sight ? sight_describe(event->sight) : NULL;
    const char *what = blockers ? blockers : doing;
    char *reason = g_strdup_printf(
        "%s (statement %u of %u, %s%s%s%s)", progress, event->statement + 1, event->statements,
        elapsed, what ? ", " : "", blockers ? "waiting for " : "", what ? what : "");

    return (Narration){GATE_EVENT_PROGRESS, reason, NULL, event->step->revision->id, FALSE};
}

static Narration narrate_done(const EngineEvent *event)
{
    g_autofree char *step = describe_step(event->step);
    g_autofree char *took = duration_describe(event->elapsed);

    return (Narration){GATE_EVENT_PROGRESS, describe_progress(event),
                       g_strdup_printf("%s (%s)", step, took), event->step->revision->id, FALSE};
}

/* Who is in the way says more than that somebody is. The log hears of it once. */
static Narration narrate_retry(const EngineEvent *event)
{
    g_autofree char *progress = describe_progress(event);
    g_autofree char *blockers = sight_describe_blockers(event->sight);
    g_autofree char *culprits = sight_identify_blockers(event->sight);
    g_autofree char *error = blockers ? NULL : error_describe_short(event->error);
    g_autofree char *pause = duration_describe(event->pause);
    const char *of_lock = blockers ? "of a lock of " : "";
    char *reason = g_strdup_printf("%s: again in %s because %s%s", progress, pause, of_lock,
                                   blockers ? blockers : error);
    char *line = g_strdup_printf("%s: trying again because %s%s", progress, of_lock,
                                 culprits ? culprits : error);

    return (Narration){GATE_EVENT_PROGRESS, reason, line, event->step->revision->id, TRUE};
}

static Narration narrate_broken(const EngineEvent *event)
{
    g_autofree char *why = error_describe_short(event->error);
    char *reason = g_strdup_printf("connecting again to ask what was committed, because %s", why);

    return (Narration){GATE_EVENT_PROGRESS, reason, g_strdup(reason), event->step->revision->id,
                       FALSE};
}

static Narration narrate_finished(const EngineEvent *event)
{
    g_autofree char *took = duration_describe(event->elapsed);

    return (Narration){
        GATE_EVENT_COUNT, NULL,
        g_strdup_printf("%u %s %s in %s", event->count,
                        event->count == 1 ? "revision" : "revisions",
                        event->plan->direction == PLAN_UPGRADE ? "applied" : "undone", took),
        NULL, FALSE};
}

Narration narrate(const EngineEvent *event)
{
    switch (event->kind) {
    case EVENT_WAITING_FOR_LOCK:
        return narrate_lock_wait(event);
    case EVENT_LOCK_TAKEN:
        return narrate_locked(event);
    case EVENT_STATE_CREATED:
        return (Narration){GATE_EVENT_COUNT, NULL, g_strdup_printf("Created %s", event->text), NULL,
                           FALSE};
    case EVENT_PLAN:
        return narrate_plan(event);
    case EVENT_REVISION_STARTED:
        return (Narration){GATE_EVENT_PROGRESS, describe_progress(event), NULL,
                           event->step->revision->id, FALSE};
    case EVENT_STATEMENT_DONE:
        return narrate_statement(event);
    case EVENT_REVISION_DONE:
        return narrate_done(event);
    case EVENT_REVISION_RETRY:
        return narrate_retry(event);
    case EVENT_CONNECTION_BROKE:
        return narrate_broken(event);
    case EVENT_PROGRESS:
        return narrate_progress(event);
    case EVENT_FINISHED:
        return narrate_finished(event);
    case EVENT_NOTICE:
        return (Narration){GATE_EVENT_COUNT, NULL, g_strdup(event->text), NULL, TRUE};
    case EVENT_CONNECTED:
    case EVENT_CONNECT_RETRY: /* the worker's own loop speaks of connecting */
        break;
    }
    return (Narration){GATE_EVENT_COUNT, NULL, NULL, NULL, FALSE};
}

void narration_clear(Narration *narration)
{
    g_free(narration->reason);
    g_free(narration->line);
    *narration = (Narration){GATE_EVENT_COUNT, NULL, NULL, NULL, FALSE};
}
