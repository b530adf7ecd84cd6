/* Guards, ledger and operations around the engine's own calls. */
#include "daemon/clerk.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/failpoint.h"
#include "base/names.h"
#include "engine/confirm.h"
#include "engine/hold.h"
#include "engine/ledger.h"
#include "engine/migrate.h"
#include "engine/operations.h"
#include "http/etag.h"
#include "revision/spec.h"
#include "view/answer.h"
#include "view/document.h"
#include "view/preview.h"

enum { NAMES_MAX = 8 };

void commission_free(Commission *commission)
{
    if (!commission)
        return;
    call_free(commission->call);
    g_free(commission->id);
    g_free(commission->action);
    g_free(commission->content);
    g_free(commission->holds);
    g_free(commission);
}

static PlanDirection direction_of(const Order *order)
{
    return order->kind == ORDER_ROLLBACK ? PLAN_DOWNGRADE : PLAN_UPGRADE;
}

static RunOrigin origin_of(const Call *call)
{
    return (RunOrigin){.actor = call->principal,
                       .reason = call->order ? call->order->reason : NULL,
                       .peer = call->peer,
                       .request_id = call->request_id};
}

/* The database failed to answer: the caller is told, and the worker. */
static gboolean fail(Call *call, GError *reason, GError **error)
{
    call_fail(call, reason);
    g_propagate_error(error, reason);
    return FALSE;
}

/* Without the words of a failed statement: the lock goes with the connection. */
static void unlock(const Clerk *clerk)
{
    if (conn_is_alive(session_conn(clerk->session)))
        session_unlock(clerk->session, NULL);
}

/* --- Refusals --------------------------------------------------------------------------------- */

static char *describe_refusal(const Call *call, const Refusal *refusal)
{
    g_autofree char *more =
        call->suppressed ? g_strdup_printf(" (and %u refused since the last one that is recorded)",
                                           call->suppressed)
                         : g_strdup("");

    return g_strdup_printf("%s refused, %s: %s%s", call->action, guard_slug(refusal->guard),
                           refusal->detail, more);
}

/* What cannot be recorded is refused all the same. */
static gboolean record_refusal(const Clerk *clerk, const Call *call, const Refusal *refusal,
                               GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(clerk->session, error);
    RunOrigin origin = origin_of(call);
    g_autofree char *message = describe_refusal(call, refusal);
    g_autofree char *run = NULL;

    if (!state)
        return FALSE;
    if (!state->has_state)
        return TRUE;
    run = run_format(clerk->session, &origin, error);
    return run && run_record_event(clerk->session, run, "refuse", NULL,
                                   (const char *const *)state->heads, NULL, NULL, message, error);
}

static gboolean refuse(const Clerk *clerk, Call *call, const Refusal *refusal, GError **error)
{
    call_refuse(call, refusal);
    return !desk_may_record(clerk->desk, call) || record_refusal(clerk, call, refusal, error);
}

/* --- Previews --------------------------------------------------------------------------------- */

/* What there is no plan for; everything else that goes wrong is no refusal. */
static gboolean is_target_error(const GError *error)
{
    return error_is(error, ERROR_UNKNOWN_REVISION) || error_is(error, ERROR_AMBIGUOUS) ||
           error_is(error, ERROR_USAGE);
}

static GuardFacts facts_of(const Clerk *clerk, const Call *call, const char *etag)
{
    const Conf *conf = clerk->bundle->conf;

    return (GuardFacts){
        .direction = direction_of(call->order),
        .is_enabled = conf_boolean(conf, CONF_ROLLBACK_ENABLED),
        .is_controlled = conf_boolean(conf, CONF_ENVIRONMENT_CONTROLLED),
        .if_match = call->if_match,
        .etag = etag,
        .matches = etag && etag_list_names(call->if_match, etag),
        .max_steps = (guint)conf_integer(conf, CONF_ROLLBACK_MAX_STEPS),
        .accepts_data_loss = call->order->accepts_data_loss,
        .accepts_drift = call->order->accepts_drift,
        .confirm = call->order->confirm,
        .now = clock_wall(),
        .confirm_within = conf_duration(conf, CONF_ROLLBACK_CONFIRM_WITHIN),
    };
}

