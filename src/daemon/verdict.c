/* The rules of the gate: which revision is required, whether it is applied, and who may change
 * that. */
#include "daemon/verdict.h"

#include "base/error.h"
#include "base/names.h"
#include "db/conn.h"
#include "revision/spec.h"

enum { NAMES_MAX = 8 }; /* how many revisions a sentence names */

static char *name_heads(const Status *status)
{
    return status->heads[0] ? names_join((const char *const *)status->heads, NAMES_MAX)
                            : g_strdup("base");
}

static gboolean wants_all_heads(const char *required)
{
    return g_str_equal(required, "head") || g_str_equal(required, "heads");
}

/* The record of what was run tells how the database got to its heads only when those are in it: a
 * head that came another way (a stamp by hand, a restored dump) may have undone any of it. */
static gboolean is_record_whole(const Status *status)
{
    for (char **id = status->unknown; *id; id++)
        if (!g_strv_contains((const char *const *)status->applied, *id))
            return FALSE;
    return TRUE;
}

/* Whether `id` is applied: below the heads that the files know or, when the database has gone
 * beyond the files, in its own record of what was run. */
static gboolean is_applied(const Revision *revision, const Status *status, GHashTable *applied)
{
    if (g_hash_table_contains(applied, revision))
        return TRUE;
    return status->unknown[0] && is_record_whole(status) &&
           g_strv_contains((const char *const *)status->applied, revision->id);
}

/* A required id that the files do not have can still be among what the database records. */
static gboolean is_recorded(const char *id, const Status *status)
{
    return g_strv_contains((const char *const *)status->heads, id) ||
           (is_record_whole(status) && g_strv_contains((const char *const *)status->applied, id));
}

/* The ids of the required revisions; NULL with a sentence in *problem when they cannot be told. */
static char **find_required(const Graph *graph, const Status *status, const char *required,
                            char **problem)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) wanted = NULL;

    if (wants_all_heads(required))
        wanted = graph_heads(graph);
    else if (!graph_find(graph, required) && is_recorded(required, status))
        return g_strdupv((char *[]){(char *)required, NULL});
    else
        wanted = spec_resolve(graph, required, (const char *const *)status->heads, SPEC_FOR_SHOW,
                              &error);
    if (!wanted) {
        g_autofree char *why = error_describe_short(error);

        *problem = g_strdup_printf("gate.required_revision is not usable: %s", why);
        return NULL;
    }
    return revision_ids(wanted);
}

/* The revision still counts as applied, but part of it is gone. */
static gboolean is_half_undone(const Status *status, const char *id)
{
    return status->half_run && status->half_run->direction == PLAN_DOWNGRADE &&
           (!id || g_str_equal(status->half_run->revision, id));
}

/* The ids still missing, a GPtrArray of char *, borrowed. */
static GPtrArray *find_missing(const Graph *graph, const Status *status, char **required)
{
    g_autoptr(GHashTable) applied = graph_applied(graph, (const char *const *)status->heads);
    GPtrArray *missing = g_ptr_array_new();

    for (; *required; required++) {
        const Revision *revision = graph_find(graph, *required);

        /* one that the files do not have was found in the records */
        if (is_half_undone(status, *required) ||
            (revision && !is_applied(revision, status, applied)))
            g_ptr_array_add(missing, *required);
    }
    return missing;
}

static char *join_missing(GPtrArray *missing)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();

    for (guint i = 0; i < missing->len; i++)
        g_ptr_array_add(ids, g_ptr_array_index(missing, i));
    g_ptr_array_add(ids, NULL);
    return names_join((const char *const *)ids->pdata, NAMES_MAX);
}

static char *say_unknown(const Status *status, const GatePolicy *policy, GPtrArray *missing)
{
    g_autofree char *unknown = names_join((const char *const *)status->unknown, NAMES_MAX);
    g_autofree char *wanted = join_missing(missing);

    if (!is_record_whole(status))
        return g_strdup_printf("the database is at %s, which the files in %s do not have and "
                               "pgsluice did not apply, so nobody knows whether %s is applied: "
                               "install the files that it came from, or `pgsluice stamp --purge` "
                               "what the schema really is",
                               unknown, policy->directory, wanted);
    return g_strdup_printf("the database is at %s, which the files in %s do not have, and it does "
                           "not record the required revision %s: install newer files, or set "
                           "gate.required_revision to one that is applied",
                           unknown, policy->directory, wanted);
}

static char *say_held(const Status *status)
{
    const Hold *hold = status->hold;

    return g_strdup_printf("a hold by %s since %s pins the database at %s%s%s%s: "
                           "`pgsluice release` lifts it",
                           hold->actor ? hold->actor : "somebody", hold->since,
                           hold->target[0] ? hold->target : "base", hold->reason ? " (" : "",
                           hold->reason ? hold->reason : "", hold->reason ? ")" : "");
}

