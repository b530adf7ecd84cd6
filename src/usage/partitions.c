/* DDL on the parent, each piece in a short transaction. */
#include "usage/partitions.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "usage/sql_usage.h"

enum {
    PAUSE_FIRST = 50 * 1000, /* microseconds between tries for a lock */
    PAUSE_LONGEST = G_USEC_PER_SEC,
};

#define CUT_CONSTRAINT "usage_logs_cut"

/* What the comment on a partition says from the moment it is retired until it is dropped. */
#define RETIRED "pgsluice: retired, to be dropped"

typedef struct {
    Conn *conn;
    const PartitionPolicy *policy;
    gint64 deadline;
    Cancel *cancel;
    PartitionNews news;
    gpointer data;
    char *schema; /* quoted */
    char *parent; /* quoted, with its schema */
    char *retention;
    char *newest;
    char *ahead;
} Keeping;

/* The columns of usage_partitions.sql. */
enum { PART_NAME, PART_LOWER, PART_UPPER, PART_IS_OLD, PART_IS_PENDING };
/* Those of usage_ahead.sql. */
enum { AHEAD_NAME, AHEAD_LOWER, AHEAD_UPPER };

static void tell(const Keeping *keeping, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void tell(const Keeping *keeping, const char *format, ...)
{
    g_autofree char *sentence = NULL;
    va_list args;

    va_start(args, format);
    sentence = g_strdup_vprintf(format, args);
    va_end(args);
    keeping->news(sentence, keeping->data);
}

/* Somebody has a lock; or has one that waits for ours. */
static gboolean is_about_locks(const GError *reason)
{
    const char *sqlstate = error_sqlstate(reason);

    return g_strcmp0(sqlstate, "55P03") == 0 || g_strcmp0(sqlstate, "40P01") == 0;
}

/* Runs the statements again and again until no lock stands in the way. */
static gboolean run(const Keeping *keeping, const char *sql, GError **error)
{
    Backoff tries = {.initial = PAUSE_FIRST,
                     .ceiling = PAUSE_LONGEST,
                     .factor = 2.0,
                     .jitter = 0.3,
                     .deadline = keeping->deadline};
    g_autoptr(GError) reason = NULL;

    while (!conn_exec(keeping->conn, sql, NULL, &reason)) {
        if (conn_is_alive(keeping->conn) && conn_in_transaction(keeping->conn))
            conn_exec(keeping->conn, "ROLLBACK", NULL, NULL);
        if (!is_about_locks(reason) || !backoff_wait(&tries, keeping->cancel)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return FALSE;
        }
        g_clear_error(&reason);
    }
    return TRUE;
}

static gboolean list(const Keeping *keeping, Result **partitions, GError **error)
{
    const char *const values[] = {keeping->parent, keeping->retention};

    return conn_exec_params(keeping->conn, sql_usage_partitions, G_N_ELEMENTS(values), values,
                            partitions, error);
}

/* --- The first cut ---------------------------------------------------------------------------- */

static gboolean find_cut(const Keeping *keeping, const char *partition, char **cut, GError **error)
{
    const char *const pairs[] = {"partition", partition, NULL};
    const char *const values[] = {keeping->policy->width, keeping->newest};
    g_autofree char *sql = sql_expand(sql_usage_cut, pairs);
    g_autoptr(Result) result = NULL;

    if (!conn_exec_params(keeping->conn, sql, G_N_ELEMENTS(values), values, &result, error))
        return FALSE;
    *cut = g_strdup(result_text(result, 0, 0));
    return TRUE;
}

static gboolean run_format(const Keeping *keeping, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
static gboolean run_format(const Keeping *keeping, GError **error, const char *format, ...)
{
    g_autofree char *sql = NULL;
    va_list args;

    va_start(args, format);
    sql = g_strdup_vprintf(format, args);
    va_end(args);
    return run(keeping, sql, error);
}

/* While the constraint is there, rows behind the cut are refused, although there is no partition
 * for them elsewhere yet; so it goes again when anything fails. */
static gboolean prove_cut(const Keeping *keeping, const char *partition, const char *cut,
                          GError **error)
{
    return run_format(keeping, error,
                      "ALTER TABLE %s DROP CONSTRAINT IF EXISTS " CUT_CONSTRAINT
                      ", ADD CONSTRAINT " CUT_CONSTRAINT " CHECK (created_at < %s) NOT VALID",
                      partition, cut) &&
           run_format(keeping, error, "ALTER TABLE %s VALIDATE CONSTRAINT " CUT_CONSTRAINT,
                      partition);
}

/* The constraint saves the server from reading the partition under the exclusive lock. */
static gboolean change_bounds(const Keeping *keeping, const char *partition, const char *lower,
                              const char *cut, GError **error)
{
    return run_format(keeping, error,
                      "BEGIN; ALTER TABLE %s DETACH PARTITION %s; "
                      "ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s); "
                      "ALTER TABLE %s DROP CONSTRAINT " CUT_CONSTRAINT "; COMMIT",
                      keeping->parent, partition, keeping->parent, partition,
                      lower ? lower : "MINVALUE", cut, partition);
}

static void forget_cut(const Keeping *keeping, const char *partition)
{
    if (conn_is_alive(keeping->conn))
        run_format(keeping, NULL, "ALTER TABLE %s DROP CONSTRAINT IF EXISTS " CUT_CONSTRAINT,
                   partition);
}

/* *end is where the newest partition ends now, as a literal. Rows between the two steps that make
 * partitions find the one that is made here first. */
static gboolean cut_open_end(const Keeping *keeping, const char *partition, const char *lower,
                             char **end, GError **error)
{
    g_autofree char *cut = NULL;

    if (!find_cut(keeping, partition, &cut, error))
        return FALSE;
    if (!prove_cut(keeping, partition, cut, error) ||
        !change_bounds(keeping, partition, lower, cut, error)) {
        forget_cut(keeping, partition);
        return FALSE;
    }
    tell(keeping, "Partition %s ends at %s now", partition, cut);
    *end = g_steal_pointer(&cut);
    return TRUE;
}

/* --- Ahead and behind ------------------------------------------------------------------------- */

static gboolean make_partition(const Keeping *keeping, const Result *ahead, int row, GError **error)
{
    const char *name = result_text(ahead, row, AHEAD_NAME);
    const char *lower = result_text(ahead, row, AHEAD_LOWER);
    const char *upper = result_text(ahead, row, AHEAD_UPPER);

    if (!run_format(keeping, error,
                    "BEGIN; CREATE TABLE %s (LIKE %s INCLUDING ALL, PRIMARY KEY (id)); "
                    "ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s); COMMIT",
                    name, keeping->parent, keeping->parent, name, lower, upper))
        return FALSE;
    tell(keeping, "Partition %s made, from %s to %s", name, lower, upper);
    return TRUE;
}

static gboolean unquote_end(const Keeping *keeping, const char *literal, Result **end,
                            GError **error)
{
    g_autofree char *sql = g_strdup_printf("SELECT %s::timestamptz", literal);

    return conn_exec(keeping->conn, sql, end, error);
}

static gboolean make_ahead(const Keeping *keeping, const char *end, GError **error)
{
    g_autoptr(Result) from = NULL;
    g_autoptr(Result) ahead = NULL;

    if (!unquote_end(keeping, end, &from, error))
        return FALSE;
    if (!conn_exec_params(keeping->conn, sql_usage_ahead, 5,
                          (const char *const[]){result_text(from, 0, 0), keeping->policy->width,
                                                keeping->newest, keeping->ahead,
                                                keeping->policy->schema},
                          &ahead, error))
        return FALSE;
    for (int row = 0; row < result_rows(ahead); row++)
        if (!make_partition(keeping, ahead, row, error))
            return FALSE;
    return TRUE;
}

static gboolean drop(const Keeping *keeping, const char *partition, GError **error)
{
    if (!run_format(keeping, error, "DROP TABLE %s", partition))
        return FALSE;
    tell(keeping, "Partition %s dropped", partition);
    return TRUE;
}

/* A detachment that was interrupted is only finished. */
static gboolean retire(const Keeping *keeping, const char *partition, gboolean is_pending,
                       GError **error)
{
    const char *comment = keeping->policy->keeps_retired ? "NULL" : "'" RETIRED "'";

    if (!run_format(keeping, error, "COMMENT ON TABLE %s IS %s", partition, comment))
        return FALSE;
    if (!run_format(keeping, error, "ALTER TABLE %s DETACH PARTITION %s %s", keeping->parent,
                    partition, is_pending ? "FINALIZE" : "CONCURRENTLY"))
        return FALSE;
    if (keeping->policy->keeps_retired) {
        tell(keeping, "Partition %s detached", partition);
        return TRUE;
    }
    return drop(keeping, partition, error);
}

/* What a crash between the two steps has left. */
static gboolean drop_left(const Keeping *keeping, GError **error)
{
    const char *const values[] = {keeping->policy->schema, RETIRED};
    g_autoptr(Result) left = NULL;

    if (!conn_exec_params(keeping->conn, sql_usage_left, G_N_ELEMENTS(values), values, &left,
                          error))
        return FALSE;
    for (int row = 0; row < result_rows(left); row++)
        if (!drop(keeping, result_text(left, row, 0), error))
            return FALSE;
    return TRUE;
}

/* Those of rows that are still there stay, or an id could be stored again beside them. */
static gboolean forget_ids(const Keeping *keeping, const char *oldest, GError **error)
{
    return run_format(keeping, error, "DELETE FROM %s.usage_log_ids WHERE created_at < %s",
                      keeping->schema, oldest);
}

/* `end`: where the newest of them ends. */
static gboolean retire_old(const Keeping *keeping, const Result *partitions, const char *end,
                           GError **error)
{
    const char *oldest = end;

    for (int row = result_rows(partitions) - 1; row >= 0; row--) {
        gboolean is_pending = result_boolean(partitions, row, PART_IS_PENDING);

        if (!is_pending && !result_boolean(partitions, row, PART_IS_OLD)) {
            oldest = oldest == end ? result_text(partitions, row, PART_LOWER) : oldest;
            continue;
        }
        if (!retire(keeping, result_text(partitions, row, PART_NAME), is_pending, error))
            return FALSE;
    }
    return keeping->policy->retention == 0 || !oldest || forget_ids(keeping, oldest, error);
}

/* --- All of it -------------------------------------------------------------------------------- */

/* The first row is the newest. Where there is none at all, that is somebody's own arrangement. */
static gboolean keep(const Keeping *keeping, GError **error)
{
    g_autoptr(Result) partitions = NULL;
    g_autofree char *end = NULL;

    if (!list(keeping, &partitions, error))
        return FALSE;
    if (result_rows(partitions) == 0 || !result_text(partitions, 0, PART_NAME))
        return TRUE;
    end = g_strdup(result_text(partitions, 0, PART_UPPER));
    if (!end && !cut_open_end(keeping, result_text(partitions, 0, PART_NAME),
                              result_text(partitions, 0, PART_LOWER), &end, error))
        return FALSE;
    return make_ahead(keeping, end, error) && retire_old(keeping, partitions, end, error) &&
           (keeping->policy->keeps_retired || drop_left(keeping, error));
}

/* A lock that is not had soon makes all others wait behind us. */
static gboolean prepare_session(const Keeping *keeping, GError **error)
{
    return conn_exec(keeping->conn,
                     "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET lock_timeout = '200ms'; "
                     "SET statement_timeout = 0",
                     NULL, error);
}

gboolean partitions_keep(Conn *conn, const PartitionPolicy *policy, gint64 patience, Cancel *cancel,
                         PartitionNews news, gpointer data, GError **error)
{
    g_autofree char *schema = sql_quote_identifier(policy->schema);
    g_autofree char *parent = g_strconcat(schema, ".usage_logs", NULL);
    g_autofree char *retention = g_strdup_printf("%" G_GINT64_FORMAT, policy->retention);
    g_autofree char *newest = g_strdup_printf("%" G_GINT64_FORMAT, policy->newest);
    g_autofree char *ahead = g_strdup_printf("%u", policy->ahead);
    const Keeping keeping = {
        conn,   policy, clock_monotonic() + patience, cancel, news, data, schema, parent, retention,
        newest, ahead};

    if (!prepare_session(&keeping, error) || !keep(&keeping, error)) {
        g_prefix_error(error, "the partitions of usage_logs: ");
        return FALSE;
    }
    return TRUE;
}
