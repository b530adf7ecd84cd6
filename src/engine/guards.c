/* One function a guard; the table gives the order. */
#include "engine/guards.h"

#include <string.h>

#include "base/error.h"
#include "base/names.h"
#include "engine/confirm.h"

enum { NAMES_MAX = 8 };

static const struct {
    const char *slug;
    unsigned status;
    const char *title;
} rows[] = {
#define GUARD(name, slug, status, title) {slug, status, title},
#include "engine/guards.def"
#undef GUARD
};

const char *guard_slug(Guard guard)
{
    return rows[guard].slug;
}

unsigned guard_status(Guard guard)
{
    return rows[guard].status;
}

const char *guard_title(Guard guard)
{
    return rows[guard].title;
}

Refusal *refusal_new(Guard guard, char *detail, char *hint)
{
    Refusal *refusal = g_new(Refusal, 1);

    *refusal = (Refusal){guard, detail, hint};
    return refusal;
}

void refusal_free(Refusal *refusal)
{
    if (!refusal)
        return;
    g_free(refusal->detail);
    g_free(refusal->hint);
    g_free(refusal);
}

static Refusal *refuse(Guard guard, const char *detail, const char *hint)
{
    return refusal_new(guard, g_strdup(detail), g_strdup(hint));
}

static Refusal *refuse_error(Guard guard, const GError *error)
{
    return error ? refuse(guard, error->message, error_hint(error)) : NULL;
}

static char *join(const GPtrArray *names)
{
    g_autofree const char **list = g_new0(const char *, names->len + 1);

    for (guint i = 0; i < names->len; i++)
        list[i] = g_ptr_array_index(names, i);
    return names_join(list, NAMES_MAX);
}

static Refusal *ask_enabled(const GuardFacts *facts)
{
    if (facts->direction == PLAN_UPGRADE || facts->is_enabled)
        return NULL;
    return refuse(GUARD_DISABLED, "rollback.enabled is false",
                  "set rollback.enabled = true and reload (SIGHUP); or on the host: pgsluice "
                  "downgrade");
}

static Refusal *ask_controlled(const GuardFacts *facts)
{
    if (facts->is_controlled)
        return NULL;
    return refuse(GUARD_NOT_CONTROLLED, "environment.controlled is false",
                  "a person runs the change by hand: pgsluice upgrade, pgsluice downgrade");
}

static Refusal *ask_foreign(const GuardFacts *facts)
{
    return facts->preview ? refuse_error(GUARD_FOREIGN, facts->preview->foreign) : NULL;
}

static Refusal *ask_has_precondition(const GuardFacts *facts)
{
    if (facts->if_match)
        return NULL;
    return refuse(GUARD_NO_PRECONDITION, "The request has no If-Match field",
                  "send the ETag of GET /admin/migrations, or of the dry run, as If-Match");
}

static Refusal *ask_precondition(const GuardFacts *facts)
{
    if (!facts->if_match || facts->matches)
        return NULL;
    return refusal_new(GUARD_PRECONDITION,
                       g_strdup_printf("The status is %s now: heads, files, hold, gate or "
                                       "mismatches have changed since it was read",
                                       facts->etag ? facts->etag : "not known"),
                       g_strdup("read GET /admin/migrations again, and make a dry run of what you "
                                "want now"));
}

static Refusal *ask_target(const GuardFacts *facts)
{
    g_autofree char *heads = NULL;

    if (facts->target_error)
        return refuse_error(GUARD_TARGET, facts->target_error);
    if (!facts->preview || facts->preview->steps->len)
        return NULL;
    heads = names_join((const char *const *)facts->preview->from, NAMES_MAX);
    return refusal_new(GUARD_TARGET,
                       g_strdup_printf("The database is at %s: nothing is to be done for %s",
                                       *heads ? heads : "base", facts->preview->target),
                       g_strdup("GET /admin/migrations tells where it is"));
}

static Refusal *ask_steps(const GuardFacts *facts)
{
    guint count = facts->preview ? facts->preview->steps->len : 0;

    if (facts->direction == PLAN_UPGRADE || count <= facts->max_steps)
        return NULL;
    return refusal_new(GUARD_STEPS,
                       g_strdup_printf("%u revisions would be undone, and rollback.max_steps is %u",
                                       count, facts->max_steps),
                       g_strdup("roll back in smaller steps, or raise rollback.max_steps"));
}

static Refusal *ask_held(const GuardFacts *facts)
{
    return facts->preview ? refuse_error(GUARD_HELD, facts->preview->held) : NULL;
}

static Refusal *ask_half_run(const GuardFacts *facts)
{
    return facts->preview ? refuse_error(GUARD_HALF_RUN, facts->preview->half_run) : NULL;
}

static Refusal *ask_reversible(const GuardFacts *facts)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *joined = NULL;

    if (!facts->preview || facts->direction == PLAN_UPGRADE)
        return NULL;
    for (guint i = 0; i < facts->preview->steps->len; i++) {
        const PreviewStep *step = g_ptr_array_index(facts->preview->steps, i);

        if (!step->is_reversible)
            g_ptr_array_add(names, step->revision);
    }
    if (!names->len)
        return NULL;
    joined = join(names);
    return refusal_new(GUARD_IRREVERSIBLE,
                       g_strdup_printf("There is no SQL that undoes %s", joined),
                       g_strdup("write it below \"-- migrate:down\" in the file, or go forward: a "
                                "new revision that repairs"));
}

static Refusal *ask_checksums(const GuardFacts *facts)
{
    return facts->preview ? refuse_error(GUARD_CHECKSUM, facts->preview->mismatch) : NULL;
}