/* Why the daemon does not run what is pending; g_free. */
static char *say_why_not(const GatePolicy *policy)
{
    if (!policy->is_controlled)
        return g_strdup("this environment is not controlled");
    if (policy->failure)
        return g_strdup_printf("the last upgrade failed (%s)", policy->failure);
    return g_strdup("pgsluiced upgrades at start and on reload only");
}

static char *say_pending(const Graph *graph, const Status *status, const GatePolicy *policy)
{
    g_autoptr(GPtrArray) heads = graph_heads(graph);
    g_autofree char *why_not = say_why_not(policy);
    const Revision *next = g_ptr_array_index(status->pending, 0);
    guint count = status->pending->len;

    return g_strdup_printf("%u %s pending, next %s%s%s; %s: run `pgsluice upgrade %s`", count,
                           count == 1 ? "revision is" : "revisions are", next->id,
                           next->message[0] ? ", " : "", next->message, why_not,
                           heads->len > 1 ? "heads" : "head");
}

static char *say_behind(const Status *status, GPtrArray *missing)
{
    g_autofree char *heads = name_heads(status);
    g_autofree char *wanted = join_missing(missing);

    return g_strdup_printf("the database is at %s, but gate.required_revision needs %s", heads,
                           wanted);
}

static char *say_open(const Status *status, const GatePolicy *policy)
{
    g_autofree char *heads = name_heads(status);
    guint count = status->pending->len;

    if (status->unknown[0])
        return g_strdup_printf("open at %s, newer than the files here", heads);
    if (count && policy->failure)
        return g_strdup_printf("open at %s, %u pending; the last upgrade failed: %s", heads, count,
                               policy->failure);
    if (count)
        return g_strdup_printf("open at %s, %u pending", heads, count);
    return g_strdup_printf("open at %s", heads);
}

static Verdict *verdict_new(VerdictKind kind, gboolean serves, char *reason)
{
    Verdict *verdict = g_new(Verdict, 1);

    *verdict = (Verdict){kind, serves, reason, NULL};
    return verdict;
}

static Verdict *judge_behind(const Graph *graph, const Status *status, const GatePolicy *policy,
                             GPtrArray *missing)
{
    if (status->unknown[0])
        return verdict_new(VERDICT_WAIT, FALSE, say_unknown(status, policy, missing));
    if (status->hold && !status->hold->is_void)
        return verdict_new(VERDICT_WAIT, FALSE, say_held(status));
    if (!status->pending->len)
        return verdict_new(VERDICT_WAIT, FALSE, say_behind(status, missing));
    return verdict_new(policy->fails_when_pending && !policy->is_controlled ? VERDICT_REFUSE
                                                                            : VERDICT_WAIT,
                       FALSE, say_pending(graph, status, policy));
}

static char *say_half_undone(const Status *status)
{
    return g_strdup_printf("revision %s is half undone: run `pgsluice downgrade` to what it "
                           "revises, which goes on where that stopped; `pgsluice status` tells "
                           "where",
                           status->half_run->revision);
}

static char *say_drifted(const GatePolicy *policy)
{
    return g_strdup_printf("the schema is not as the last run left it: %s; undo that, or make it "
                           "official: `pgsluice drift --adopt` or `--accept` (gate.on_drift is "
                           "\"close\")",
                           policy->drift);
}

/* `missing` NULL: with `problem`. */
static Verdict *judge(const Graph *graph, const Status *status, const GatePolicy *policy,
                      GPtrArray *missing, const char *problem)
{
    gboolean serves = missing && missing->len == 0;

    if (policy->drift)
        return verdict_new(VERDICT_WAIT, FALSE, say_drifted(policy));
    if (status->pending->len && !status->unknown[0] && policy->is_controlled &&
        policy->may_migrate && !is_half_undone(status, NULL))
        return verdict_new(VERDICT_MIGRATE, serves,
                           g_strdup_printf("bringing in %u pending %s", status->pending->len,
                                           status->pending->len == 1 ? "revision" : "revisions"));
    if (serves)
        return verdict_new(VERDICT_SERVE, TRUE, say_open(status, policy));
    if (problem)
        return verdict_new(VERDICT_WAIT, FALSE, g_strdup(problem));
    if (is_half_undone(status, NULL))
        return verdict_new(VERDICT_WAIT, FALSE, say_half_undone(status));
    return judge_behind(graph, status, policy, missing);
}

Verdict *verdict_reach(const Graph *graph, const Status *status, const GatePolicy *policy)
{
    g_autofree char *problem = NULL;
    g_auto(GStrv) required = find_required(graph, status, policy->required, &problem);
    g_autoptr(GPtrArray) missing = required ? find_missing(graph, status, required) : NULL;
    Verdict *verdict = judge(graph, status, policy, missing, problem);

    verdict->required = g_steal_pointer(&required);
    return verdict;
}

void verdict_free(Verdict *verdict)
{
    if (!verdict)
        return;
    g_free(verdict->reason);
    g_strfreev(verdict->required);
    g_free(verdict);
}
