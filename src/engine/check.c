/* Turning a status into findings. */
#include "engine/check.h"

#include "base/error.h"
#include "base/names.h"

enum { NAMES_SHOWN_MAX = 10 };

static char *name_revisions(const GPtrArray *revisions)
{
    g_auto(GStrv) ids = revision_ids(revisions);

    return names_join((const char *const *)ids, NAMES_SHOWN_MAX);
}

void check_heads(const Graph *graph, Findings *findings)
{
    g_autoptr(GPtrArray) heads = graph_heads(graph);
    g_autofree char *ids = name_revisions(heads);
    GError *error = NULL;

    if (heads->len < 2)
        return;
    error_set(&error, ERROR_SEVERAL_HEADS, "the files have %u heads: %s", heads->len, ids);
    error_set_hint(&error, "join them: pgsluice merge heads");
    findings_add(findings, error);
}

static void check_unknown(const Status *status, Findings *findings)
{
    for (char **id = status->unknown; *id; id++) {
        GError *error = NULL;

        error_set(&error, ERROR_UNKNOWN_REVISION,
                  "the database is at revision %s, which is not in the files", *id);
        error_set_hint(&error, "deploy the files that it was migrated with; made with Alembic: "
                               "pgsluice import alembic; lost: pgsluice stamp --purge REVISION");
        findings_add(findings, error);
    }
}

static void check_mismatched(const Status *status, Findings *findings)
{
    for (guint i = 0; i < status->mismatched->len; i++) {
        const Mismatch *mismatch = g_ptr_array_index(status->mismatched, i);

        if (mismatch->kind != MISMATCH_UNREADABLE)
            findings_add(findings, mismatch_error(mismatch));
    }
}

void check_integrity(const Status *status, Findings *findings)
{
    for (guint i = 0; i < status->mismatched->len; i++)
        findings_add(findings, mismatch_error(g_ptr_array_index(status->mismatched, i)));
    for (guint i = 0; i < status->edited_downs->len; i++)
        findings_add(findings, mismatch_error(g_ptr_array_index(status->edited_downs, i)));
}

static void check_hold(const Hold *hold, Findings *findings)
{
    GError *error = NULL;

    if (!hold || hold->is_void)
        return;
    error_set(&error, ERROR_HELD, "a hold keeps the database at %s since %s, set by %s%s%s",
              *hold->target ? hold->target : "base", hold->since,
              hold->actor && *hold->actor ? hold->actor : "somebody",
              hold->reason && *hold->reason ? ": " : "", hold->reason ? hold->reason : "");
    error_set_hint(&error, "pgsluice release lifts it");
    findings_add(findings, error);
}

static void check_pending(const Status *status, Findings *findings)
{
    g_autofree char *ids = name_revisions(status->pending);
    gboolean is_forked = status->script_heads[0] && status->script_heads[1];
    GError *error = NULL;

    if (status->pending->len == 0)
        return;
    error_set(&error, ERROR_BEHIND, "%u %s not applied: %s", status->pending->len,
              status->pending->len == 1 ? "revision is" : "revisions are", ids);
    if (!status->unknown[0]) /* else no upgrade is possible */
        error_set_hint(&error, "pgsluice upgrade %s", is_forked ? "heads" : "head");
    findings_add(findings, error);
}

void check_status(const Status *status, Findings *findings)
{
    check_unknown(status, findings);
    check_mismatched(status, findings);
    check_hold(status->hold, findings);
    check_pending(status, findings);
}
