/* The queries catalog_*.sql, sent at once, and their rows on their way to the builder. */
#include "engine/introspect.h"

#include <string.h>

#include "base/error.h"
#include "base/textarray.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"
#include "schema/builder.h"

enum {
    TRIES = 20,
    COLUMNS_MAX = 64,
    ANSWER_WITHIN = 60 * G_USEC_PER_SEC, /* at least: for the columns of 100,000 tables */
};

/* What a role or a database may have set and that would change how the server writes expressions.
 * JIT would compile each query for longer than it runs. */
static const char *const opening[] = {
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SELECT pg_catalog.set_config(name, value, true) FROM (VALUES ('search_path', ''), "
    "('quote_all_identifiers', 'off'), ('datestyle', 'ISO, YMD'), ('intervalstyle', 'postgres'), "
    "('timezone', 'UTC'), ('bytea_output', 'hex'), ('extra_float_digits', '1'), ('xmlbinary', "
    "'base64'), ('jit', 'off'), ('statement_timeout', '0')) AS s(name, value)",
};

static const struct {
    ObjectKind kind;
    const char *sql;
} queries[] = {
#define OBJECT(Type, KIND, slug, word) {KIND_##KIND, sql_catalog_##slug},
#include "schema/objects.def"
};

static const struct {
    const char *name;
    int since;
    const char *expression;
} guards[] = {
#define GUARD(name, since, expression) {name, since, expression},
#include "engine/catalog_guards.def"
#undef GUARD
};

typedef struct {
    Session *session;
    Filter filter;
    CatalogBuilder *builder;
    GPtrArray *schemas;         /* oids of the managed ones */
    ObjectKind kind;            /* of the rows that come */
    gboolean has_begun;         /* the builder knows their columns */
    GError *failure;            /* of the first query that failed, or of its rows */
    const IntrospectMore *more; /* NULL: nothing */
} Reading;

static Filter make_filter(const Session *session, const IntrospectScope *scope)
{
    const EngineSettings *settings = session->settings;

    return (Filter){.schemas = scope ? scope->schemas : settings->managed_schemas,
                    .exclude = scope ? scope->exclude : settings->unmanaged,
                    .state_schema = settings->state_schema,
                    .version_schema = settings->version_table_schema,
                    .version_table = settings->version_table};
}

static void reading_clear(Reading *reading)
{
    g_clear_pointer(&reading->builder, builder_free);
    g_clear_pointer(&reading->schemas, g_ptr_array_unref);
    g_clear_error(&reading->failure);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

/* --- Sending ---------------------------------------------------------------------------------- */

/* Name, value, ... for sql_expand: a guard of a higher version overwrites one of a lower. */
static char **query_variables(const Reading *reading)
{
    int version = conn_server_version(reading->session->conn);
    g_autoptr(GStrvBuilder) pairs = g_strv_builder_new();
    g_autofree char *schemas = text_array_format((const char *const *)reading->schemas->pdata);
    const char *const own[] = {"schemas", schemas, NULL};

    g_strv_builder_add_many(pairs, "schemas", schemas, "is_whole",
                            filter_is_whole(&reading->filter) ? "true" : "false", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(guards); i++) {
        gboolean is_last = i + 1 == G_N_ELEMENTS(guards) ||
                           strcmp(guards[i].name, guards[i + 1].name) != 0 ||
                           guards[i + 1].since > version;
        g_autofree char *expression =
            guards[i].since <= version && is_last ? sql_expand(guards[i].expression, own) : NULL;

        if (expression)
            g_strv_builder_add_many(pairs, guards[i].name, expression, NULL);
    }
    return g_strv_builder_end(pairs);
}

static gboolean send(Reading *reading, const char *sql, GError **error)
{
    return conn_pipeline_send(reading->session->conn, sql, 0, NULL, error);
}

static gboolean send_opening(Reading *reading, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(opening); i++)
        if (!send(reading, opening[i], error))
            return FALSE;
    return send(reading, sql_catalog_namespaces, error);
}

static gboolean send_more(Reading *reading, GError **error)
{
    for (guint i = 0; reading->more && reading->more->sql[i]; i++)
        if (!send(reading, reading->more->sql[i], error))
            return FALSE;
    return TRUE;
}

static gboolean send_query(Reading *reading, const char *sql, char **variables, GError **error)
{
    g_autofree char *expanded = sql_expand(sql, (const char *const *)variables);

    return send(reading, expanded, error);
}

static gboolean send_queries(Reading *reading, GError **error)
{
    g_auto(GStrv) variables = query_variables(reading);

    for (gsize i = 0; i < G_N_ELEMENTS(queries); i++)
        if (!send_query(reading, queries[i].sql, variables, error))
            return FALSE;
    return send_query(reading, sql_catalog_aliases, variables, error) &&
           send(reading, sql_catalog_depend, error) && send_more(reading, error) &&
           send(reading, "COMMIT", error) && conn_pipeline_sync(reading->session->conn, error);
}

/* --- Receiving -------------------------------------------------------------------------------- */

static gboolean receive(Reading *reading, ConnRow visit, GError **error)
{
    g_autoptr(GError) failure = NULL;
    PipelineOutcome outcome;

    if (!conn_pipeline_next_rows(reading->session->conn, &outcome, visit, reading, &failure, error))
        return FALSE;
    if (failure && !reading->failure)
        reading->failure = g_steal_pointer(&failure);
    return TRUE;
}

static void take_schema(const Result *row, gpointer data)
{
    Reading *reading = data;

    if (filter_takes_schema(&reading->filter, result_text(row, 0, 1)))
        g_ptr_array_add(reading->schemas, g_strdup(result_text(row, 0, 0)));
}

static gboolean begin_kind(Reading *reading, const Result *row)
{
    const char *names[COLUMNS_MAX];
    int count = result_columns(row);

    g_assert(count <= COLUMNS_MAX);
    for (int i = 0; i < count; i++)
        names[i] = result_column_name(row, i);
    reading->has_begun =
        builder_begin(reading->builder, reading->kind, names, (guint)count, &reading->failure);
    return reading->has_begun;
}

static void take_object(const Result *row, gpointer data)
{
    Reading *reading = data;
    const char *values[COLUMNS_MAX];

    if (reading->failure || (!reading->has_begun && !begin_kind(reading, row)))
        return;
    for (int i = 0; i < result_columns(row); i++)
        values[i] = result_text(row, 0, i);
    builder_row(reading->builder, values);
}

static CatalogKey key_at(const Result *row, int column)
{
    return (CatalogKey){(guint32)result_int64(row, 0, column),
                        (guint32)result_int64(row, 0, column + 1), 0};
}

static void take_alias(const Result *row, gpointer data)
{
    builder_alias(((Reading *)data)->builder, key_at(row, 0), key_at(row, 2));
}

static CatalogKey part_at(const Result *row, int column)
{
    CatalogKey key = key_at(row, column);

    key.column = (gint32)result_int64(row, 0, column + 2);
    return key;
}

static void take_need(const Result *row, gpointer data)
{
    builder_need(((Reading *)data)->builder, part_at(row, 0), part_at(row, 3));
}

static gboolean receive_more(Reading *reading, GError **error)
{
    const IntrospectMore *more = reading->more;

    for (guint i = 0; more && more->sql[i]; i++) {
        g_autoptr(GError) failure = NULL;
        PipelineOutcome outcome;

        if (!conn_pipeline_next_rows(reading->session->conn, &outcome, more->visits[i], more->data,
                                     &failure, error))
            return FALSE;
        if (failure && !reading->failure)
            reading->failure = g_steal_pointer(&failure);
    }
    return TRUE;
}

static gboolean receive_opening(Reading *reading, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(opening); i++)
        if (!receive(reading, NULL, error))
            return FALSE;
    if (!receive(reading, take_schema, error))
        return FALSE;
    g_ptr_array_add(reading->schemas, NULL);
    return TRUE;
}

