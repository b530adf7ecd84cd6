/* Taking, barring and giving back the locks of the fence. */
#include "engine/fence.h"

#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/failpoint.h"
#include "engine/record.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

enum {
    NAMED_MAX = 8, /* instances that an error describes */
    BAR_PATIENCE =
        G_USEC_PER_SEC, /* with those who are in the way and not listed, see bar_patience */
};

#define ALL "" /* the id of the lock that every fence has besides */

static LockKey key_of(const Session *session, const char *id)
{
    return lock_key_of_fence(session->settings->version_table_schema,
                             session->settings->version_table, id);
}

/* The keys of the ids, and of what goes with them when there are any, as bigint[]; g_free. */
static char *format_keys(const Session *session, const char *const *ids, gboolean with_all)
{
    GString *text = g_string_new("{");

    if (with_all && *ids)
        g_string_append_printf(text, "%" G_GINT64_FORMAT, key_of(session, ALL).key);
    for (; *ids; ids++)
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT, text->len > 1 ? "," : "",
                               key_of(session, *ids).key);
    g_string_append_c(text, '}');
    return g_string_free(text, FALSE);
}

/* The two keys of the instance's lock, as parameters. */
typedef struct {
    char class_id[16];
    char version[16];
} InstanceKeys;

static InstanceKeys instance_keys(const Session *session)
{
    const EngineSettings *settings = session->settings;
    InstanceKeys keys;

    g_snprintf(keys.class_id, sizeof keys.class_id, "%d",
               lock_class_of_instances(settings->version_table_schema, settings->version_table));
    g_snprintf(keys.version, sizeof keys.version, "%d", version_pack(PACKAGE_VERSION));
    return keys;
}

/* A cancellation that was meant for the work before may arrive only now; a lock that is not given
 * back would stay as long as the session. */
