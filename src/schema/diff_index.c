/* Indexes: made, changed and dropped while others read and write their tables. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

/* --- Definitions ------------------------------------------------------------------------------ */

/* Behind the identifier that `text` begins with. */
static const char *skip_name(const char *text)
{
    if (*text != '"')
        return text + strcspn(text, " ");
    for (text++; *text; text++) {
        if (*text != '"')
            continue;
        if (text[1] != '"')
            return text + 1;
        text++;
    }
    return text;
}

/* "CREATE UNIQUE INDEX CONCURRENTLY name ON public.t ...". `name` is quoted; NULL: its own. */
char *diff_index_definition(const Index *index, const char *name)
{
    static const char word[] = " INDEX ";
    const char *found = strstr(index->definition, word);
    const char *start = found ? found + strlen(word) : index->definition;
    const char *end = skip_name(start);
    g_autofree char *own = g_strndup(start, (gsize)(end - start));

    return g_strdup_printf("%.*sCONCURRENTLY %s%s", (int)(start - index->definition),
                           index->definition, name ? name : own, end);
}

static char *option_value(const char *value)
{
    g_autofree char *quoted = name_quote(value);

    return strcmp(quoted, value) == 0 ? g_strdup(value) : ddl_literal(value);
}

/* As the server writes what stands behind WITH. */
static char *options_clause(const Index *index)
{
    g_autoptr(GString) sql = g_string_new(NULL);

    for (char **option = index->options; option && *option; option++) {
        const char *value = strchr(*option, '=');
        g_autofree char *literal = value ? option_value(value + 1) : g_strdup("''");

        g_string_append_printf(sql, "%s%.*s=%s", option == index->options ? " WITH (" : ", ",
                               (int)strcspn(*option, "="), *option, literal);
    }
    if (sql->len)
        g_string_append_c(sql, ')');
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* NULL when the options are not where they are expected. */
static char *without_options(const Index *index)
{
    g_autofree char *clause = options_clause(index);
    const char *found = *clause ? g_strrstr(index->definition, clause) : NULL;

    if (!*clause)
        return g_strdup(index->definition);
    if (!found)
        return NULL;
    return g_strdup_printf("%.*s%s", (int)(found - index->definition), index->definition,
                           found + strlen(clause));
}

static gboolean has_same_core(const Index *from, const Index *to)
{
    g_autofree char *old = without_options(from);
    g_autofree char *new = without_options(to);

    return from->is_valid == to->is_valid && old && new &&strcmp(old, new) == 0;
}

/* --- Making and dropping ---------------------------------------------------------------------- */

static gboolean is_online(const DiffPlan *plan, const Index *index)
{
    const Object *holder = index->base.parent;

    return !diff_options(plan)->is_offline_ok && !diff_is_new(plan, &index->base) &&
           !index->is_of_constraint && !index->is_partitioned && holder->kind == KIND_TABLE;
}

static void add_rest(DiffOperation *operation, const GPtrArray *statements)
{
    for (guint i = 1; i < statements->len; i++)
        diff_statement(operation, "%s", (const char *)statements->pdata[i]);
}

/* The one operation that makes it. */
static DiffOperation *creation(DiffPlan *plan, const Object *object)
{
    const GPtrArray *operations = plan_change(plan, object)->slots[SLOT_CREATE];

    return operations ? operations->pdata[0] : diff_make_operation(plan, object, SLOT_CREATE);
}

static void attach(DiffPlan *plan, const Index *index)
{
    diff_statement(diff_operation_in(plan, &index->base, SLOT_AFTER, "attach_partition", "%s",
                                     index->base.reference),
                   "ALTER INDEX %s ATTACH PARTITION %s", index->attached_to, index->base.reference);
}

/* A table that becomes a partition takes along the indexes that fit those of its parent that are
 * there by then. */
static void attach_late(DiffPlan *plan, const Index *index)
{
    const Object *above = plan_index_above(&index->base);

    if (!above || !plan_is_made(plan, above))
        return;
    attach(plan, index);
    diff_precede(plan, above, SLOT_CREATE, &index->base, SLOT_AFTER);
    diff_precede(plan, index->base.parent, SLOT_AFTER, &index->base, SLOT_AFTER);
}

gboolean diff_index_create(DiffPlan *plan, const Object *object)
{
    const Index *index = (const Index *)object;
    gboolean is_late = index->attached_to && diff_is_attached_late(plan, object->parent);
    g_autofree char *attaching = g_strdup_printf("ALTER INDEX %s ATTACH", index->attached_to);
    g_autoptr(GPtrArray) statements = NULL;
    g_autofree char *definition = NULL;

    if ((!is_online(plan, index) || !index->is_valid) && !is_late)
        return FALSE;
    statements = ddl_create(object, DDL_ALL);
    if (is_online(plan, index))
        definition = diff_index_definition(index, NULL);
    for (guint i = 0; i < statements->len; i++) {
        const char *statement = i == 0 && definition ? definition : statements->pdata[i];

        if (!is_late || !g_str_has_prefix(statement, attaching))
            diff_statement(creation(plan, object), "%s", statement);
    }
    if (is_late)
        attach_late(plan, index);
    return TRUE;
}

gboolean diff_index_drop(DiffPlan *plan, const Object *object)
{
    const Index *index = (const Index *)object;

    if (object->kind != KIND_INDEX || diff_options(plan)->is_offline_ok ||
        index->is_of_constraint || index->is_partitioned || index->attached_to ||
        object->parent->kind != KIND_TABLE)
        return FALSE;
    diff_statement(diff_make_operation(plan, object, SLOT_BEFORE), "DROP INDEX CONCURRENTLY %s",
                   object->reference);
    return TRUE;
}

/* --- Changing --------------------------------------------------------------------------------- */

static DiffOperation *alter_index(DiffPlan *plan, const Index *index)
{
    return diff_operation(plan, &index->base, "alter_index", "%s", index->base.reference);
}

/* The new one is there before the old one goes. */
static void swap(DiffPlan *plan, const Index *from, const Index *to)
{
    g_autofree char *name = name_quote(to->base.name);
    g_autofree char *other = diff_free_name(plan, to->base.parent, to->base.name, "new");
    g_autofree char *schema = name_quote(to->base.schema);
    g_autofree char *definition = diff_index_definition(to, other);
    g_autoptr(GPtrArray) statements = ddl_create(&to->base, DDL_ALL);
    DiffOperation *operation;

    diff_statement(diff_operation(plan, &to->base, "create_index", "%s", to->base.reference), "%s",
                   definition);
    diff_statement(diff_operation(plan, &to->base, "drop_index", "%s", to->base.reference),
                   "DROP INDEX CONCURRENTLY %s", from->base.reference);
    operation = alter_index(plan, to);
    diff_statement(operation, "ALTER INDEX %s.%s RENAME TO %s", schema, other, name);
    add_rest(operation, statements);
}

static gboolean is_target_of(char *const *targets, const char *target)
{
    return targets && g_strv_contains((const char *const *)targets, target);
}

static const char *find_target(char *const *targets, const char *like)
{
    gsize length = strcspn(like, "=") + 1;

    for (; targets && *targets; targets++)
        if (strncmp(*targets, like, length) == 0)
            return *targets;
    return NULL;
}

static void set_target(DiffPlan *plan, const Index *index, const char *target, const char *value)
{
    diff_statement(alter_index(plan, index), "ALTER INDEX %s ALTER COLUMN %.*s SET STATISTICS %s",
                   index->base.reference, (int)strcspn(target, "="), target, value);
}

static void change_statistics(DiffPlan *plan, const Index *from, const Index *to)
{
    for (char **target = to->statistics; target && *target; target++)
        if (!is_target_of(from->statistics, *target))
            set_target(plan, to, *target, strchr(*target, '=') + 1);
    for (char **target = from->statistics; target && *target; target++)
        if (!find_target(to->statistics, *target))
            set_target(plan, to, *target, "-1");
}

static gboolean is_any_clustered(const Catalog *catalog, const Object *table)
{
    const GPtrArray *objects = catalog_objects(catalog);

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (object->kind == KIND_INDEX && ((const Index *)object)->is_clustered &&
            strcmp(object->parent->identity, table->identity) == 0)
            return TRUE;
    }
    return FALSE;
}