static char *show_preview(const GuardFacts *facts)
{
    g_autoptr(GPtrArray) refusals = guards_foresee(facts);
    PreviewView view = {.preview = facts->preview, .etag = facts->etag, .refusals = refusals};
    g_autofree char *digest =
        confirm_issue(facts->preview->content, facts->now, facts->confirm_within, &view.expires_at);

    view.digest = digest;
    return preview_document(&view);
}

static gboolean find_holder(const Clerk *clerk, char **name, GError **error)
{
    const EngineSettings *settings = session_settings(clerk->session);
    LockKey key = lock_key(settings->version_table_schema, settings->version_table);
    g_autoptr(LockHolder) holder = NULL;

    if (!lock_find_holder(session_conn(clerk->session), key, &holder, error))
        return FALSE;
    *name = holder ? lock_holder_describe(holder) : NULL;
    return TRUE;
}

static gboolean answer_dry_run(const Clerk *clerk, Call *call, GError **error)
{
    g_autofree char *etag = desk_etag(clerk->desk);
    GuardFacts facts = facts_of(clerk, call, etag);
    g_autofree char *holder = NULL;
    GError *reason = NULL;
    g_autoptr(Preview) preview = preview_make(clerk->session, clerk->bundle->graph, facts.direction,
                                              call->order->target, &reason);

    if (!preview && is_target_error(reason)) {
        g_autoptr(GError) why = reason;
        g_autoptr(Refusal) refusal = NULL;

        facts.target_error = why;
        refusal = guards_ask(&facts, GUARD_TARGET, GUARD_TARGET);
        call_refuse(call, refusal);
        return TRUE;
    }
    if (!preview || !find_holder(clerk, &holder, &reason))
        return fail(call, reason, error);
    facts.preview = preview;
    facts.holder = holder;
    call_answer(call, 200, show_preview(&facts));
    return TRUE;
}

/* --- Holds ------------------------------------------------------------------------------------ */

static char *choose_current(const DatabaseState *state, GError **error)
{
    if (!state->heads[0] || !state->heads[1])
        return g_strdup(state->heads[0] ? state->heads[0] : "");
    error_set(error, ERROR_AMBIGUOUS, "the database is at several heads");
    error_set_hint(error, "name the revision that boots must not pass as \"target\"");
    return NULL;
}

static char *choose_target(const Clerk *clerk, const char *target, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(clerk->session, error);
    const Revision *revision;

    if (!state)
        return NULL;
    if (!target || g_str_equal(target, "current"))
        return choose_current(state, error);
    if (g_str_equal(target, "base"))
        return g_strdup("");
    revision = spec_resolve_one(clerk->bundle->graph, target, (const char *const *)state->heads,
                                SPEC_FOR_STAMP, error);
    return revision ? g_strdup(revision->id) : NULL;
}

static gboolean answer_hold_now(const Clerk *clerk, Call *call, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(clerk->session, error);
    g_autoptr(Answer) answer = answer_new();

    if (!state)
        return FALSE;
    answer_add_text(answer, "target", state->hold ? state->hold->target : NULL);
    answer_add_text(answer, "reason", state->hold ? state->hold->reason : NULL);
    answer_add_text(answer, "actor", state->hold ? state->hold->actor : NULL);
    answer_add_text(answer, "since", state->hold ? state->hold->since : NULL);
    call_answer(call, 200, answer_format(answer));
    return TRUE;
}

/* The first change of all makes the tables, and needs the lock for that. Nobody waits for it here:
 * *holder (g_free) has it, and NULL means that the hold can be set. */
