/* The INSERT and what its answers mean. */
#include "usage/store.h"

#include <string.h>

#include "base/error.h"
#include "usage/columns.h"
#include "usage/rows.h"
#include "usage/shape.h"
#include "usage/sql_usage.h"
#include "usage/uuid.h"

#define PLAIN_NAME "pgsluice_usage"
#define TELLING_NAME "pgsluice_usage_ids"

enum {
    COPY_FROM = 64, /* rows: COPY makes up for its second round trip and its parsing */
    WARY_FOR = 64,  /* batches with clients' ids, after one of them was there already */
};

struct Store {
    const StoreSettings *settings;
    Conn *conn;
    UsageShape *shape;
    Columns *columns;
    GByteArray *rows; /* of the last COPY */
    char *copy_sql;
    guint wary;      /* so many batches with clients' ids are not copied: they may be sent again */
    char *plain_sql; /* says how many rows are new */
    char *telling_sql;    /* says which */
    gboolean has_session; /* statements prepared and parameters set last */
    char *durable; /* synchronous_commit: as role, database and server want it, but at least on */
    StoreDurability durability; /* of the session now */
};

void store_close(Store *store)
{
    if (!store)
        return;
    conn_free(store->conn);
    columns_free(store->columns);
    if (store->rows)
        g_byte_array_unref(store->rows);
    g_free(store->copy_sql);
    usage_shape_free(store->shape);
    g_free(store->durable);
    g_free(store->plain_sql);
    g_free(store->telling_sql);
    g_free(store);
}

const char *const *store_action_types(const Store *store)
{
    return (const char *const *)store->shape->action_types;
}

static gboolean connect_to_server(Store *store, Cancel *cancel, GError **error)
{
    const StoreSettings *settings = store->settings;
    g_autoptr(Dsn) dsn = dsn_parse(secret_reveal(settings->url), error);
    g_autofree char *name = g_strdup_printf("pgsluice-usage/%s", settings->instance);

    if (!dsn) {
        g_prefix_error(error, "database.runtime_url: ");
        return FALSE;
    }
    store->conn = conn_open(dsn, name, settings->connect_timeout, cancel, error);
    if (!store->conn)
        return FALSE;
    conn_set_timeout(store->conn, settings->statement_timeout);
    return TRUE;
}

static void make_statements(Store *store)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GString) arrays = g_string_new(NULL);

    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++) {
        const UsageFieldInfo *info = usage_field(field);
        const char *type = *info->type ? info->type : store->shape->enum_type;

        g_string_append_printf(names, "%s%s", field ? ", " : "", info->name);
        g_string_append_printf(arrays, "%s$%d::%s[]", field ? ", " : "", (int)field + 1, type);
    }
    store->plain_sql = g_strdup_printf("INSERT INTO %s (%s) SELECT * FROM unnest(%s) "
                                       "ON CONFLICT DO NOTHING",
                                       store->shape->table, names->str, arrays->str);
    store->copy_sql =
        g_strdup_printf("COPY %s (%s) FROM STDIN (FORMAT binary)", store->shape->table, names->str);
    store->telling_sql = g_strconcat(store->plain_sql, " RETURNING id", NULL);
}

static gboolean set_commit(Store *store, const char *value, GError **error)
{
    g_autofree char *sql = g_strdup_printf("SET synchronous_commit = %s", value);

    return conn_exec(store->conn, sql, NULL, error);
}

/* What is acknowledged must be on the disk, whatever somebody has set for the role. */
static gboolean be_durable(Store *store, const char *usual, GError **error)
{
    gboolean is_off = g_str_equal(usual, "off");

    store->durability = STORE_DURABLE;
    store->durable = g_strdup(is_off ? "on" : usual);
    return !is_off || set_commit(store, store->durable, error);
}

/* Behind a pooler the next statement may reach another server process, which has neither what was
 * prepared nor what was set. */