static gboolean insist(Session *session, const char *sql, int count, const char *const *values,
                       GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (conn_exec_params(session->conn, sql, count, values, NULL, &reason))
        return TRUE;
    if (g_strcmp0(error_sqlstate(reason), "57014") == 0)
        return conn_exec_params(session->conn, sql, count, values, NULL, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

char *fence_own_locks(const Session *session, char **instance_class)
{
    static const char *const none[] = {NULL};
    const char *const *ids = session->fence ? (const char *const *)session->fence : none;
    g_autofree char *keys = format_keys(session, ids, TRUE);
    const char *bars = session->bars ? session->bars : "{}";
    const char *end = keys[1] != '}' && bars[1] != '}' ? "," : "";

    *instance_class = g_strdup(instance_keys(session).class_id);
    keys[strlen(keys) - 1] = '\0';
    return g_strconcat(keys, end, bars + 1, NULL);
}

/* --- Requiring -------------------------------------------------------------------------------- */

/* `keys` are the array; the instance's lock goes too when nothing else is left. */
static gboolean give_back(Session *session, const char *keys, gboolean with_instance,
                          GError **error)
{
    InstanceKeys instance = instance_keys(session);
    const char *values[] = {keys, with_instance ? instance.class_id : NULL,
                            with_instance ? instance.version : NULL};

    return insist(session, sql_fence_give_back, G_N_ELEMENTS(values), values, error);
}

/* What was held before and is not wanted any more, as bigint[]; g_free. */
static char *format_dropped(const Session *session, const char *const *ids)
{
    g_autoptr(GPtrArray) dropped = g_ptr_array_new();

    for (char **id = session->fence; id && *id; id++)
        if (!g_strv_contains(ids, *id))
            g_ptr_array_add(dropped, *id);
    if (session->fence && *session->fence && !*ids)
        g_ptr_array_add(dropped, (gpointer)ALL);
    g_ptr_array_add(dropped, NULL);
    return format_keys(session, (const char *const *)dropped->pdata, FALSE);
}

/* Of the answer of fence_take.sql: the keys that are held only since, as bigint[] (g_free), and
 * what that makes of the whole. */
static char *weigh(const Result *result, gboolean *gained_instance, FenceOutcome *outcome)
{
    GString *gained = g_string_new("{");

    *outcome = FENCE_HELD;
    *gained_instance = FALSE;
    for (int row = 0; row < result_rows(result); row++) {
        const char *key = result_text(result, row, 0);
        gboolean is_held = result_boolean(result, row, 1);
        gboolean is_new = is_held && !result_boolean(result, row, 2);

        if (!key) {
            *gained_instance = is_new;
            continue;
        }
        if (is_new)
            g_string_append_printf(gained, "%s%s", gained->len > 1 ? "," : "", key);
        if (!is_held)
            *outcome = FENCE_BARRED;
        else if (is_new && *outcome == FENCE_HELD)
            *outcome = FENCE_TAKEN;
    }
    g_string_append_c(gained, '}');
    return g_string_free(gained, FALSE);
}

/* The server keeps locks that a statement took before it failed. */
static void undo_take(Session *session, const char *const *ids)
{
    g_autoptr(GPtrArray) taken = g_ptr_array_new();
    g_autofree char *keys = NULL;

    if (!conn_is_alive(session->conn))
        return;
    for (const char *const *id = ids; *id; id++)
        if (!session->fence || !g_strv_contains((const char *const *)session->fence, *id))
            g_ptr_array_add(taken, (gpointer)*id);
    if (*ids && !(session->fence && *session->fence))
        g_ptr_array_add(taken, (gpointer)ALL);
    g_ptr_array_add(taken, NULL);
    keys = format_keys(session, (const char *const *)taken->pdata, FALSE);
    give_back(session, keys, session->fence == NULL, NULL);
}

static int compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, each once: a lock is held as often as it was taken. */
static char **unique_ids(const char *const *ids)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *unique = g_ptr_array_new();

    for (; *ids; ids++)
        if (g_hash_table_add(seen, (gpointer)*ids))
            g_ptr_array_add(unique, g_strdup(*ids));
    g_ptr_array_sort(unique, compare_strings);
    g_ptr_array_add(unique, NULL);
    return (char **)g_ptr_array_free(unique, FALSE);
}

/* Takes `ids`, which are unique. */
static gboolean take(Session *session, const char *const *ids, FenceOutcome *outcome,
                     GError **error)
{
    g_autofree char *keys = format_keys(session, ids, TRUE);
    InstanceKeys instance = instance_keys(session);
    const char *values[] = {keys, instance.class_id, instance.version};
    g_autoptr(Result) result = NULL;
    g_autofree char *gained = NULL;
    gboolean gained_instance;

    if (!conn_exec_params(session->conn, sql_fence_take, G_N_ELEMENTS(values), values, &result,
                          error)) {
        undo_take(session, ids);
        return FALSE;
    }
    gained = weigh(result, &gained_instance, outcome);
    return *outcome != FENCE_BARRED || give_back(session, gained, gained_instance, error);
}

gboolean fence_take(Session *session, const char *const *ids, FenceOutcome *outcome, GError **error)
{
    g_auto(GStrv) wanted = unique_ids(ids);
    g_autofree char *dropped = NULL;

    FAILPOINT("fence-taking");
    if (!take(session, (const char *const *)wanted, outcome, error)) {
        g_prefix_error(error, "taking the fence: ");
        return FALSE;
    }
    if (*outcome == FENCE_BARRED)
        return TRUE;
    dropped = format_dropped(session, (const char *const *)wanted);
    g_strfreev(session->fence);
    session->fence = g_steal_pointer(&wanted);
    return g_str_equal(dropped, "{}") || give_back(session, dropped, FALSE, error);
}

gboolean fence_release(Session *session, GError **error)
{
    g_autofree char *keys = NULL;

    if (!session->fence)
        return TRUE;
    keys = format_keys(session, (const char *const *)session->fence, TRUE);
    if (conn_is_alive(session->conn) && !give_back(session, keys, TRUE, error))
        return FALSE;
    g_clear_pointer(&session->fence, g_strfreev);
    return TRUE;
}

const char *const *fence_revisions(const Session *session)
{
    return (const char *const *)session->fence;
}

gboolean fence_is_listed(const Session *session, const GPtrArray *instances)
{
    int own = atoi(session->facts.backend_pid);

    for (guint i = 0; session->fence && i < instances->len; i++) {
        const Instance *instance = g_ptr_array_index(instances, i);

        if (instance->pid == own)
            return g_strv_equal((const char *const *)instance->required,
                                (const char *const *)session->fence);
    }
    return FALSE;
}

gboolean fence_hand_over(const Session *session, Session *next, GError **error)
{
    FenceOutcome outcome;

    return !session->fence ||
           fence_take(next, (const char *const *)session->fence, &outcome, error);
}

void fence_carry_over(Session *session, Session *old)
{
    g_auto(GStrv) ids = g_steal_pointer(&old->fence);
    FenceOutcome outcome;

    session->bars = g_steal_pointer(&old->bars);
    session->overrules_instances = old->overrules_instances;
    if (ids)
        fence_take(session, (const char *const *)ids, &outcome, NULL);
}

/* --- Undoing ---------------------------------------------------------------------------------- */

char **fence_undone_by_plan(const Plan *plan)
{
    GPtrArray *ids = g_ptr_array_new();

    for (guint i = 0; plan->direction == PLAN_DOWNGRADE && i < plan->steps->len; i++)
        g_ptr_array_add(ids, g_strdup(((const PlanStep *)plan->steps->pdata[i])->revision->id));
    g_ptr_array_add(ids, NULL);
    return (char **)g_ptr_array_free(ids, FALSE);
}

static void add_ids_of(GHashTable *ids, GHashTable *revisions)
{
    GHashTableIter iter;
    gpointer revision;

    g_hash_table_iter_init(&iter, revisions);
    while (g_hash_table_iter_next(&iter, &revision, NULL))
        g_hash_table_add(ids, ((const Revision *)revision)->id);
}

/* What `heads` imply beyond the files only the records tell. */
static void add_recorded(GHashTable *ids, char *const *unknown, const GPtrArray *records)
{
    for (; *unknown; unknown++)
        g_hash_table_add(ids, *unknown);
    for (guint i = 0; i < records->len; i++)
        g_hash_table_add(ids, ((const Record *)g_ptr_array_index(records, i))->revision);
}

char **fence_undone_by_stamp(Session *session, const Graph *graph, const DatabaseState *state,
                             const char *const *heads, GError **error)
{
    const char *const *from = (const char *const *)state->heads;
    g_auto(GStrv) unknown = graph_unknown(graph, from);
    g_autoptr(GPtrArray) records = *unknown ? records_read(session, error) : NULL;
    g_autoptr(GHashTable) before = graph_applied(graph, from);
    g_autoptr(GHashTable) after = graph_applied(graph, heads);
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) kept = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *undone;
    GHashTableIter iter;
    gpointer id;

    if (*unknown && !records)
        return NULL;
    add_ids_of(ids, before);
    if (records)
        add_recorded(ids, unknown, records);
    add_ids_of(kept, after);
    undone = g_ptr_array_new();
    g_hash_table_iter_init(&iter, ids);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        if (!g_hash_table_contains(kept, id) && !g_strv_contains(heads, id))
            g_ptr_array_add(undone, g_strdup(id));
    g_ptr_array_sort(undone, compare_strings);
    g_ptr_array_add(undone, NULL);
    return (char **)g_ptr_array_free(undone, FALSE);
}

