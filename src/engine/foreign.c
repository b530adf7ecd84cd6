/* The version tables of other tools. */
#include "engine/foreign.h"

#include <string.h>

#include "base/error.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

typedef struct {
    const char *tool;
    const char *table; /* by default */
    const char *sql;
    const char *remedy; /* when a migration failed half-way */
} ForeignTool;

static const ForeignTool tools[] = {
    {"dbmate", "schema_migrations", sql_foreign_dbmate, ""},
    {"golang-migrate", "schema_migrations", sql_foreign_golang_migrate,
     "bring the database to a known version by hand, then: migrate force VERSION"},
    {"flyway", "flyway_schema_history", sql_foreign_flyway,
     "undo by hand what it left, then: flyway repair"},
};

enum { VERSIONS, FLOOR, TROUBLED }; /* columns of each query */

void foreign_state_free(ForeignState *state)
{
    if (!state)
        return;
    g_strfreev(state->versions);
    g_free(state->floor);
    g_free(state);
}

static const ForeignTool *find_tool(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tools); i++)
        if (strcmp(tools[i].tool, name) == 0)
            return &tools[i];
    g_return_val_if_reached(NULL);
}

static gboolean refuse_troubled(const ForeignTool *tool, const Result *result, GError **error)
{
    g_auto(GStrv) troubled = result_text_array(result, 0, TROUBLED);
    g_autofree char *names = g_strjoinv(", ", troubled);

    if (!troubled[0])
        return TRUE;
    error_set(error, ERROR_REFUSED, "%s says that this version failed half-way: %s", tool->tool,
              names);
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "%s", tool->remedy);
    return FALSE;
}

/* A table that is not there, or has other columns, is most likely the wrong name. */
static void explain(const ForeignTool *tool, const char *schema, const char *table, GError **error)
{
    const char *sqlstate = error_sqlstate(*error);
    gboolean is_absent = g_strcmp0(sqlstate, "42P01") == 0 || g_strcmp0(sqlstate, "3F000") == 0;

    if (!is_absent && g_strcmp0(sqlstate, "42703") != 0) {
        g_prefix_error(error, "reading table %s.%s: ", schema, table);
        return;
    }
    g_clear_error(error);
    error_set(error, ERROR_REFUSED, "%s %s.%s %s %s",
              is_absent ? "the database has no table" : "table", schema, table,
              is_absent ? "of" : "is not that of", tool->tool);
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "name the right one: --table SCHEMA.NAME; without --adopt only the files "
                          "are imported");
}

ForeignState *foreign_read(Session *session, const char *name, const char *table, GError **error)
{
    const ForeignTool *tool = find_tool(name);
    g_auto(GStrv) parts = g_strsplit(table ? table : tool->table, ".", 2);
    const char *schema = parts[0] && parts[1] ? parts[0] : "public";
    const char *bare = parts[0] && parts[1] ? parts[1] : parts[0];
    const char *variables[] = {"foreign_schema", schema, "foreign_table", bare ? bare : "", NULL};
    g_autofree char *sql = sql_expand(tool->sql, variables);
    g_autoptr(Result) result = NULL;
    g_autoptr(GError) reason = NULL;
    ForeignState *state;

    if (!conn_exec(session->conn, sql, &result, &reason)) {
        explain(tool, schema, variables[3], &reason);
        g_propagate_error(error, g_steal_pointer(&reason));
        return NULL;
    }
    if (!refuse_troubled(tool, result, error))
        return NULL;
    state = g_new0(ForeignState, 1);
    state->versions = result_text_array(result, 0, VERSIONS);
    state->floor = g_strdup(result_text(result, 0, FLOOR));
    return state;
}