static gboolean set_up_session(Store *store, GError **error)
{
    const char *usual = store->shape->synchronous_commit;

    store->has_session = store->shape->is_direct;
    if (store->has_session)
        return conn_prepare(store->conn, PLAIN_NAME, store->plain_sql, error) &&
               conn_prepare(store->conn, TELLING_NAME, store->telling_sql, error) &&
               be_durable(store, usual, error);
    if (!g_str_equal(usual, "off"))
        return TRUE;
    error_set(error, ERROR_POOLER,
              "%s has synchronous_commit off, and the pooler in between leaves no way to set it",
              conn_describe(store->conn));
    error_set_hint(error, "ALTER ROLE ... RESET synchronous_commit, or give the server's direct "
                          "address in database.runtime_url");
    return FALSE;
}

static gboolean learn_shape(Store *store, GError **error)
{
    store->shape = usage_shape_read(store->conn, store->settings->schema, error);
    if (!store->shape)
        return FALSE;
    store->columns = columns_new(store->shape->types);
    store->rows = g_byte_array_new();
    make_statements(store);
    return TRUE;
}

Store *store_open(const StoreSettings *settings, Cancel *cancel, GError **error)
{
    g_autoptr(Store) store = g_new0(Store, 1);

    store->settings = settings;
    if (!connect_to_server(store, cancel, error) || !learn_shape(store, error) ||
        !set_up_session(store, error))
        return NULL;
    return g_steal_pointer(&store);
}

/* --- Writing ---------------------------------------------------------------------------------- */

static gboolean set_durability(Store *store, StoreDurability durability, GError **error)
{
    if (store->durability == durability || !store->has_session)
        return TRUE;
    if (!set_commit(store, durability == STORE_DURABLE ? store->durable : "off", error))
        return FALSE;
    store->durability = durability;
    return TRUE;
}

static gboolean has_own_ids(UsageRecord *const *records, guint count)
{
    for (guint i = 0; i < count; i++)
        if (records[i]->has_own_id)
            return TRUE;
    return FALSE;
}

static void set_all(StoreResult *results, guint count, Outcome outcome)
{
    for (guint i = 0; i < count; i++)
        results[i].outcome = outcome;
}

static guint hash_id(gconstpointer id)
{
    guint hash;

    memcpy(&hash, (const guint8 *)id + USAGE_ID_SIZE - sizeof hash, sizeof hash);
    return hash;
}

static gboolean ids_are_equal(gconstpointer left, gconstpointer right)
{
    return memcmp(left, right, USAGE_ID_SIZE) == 0;
}

/* An id that the batch has twice is stored once: the first has it. */
static void read_new_ids(const Result *result, UsageRecord *const *records, guint count,
                         StoreResult *results)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(hash_id, ids_are_equal);
    gsize length;

    for (int row = 0; row < result_rows(result); row++)
        g_hash_table_add(ids, (gpointer)result_bytes(result, row, 0, &length));
    for (guint i = 0; i < count; i++)
        results[i].outcome = g_hash_table_remove(ids, records[i]->values[USAGE_ID].uuid)
                                 ? OUTCOME_STORED
                                 : OUTCOME_REPEATED;
}

/* One statement for all of them; FALSE when it failed as a whole. */
static gboolean insert(Store *store, UsageRecord *const *records, guint count, StoreResult *results,
                       GError **error)
{
    gboolean tells = has_own_ids(records, count);
    const char *name = tells ? TELLING_NAME : PLAIN_NAME;
    g_autoptr(Result) result = NULL;
    BinaryValues values = {USAGE_FIELD_COUNT, NULL, NULL};

    columns_fill(store->columns, records, count);
    values.values = columns_values(store->columns);
    values.lengths = columns_lengths(store->columns);
    if (!conn_exec_binary(store->conn, store->has_session ? name : NULL,
                          tells ? store->telling_sql : store->plain_sql, &values, &result, error))
        return FALSE;
    /* Our own ids are not there already, unless this is a second try, which has stored them. */
    if (tells)
        read_new_ids(result, records, count, results);
    else
        set_all(results, count, OUTCOME_STORED);
    return TRUE;
}

/* Data exceptions and violated constraints are some record's fault; everything else is nobody's. */
static gboolean is_about_values(const GError *reason)
{
    const char *sqlstate = error_sqlstate(reason);

    return sqlstate && (g_str_has_prefix(sqlstate, "22") || g_str_has_prefix(sqlstate, "23"));
}