/* The keys to ask for exclusively, as bigint[]; g_free. */
static char *format_bars(const Session *session, const char *const *undone)
{
    if (g_strv_length((char **)undone) > FENCE_BARS_MAX)
        return format_keys(session, (const char *const[]){ALL, NULL}, FALSE);
    return format_keys(session, undone, FALSE);
}

static void raise_bars(Session *session, char *keys)
{
    g_free(session->bars);
    session->bars = keys;
}

/* Tries them once and notes which ones are held; *refused when one is not to be had. */
static gboolean try_bars(Session *session, const char *keys, gboolean *refused, GError **error)
{
    GString *held = NULL;
    g_autoptr(Result) result = NULL;

    if (!conn_exec_params(session->conn, sql_fence_bar, 1, (const char *[]){keys}, &result,
                          error)) {
        if (conn_is_alive(session->conn)) /* it may have had some before it failed */
            insist(session, sql_fence_lift, 1, (const char *[]){keys}, NULL);
        return FALSE;
    }
    held = g_string_new("{");
    *refused = FALSE;
    for (int row = 0; row < result_rows(result); row++) {
        if (result_boolean(result, row, 1))
            g_string_append_printf(held, "%s%s", held->len > 1 ? "," : "",
                                   result_text(result, row, 0));
        else
            *refused = TRUE;
    }
    g_string_append_c(held, '}');
    raise_bars(session, g_string_free(held, FALSE));
    return TRUE;
}

/* Those for whom the change is refused: whoever requires one of `undone` or, when that would be too
 * many locks to ask for, anything. */
static GPtrArray *pick_in_the_way(const Session *session, const GPtrArray *instances,
                                  const char *const *undone)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) anything = NULL;

    if (g_strv_length((char **)undone) <= FENCE_BARS_MAX)
        return instances_that_require(instances, session, undone);
    for (guint i = 0; i < instances->len; i++)
        g_strv_builder_addv(builder,
                            (const char **)((const Instance *)instances->pdata[i])->required);
    anything = g_strv_builder_end(builder);
    return instances_that_require(instances, session, (const char *const *)anything);
}

