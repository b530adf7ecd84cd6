/* Tables and the columns of tables, views and composite types. */
#include <string.h>

#include "schema/acl.h"
#include "schema/catalog.h"
#include "schema/ddl_private.h"
#include "schema/name.h"

/* A partition's columns are its own; other children get theirs from their parents. */
static gboolean is_declared(const Table *table, const Column *column)
{
    return column->is_local || !column->is_inherited || table->partition_bound;
}

/* --- Columns ---------------------------------------------------------------------------------- */

const Sequence *ddl_find_generator(const Column *column)
{
    const Object *table = column->base.parent;

    for (guint i = 0; i < table->parts->len; i++) {
        const Sequence *part = table->parts->pdata[i];

        if (part->base.kind == KIND_SEQUENCE && part->is_identity &&
            strcmp(part->owned_column, column->base.name) == 0)
            return part;
    }
    return NULL;
}

void ddl_append_identity(GString *sql, const Column *column)
{
    const Sequence *generator = ddl_find_generator(column);

    g_string_append_printf(sql, " GENERATED %s AS IDENTITY",
                           column->identity == 'a' ? "ALWAYS" : "BY DEFAULT");
    if (!generator)
        return;
    g_string_append_printf(sql, " (SEQUENCE NAME %s", generator->base.reference);
    ddl_append_sequence(sql, generator);
    g_string_append_c(sql, ')');
}

static void append_value(GString *sql, const Column *column, DdlFlags flags)
{
    if (column->identity)
        ddl_append_identity(sql, column);
    else if (column->generated)
        g_string_append_printf(sql, " GENERATED ALWAYS AS (%s) %s", column->default_value,
                               column->generated == 'v' ? "VIRTUAL" : "STORED");
    else if (column->default_value && flags & DDL_DEFAULTS)
        g_string_append_printf(sql, " DEFAULT %s", column->default_value);
}

const char *ddl_compression_name(char letter)
{
    return letter == 'l' ? "lz4" : "pglz";
}

void ddl_append_column(GString *sql, const Column *column, DdlFlags flags)
{
    name_append(sql, column->base.name);
    g_string_append_printf(sql, " %s", column->type);
    if (column->compression)
        g_string_append_printf(sql, " COMPRESSION %s", ddl_compression_name(column->compression));
    ddl_append_options(sql, column->server_options);
    if (column->collation)
        g_string_append_printf(sql, " COLLATE %s", column->collation);
    append_value(sql, column, flags);
    if (column->is_not_null)
        g_string_append(sql, " NOT NULL");
}

/* Of a typed table: name and type are the type's. */
static gboolean append_typed_column(GString *sql, const Column *column, DdlFlags flags)
{
    gsize before = sql->len;

    name_append(sql, column->base.name);
    g_string_append(sql, " WITH OPTIONS");
    if (!column->is_not_null && !column->default_value && !column->identity) {
        g_string_truncate(sql, before);
        return FALSE;
    }
    append_value(sql, column, flags);
    if (column->is_not_null)
        g_string_append(sql, " NOT NULL");
    return TRUE;
}

/* "(\n    a integer,\n    b text\n)" */
static void append_columns(GString *sql, const Table *table, DdlFlags flags)
{
    const GPtrArray *parts = table->base.parts;
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; parts && i < parts->len; i++) {
        const Column *column = parts->pdata[i];
        g_autoptr(GString) text = g_string_new(NULL);

        if (column->base.kind != KIND_COLUMN)
            continue;
        if (table->of_type && !append_typed_column(text, column, flags))
            continue;
        if (!table->of_type && !is_declared(table, column))
            continue;
        if (!table->of_type)
            ddl_append_column(text, column, flags);
        g_string_append_printf(list, "%s\n    %s", list->len ? "," : "", text->str);
    }
    if (list->len)
        g_string_append_printf(sql, " (%s\n)", list->str);
    else if (!table->of_type)
        g_string_append(sql, " ()");
}

