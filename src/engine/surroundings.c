/* Reading and making what is not managed, and running many statements that a catalog gives. */
#include "engine/surroundings.h"

#include <string.h>

#include "base/error.h"
#include "engine/baseline.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"
#include "schema/dump.h"

enum { BATCH = 200 }; /* statements in one transaction: each new table costs several locks */

struct Surroundings {
    char **schemas;        /* not managed, sorted */
    GPtrArray *extensions; /* char *: CREATE EXTENSION ... */
    GPtrArray *objects;    /* char *: what is in them, or left alone in others; perhaps empty */
    GPtrArray *missing;    /* char * of objects: could not be made this time; NULL: none */
    GPtrArray *defaults;   /* char * */
    const char *public;    /* what makes public of a new database like the target's; NULL: it is */
};

void surroundings_free(Surroundings *surroundings)
{
    if (!surroundings)
        return;
    g_clear_pointer(&surroundings->missing, g_ptr_array_unref);
    g_strfreev(surroundings->schemas);
    g_clear_pointer(&surroundings->extensions, g_ptr_array_unref);
    g_clear_pointer(&surroundings->objects, g_ptr_array_unref);
    g_clear_pointer(&surroundings->defaults, g_ptr_array_unref);
    g_free(surroundings);
}

DdlFlags surroundings_flags(const Session *session)
{
    gboolean is_superuser = g_strcmp0(conn_parameter(session->conn, "is_superuser"), "on") == 0;

    return is_superuser ? DDL_ALL : DDL_PRIVILEGES | DDL_DEFAULTS;
}

/* --- Reading ---------------------------------------------------------------------------------- */

static gboolean is_managed(const Catalog *managed, const char *schema)
{
    const GPtrArray *objects = catalog_objects(managed);

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (object->kind != KIND_SCHEMA) /* they come first */
            break;
        if (strcmp(object->name, schema) == 0)
            return TRUE;
    }
    return FALSE;
}

static char **read_schemas(Session *target, const Catalog *managed, GError **error)
{
    g_autoptr(Result) result = NULL;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    if (!conn_exec(target->conn, sql_catalog_namespaces, &result, error))
        return NULL;
    for (int i = 0; i < result_rows(result); i++) {
        const char *name = result_text(result, i, 1);

        if (strcmp(name, target->settings->state_schema) != 0 && !is_managed(managed, name))
            g_strv_builder_add(names, name);
    }
    return g_strv_builder_end(names);
}

/* It may have been given away, or made again, or dropped. */
static const char *what_about_public(const Surroundings *surroundings, const Catalog *managed)
{
    const Schema *schema = (const Schema *)catalog_find(managed, "schema public");

    if (schema)
        return schema->is_initial ? NULL : "ALTER SCHEMA public OWNER TO CURRENT_USER";
    return g_strv_contains((const char *const *)surroundings->schemas, "public")
               ? NULL
               : "DROP SCHEMA public";
}

static GPtrArray *read_extensions(Session *target, GError **error)
{
    g_autoptr(Result) result = NULL;
    GPtrArray *statements;

    if (!conn_exec(target->conn, sql_extensions, &result, error))
        return NULL;
    statements = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < result_rows(result); i++) {
        g_autofree char *name = sql_quote_identifier(result_text(result, i, 0));
        g_autofree char *version = sql_quote_identifier(result_text(result, i, 1));
        const char *in = result_text(result, i, 2);
        g_autofree char *schema = in ? sql_quote_identifier(in) : NULL;

        g_ptr_array_add(statements,
                        g_strdup_printf("CREATE EXTENSION %s%s%s VERSION %s", name,
                                        in ? " SCHEMA " : "", in ? schema : "", version));
    }
    return statements;
}

/* The schemas that are not managed; and the others, when some of what is in them is left alone. */
static char **schemas_to_read(const Session *target, char **schemas, const Catalog *managed)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    const GPtrArray *objects = catalog_objects(managed);
    const char *const *unmanaged = target->settings->unmanaged;

    g_strv_builder_addv(names, (const char **)schemas);
    for (guint i = 0; unmanaged && unmanaged[0] && i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (object->kind != KIND_SCHEMA) /* they come first */
            break;
        g_strv_builder_add(names, object->name);
    }
    return g_strv_builder_end(names);
}

