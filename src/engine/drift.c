/* The two sides of a baseline, object by object. */
#include "engine/drift.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/names.h"
#include "base/secret.h"
#include "base/textarray.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

enum { NAMES_MAX = 8 };

static void object_free(gpointer data)
{
    DriftObject *object = data;

    g_free(object->kind);
    g_free(object->name);
    g_free(object->recorded);
    g_free(object->live);
    g_strfreev(object->relations);
    g_free(object);
}

void drift_free(Drift *drift)
{
    if (!drift)
        return;
    g_strfreev(drift->recorded_for);
    g_strfreev(drift->heads);
    g_free(drift->recorded_at);
    g_ptr_array_unref(drift->objects);
    g_free(drift);
}

const char *drift_change_name(ChangeKind change)
{
    static const char *const names[] = {
        [CHANGE_ADDED] = "added", [CHANGE_REMOVED] = "removed", [CHANGE_ALTERED] = "changed"};

    return names[change];
}

/* --- Saying it -------------------------------------------------------------------------------- */

static char *join_heads(char *const *heads)
{
    return heads[0] ? names_join((const char *const *)heads, NAMES_MAX) : g_strdup("base");
}

char *drift_describe_state(const Drift *drift)
{
    g_autofree char *heads = join_heads(drift->heads);
    g_autofree char *recorded = join_heads(drift->recorded_for);

    switch (drift->state) {
    case BASELINE_GOOD:
        return NULL;
    case BASELINE_HALF_RUN:
        return g_strdup("a revision is half-run: there is nothing to compare with before it is "
                        "complete");
    case BASELINE_MISSING:
        return g_strdup("the schema has not been recorded yet");
    case BASELINE_STALE:
        return g_strdup_printf("the schema is not recorded for these heads (%s): the last record "
                               "is that of %s",
                               heads, recorded);
    case BASELINE_OTHER:
        return g_strdup("the schema was recorded with other migrations.schemas or "
                        "migrations.exclude, or on another major version of the server");
    default:
        return g_strdup("the record of the schema was changed by somebody else");
    }
}

char *drift_describe(const Drift *drift)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < drift->objects->len; i++) {
        const DriftObject *object = g_ptr_array_index(drift->objects, i);

        g_ptr_array_add(names, g_strdup_printf("%s %s (%s)", object->kind, object->name,
                                               drift_change_name(object->change)));
    }
    g_ptr_array_add(names, NULL);
    return names_join((const char *const *)names->pdata, NAMES_MAX);
}

/* --- What it has to do with ------------------------------------------------------------------- */

static void add_relation(GStrvBuilder *relations, const Object *object)
{
    for (; object; object = object->parent)
        g_strv_builder_add(relations, object->reference);
}

/* A removed object has left its name only: 'orders', or 'orders_pkey ON public.orders'. */
static char **relations_of(const Object *object, const char *name)
{
    g_autoptr(GStrvBuilder) relations = g_strv_builder_new();
    const char *on = strstr(name, " ON ");

    g_strv_builder_add(relations, name);
    if (on)
        g_strv_builder_add(relations, on + strlen(" ON "));
    if (object)
        add_relation(relations, object->parent);
    for (guint i = 0; object && object->needs && i < object->needs->len; i++)
        add_relation(relations, object->needs->pdata[i]);
    return g_strv_builder_end(relations);
}

gboolean drift_object_touches(const DriftObject *object, GHashTable *relations)
{
    for (char **name = object->relations; *name; name++)
        if (g_hash_table_contains(relations, *name))
            return TRUE;
    return FALSE;
}

/* --- Comparing -------------------------------------------------------------------------------- */

static void add_object(Drift *drift, const Baseline *baseline, const FingerprintChange *change)
{
    const Object *live = catalog_find(baseline->catalog, change->identity);
    const char *space = strchr(change->identity, ' ');
    DriftObject *object = g_new0(DriftObject, 1);

    object->change = change->kind;
    object->kind =
        space ? g_strndup(change->identity, (gsize)(space - change->identity)) : g_strdup("object");
    object->name = g_strdup(space ? space + 1 : change->identity);
    object->relations = relations_of(change->kind == CHANGE_REMOVED ? NULL : live, object->name);
    g_ptr_array_add(drift->objects, object);
}

static Drift *drift_of(const Baseline *baseline)
{
    static char *none[] = {NULL};
    Drift *drift = g_new0(Drift, 1);
    g_autoptr(GPtrArray) changes = NULL;

    drift->checked_at = clock_wall();
    drift->state = baseline->state;
    drift->recorded_for = g_strdupv(baseline->heads ? baseline->heads : none);
    drift->recorded_at = g_strdup(baseline->recorded_at);
    drift->heads = g_strdupv(baseline->heads_now);
    drift->objects = g_ptr_array_new_with_free_func(object_free);
    if (baseline->state != BASELINE_GOOD)
        return drift;
    changes = fingerprints_compare(baseline->recorded, baseline->live);
    for (guint i = 0; i < changes->len; i++)
        add_object(drift, baseline, changes->pdata[i]);
    return drift;
}