static gboolean prepare_hold(const Clerk *clerk, char **holder, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(clerk->session, error);
    g_autoptr(LockHolder) other = NULL;
    gboolean has_lock = TRUE;

    if (!state)
        return FALSE;
    if (state->has_version_table && state->has_state)
        return TRUE;
    if (!session_lock_now(clerk->session, &has_lock, &other, error))
        return FALSE;
    if (!has_lock)
        *holder = other ? lock_holder_describe(other) : g_strdup("somebody who has just left");
    return TRUE;
}

static gboolean set_hold(const Clerk *clerk, Call *call, const char *target, GError **error)
{
    RunOrigin origin = origin_of(call);
    gboolean is_set = hold_set(clerk->session, target, &origin, NULL, error);

    unlock(clerk);
    return is_set && answer_hold_now(clerk, call, error);
}

static gboolean answer_hold(const Clerk *clerk, Call *call, GError **error)
{
    GError *reason = NULL;
    g_autofree char *holder = NULL;
    g_autofree char *target = choose_target(clerk, call->order->target, &reason);

    if (!target && is_target_error(reason)) {
        g_autoptr(GError) why = reason;
        GuardFacts facts = {.target_error = why};
        g_autoptr(Refusal) refusal = guards_ask(&facts, GUARD_TARGET, GUARD_TARGET);

        return refuse(clerk, call, refusal, error);
    }
    if (!target || !prepare_hold(clerk, &holder, &reason))
        return fail(call, reason, error);
    if (holder) {
        GuardFacts facts = {.holder = holder};
        g_autoptr(Refusal) refusal = guards_ask(&facts, GUARD_BUSY, GUARD_BUSY);

        return refuse(clerk, call, refusal, error);
    }
    return set_hold(clerk, call, target, &reason) || fail(call, reason, error);
}

static gboolean answer_release(const Clerk *clerk, Call *call, GError **error)
{
    RunOrigin origin = origin_of(call);
    g_autofree char *released = NULL;
    GError *reason = NULL;

    if (!hold_release(clerk->session, &origin, &released, &reason))
        return fail(call, reason, error);
    call_answer_empty(call, 204);
    return TRUE;
}

/* --- Small calls ------------------------------------------------------------------------------ */

static void answer_absent(Call *call, const char *slug, const char *detail, const char *hint)
{
    const HttpProblem problem = {.status = 404, .slug = slug, .detail = detail, .hint = hint};
    HttpReply *reply = g_steal_pointer(&call->reply);

    http_reply_send(reply, http_reply_problem(reply, &problem));
}

static gboolean answer_lookup(const Clerk *clerk, Call *call, GError **error)
{
    g_autoptr(OperationRow) row = NULL;
    GError *reason = NULL;

    if (!operations_find(clerk->session, call->operation, &row, &reason))
        return fail(call, reason, error);
    if (row)
        call_answer(call, 200, g_strdup(row->document ? row->document : row->answer));
    else
        answer_absent(call, "unknown-operation", "No operation has this id",
                      "pgsluice audit tells what was done to the database");
    return TRUE;
}

typedef struct {
    GString *text;
    gboolean has_rows;
} Rows;

static void add_row(const LedgerRow *row, gpointer data)
{
    Rows *rows = data;
    g_autofree char *document = ledger_row_document(row);

    g_string_append(rows->text, rows->has_rows ? "," : "");
    g_string_append(rows->text, document);
    rows->has_rows = TRUE;
}

static gboolean answer_ledger(const Clerk *clerk, Call *call, GError **error)
{
    Rows rows = {g_string_new("["), FALSE};
    GError *reason = NULL;

    if (!ledger_read_end(clerk->session, call->since, call->limit, add_row, &rows, &reason)) {
        g_string_free(rows.text, TRUE);
        return fail(call, reason, error);
    }
    g_string_append(rows.text, "]\n");
    call_answer(call, 200, g_string_free(rows.text, FALSE));
    return TRUE;
}