static gboolean receive_objects(Reading *reading, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(queries); i++) {
        reading->kind = queries[i].kind;
        reading->has_begun = FALSE;
        if (!receive(reading, take_object, error))
            return FALSE;
    }
    return receive(reading, take_alias, error) && receive(reading, take_need, error) &&
           receive_more(reading, error);
}

/* --- The whole -------------------------------------------------------------------------------- */

static gboolean read_in_two_turns(Reading *reading, GError **error)
{
    return send_opening(reading, error) && conn_pipeline_flush(reading->session->conn, error) &&
           receive_opening(reading, error) && send_queries(reading, error) &&
           receive_objects(reading, error);
}

static GPtrArray *schemas_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

/* What was asked for `guessed` may only be used when those are the schemas that there are. */
static gboolean read_in_one_turn(Reading *reading, const Result *guessed, gboolean *is_stale,
                                 GError **error)
{
    g_autoptr(GPtrArray) guess = NULL;

    for (int i = 0; i < result_rows(guessed); i++)
        if (filter_takes_schema(&reading->filter, result_text(guessed, i, 1)))
            g_ptr_array_add(reading->schemas, g_strdup(result_text(guessed, i, 0)));
    g_ptr_array_add(reading->schemas, NULL);
    if (!send_opening(reading, error) || !send_queries(reading, error))
        return FALSE;
    guess = g_steal_pointer(&reading->schemas);
    reading->schemas = schemas_new();
    if (!receive_opening(reading, error) || !receive_objects(reading, error))
        return FALSE;
    *is_stale = !g_strv_equal((const char *const *)guess->pdata,
                              (const char *const *)reading->schemas->pdata);
    return TRUE;
}