static void change_marks(DiffPlan *plan, const Index *from, const Index *to)
{
    const char *table = to->base.parent->reference;
    g_autofree char *name = name_quote(to->base.name);

    if (to->is_clustered && !from->is_clustered)
        diff_statement(alter_index(plan, to), "ALTER TABLE %s CLUSTER ON %s", table, name);
    if (from->is_clustered && !to->is_clustered && !is_any_clustered(plan->to, to->base.parent))
        diff_statement(alter_index(plan, to), "ALTER TABLE %s SET WITHOUT CLUSTER", table);
    if (from->is_replica_identity && !to->is_replica_identity)
        diff_index_unmark(plan, &from->base);
    if (to->is_replica_identity && !from->is_replica_identity)
        diff_statement(alter_index(plan, to), "ALTER TABLE ONLY %s REPLICA IDENTITY USING INDEX %s",
                       table, name);
}

void diff_index_unmark(DiffPlan *plan, const Object *index)
{
    const Object *table = index->parent;
    const Table *kept = (const Table *)plan_change(plan, table)->to;

    if (((const Index *)index)->is_replica_identity && kept && kept->replica_identity == 'd')
        diff_statement(
            diff_operation_in(plan, table, SLOT_AFTER, "alter_table", "%s", table->reference),
            "ALTER TABLE ONLY %s REPLICA IDENTITY DEFAULT", table->reference);
}