static char *describe_revision(const Clerk *clerk, const char *name, GError **error)
{
    const Graph *graph = clerk->bundle->graph;
    g_autoptr(DatabaseState) state = session_read_state(clerk->session, error);
    const char *const *heads = state ? (const char *const *)state->heads : NULL;
    const Revision *revision =
        state ? spec_resolve_one(graph, name, heads, SPEC_FOR_SHOW, error) : NULL;
    g_autoptr(RevisionBody) body = revision ? revision_read_body(revision, error) : NULL;
    g_autoptr(GPtrArray) records = body ? records_read(clerk->session, error) : NULL;
    g_autoptr(GHashTable) applied = records ? graph_applied(graph, heads) : NULL;

    return applied ? revision_document(graph, revision, body, records_find(records, revision->id),
                                       g_hash_table_contains(applied, revision))
                   : NULL;
}

static gboolean answer_revision(const Clerk *clerk, Call *call, GError **error)
{
    GError *reason = NULL;
    char *document = describe_revision(clerk, call->revision, &reason);

    if (document) {
        call_answer(call, 200, document);
    } else if (is_target_error(reason)) {
        answer_absent(call, "unknown-revision", reason->message, error_hint(reason));
        g_error_free(reason);
    } else {
        return fail(call, reason, error);
    }
    return TRUE;
}

gboolean clerk_answer(const Clerk *clerk, Call *call, GError **error)
{
    if (call->kind == CALL_LEDGER)
        return answer_ledger(clerk, call, error);
    if (call->kind == CALL_REVISION)
        return answer_revision(clerk, call, error);
    if (call->kind == CALL_LOOKUP)
        return answer_lookup(clerk, call, error);
    if (call->kind == CALL_NOTE)
        return record_refusal(clerk, call, call->refusal, error);
    if (call->order->kind == ORDER_HOLD)
        return answer_hold(clerk, call, error);
    if (call->order->kind == ORDER_RELEASE)
        return answer_release(clerk, call, error);
    return answer_dry_run(clerk, call, error);
}

/* --- Changes ---------------------------------------------------------------------------------- */

/* The first answer, or the end to whoever would wait for it. One that still runs elsewhere is not
 * waited for: this daemon would not hear of its end. */
static void answer_repeat(Call *call, const OperationRow *row)
{
    if (call->wait && row->document)
        call_end(call, row->id, row->document);
    else
        call_accept(call, row->id, row->answer);
}

/* The database may know the key from before, or from another daemon. */
static gboolean repeat(const Clerk *clerk, Call *call, const OperationRow *row, GError **error)
{
    g_autoptr(Refusal) refusal = NULL;

    if (g_str_equal(row->body_digest, call->body_digest)) {
        answer_repeat(call, row);
        return TRUE;
    }
    refusal = refusal_new(
        GUARD_KEY_REUSED,
        g_strdup_printf("It was sent before with another body, for operation %s", row->id),
        g_strdup("send each new request with a new key"));
    return refuse(clerk, call, refusal, error);
}

/* "rolled back from b to a: why" */
static char *explain_hold(const Preview *preview, const char *reason)
{
    g_autofree char *from = names_join((const char *const *)preview->from, NAMES_MAX);
    g_autofree char *to = names_join((const char *const *)preview->to, NAMES_MAX);

    return g_strdup_printf("rolled back from %s to %s: %s", from, *to ? to : "base", reason);
}

static Task *task_of(const Call *call, const Preview *preview, const char *id)
{
    Task *task = task_new();

    task->id = g_strdup(id);
    task->kind = g_strdup(order_kind_name(call->order->kind));
    task->principal = g_strdup(call->principal);
    task->peer = g_strdup(call->peer);
    task->reason = g_strdup(call->order->reason);
    task->request_id = g_strdup(call->request_id);
    task->target = g_strdup(call->order->target);
    task->from = g_strdupv(preview->from);
    task->digest = g_strdup(call->order->confirm);
    task->started_at = clock_wall();
    task->key = g_strdup(call->key);
    task->body_digest = g_strdup(call->body_digest);
    return task;
}

