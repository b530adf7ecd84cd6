/* Reading both sides at once, and what has to be written so that they are the same. */
#include "engine/baseline.h"

#include <string.h>

#include "base/secret.h"
#include "base/textarray.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

/* Raised whenever the same object would get another text. */
#define TEXT_FORM "2"

/* The columns of read_baseline.sql. */
enum {
    COLUMN_HEADS,
    COLUMN_FINGERPRINT,
    COLUMN_MADE_WITH,
    COLUMN_RECORDED_AT,
    COLUMN_HEADS_NOW,
    COLUMN_IS_HALF_RUN,
};

typedef struct {
    Baseline *baseline;
    char *fingerprint;
    char *made_with;
    gboolean is_half_run;
} Reading;

static void reading_clear(Reading *reading)
{
    baseline_free(reading->baseline);
    g_free(reading->fingerprint);
    g_free(reading->made_with);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

void baseline_free(Baseline *baseline)
{
    if (!baseline)
        return;
    g_strfreev(baseline->heads);
    g_strfreev(baseline->heads_now);
    g_free(baseline->recorded_at);
    fingerprints_free(baseline->recorded);
    fingerprints_free(baseline->live);
    g_clear_pointer(&baseline->catalog, catalog_free);
    g_free(baseline);
}

/* --- What is compared ------------------------------------------------------------------------- */

/* The daemon makes partitions of its usage log as time goes by. */
static gboolean is_partition_of_usage_log(const Table *table)
{
    static const char suffix[] = ".usage_logs";
    const char *parent = table->parents ? table->parents[0] : NULL;

    return table->partition_bound && parent && g_str_has_suffix(parent, suffix) &&
           g_str_has_prefix(table->base.name, suffix + 1);
}

gboolean baseline_is_made_at_run_time(const Object *object)
{
    for (; object; object = object->parent)
        if (object->kind == KIND_TABLE && is_partition_of_usage_log((const Table *)object))
            return TRUE;
    return FALSE;
}

static FingerprintSet *take_fingerprints(const Catalog *catalog)
{
    const GPtrArray *objects = catalog_objects(catalog);
    g_autoptr(GPtrArray) lasting = g_ptr_array_sized_new(objects->len);

    for (guint i = 0; i < objects->len; i++)
        if (!baseline_is_made_at_run_time(objects->pdata[i]))
            g_ptr_array_add(lasting, objects->pdata[i]);
    return fingerprints_of_objects(lasting, DDL_ALL);
}

static void append_list(GString *text, const char *name, const char *const *list)
{
    g_autofree char *array = list ? text_array_format(list) : g_strdup("{}");

    g_string_append_printf(text, " %s=%s", name, array);
}

/* What else decides which objects there are and what their texts say. */
static char *describe_making(const Session *session)
{
    const EngineSettings *settings = session->settings;
    GString *text = g_string_new("form=" TEXT_FORM);

    g_string_append_printf(text, " server=%d", conn_server_version(session->conn) / 10000);
    append_list(text, "schemas", settings->managed_schemas);
    append_list(text, "exclude", settings->unmanaged);
    return g_string_free(text, FALSE);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static void restart(gpointer data, G_GNUC_UNUSED gpointer unused)
{
    Reading *reading = data;

    baseline_free(reading->baseline);
    reading->baseline = g_new0(Baseline, 1);
    reading->baseline->recorded = fingerprints_open();
    g_clear_pointer(&reading->fingerprint, g_free);
    g_clear_pointer(&reading->made_with, g_free);
}

static void take_baseline(const Result *row, gpointer data)
{
    Reading *reading = data;
    Baseline *baseline = reading->baseline;

    baseline->heads_now = result_text_array(row, 0, COLUMN_HEADS_NOW);
    reading->is_half_run = result_boolean(row, 0, COLUMN_IS_HALF_RUN);
    if (!result_text(row, 0, COLUMN_FINGERPRINT))
        return;
    baseline->heads = result_text_array(row, 0, COLUMN_HEADS);
    baseline->recorded_at = g_strdup(result_text(row, 0, COLUMN_RECORDED_AT));
    reading->fingerprint = g_strdup(result_text(row, 0, COLUMN_FINGERPRINT));
    reading->made_with = g_strdup(result_text(row, 0, COLUMN_MADE_WITH));
}

static void take_object(const Result *row, gpointer data)
{
    fingerprints_add(((Reading *)data)->baseline->recorded, result_text(row, 0, 0),
                     result_text(row, 0, 1));
}

static BaselineState judge(const Session *session, const Reading *reading)
{
    const Baseline *baseline = reading->baseline;
    g_autofree char *making = describe_making(session);

    if (reading->is_half_run)
        return BASELINE_HALF_RUN;
    if (!baseline->heads)
        return BASELINE_MISSING;
    if (!g_strv_equal((const char *const *)baseline->heads,
                      (const char *const *)baseline->heads_now))
        return BASELINE_STALE;
    if (!g_str_equal(making, reading->made_with))
        return BASELINE_OTHER;
    return g_str_equal(baseline->recorded->digest, reading->fingerprint) ? BASELINE_GOOD
                                                                         : BASELINE_DAMAGED;
}

/* The record can be read as soon as its tables are there. */
static gboolean read_both(Session *session, Reading *reading, GError **error)
{
    g_autofree char *about = session_expand(session, sql_read_baseline);
    g_autofree char *objects = session_expand(session, sql_read_objects);
    const char *const questions[] = {about, objects, NULL};
    const ConnRow visits[] = {take_baseline, take_object};
    IntrospectMore more = {questions, visits, restart, reading};
    gboolean has_record = session->has_version_table && session->has_state;
    Catalog *catalog;

    restart(reading, NULL);
    catalog = introspect_catalog_and(session, NULL, has_record ? &more : NULL, error);
    reading->baseline->catalog = catalog; /* of the last try: each has a baseline of its own */
    return catalog != NULL;
}

Baseline *baseline_read(Session *session, GError **error)
{
    g_auto(Reading) reading = {NULL};
    Baseline *baseline;

    if (!read_both(session, &reading, error))
        return NULL;
    baseline = reading.baseline;
    if (!baseline->heads_now)
        baseline->heads_now = g_new0(char *, 1);
    fingerprints_close(baseline->recorded);
    baseline->live = take_fingerprints(baseline->catalog);
    baseline->state = judge(session, &reading);
    return g_steal_pointer(&reading.baseline);
}

/* --- Writing ---------------------------------------------------------------------------------- */

void baseline_record_free(BaselineRecord *record)
{
    if (!record)
        return;
    g_free(record->sql);
    g_ptr_array_unref(record->values);
    g_free(record);
}

/* Parallel arrays for unnest. */
typedef struct {
    GPtrArray *gone; /* borrowed */
    GPtrArray *identities;
    GPtrArray *digests;
    GPtrArray *texts; /* owned */
} Difference;

static void difference_clear(Difference *difference)
{
    g_ptr_array_unref(difference->gone);
    g_ptr_array_unref(difference->identities);
    g_ptr_array_unref(difference->digests);
    g_ptr_array_unref(difference->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Difference, difference_clear)

static void add_change(Difference *difference, const Baseline *baseline,
                       const FingerprintChange *change)
{
    g_autofree char *text = NULL;

    if (change->kind == CHANGE_REMOVED) {
        g_ptr_array_add(difference->gone, change->identity);
        return;
    }
    text = ddl_text(catalog_find(baseline->catalog, change->identity), DDL_ALL);
    g_ptr_array_add(difference->identities, change->identity);
    g_ptr_array_add(difference->digests,
                    (char *)fingerprints_find(baseline->live, change->identity));
    g_ptr_array_add(difference->texts, secret_redact(text));
}

static void add_array(GPtrArray *values, GPtrArray *texts)
{
    g_ptr_array_add(texts, NULL);
    g_ptr_array_add(values, text_array_format((const char *const *)texts->pdata));
}

static void add_difference(GPtrArray *values, const Baseline *baseline)
{
    g_autoptr(GPtrArray) changes = fingerprints_compare(baseline->recorded, baseline->live);
    g_auto(Difference) difference = {g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new(),
                                     g_ptr_array_new_with_free_func(g_free)};

    for (guint i = 0; i < changes->len; i++)
        add_change(&difference, baseline, changes->pdata[i]);
    add_array(values, difference.gone);
    add_array(values, difference.identities);
    add_array(values, difference.digests);
    add_array(values, difference.texts);
}

BaselineRecord *baseline_record(Session *session, const Baseline *baseline, const char *revision,
                                const char *message, const char *run)
{
    BaselineRecord *record = g_new(BaselineRecord, 1);
    GPtrArray *values = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(values, text_array_format((const char *const *)baseline->heads_now));
    g_ptr_array_add(values, g_strdup(baseline->live->digest));
    g_ptr_array_add(values, describe_making(session));
    g_ptr_array_add(values, g_strdup(revision));
    add_difference(values, baseline);
    g_ptr_array_add(values, secret_redact(message));
    g_ptr_array_add(values, run ? g_strdup(run) : g_strdup("{}"));
    *record = (BaselineRecord){session_expand(session, sql_record_baseline), values};
    return record;
}
