/* The migration lock on the server. No waiting here: whoever polls decides how. */
#include "db/lock.h"

#include "base/error.h"
#include "db/query.h"
#include "db/sql_db.h"

/* The first 64 bits of the text's digest. */
static LockKey key_of(const char *text)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize size = sizeof digest;
    guint64 bits = 0;

    g_checksum_update(checksum, (const guchar *)text, -1);
    g_checksum_get_digest(checksum, digest, &size);
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | digest[i];
    return (LockKey){(gint64)bits, (gint32)(bits >> 32), (gint32)(bits & G_MAXUINT32)};
}

LockKey lock_key(const char *version_table_schema, const char *version_table)
{
    g_autofree char *text =
        g_strdup_printf("pgsluice migration lock\n%s\n%s", version_table_schema, version_table);

    return key_of(text);
}

LockKey lock_key_of_fence(const char *version_table_schema, const char *version_table,
                          const char *revision)
{
    g_autofree char *text = g_strdup_printf("pgsluice fence\n%s\n%s\n%s", version_table_schema,
                                            version_table, revision);

    return key_of(text);
}

gint32 lock_class_of_instances(const char *version_table_schema, const char *version_table)
{
    g_autofree char *text =
        g_strdup_printf("pgsluice instance\n%s\n%s", version_table_schema, version_table);

    return key_of(text).class_id;
}

void lock_holder_free(LockHolder *holder)
{
    if (!holder)
        return;
    g_free(holder->application_name);
    g_free(holder->client);
    g_free(holder->user);
    g_free(holder->since);
    g_free(holder->query);
    g_free(holder);
}

char *lock_holder_describe(const LockHolder *holder)
{
    const char *name = holder->application_name;
    GString *text = g_string_new(name && *name ? name : "a session without a name");

    g_string_append_printf(text, " (process %d", holder->pid);
    if (holder->user)
        g_string_append_printf(text, ", user %s", holder->user);
    if (holder->client)
        g_string_append_printf(text, ", from %s", holder->client);
    if (holder->since)
        g_string_append_printf(text, ", since %s", holder->since);
    g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

/* Runs one of the advisory lock functions on the key. */
static gboolean call(Conn *conn, const char *sql, LockKey key, gboolean *answer, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, key.key);
    const char *values[] = {text};
    g_autoptr(Result) result = NULL;

    if (!conn_exec_params(conn, sql, G_N_ELEMENTS(values), values, &result, error))
        return FALSE;
    *answer = result_boolean(result, 0, 0);
    return TRUE;
}

#define TRY_SQL                                                                                    \
    "SELECT CASE WHEN pg_catalog.pg_try_advisory_lock($1::bigint)"                                 \
    " THEN pg_catalog.pg_try_advisory_lock($1::bigint) ELSE false END"

gboolean lock_try(Conn *conn, LockKey key, gboolean *taken, GError **error)
{
    return call(conn, TRY_SQL, key, taken, error);
}

gboolean lock_try_queue(Conn *conn, LockKey key, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, key.key);

    return conn_pipeline_send(conn, TRY_SQL, 1, (const char *[]){text}, error);
}

gboolean lock_try_answer(const Result *result)
{
    return result_boolean(result, 0, 0);
}

static gboolean require_was_held(const Conn *conn, gboolean was_held, GError **error)
{
    if (was_held)
        return TRUE;
    error_set(error, ERROR_LOCK_LOST, "the migration lock was not held any more by %s",
              conn_describe(conn));
    error_set_hint(error, "look for pg_advisory_unlock_all() or DISCARD ALL in the revisions");
    return FALSE;
}

/* AND would be free to ask for the second one first, and to leave it at that. */
#define RELEASE_SQL                                                                                \
    "SELECT CASE WHEN pg_catalog.pg_advisory_unlock($1::bigint)"                                   \
    " THEN pg_catalog.pg_advisory_unlock($1::bigint) ELSE false END"

gboolean lock_release(Conn *conn, LockKey key, GError **error)
{
    gboolean was_held;

    return call(conn, RELEASE_SQL, key, &was_held, error) &&
           require_was_held(conn, was_held, error);
}

gboolean lock_release_queue(Conn *conn, LockKey key, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, key.key);

    return conn_pipeline_send(conn, RELEASE_SQL, 1, (const char *[]){text}, error);
}

gboolean lock_release_answer(const Conn *conn, const Result *result, GError **error)
{
    return require_was_held(conn, result_boolean(result, 0, 0), error);
}

static void describe_holder(LockHolder *holder, const Result *result)
{
    holder->application_name = g_strdup(result_text(result, 0, 0));
    holder->client = g_strdup(result_text(result, 0, 1));
    holder->user = g_strdup(result_text(result, 0, 2));
    holder->since = g_strdup(result_text(result, 0, 3));
    holder->query = query_shorten(result_text(result, 0, 4));
}

gboolean lock_find_holder(Conn *conn, LockKey key, LockHolder **holder, GError **error)
{
    g_autofree char *class_id = g_strdup_printf("%u", (guint32)key.class_id);
    g_autofree char *object_id = g_strdup_printf("%u", (guint32)key.object_id);
    const char *halves[] = {class_id, object_id};
    g_autoptr(Result) lock = NULL;
    g_autoptr(Result) activity = NULL;
    const char *pid;

    if (!conn_exec_params(conn, sql_lock_holder_pid, G_N_ELEMENTS(halves), halves, &lock, error))
        return FALSE;
    *holder = NULL;
    if (result_rows(lock) == 0)
        return TRUE;
    pid = result_text(lock, 0, 0);
    if (!conn_exec_params(conn, sql_lock_holder, 1, &pid, &activity, error))
        return FALSE;
    *holder = g_new0(LockHolder, 1);
    (*holder)->pid = (int)result_int64(lock, 0, 0);
    if (result_rows(activity) == 1) /* it may have left in between */
        describe_holder(*holder, activity);
    return TRUE;
}