static GPtrArray *find_in_the_way(Session *session, const Graph *graph, const char *const *undone,
                                  GError **error)
{
    g_autoptr(GPtrArray) instances = instances_read(session, graph, undone, error);
    g_autoptr(GPtrArray) picked = instances ? pick_in_the_way(session, instances, undone) : NULL;
    GPtrArray *found;

    if (!instances)
        return NULL;
    found = g_ptr_array_new_with_free_func(instance_free);
    for (guint i = 0, index; i < picked->len; i++)
        if (g_ptr_array_find(instances, picked->pdata[i], &index))
            g_ptr_array_add(found, g_ptr_array_steal_index_fast(instances, index));
    return found;
}

/* Tries again while those in the way may be about to leave: a program that was stopped a moment
 * ago, or the session of a rollback that died, whose locks the server gives back one by one,
 * perhaps the migration lock first. In between nothing is barred. */
static gboolean try_bars_patiently(Session *session, const char *keys, gboolean *refused,
                                   GError **error)
{
    Backoff patience = {.initial = 2 * G_TIME_SPAN_MILLISECOND,
                        .ceiling = 100 * G_TIME_SPAN_MILLISECOND,
                        .factor = 2.0,
                        .jitter = 0.2,
                        .deadline = clock_monotonic() + BAR_PATIENCE};

    while (try_bars(session, keys, refused, error)) {
        if (!*refused || !backoff_wait(&patience, session->cancel))
            return TRUE;
        if (!fence_lift(session, error))
            return FALSE;
    }
    return FALSE;
}

static void refuse(const GPtrArray *in_the_way, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < MIN(in_the_way->len, (guint)NAMED_MAX); i++) {
        g_autofree char *one = instance_describe(in_the_way->pdata[i]);

        g_string_append_printf(text, "%s%s", i ? ", " : "", one);
    }
    if (in_the_way->len > NAMED_MAX)
        g_string_append_printf(text, " and %u more", in_the_way->len - NAMED_MAX);
    error_set(error, ERROR_INSTANCES, "what would be undone is required by %s",
              in_the_way->len ? text->str : "a program that is not listed");
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "stop what requires it, or let it require less "
                          "(gate.required_revision); to undo it all the same: "
                          "--despite-instances");
}

gboolean fence_require(Session *session, const Graph *graph, const char *const *undone,
                       gboolean despite, char **overruled, GError **error)
{
    g_autofree char *keys = format_bars(session, undone);
    g_autoptr(GPtrArray) in_the_way = NULL;
    gboolean refused;

    g_assert(session->has_lock);
    *overruled = NULL;
    session->overrules_instances = despite;
    if (!*undone)
        return TRUE;
    if (!fence_lift(session, error) || /* what an earlier change could not give back */
        !try_bars_patiently(session, keys, &refused, error))
        return FALSE;
    if (!refused)
        return TRUE;
    in_the_way = find_in_the_way(session, graph, undone, error);
    if (!in_the_way)
        return FALSE;
    if (!despite) {
        fence_lift(session, NULL);
        refuse(in_the_way, error);
        return FALSE;
    }
    *overruled =
        in_the_way->len ? instances_name(in_the_way) : g_strdup("a program that is not listed");
    return TRUE;
}

gboolean fence_require_again(Session *session, GError **error)
{
    g_autofree char *keys = g_steal_pointer(&session->bars);
    gboolean refused;

    if (!keys)
        return TRUE;
    if (!try_bars_patiently(session, keys, &refused, error))
        return FALSE;
    if (!refused || session->overrules_instances)
        return TRUE;
    error_set(error, ERROR_INSTANCES,
              "while the connection was broken a program began to require what is being undone");
    error_set_hint(error, "pgsluice status lists the instances; --despite-instances goes on");
    return FALSE;
}

gboolean fence_lift(Session *session, GError **error)
{
    gboolean lifted = !session->bars || !conn_is_alive(session->conn) ||
                      insist(session, sql_fence_lift, 1, (const char *[]){session->bars}, error);

    if (lifted)
        raise_bars(session, NULL);
    return lifted;
}

GPtrArray *fence_find_in_the_way(Session *session, const Graph *graph, const Plan *plan,
                                 GError **error)
{
    g_auto(GStrv) undone = fence_undone_by_plan(plan);

    return find_in_the_way(session, graph, (const char *const *)undone, error);
}