/* "ALTER TABLE ONLY public.t": what a change of a column begins with. */
static char *alteration(const Object *object)
{
    return g_strdup_printf("ALTER %s %s%s", object_word(object),
                           object->kind == KIND_TABLE ? "ONLY " : "", object->reference);
}

const char *ddl_storage_name(char letter)
{
    return letter == 'p'   ? "PLAIN"
           : letter == 'e' ? "EXTERNAL"
           : letter == 'm' ? "MAIN"
                           : "EXTENDED";
}

static void add_column_settings(GPtrArray *statements, const char *alter, const Column *column)
{
    g_autofree char *name = name_quote(column->base.name);

    if (column->storage)
        ddl_add(statements, "%s ALTER COLUMN %s SET STORAGE %s", alter, name,
                ddl_storage_name(column->storage));
    if (column->compression && column->base.parent->kind == KIND_VIEW)
        ddl_add(statements, "%s ALTER COLUMN %s SET COMPRESSION %s", alter, name,
                ddl_compression_name(column->compression));
    if (column->statistics >= 0)
        ddl_add(statements, "%s ALTER COLUMN %s SET STATISTICS %" G_GINT64_FORMAT, alter, name,
                column->statistics);
    if (column->options) {
        g_autoptr(GString) options = g_string_new(NULL);

        ddl_append_storage(options, column->options);
        ddl_add(statements, "%s ALTER COLUMN %s SET%s", alter, name,
                options->str + strlen(" WITH"));
    }
}

static void add_column_grants(GPtrArray *statements, const Object *object, const Column *column)
{
    g_autofree char *on = g_strconcat("TABLE ", object->reference, NULL);
    const AclTarget target = {"", on, column->base.name, object->owner};

    acl_append(statements, &target, column->base.acl, column->base.baseline);
}

void ddl_columns(GPtrArray *statements, const Object *object, DdlFlags flags)
{
    g_autofree char *alter = alteration(object);

    for (guint i = 0; object->parts && i < object->parts->len; i++) {
        const Column *column = object->parts->pdata[i];

        if (column->base.kind != KIND_COLUMN)
            continue;
        if (object->kind != KIND_COMPOSITE)
            add_column_settings(statements, alter, column);
        ddl_add_comment(statements, "COLUMN", &column->base, flags);
        if (flags & DDL_PRIVILEGES)
            add_column_grants(statements, object, column);
    }
}

/* --- What a child has otherwise than its parents ---------------------------------------------- */

typedef struct {
    gboolean is_not_null;
    const char *default_value;
} Inherited;

static Inherited what_comes(const Table *table, const Column *column)
{
    const GPtrArray *needs = table->base.needs;
    Inherited comes = {FALSE, NULL};

    for (guint i = 0; needs && i < needs->len; i++) {
        const Object *parent = needs->pdata[i];
        const Column *theirs = NULL;

        if (parent->kind == KIND_TABLE && table->parents &&
            g_strv_contains((const char *const *)table->parents, parent->reference))
            theirs = object_column(parent, column->base.name);
        if (!theirs)
            continue;
        comes.is_not_null |= theirs->is_not_null;
        if (!comes.default_value)
            comes.default_value = theirs->default_value;
    }
    return comes;
}

static void add_difference(GPtrArray *statements, const char *alter, const Table *table,
                           const Column *column, DdlFlags flags)
{
    Inherited comes = what_comes(table, column);
    g_autofree char *name = name_quote(column->base.name);

    if (column->is_not_null && !comes.is_not_null)
        ddl_add(statements, "%s ALTER COLUMN %s SET NOT NULL", alter, name);
    if (column->generated || !(flags & DDL_DEFAULTS) ||
        g_strcmp0(column->default_value, comes.default_value) == 0)
        return;
    ddl_add(statements, "%s ALTER COLUMN %s SET DEFAULT %s", alter, name,
            column->default_value ? column->default_value : "NULL");
}