static char *describe_drift(const Preview *preview)
{
    g_autofree char *missing = join(preview->drift);
    g_autofree char *changed = join(preview->changed);

    if (!preview->changed->len)
        return g_strdup_printf("The SQL needs %s, which is not there", missing);
    if (!preview->drift->len)
        return g_strdup_printf("Not as the last run left it: %s", changed);
    return g_strdup_printf("The SQL needs %s, which is not there; not as the last run left it: %s",
                           missing, changed);
}

static Refusal *ask_drift(const GuardFacts *facts)
{
    const Preview *preview = facts->preview;

    if (!preview || facts->direction == PLAN_UPGRADE || facts->accepts_drift ||
        !(preview->drift->len + preview->changed->len))
        return NULL;
    return refusal_new(GUARD_DRIFT, describe_drift(preview),
                       g_strdup("pgsluice drift shows what was changed by hand; \"accept_drift\": "
                                "true runs it all the same"));
}

static char *describe_loss(const PreviewLoss *loss)
{
    if (loss->kind == LOSS_UNKNOWN)
        return g_strdup("whatever its code destroys");
    if (loss->kind == LOSS_DEPENDENTS)
        return g_strdup_printf("what depends on %s", loss->name);
    return g_strdup_printf("%s %s", loss_kind_name(loss->kind), loss->name);
}

static Refusal *ask_data_loss(const GuardFacts *facts)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *joined = NULL;

    if (!facts->preview || facts->direction == PLAN_UPGRADE || facts->accepts_data_loss)
        return NULL;
    for (guint i = 0; i < facts->preview->losses->len; i++) {
        const PreviewLoss *loss = g_ptr_array_index(facts->preview->losses, i);

        if (preview_loss_is_data(loss))
            g_ptr_array_add(names, describe_loss(loss));
    }
    if (!names->len)
        return NULL;
    joined = join(names);
    return refusal_new(GUARD_DATA_LOSS, g_strdup_printf("What would be lost: %s", joined),
                       g_strdup("\"losses\" of the dry run has the row counts; when they can go: "
                                "\"accept_data_loss\": true"));
}

static Refusal *ask_digest(const GuardFacts *facts)
{
    ConfirmVerdict verdict;

    if (!facts->preview)
        return NULL;
    if (!facts->confirm)
        return refuse(GUARD_DIGEST, "The request confirms no plan",
                      "make a dry run, read it, and send its \"digest\" as \"confirm\"");
    verdict =
        confirm_check(facts->preview->content, facts->confirm, facts->now, facts->confirm_within);
    if (verdict == CONFIRM_GOOD)
        return NULL;
    return refuse(GUARD_DIGEST,
                  verdict == CONFIRM_EXPIRED
                      ? "The digest has expired"
                      : "The digest is not that of what would be run now: heads, files, variables "
                        "or the target are others",
                  "make a dry run again, read it, and send its \"digest\" as \"confirm\"");
}

static Refusal *ask_busy(const GuardFacts *facts)
{
    if (!facts->holder)
        return NULL;
    return refusal_new(GUARD_BUSY,
                       g_strdup_printf("The database is being changed: %s", facts->holder),
                       g_strdup("wait for its end, then read GET /admin/migrations again"));
}

static Refusal *ask_instances(const GuardFacts *facts)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *joined = NULL;

    if (!facts->preview || !facts->preview->instances->len)
        return NULL;
    for (guint i = 0; i < facts->preview->instances->len; i++)
        g_ptr_array_add(names, ((Instance *)facts->preview->instances->pdata[i])->name);
    joined = join(names);
    return refusal_new(GUARD_INSTANCES, g_strdup_printf("They are still running: %s", joined),
                       g_strdup("stop them first, or deploy the older version to them"));
}

typedef Refusal *(*Ask)(const GuardFacts *facts);

/* NULL: asked elsewhere, of the request. */
static const Ask asks[GUARD_COUNT] = {
    [GUARD_DISABLED] = ask_enabled,
    [GUARD_NOT_CONTROLLED] = ask_controlled,
    [GUARD_FOREIGN] = ask_foreign,
    [GUARD_NO_PRECONDITION] = ask_has_precondition,
    [GUARD_PRECONDITION] = ask_precondition,
    [GUARD_TARGET] = ask_target,
    [GUARD_STEPS] = ask_steps,
    [GUARD_HELD] = ask_held,
    [GUARD_HALF_RUN] = ask_half_run,
    [GUARD_IRREVERSIBLE] = ask_reversible,
    [GUARD_CHECKSUM] = ask_checksums,
    [GUARD_DRIFT] = ask_drift,
    [GUARD_DATA_LOSS] = ask_data_loss,
    [GUARD_DIGEST] = ask_digest,
    [GUARD_BUSY] = ask_busy,
    [GUARD_INSTANCES] = ask_instances,
};

Refusal *guards_ask(const GuardFacts *facts, Guard first, Guard last)
{
    for (Guard guard = first; guard <= last; guard++) {
        Refusal *refusal = asks[guard] ? asks[guard](facts) : NULL;

        if (refusal)
            return refusal;
    }
    return NULL;
}

GPtrArray *guards_foresee(const GuardFacts *facts)
{
    GPtrArray *refusals = g_ptr_array_new_with_free_func((GDestroyNotify)refusal_free);

    for (Guard guard = 0; guard < GUARD_COUNT; guard++) {
        Refusal *refusal = NULL;

        if (guard != GUARD_NO_PRECONDITION && guard != GUARD_PRECONDITION && guard != GUARD_DIGEST)
            refusal = guards_ask(facts, guard, guard);
        if (refusal)
            g_ptr_array_add(refusals, refusal);
    }
    return refusals;
}