/* --- Texts ------------------------------------------------------------------------------------ */

static char *identity_of_object(const DriftObject *object)
{
    return g_strconcat(object->kind, " ", object->name, NULL);
}

static gboolean read_recorded_texts(Session *session, const Drift *drift, GHashTable *texts,
                                    GError **error)
{
    g_autofree char *sql = session_expand(session, sql_read_object_texts);
    g_autoptr(GPtrArray) identities = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *array = NULL;
    g_autoptr(Result) result = NULL;

    for (guint i = 0; i < drift->objects->len; i++)
        g_ptr_array_add(identities, identity_of_object(drift->objects->pdata[i]));
    g_ptr_array_add(identities, NULL);
    array = text_array_format((const char *const *)identities->pdata);
    if (!conn_exec_params(session->conn, sql, 1, (const char *[]){array}, &result, error))
        return FALSE;
    for (int i = 0; i < result_rows(result); i++)
        g_hash_table_insert(texts, g_strdup(result_text(result, i, 0)),
                            g_strdup(result_text(result, i, 1)));
    return TRUE;
}

static gboolean add_texts(Session *session, const Baseline *baseline, Drift *drift, GError **error)
{
    g_autoptr(GHashTable) texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    if (drift->objects->len && !read_recorded_texts(session, drift, texts, error))
        return FALSE;
    for (guint i = 0; i < drift->objects->len; i++) {
        DriftObject *object = g_ptr_array_index(drift->objects, i);
        g_autofree char *identity = identity_of_object(object);
        g_autofree char *text = NULL;

        object->recorded = g_strdup(g_hash_table_lookup(texts, identity));
        if (object->change == CHANGE_REMOVED)
            continue;
        text = ddl_text(catalog_find(baseline->catalog, identity), DDL_ALL);
        object->live = secret_redact(text);
    }
    return TRUE;
}

Drift *drift_read(Session *session, gboolean wants_texts, GError **error)
{
    g_autoptr(Baseline) baseline = baseline_read(session, error);
    g_autoptr(Drift) drift = baseline ? drift_of(baseline) : NULL;

    if (!drift || (wants_texts && !add_texts(session, baseline, drift, error)))
        return NULL;
    return g_steal_pointer(&drift);
}

/* --- Accepting -------------------------------------------------------------------------------- */

static gboolean require_acceptable(const Baseline *baseline, GError **error)
{
    if (baseline->state == BASELINE_HALF_RUN) {
        error_set(error, ERROR_REFUSED, "a revision is half-run: no heads have this schema");
        error_set_hint(error, "pgsluice upgrade or downgrade completes it; pgsluice status says "
                              "which one");
        return FALSE;
    }
    return TRUE;
}

static char *describe_accepted(const Drift *drift)
{
    g_autofree char *state = drift_describe_state(drift);
    g_autofree char *objects = drift_describe(drift);

    return g_strdup_printf("the schema is recorded as it is: %s", state ? state : objects);
}

static gboolean write_accepted(Session *session, const Baseline *baseline, const Drift *drift,
                               const RunOrigin *origin, GError **error)
{
    g_autofree char *message = describe_accepted(drift);
    g_autofree char *run = run_format(session, origin, error);
    g_autoptr(BaselineRecord) record = NULL;

    if (!run)
        return FALSE;
    record = baseline_record(session, baseline, NULL, message, run);
    return conn_exec_params(session->conn, record->sql, (int)record->values->len,
                            (const char *const *)record->values->pdata, NULL, error);
}

static Drift *accept_locked(Session *session, const RunOrigin *origin, const EventSink *events,
                            GError **error)
{
    g_autoptr(Baseline) baseline = NULL;
    g_autoptr(Drift) drift = NULL;

    if (!session_prepare_state(session, events, error) ||
        !(baseline = baseline_read(session, error)) || !require_acceptable(baseline, error))
        return NULL;
    drift = drift_of(baseline);
    if ((drift->state != BASELINE_GOOD || drift->objects->len) &&
        !write_accepted(session, baseline, drift, origin, error))
        return NULL;
    return g_steal_pointer(&drift);
}

gboolean drift_accept(Session *session, const RunOrigin *origin, const EventSink *events,
                      Drift **drift, GError **error)
{
    gboolean taken;

    if (!session_lock(session, NULL, NULL, &taken, events, error))
        return FALSE;
    *drift = accept_locked(session, origin, events, error);
    if (session_unlock(session, *drift ? error : NULL) && *drift)
        return TRUE;
    g_clear_pointer(drift, drift_free);
    return FALSE;
}