static Commission *commission_new(const Preview *preview, char *id, Call *call)
{
    Commission *commission = g_new0(Commission, 1);

    commission->id = id;
    commission->direction = preview->direction;
    commission->action = g_strdup(call->action);
    commission->content = g_strdup(preview->content);
    if (preview->direction == PLAN_DOWNGRADE)
        commission->holds = explain_hold(preview, call->order->reason);
    commission->call = call;
    return commission;
}

/* The row first: from here on the key stands for this operation, whatever happens to us. */
static gboolean accept(const Clerk *clerk, Call *call, const Preview *preview,
                       Commission **commission, GError **error)
{
    g_autofree char *id = g_uuid_string_random();
    g_autofree char *gate = desk_state(clerk->desk);
    g_autoptr(Task) task = task_of(call, preview, id);
    OperationRow row = {.id = id,
                        .principal = call->principal,
                        .key = call->key,
                        .body_digest = call->body_digest,
                        .from = preview->from,
                        .to = preview->to};

    task->answer = task_document(task, gate);
    row.answer = task->answer;
    if (!operations_begin(clerk->session, &row, error))
        return FALSE;
    FAILPOINT("operation-begun");
    desk_begin(clerk->desk, g_steal_pointer(&task), call);
    *commission = commission_new(preview, g_steal_pointer(&id), call);
    return TRUE;
}