static void change_options(DiffPlan *plan, const Index *from, const Index *to)
{
    g_autofree char *alter = g_strdup_printf("ALTER INDEX %s", to->base.reference);

    if (!to->is_of_constraint && !diff_same_texts(from->options, to->options))
        diff_storage_options(alter_index(plan, to), alter, from->options, to->options);
}

static gboolean was_detached_with_its_table(const Index *from, const Index *to)
{
    const Table *old = (const Table *)from->base.parent;
    const Table *new = (const Table *)to->base.parent;

    return g_strcmp0(old->partition_bound, new->partition_bound) != 0 ||
           g_strcmp0(old->parents ? old->parents[0] : NULL, new->parents ? new->parents[0] : NULL);
}

/* A unique index becomes a constraint's: see there. */
static AlterOutcome change_holder(DiffPlan *plan, const Index *from, const Index *to)
{
    gboolean is_fit = to->is_of_constraint && from->is_unique && has_same_core(from, to);

    if (is_fit)
        return ALTER_IN_PLACE;
    for (guint i = 0; to->base.needs && i < to->base.needs->len; i++) {
        const Object *need = to->base.needs->pdata[i];

        if (to->is_of_constraint && need->kind == KIND_CONSTRAINT)
            diff_precede(plan, &from->base, SLOT_BEFORE, need, SLOT_CREATE);
    }
    return ALTER_REBUILD;
}

AlterOutcome diff_index(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Index *old = (const Index *)from;
    const Index *new = (const Index *)to;
    gboolean is_same = new->is_of_constraint || has_same_core(old, new);

    if (old->is_of_constraint != new->is_of_constraint)
        return change_holder(plan, old, new);
    if (strcmp(from->parent->identity, to->parent->identity) != 0)
        return ALTER_REBUILD;
    if (g_strcmp0(old->attached_to, new->attached_to) != 0 && old->attached_to &&
        !was_detached_with_its_table(old, new))
        return ALTER_REBUILD;
    if (!is_same && (!is_online(plan, new) || !old->is_valid || !new->is_valid || old->attached_to))
        return ALTER_REBUILD;
    if (!is_same) {
        swap(plan, old, new);
        return ALTER_IN_PLACE;
    }
    if (new->attached_to && g_strcmp0(old->attached_to, new->attached_to) != 0)
        attach(plan, new);
    change_statistics(plan, old, new);
    change_options(plan, old, new);
    change_marks(plan, old, new);
    return ALTER_IN_PLACE;
}