static gboolean is_of_schema(const Object *object, gconstpointer managed)
{
    return catalog_find(managed, object->identity) || baseline_is_made_at_run_time(object);
}

static GPtrArray *read_objects(Session *target, char **schemas, const Catalog *managed,
                               GError **error)
{
    g_auto(GStrv) all = schemas_to_read(target, schemas, managed);
    const IntrospectScope scope = {.schemas = (const char *const *)all};
    g_autoptr(Catalog) catalog = NULL;

    if (!all[0])
        return g_ptr_array_new_with_free_func(g_free);
    catalog = introspect_catalog(target, &scope, error);
    if (!catalog)
        return NULL;
    catalog_leave_out(catalog, is_of_schema, managed);
    return dump_statements(catalog, DDL_PRIVILEGES | DDL_DEFAULTS);
}

static gboolean is_default(const Object *object)
{
    return object->kind == KIND_DEFAULT_PRIVILEGE ||
           (object->kind == KIND_SCHEMA && strcmp(object->name, "public") == 0);
}

/* Those of schemas that the models make come with the models. */
static GPtrArray *find_defaults(const Catalog *managed, DdlFlags flags)
{
    const GPtrArray *objects = catalog_objects(managed);
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < objects->len; i++) {
        g_autoptr(GPtrArray) statements = NULL;

        if (!is_default(objects->pdata[i]))
            continue;
        statements = ddl_create(objects->pdata[i], flags);
        for (guint j = 0; j < statements->len; j++)
            g_ptr_array_add(all, g_strdup(statements->pdata[j]));
    }
    return all;
}

Surroundings *surroundings_read(Session *target, const Catalog *managed, GError **error)
{
    g_autoptr(Surroundings) surroundings = g_new0(Surroundings, 1);

    surroundings->schemas = read_schemas(target, managed, error);
    if (!surroundings->schemas)
        return NULL;
    surroundings->extensions = read_extensions(target, error);
    if (!surroundings->extensions)
        return NULL;
    surroundings->objects = read_objects(target, surroundings->schemas, managed, error);
    if (!surroundings->objects)
        return NULL;
    surroundings->defaults = find_defaults(managed, surroundings_flags(target));
    surroundings->public = what_about_public(surroundings, managed);
    return g_steal_pointer(&surroundings);
}

/* --- Making ----------------------------------------------------------------------------------- */

static gboolean is_there_already(const char *sql, const GError *reason)
{
    const char *sqlstate = error_sqlstate(reason);

    if (g_strcmp0(sqlstate, "42P06") == 0)
        return g_str_equal(sql, "CREATE SCHEMA public");
    return g_strcmp0(sqlstate, "42710") == 0 && g_str_has_prefix(sql, "CREATE EXTENSION ");
}