/* Under the lock when `has_lock`: what the guards see then stays so. */
static gboolean ask_guards(const Clerk *clerk, const Call *call, const char *holder,
                           gboolean has_lock, Preview **preview, Refusal **refusal, GError **error)
{
    g_autofree char *etag = desk_etag(clerk->desk);
    GuardFacts facts = facts_of(clerk, call, etag);
    g_autoptr(GError) reason = NULL;

    *refusal = guards_ask(&facts, GUARD_DISABLED, GUARD_PRECONDITION);
    if (*refusal)
        return TRUE;
    *preview = preview_make(clerk->session, clerk->bundle->graph, facts.direction,
                            call->order->target, &reason);
    if (!*preview && !is_target_error(reason)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    facts.preview = *preview;
    facts.target_error = reason;
    facts.holder = has_lock ? NULL : holder ? holder : "somebody who has just left";
    *refusal = guards_ask(&facts, GUARD_FOREIGN, GUARD_INSTANCES);
    return TRUE;
}

/* The lock is tried first, so that all guards look at what cannot move any more. */
static gboolean decide(const Clerk *clerk, Call *call, Commission **commission, GError **error)
{
    g_autoptr(Preview) preview = NULL;
    g_autoptr(Refusal) refusal = NULL;
    g_autoptr(LockHolder) holder = NULL;
    g_autofree char *who = NULL;
    gboolean has_lock = FALSE;
    gboolean is_asked;

    if (!session_lock_now(clerk->session, &has_lock, &holder, error))
        return FALSE;
    who = holder ? lock_holder_describe(holder) : NULL;
    is_asked = ask_guards(clerk, call, who, has_lock, &preview, &refusal, error);
    if (is_asked && !refusal && accept(clerk, call, preview, commission, error))
        return TRUE;
    unlock(clerk);
    return is_asked && refusal && refuse(clerk, call, refusal, error);
}

gboolean clerk_consider(const Clerk *clerk, Call *call, Commission **commission, GError **error)
{
    g_autoptr(OperationRow) row = NULL;
    GError *reason = NULL;
    gboolean is_done;

    *commission = NULL;
    is_done = operations_find_key(clerk->session, call->principal, call->key, &row, &reason) &&
              (row ? repeat(clerk, call, row, &reason) : decide(clerk, call, commission, &reason));
    if (!is_done && call->reply)
        call_fail(call, reason);
    if (!is_done)
        g_propagate_error(error, reason);
    if (!*commission) {
        desk_drop_claim(clerk->desk, call);
        call_free(call);
    }
    return is_done;
}

/* --- Running ---------------------------------------------------------------------------------- */

static GError *error_of(const Refusal *refusal)
{
    GError *error = NULL;

    error_set(&error, ERROR_REFUSED, "%s: %s", guard_title(refusal->guard), refusal->detail);
    error_set_outcome(&error, "nothing was changed");
    error_set_hint(&error, "%s", refusal->hint ? refusal->hint : "make a dry run again");
    return error;
}

/* Rows may have come, and columns gone, while the traffic drained. */
static gboolean ask_again(const Clerk *clerk, const Commission *commission, GError **error)
{
    GuardFacts facts = facts_of(clerk, commission->call, NULL);
    g_autoptr(Preview) preview =
        preview_make(clerk->session, clerk->bundle->graph, commission->direction,
                     commission->call->order->target, error);
    g_autoptr(Refusal) refusal = NULL;

    if (!preview) {
        error_set_outcome(error, "nothing was changed");
        return FALSE;
    }
    facts.preview = preview;
    refusal = guards_ask(&facts, GUARD_FOREIGN, GUARD_DATA_LOSS);
    if (refusal)
        g_propagate_error(error, error_of(refusal));
    return !refusal;
}

static gboolean migrate(const Clerk *clerk, const Commission *commission, const EventSink *events,
                        GError **error)
{
    const Call *call = commission->call;
    const Graph *graph = clerk->bundle->graph;
    g_auto(MigrateResult) result = {0};
    MigrateOptions options = {.target = call->order->target,
                              .actor = call->principal,
                              .reason = call->order->reason,
                              .peer = call->peer,
                              .request_id = call->request_id,
                              .holds = commission->holds,
                              .confirmed = commission->content};

    return commission->direction == PLAN_UPGRADE
               ? migrate_upgrade(clerk->session, graph, &options, events, &result, error)
               : migrate_downgrade(clerk->session, graph, &options, events, &result, error);
}

gboolean clerk_run(const Clerk *clerk, const Commission *commission, const EventSink *events,
                   GError **error)
{
    gboolean is_done;

    FAILPOINT("operation-running");
    is_done = ask_again(clerk, commission, error) && migrate(clerk, commission, events, error);
    FAILPOINT("operation-run");
    unlock(clerk);
    return is_done;
}

/* --- Afterwards ------------------------------------------------------------------------------- */

static gboolean settle_foreign(const Clerk *clerk, const OperationRow *row, gboolean *is_done,
                               GError **error)
{
    g_autoptr(LockHolder) holder = NULL;
    g_autoptr(DatabaseState) state = NULL;
    g_autofree char *document = NULL;
    gboolean is_settled;

    if (!session_lock_now(clerk->session, is_done, &holder, error))
        return FALSE;
    if (!*is_done)
        return TRUE;
    state = session_read_state(clerk->session, error);
    if (state)
        document = task_settle_document(row->answer, (const char *const *)state->heads,
                                        (const char *const *)row->from,
                                        (const char *const *)row->to, clock_wall());
    is_settled = state && operations_settle(clerk->session, row->id, document, error);
    unlock(clerk);
    return is_settled;
}

static gboolean settle(const Clerk *clerk, const OperationRow *row, gboolean *is_done,
                       GError **error)
{
    gboolean is_running = FALSE;
    g_autofree char *document = desk_describe(clerk->desk, row->id, &is_running);

    *is_done = !is_running;
    if (!document)
        return settle_foreign(clerk, row, is_done, error);
    return is_running || operations_end(clerk->session, row->id, document, error);
}

gboolean clerk_settle(const Clerk *clerk, gboolean *is_done, GError **error)
{
    g_autoptr(GPtrArray) rows = operations_running(clerk->session, error);

    *is_done = TRUE;
    if (!rows)
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        gboolean is_settled;

        if (!settle(clerk, g_ptr_array_index(rows, i), &is_settled, error))
            return FALSE;
        *is_done &= is_settled;
    }
    return TRUE;
}
