/* Making and freeing reports. */
#include "daemon/report.h"

#include "base/error.h"
#include "base/units.h"
#include "daemon/narrate.h"

void report_free(Report *report)
{
    if (!report)
        return;
    g_free(report->reason);
    g_free(report->line);
    g_free(report->revision);
    g_free(report->task);
    status_free(report->status);
    g_clear_pointer(&report->instances, g_ptr_array_unref);
    drift_free(report->drift);
    g_strfreev(report->action_types);
    operation_free(report->operation);
    bundle_unref(report->bundle);
    g_clear_error(&report->error);
    g_free(report);
}

static void post(Mailbox *mailbox, Report report)
{
    mailbox_post(mailbox, g_memdup2(&report, sizeof report));
}

void report_gate(Mailbox *mailbox, GateEvent event, char *reason)
{
    post(mailbox, (Report){.kind = REPORT_GATE, .event = event, .reason = reason});
}

void report_status(Mailbox *mailbox, GateEvent event, const char *reason, Bundle *bundle,
                   Status *status)
{
    post(mailbox, (Report){.kind = REPORT_GATE,
                           .event = event,
                           .reason = g_strdup(reason),
                           .bundle = bundle_ref(bundle),
                           .status = status});
}

void report_failure(Mailbox *mailbox, GateEvent event, const char *doing, GError *error)
{
    g_autofree char *why = error_describe_short(error);

    post(mailbox, (Report){.kind = REPORT_GATE,
                           .event = event,
                           .reason = g_strdup_printf("%s: %s", doing, why),
                           .error = error});
}

void report_retry(Mailbox *mailbox, const GError *error, gint64 pause)
{
    g_autofree char *why = error_describe_short(error);
    g_autofree char *wait = duration_describe(pause);
    Report report = {.kind = REPORT_GATE, .event = GATE_EVENT_RETRY};

    report.reason = g_strdup_printf("cannot reach the database, next try in %s: %s", wait, why);
    report.line = g_strdup_printf("Cannot reach the database: %s", why);
    report.is_warning = TRUE;
    post(mailbox, report);
}

void report_engine_event(Mailbox *mailbox, const EngineEvent *event)
{
    Narration narration = narrate(event);
    gboolean is_gate = narration.event != GATE_EVENT_COUNT;
    gboolean is_dropped = narration.event == GATE_EVENT_PROGRESS && mailbox_is_crowded(mailbox);

    if (narration.line || (is_gate && !is_dropped))
        post(mailbox, (Report){.kind = is_gate ? REPORT_GATE : REPORT_NEWS,
                               .event = narration.event,
                               .reason = g_steal_pointer(&narration.reason),
                               .line = g_steal_pointer(&narration.line),
                               .is_warning = narration.is_warning,
                               .revision = g_strdup(narration.revision),
                               .operation = operation_new(event),
                               .is_stalled = event->kind == EVENT_PROGRESS &&
                                             !sight_is_working(event->sight)});
    narration_clear(&narration);
}

void report_line(Mailbox *mailbox, char *line, gboolean is_warning)
{
    post(mailbox, (Report){.kind = REPORT_NEWS, .line = line, .is_warning = is_warning});
}

void report_task_ended(Mailbox *mailbox, const char *id)
{
    post(mailbox, (Report){.kind = REPORT_TASK_ENDED, .task = g_strdup(id)});
}

void report_instances(Mailbox *mailbox, GPtrArray *instances)
{
    post(mailbox, (Report){.kind = REPORT_INSTANCES, .instances = g_ptr_array_ref(instances)});
}

void report_drift(Mailbox *mailbox, Drift *drift)
{
    post(mailbox, (Report){.kind = REPORT_DRIFT, .drift = drift});
}

static char *describe_usage(const char *const *action_types, const char *absence)
{
    g_autofree char *types = action_types ? g_strjoinv(", ", (char **)action_types) : NULL;

    if (types)
        return g_strdup_printf("Usage log: action types %s", types);
    return g_strdup_printf("No usage log: %s (usage_log.enabled = false where none is wanted)",
                           absence);
}

void report_usage(Mailbox *mailbox, const char *const *action_types, const char *absence)
{
    post(mailbox, (Report){.kind = REPORT_USAGE,
                           .reason = g_strdup(absence),
                           .action_types = g_strdupv((char **)action_types),
                           .line = describe_usage(action_types, absence)});
}

void report_reloaded(Mailbox *mailbox, Bundle *bundle)
{
    post(mailbox, (Report){.kind = REPORT_RELOADED, .bundle = bundle_ref(bundle)});
}

void report_reload_refused(Mailbox *mailbox, GError *error)
{
    post(mailbox, (Report){.kind = REPORT_RELOAD_REFUSED, .error = error});
}

void report_ended(Mailbox *mailbox)
{
    post(mailbox, (Report){.kind = REPORT_ENDED});
}