static gboolean run_one(Session *session, const char *sql, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *head = NULL;

    if (conn_exec(session->conn, sql, NULL, &reason))
        return TRUE;
    if (is_there_already(sql, reason))
        return TRUE;
    if (error_is(reason, ERROR_CANCELLED) || !conn_is_alive(session->conn)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    head = g_strndup(sql, strcspn(sql, "\n"));
    error_reclassify(&reason, ERROR_REFUSED);
    g_propagate_prefixed_error(error, g_steal_pointer(&reason),
                               "the database's schema cannot be made in the scratch database, at "
                               "\"%s\": ",
                               head);
    return FALSE;
}

static gboolean run_batch(Session *session, const GPtrArray *statements, guint first, guint end,
                          GError **error)
{
    g_autoptr(GString) script = g_string_new(NULL);

    for (guint i = first; i < end; i++)
        g_string_append_printf(script, "%s;\n", (const char *)statements->pdata[i]);
    if (conn_exec(session->conn, script->str, NULL, NULL))
        return TRUE;
    for (guint i = first; i < end; i++)
        if (!run_one(session, statements->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* The session as such statements want it, and as a migration has it. */
static gboolean open_making(Session *session, GError **error)
{
    return conn_exec(session->conn,
                     "SELECT pg_catalog.set_config('search_path', '', false), "
                     "pg_catalog.set_config('check_function_bodies', 'off', false)",
                     NULL, error);
}

static gboolean close_making(Session *session, GError **error)
{
    g_autofree char *parameters = session_parameters(session, session->settings->lock_timeout);
    g_autofree char *sql = g_strdup_printf(
        "RESET SESSION AUTHORIZATION; RESET check_function_bodies; SELECT %s", parameters);

    return conn_exec(session->conn, sql, NULL, error);
}

static gboolean run_all(Session *session, const GPtrArray *statements, GError **error)
{
    if (!open_making(session, error))
        return FALSE;
    for (guint i = 0; i < statements->len; i += BATCH)
        if (!run_batch(session, statements, i, MIN(i + BATCH, statements->len), error))
            return FALSE;
    return close_making(session, error);
}

static gboolean try_one(Session *session, const char *sql, gboolean *is_done, GError **error)
{
    g_autoptr(GError) reason = NULL;

    *is_done = conn_exec(session->conn, sql, NULL, &reason);
    if (*is_done || (!error_is(reason, ERROR_CANCELLED) && conn_is_alive(session->conn)))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

/* Twice, because what needs another may come before it. Failures are expected; *failed, unless it
 * is NULL, gets them: borrowed, container only. */
static gboolean run_what_works(Session *session, const GPtrArray *statements, GPtrArray **failed,
                               GError **error)
{
    g_autofree gboolean *is_done = g_new0(gboolean, statements->len + 1);

    for (guint round = 0; round < 2; round++)
        for (guint i = 0; i < statements->len; i++)
            if (!is_done[i] && !try_one(session, statements->pdata[i], &is_done[i], error))
                return FALSE;
    if (!failed)
        return TRUE;
    *failed = g_ptr_array_new();
    for (guint i = 0; i < statements->len; i++)
        if (!is_done[i])
            g_ptr_array_add(*failed, statements->pdata[i]);
    return TRUE;
}

static gboolean make_schemas(const Surroundings *surroundings, Session *scratch, GError **error)
{
    for (char **name = surroundings->schemas; *name; name++) {
        g_autofree char *quoted = sql_quote_identifier(*name);
        g_autofree char *sql = g_strdup_printf("CREATE SCHEMA IF NOT EXISTS %s", quoted);

        if (!conn_exec(scratch->conn, sql, NULL, error))
            return FALSE;
    }
    return TRUE;
}

gboolean surroundings_make(Surroundings *surroundings, Session *scratch, GError **error)
{
    g_clear_pointer(&surroundings->missing, g_ptr_array_unref);
    if ((surroundings->public && !conn_exec(scratch->conn, surroundings->public, NULL, error)) ||
        !make_schemas(surroundings, scratch, error))
        return FALSE;
    if (!surroundings->extensions->len && !surroundings->objects->len)
        return TRUE;
    return open_making(scratch, error) &&
           run_what_works(scratch, surroundings->extensions, NULL, error) &&
           run_what_works(scratch, surroundings->objects, &surroundings->missing, error) &&
           close_making(scratch, error);
}

gboolean surroundings_complete(const Surroundings *surroundings, Session *scratch, GError **error)
{
    return !surroundings->missing || !surroundings->missing->len ||
           (open_making(scratch, error) &&
            run_what_works(scratch, surroundings->missing, NULL, error) &&
            close_making(scratch, error));
}

gboolean surroundings_apply(const Surroundings *surroundings, Session *scratch, GError **error)
{
    return !surroundings->defaults->len || run_all(scratch, surroundings->defaults, error);
}

gboolean schema_make(const Catalog *catalog, Session *scratch, GError **error)
{
    g_autoptr(GPtrArray) statements = dump_statements(catalog, surroundings_flags(scratch));

    return run_all(scratch, statements, error);
}
