/* Writing the script. */
#include "schema/dump.h"

#include <string.h>

#include "schema/order.h"
#include "sql/psql.h"

/* What a session of psql may have set and that would change what the statements mean. */
static const char prologue[] = "SET client_encoding = 'UTF8';\n"
                               "SET standard_conforming_strings = on;\n"
                               "SET check_function_bodies = off;\n"
                               "SET default_tablespace = '';\n"
                               "SET default_table_access_method = heap;\n"
                               "SELECT pg_catalog.set_config('search_path', '', false);\n";

/* Without any of these psql sends what it reads. */
static gboolean needs_care(const char *statement)
{
    return strpbrk(statement, ";\\") || strstr(statement, "--") || strchr(statement, ':');
}

static void append_statement(GString *script, const char *statement)
{
    gsize at;

    if (g_str_has_prefix(statement, "--"))
        g_string_append_printf(script, "%s\n", statement);
    else if (!needs_care(statement) || !sql_append_for_psql(script, statement, &at, NULL))
        g_string_append_printf(script, "%s;\n", statement);
}

static GPtrArray *statements_of(const OrderStep *step, DdlFlags flags)
{
    switch (step->kind) {
    case STEP_CREATE:
        return ddl_create(step->object, flags | DDL_DEFAULTS);
    case STEP_CREATE_BARE:
        return ddl_create(step->object, flags & ~(DdlFlags)DDL_DEFAULTS);
    case STEP_DEFAULTS:
        return ddl_defaults(step->object);
    default:
        return ddl_ownership(step->object);
    }
}

void dump_write(const Catalog *catalog, DdlFlags flags, DumpSink sink, gpointer data)
{
    g_autoptr(GArray) steps = order_objects(catalog_objects(catalog));
    g_autoptr(GString) script = g_string_new(prologue);

    sink(script->str, data);
    for (guint i = 0; i < steps->len; i++) {
        g_autoptr(GPtrArray) statements = statements_of(&g_array_index(steps, OrderStep, i), flags);

        g_string_assign(script, statements->len ? "\n" : "");
        for (guint j = 0; j < statements->len; j++)
            append_statement(script, statements->pdata[j]);
        sink(script->str, data);
    }
}

GPtrArray *dump_statements(const Catalog *catalog, DdlFlags flags)
{
    g_autoptr(GArray) steps = order_objects(catalog_objects(catalog));
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < steps->len; i++) {
        g_autoptr(GPtrArray) statements = statements_of(&g_array_index(steps, OrderStep, i), flags);

        for (guint j = 0; j < statements->len; j++)
            if (!g_str_has_prefix(statements->pdata[j], "--"))
                g_ptr_array_add(all, g_strdup(statements->pdata[j]));
    }
    return all;
}