static guint count_refused(const StoreResult *results, guint count)
{
    guint refused = 0;

    for (guint i = 0; i < count; i++)
        refused += results[i].outcome == OUTCOME_REFUSED;
    return refused;
}

static gboolean write_halves(Store *store, UsageRecord *const *records, guint count,
                             StoreResult *results, GError **error);

/* One statement, or, where the server refuses it for its values, as few as find out whose. */
static gboolean write_some(Store *store, UsageRecord *const *records, guint count,
                           StoreResult *results, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (insert(store, records, count, results, &reason))
        return TRUE;
    if (!conn_is_alive(store->conn) || !is_about_values(reason)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    if (count > 1)
        return write_halves(store, records, count, results, error);
    results[0].outcome = OUTCOME_REFUSED;
    results[0].reason = g_strdup(reason->message);
    return TRUE;
}

/* Next to records that were all refused the next ones mostly are as well: singly up to the first
 * that is not, and the rest together. */
static gboolean write_warily(Store *store, UsageRecord *const *records, guint count,
                             StoreResult *results, GError **error)
{
    guint done = 0;

    do {
        if (!write_some(store, records + done, 1, results + done, error))
            return FALSE;
    } while (results[done++].outcome == OUTCOME_REFUSED && done < count);
    return done == count || write_some(store, records + done, count - done, results + done, error);
}

/* For records that were refused together. When the first half has no fault the second has it, and
 * need not be tried as a whole again. */
static gboolean write_halves(Store *store, UsageRecord *const *records, guint count,
                             StoreResult *results, GError **error)
{
    guint half = count / 2;
    guint rest = count - half;
    guint refused;

    if (count == 1)
        return write_some(store, records, 1, results, error);
    if (!write_some(store, records, half, results, error))
        return FALSE;
    refused = count_refused(results, half);
    if (refused == 0)
        return write_halves(store, records + half, rest, results + half, error);
    if (refused == half)
        return write_warily(store, records + half, rest, results + half, error);
    return write_some(store, records + half, rest, results + half, error);
}

static gboolean has_other_ids(UsageRecord *const *records, guint count)
{
    for (guint i = 0; i < count; i++)
        if (!uuid_is_version_7(records[i]->values[USAGE_ID].uuid))
            return TRUE;
    return FALSE;
}

/* A version 7 id that is there already makes COPY fail; any other id makes it pass over the row
 * without a word (usage_logs_keep_id). And a server's log should not fill with failures because
 * clients send again what they have sent. */
static gboolean can_copy(Store *store, UsageRecord *const *records, guint count)
{
    if (count < COPY_FROM || has_other_ids(records, count))
        return FALSE;
    if (store->wary == 0 || !has_own_ids(records, count))
        return TRUE;
    store->wary--;
    return FALSE;
}

/* FALSE: nothing was stored. Why, an INSERT finds out, or else that the connection broke. */
static gboolean copy(Store *store, UsageRecord *const *records, guint count, StoreResult *results)
{
    if (!can_copy(store, records, count))
        return FALSE;
    rows_fill(store->rows, records, count);
    if (!conn_copy_in(store->conn, store->copy_sql, (const char *)store->rows->data,
                      store->rows->len, NULL)) {
        store->wary = WARY_FOR;
        return FALSE;
    }
    set_all(results, count, OUTCOME_STORED);
    return TRUE;
}

/* A record and where its result is. */
typedef struct {
    UsageRecord *record;
    guint place;
} Entry;

static gint compare_entries(gconstpointer left, gconstpointer right)
{
    const Entry *a = left;
    const Entry *b = right;
    int order =
        memcmp(a->record->values[USAGE_ID].uuid, b->record->values[USAGE_ID].uuid, USAGE_ID_SIZE);

    return order != 0 ? order : a->place < b->place ? -1 : a->place > b->place;
}

/* Writers who meet in the ids of clients all take them in one order, so that they never wait for
 * each other in a circle. Of two that are the same, the first stays the first. */
static GArray *list_entries(UsageRecord *const *records, guint count, const StoreResult *results)
{
    GArray *entries = g_array_sized_new(FALSE, FALSE, sizeof(Entry), count);

    for (guint i = 0; i < count; i++) {
        Entry entry = {records[i], i};

        if (results[i].outcome == OUTCOME_PENDING)
            g_array_append_val(entries, entry);
    }
    if (has_own_ids(records, count))
        g_array_sort(entries, compare_entries);
    return entries;
}

static gboolean write_at_once(Store *store, UsageRecord *const *records, guint count,
                              StoreResult *results, GError **error)
{
    return copy(store, records, count, results) || insert(store, records, count, results, error);
}

typedef gboolean (*WriteRecords)(Store *store, UsageRecord *const *records, guint count,
                                 StoreResult *results, GError **error);

/* Writes all of the entries, and notes what came of each. */
static gboolean write_entries(Store *store, const GArray *entries, StoreResult *results,
                              WriteRecords write_records, GError **error)
{
    g_autofree UsageRecord **records = g_new(UsageRecord *, entries->len);
    g_autofree StoreResult *outcomes = g_new0(StoreResult, entries->len);
    gboolean is_done;

    for (guint i = 0; i < entries->len; i++)
        records[i] = g_array_index(entries, Entry, i).record;
    is_done = write_records(store, records, entries->len, outcomes, error);
    for (guint i = 0; i < entries->len; i++)
        results[g_array_index(entries, Entry, i).place] = outcomes[i];
    return is_done;
}

/* --- Time without partitions ------------------------------------------------------------------ */

typedef struct {
    gint64 start; /* of the oldest partition */
    gint64 end;   /* of the newest */
} Span;

static gboolean read_span(Store *store, Span *span, GError **error)
{
    const char *const values[] = {store->shape->table};
    g_autoptr(Result) result = NULL;

    if (!conn_exec_params(store->conn, sql_usage_span, G_N_ELEMENTS(values), values, &result,
                          error))
        return FALSE;
    span->start = result_text(result, 0, 0) ? result_int64(result, 0, 0) : G_MININT64;
    span->end = result_text(result, 0, 1) ? result_int64(result, 0, 1) : G_MAXINT64;
    return TRUE;
}

/* FALSE: it has a partition, or could have. */
static gboolean settle_by_time(const Entry *entry, const Span *span, StoreResult *results)
{
    gint64 time = entry->record->values[USAGE_CREATED_AT].integer;

    if (time >= span->start && time < span->end)
        return FALSE;
    results[entry->place] =
        time < span->start ? (StoreResult){OUTCOME_REFUSED,
                                           g_strdup("there is no partition for its time any more")}
                           : (StoreResult){OUTCOME_UNPLACED, NULL};
    return TRUE;
}

/* Where a constraint was in the way it may have been that of the partitions: whole batches may come
 * from a time that has none, and are not asked for one by one. */
static gboolean sift(Store *store, GArray *entries, const GError *reason, StoreResult *results,
                     GError **error)
{
    Span span;

    if (g_strcmp0(error_sqlstate(reason), "23514") != 0)
        return TRUE;
    if (!read_span(store, &span, error))
        return FALSE;
    for (guint i = entries->len; i > 0; i--)
        if (settle_by_time(&g_array_index(entries, Entry, i - 1), &span, results))
            g_array_remove_index(entries, i - 1);
    return TRUE;
}

gboolean store_write(Store *store, StoreDurability durability, UsageRecord *const *records,
                     guint count, StoreResult *results, GError **error)
{
    g_autoptr(GArray) entries = list_entries(records, count, results);
    g_autoptr(GError) reason = NULL;
    guint tried = entries->len;

    if (tried == 0)
        return TRUE;
    if (!set_durability(store, durability, error))
        return FALSE;
    if (write_entries(store, entries, results, write_at_once, &reason))
        return TRUE;
    if (!conn_is_alive(store->conn) || !is_about_values(reason)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    if (!sift(store, entries, reason, results, error))
        return FALSE;
    return entries->len == 0 ||
           write_entries(store, entries, results, entries->len == tried ? write_halves : write_some,
                         error);
}