static void forget_transaction(Conn *conn)
{
    if (conn_is_alive(conn) && conn_in_transaction(conn))
        conn_exec(conn, "ROLLBACK", NULL, NULL);
}

/* A relation or function that is dropped between the snapshot and the question about it. */
static gboolean has_moved(const GError *error)
{
    const char *sqlstate = error_sqlstate(error);

    return g_strcmp0(sqlstate, "XX000") == 0 || g_strcmp0(sqlstate, "42P01") == 0 ||
           g_strcmp0(sqlstate, "42704") == 0 || g_strcmp0(sqlstate, "42883") == 0;
}

/* NULL without an error: the `guessed` schemas (NULL: none) are not those that there are. */
static Catalog *read_once(Session *session, const IntrospectScope *scope, const Result *guessed,
                          const IntrospectMore *more, GError **error)
{
    g_auto(Reading)
        reading = {.session = session, .filter = make_filter(session, scope), .more = more};
    gboolean is_stale = FALSE;
    gboolean is_read;

    reading.builder = builder_new(&reading.filter);
    reading.schemas = schemas_new();
    if (!conn_pipeline_begin(session->conn, error))
        return NULL;
    is_read = guessed ? read_in_one_turn(&reading, guessed, &is_stale, error)
                      : read_in_two_turns(&reading, error);
    if (!conn_pipeline_end(session->conn, is_read ? error : NULL))
        return NULL;
    forget_transaction(session->conn);
    if (!is_read || is_stale)
        return NULL;
    if (reading.failure) {
        g_propagate_error(error, g_steal_pointer(&reading.failure));
        return NULL;
    }
    return builder_finish(reading.builder);
}

static Catalog *read_until_still(Session *session, const IntrospectScope *scope,
                                 const IntrospectMore *more, GError **error)
{
    g_autoptr(Result) guessed = NULL;

    ahead_ask(session, AHEAD_NAMESPACES, NULL, &guessed, NULL);
    for (int i = 1;; i++) {
        g_autoptr(GError) reason = NULL;
        Catalog *catalog = read_once(session, scope, guessed, more, &reason);
        gboolean is_misled = !catalog && !reason;

        if (catalog)
            return catalog;
        g_clear_pointer(&guessed, result_free);
        if (more)
            more->restart(more->data, NULL);
        if (is_misled || (i < TRIES && has_moved(reason)))
            continue;
        g_propagate_prefixed_error(error, g_steal_pointer(&reason), "reading the schema: ");
        return NULL;
    }
}

/* Whoever limits the answers of a session thinks of short questions, and a connection that has had
 * no answer in time is closed. */
static gint64 be_patient(Conn *conn)
{
    gint64 timeout = conn_set_timeout(conn, 0);

    if (timeout)
        conn_set_timeout(conn, MAX(timeout, ANSWER_WITHIN));
    return timeout;
}

Catalog *introspect_catalog_and(Session *session, const IntrospectScope *scope,
                                const IntrospectMore *more, GError **error)
{
    gint64 timeout = be_patient(session->conn);
    Catalog *catalog = read_until_still(session, scope, more, error);

    conn_set_timeout(session->conn, timeout);
    return catalog;
}

Catalog *introspect_catalog(Session *session, const IntrospectScope *scope, GError **error)
{
    return introspect_catalog_and(session, scope, NULL, error);
}

FingerprintSet *introspect_fingerprints(Session *session, const IntrospectScope *scope,
                                        GError **error)
{
    g_autoptr(Catalog) catalog = introspect_catalog(session, scope, error);

    return catalog ? fingerprints_of(catalog, DDL_ALL) : NULL;
}
