/* One question to the catalogs. */
#include "usage/shape.h"

#include "base/error.h"
#include "usage/sql_usage.h"

/* The columns of usage_shape.sql. */
enum { TYPE_OID = 0, TYPE_NAME = 2, LABELS = 3, BACKEND_PID = 4, SYNCHRONOUS_COMMIT = 5 };

void usage_shape_free(UsageShape *shape)
{
    if (!shape)
        return;
    g_free(shape->table);
    g_free(shape->enum_type);
    g_strfreev(shape->action_types);
    g_free(shape->synchronous_commit);
    g_free(shape);
}

static void make_arrays(char **names, char **types)
{
    const char *all_names[USAGE_FIELD_COUNT + 1] = {NULL};
    const char *all_types[USAGE_FIELD_COUNT + 1] = {NULL};

    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++) {
        all_names[field] = usage_field(field)->name;
        all_types[field] = usage_field(field)->type;
    }
    *names = text_array_format(all_names);
    *types = text_array_format(all_types);
}

static gboolean refuse(const UsageShape *shape, const Conn *conn, const char *what, GError **error)
{
    error_set(error, ERROR_SQL, "%s on %s %s", shape->table, conn_describe(conn), what);
    error_set_hint(error, "the usage log needs the table of pgsluice's own migrations, or one with "
                          "the same columns; usage_log.enabled = false does without");
    return FALSE;
}

static gboolean take(UsageShape *shape, const Conn *conn, const Result *result, GError **error)
{
    if (result_rows(result) == 0)
        return refuse(shape, conn, "is not there", error);
    if (result_rows(result) != USAGE_FIELD_COUNT)
        return refuse(shape, conn, "does not have the columns of a usage log", error);
    shape->action_types = result_text_array(result, USAGE_ACTION_TYPE, LABELS);
    if (!shape->action_types)
        return refuse(shape, conn, "has an action_type that is not an enum", error);
    shape->enum_type = g_strdup(result_text(result, USAGE_ACTION_TYPE, TYPE_NAME));
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++)
        shape->types[field] = (guint32)result_int64(result, (int)field, TYPE_OID);
    shape->is_direct = result_int64(result, 0, BACKEND_PID) == conn_backend_pid(conn);
    shape->synchronous_commit = g_strdup(result_text(result, 0, SYNCHRONOUS_COMMIT));
    return TRUE;
}

UsageShape *usage_shape_read(Conn *conn, const char *schema, GError **error)
{
    g_autoptr(UsageShape) shape = g_new0(UsageShape, 1);
    g_autofree char *quoted = sql_quote_identifier(schema);
    g_autofree char *names = NULL;
    g_autofree char *types = NULL;
    g_autoptr(Result) result = NULL;

    shape->table = g_strconcat(quoted, ".usage_logs", NULL);
    make_arrays(&names, &types);
    if (!conn_exec_params(conn, sql_usage_shape, 3,
                          (const char *const[]){shape->table, names, types}, &result, error) ||
        !take(shape, conn, result, error))
        return NULL;
    return g_steal_pointer(&shape);
}