static void add_differences(GPtrArray *statements, const Table *table, DdlFlags flags)
{
    const GPtrArray *parts = table->base.parts;
    g_autofree char *alter = alteration(&table->base);

    for (guint i = 0; parts && i < parts->len; i++) {
        const Column *column = parts->pdata[i];

        if (column->base.kind == KIND_COLUMN && !table->of_type && !is_declared(table, column))
            add_difference(statements, alter, table, column, flags);
    }
}

void ddl_column_defaults(GPtrArray *statements, const Object *object)
{
    g_autofree char *alter = alteration(object);

    for (guint i = 0; object->parts && i < object->parts->len; i++) {
        const Column *column = object->parts->pdata[i];
        g_autofree char *name = name_quote(column->base.name);

        if (column->base.kind == KIND_COLUMN && column->default_value && !column->generated)
            ddl_add(statements, "%s ALTER COLUMN %s SET DEFAULT %s", alter, name,
                    column->default_value);
    }
}

/* --- Tables ----------------------------------------------------------------------------------- */

static void append_inheritance(GString *sql, const Table *table)
{
    g_autofree char *parents = NULL;

    if (!table->parents || table->partition_bound)
        return;
    parents = g_strjoinv(", ", table->parents);
    g_string_append_printf(sql, "\nINHERITS (%s)", parents);
}

static void append_place(GString *sql, const Table *table)
{
    if (table->type == 'f') {
        g_string_append(sql, "\nSERVER ");
        name_append(sql, table->server);
        ddl_append_options(sql, table->server_options);
        return;
    }
    if (table->access_method && strcmp(table->access_method, "heap") != 0) {
        g_string_append(sql, "\nUSING ");
        name_append(sql, table->access_method);
    }
    if (table->options)
        g_string_append_c(sql, '\n');
    ddl_append_storage(sql, table->options);
}

static void add_table_states(GPtrArray *statements, const Table *table)
{
    const char *reference = table->base.reference;

    if (table->partition_bound && table->parents)
        ddl_add(statements, "ALTER TABLE ONLY %s ATTACH PARTITION %s %s", table->parents[0],
                reference, table->partition_bound);
    if (table->type != 'f' && (table->replica_identity == 'f' || table->replica_identity == 'n'))
        ddl_add(statements, "ALTER TABLE ONLY %s REPLICA IDENTITY %s", reference,
                table->replica_identity == 'f' ? "FULL" : "NOTHING");
    if (table->has_row_security)
        ddl_add(statements, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY", reference);
    if (table->forces_row_security)
        ddl_add(statements, "ALTER TABLE ONLY %s FORCE ROW LEVEL SECURITY", reference);
}

void ddl_table(GPtrArray *statements, const Table *table, DdlFlags flags)
{
    g_autoptr(GString) sql = g_string_new("CREATE ");

    g_string_append_printf(sql, "%s%s %s", table->is_unlogged ? "UNLOGGED " : "",
                           object_word(&table->base), table->base.reference);
    if (table->of_type)
        g_string_append_printf(sql, " OF %s", table->of_type);
    append_columns(sql, table, flags);
    append_inheritance(sql, table);
    if (table->partition_key)
        g_string_append_printf(sql, "\nPARTITION BY %s", table->partition_key);
    append_place(sql, table);
    ddl_add(statements, "%s", sql->str);
    add_differences(statements, table, flags);
    add_table_states(statements, table);
}

void ddl_composite(GPtrArray *statements, const Composite *composite)
{
    const GPtrArray *parts = composite->base.parts;
    g_autoptr(GString) sql = g_string_new(NULL);

    for (guint i = 0; parts && i < parts->len; i++) {
        const Column *column = parts->pdata[i];

        g_string_append(sql, i ? ",\n    " : "\n    ");
        name_append(sql, column->base.name);
        g_string_append_printf(sql, " %s", column->type);
        if (column->collation)
            g_string_append_printf(sql, " COLLATE %s", column->collation);
    }
    ddl_add(statements, "CREATE TYPE %s AS (%s\n)", composite->base.reference, sql->str);
}
