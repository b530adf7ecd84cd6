/* Views and materialized views. */
#include <string.h>

#include "schema/catalog.h"
#include "schema/ddl_private.h"
#include "schema/diff_private.h"
#include "schema/name.h"

static DiffOperation *alter_view(DiffPlan *plan, const Object *view)
{
    return diff_operation(plan, view,
                          ((const View *)view)->is_materialized ? "alter_materialized_view"
                                                                : "alter_view",
                          "%s", view->reference);
}

/* --- What a view is --------------------------------------------------------------------------- */

static gboolean is_same_column(const Column *old, const Column *new)
{
    return strcmp(old->base.name, new->base.name) == 0 && strcmp(old->type, new->type) == 0 &&
           g_strcmp0(old->collation, new->collation) == 0;
}

/* A view can only be replaced by one with the same columns, and perhaps more behind them. */
static gboolean has_old_columns(const Object *from, const Object *to)
{
    guint count = from->parts ? from->parts->len : 0;

    if ((to->parts ? to->parts->len : 0) < count)
        return FALSE;
    for (guint i = 0; i < count; i++)
        if (!is_same_column(from->parts->pdata[i], to->parts->pdata[i]))
            return FALSE;
    return TRUE;
}

static gboolean has_same_columns(const Object *from, const Object *to)
{
    return (from->parts ? from->parts->len : 0) == (to->parts ? to->parts->len : 0) &&
           has_old_columns(from, to);
}

static void replace_view(DiffPlan *plan, const Object *to)
{
    const View *view = (const View *)to;
    DiffOperation *operation = diff_operation(plan, to, "replace_view", "%s", to->reference);
    g_autoptr(GString) options = g_string_new(NULL);

    ddl_append_storage(options, view->options);
    diff_statement(operation, "CREATE OR REPLACE VIEW %s%s AS\n%s", to->reference, options->str,
                   view->definition);
}

/* --- Its settings ----------------------------------------------------------------------------- */

static void alter_options(DiffPlan *plan, const Object *from, const Object *to)
{
    char *const *old = ((const View *)from)->options;
    char *const *new = ((const View *)to)->options;
    g_autofree char *alter = g_strdup_printf("ALTER %s %s", object_word(to), to->reference);

    if (!diff_same_texts(old, new))
        diff_storage_options(alter_view(plan, to), alter, old, new);
}

static void alter_access_method(DiffPlan *plan, const View *old, const View *new)
{
    g_autofree char *name = NULL;
    DiffOperation *operation;

    if (g_strcmp0(old->access_method, new->access_method) == 0 || !new->access_method)
        return;
    name = name_quote(new->access_method);
    operation = alter_view(plan, &new->base);
    diff_statement(operation, "ALTER MATERIALIZED VIEW %s SET ACCESS METHOD %s",
                   new->base.reference, name);
    diff_set_hazard(operation, "rewrites the materialized view while nobody can read it");
}

static void add_column_statements(DiffOperation *operation, const char *alter, const Column *old,
                                  const Column *new)
{
    char storage = new->storage ? new->storage : new->type_storage;

    if (g_strcmp0(old->default_value, new->default_value) != 0)
        diff_statement(operation, "%s %s%s", alter,
                       new->default_value ? "SET DEFAULT " : "DROP DEFAULT",
                       new->default_value ? new->default_value : "");
    if (old->storage != new->storage)
        diff_statement(operation, "%s SET STORAGE %s", alter, ddl_storage_name(storage));
    if (old->compression != new->compression)
        diff_statement(operation, "%s SET COMPRESSION %s", alter,
                       new->compression ? ddl_compression_name(new->compression) : "default");
    if (old->statistics != new->statistics)
        diff_statement(operation, "%s SET STATISTICS %" G_GINT64_FORMAT, alter, new->statistics);
    diff_storage_options(operation, alter, old->options, new->options);
}

static gboolean has_same_settings(const Column *old, const Column *new)
{
    return g_strcmp0(old->default_value, new->default_value) == 0 && old->storage == new->storage &&
           old->compression == new->compression &&
           old->statistics == new->statistics &&diff_same_texts(old->options, new->options);
}

static void alter_column(DiffPlan *plan, const Object *view, const Column *old, const Column *new)
{
    g_autofree char *name = name_quote(new->base.name);
    g_autofree char *alter = NULL;

    if (has_same_settings(old, new))
        return;
    alter =
        g_strdup_printf("ALTER %s %s ALTER COLUMN %s", object_word(view), view->reference, name);
    add_column_statements(diff_operation(plan, view, "alter_column", "%s", new->base.reference),
                          alter, old, new);
}

/* A column that was just added has nothing yet. */
static void alter_columns(DiffPlan *plan, const Object *from, const Object *to)
{
    static const Column bare = {.statistics = -1};

    for (guint i = 0; to->parts && i < to->parts->len; i++) {
        gboolean is_new = !from->parts || i >= from->parts->len;

        alter_column(plan, to, is_new ? &bare : from->parts->pdata[i], to->parts->pdata[i]);
    }
}

static gboolean is_same_query(const View *old, const View *new)
{
    return g_strcmp0(old->definition, new->definition) == 0 &&
           has_same_columns(&old->base, &new->base);
}

AlterOutcome diff_view(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const View *old = (const View *)from;
    const View *new = (const View *)to;
    gboolean is_same = is_same_query(old, new);

    if (old->is_materialized != new->is_materialized ||
        (!is_same && (new->is_materialized || !has_old_columns(from, to))))
        return ALTER_REBUILD;
    if (is_same)
        alter_options(plan, from, to);
    else
        replace_view(plan, to);
    alter_access_method(plan, old, new);
    alter_columns(plan, from, to);
    return ALTER_IN_PLACE;
}
