/* Triggers, policies, rules and statistics of a table; publications; event triggers. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

/* "CREATE OR REPLACE RULE ..." from "CREATE RULE ...". g_free. */
static char *replacing(const char *definition)
{
    return g_strdup_printf("CREATE OR REPLACE %s", definition + strlen("CREATE "));
}

static DiffOperation *operate(DiffPlan *plan, const Object *object, const char *verb)
{
    return diff_operation(plan, object, verb, "%s", object->reference);
}

/* --- Rules and triggers ----------------------------------------------------------------------- */

/* A table's rule or trigger, `what`, that fires otherwise. */
static void enable(DiffOperation *operation, const Object *object, const char *what, char state)
{
    g_autofree char *name = name_quote(object->name);

    diff_statement(operation, "ALTER TABLE %s %s %s %s", object->parent->reference,
                   ddl_enabling(state), what, name);
}

/* A rule that is replaced keeps its state. */
AlterOutcome diff_rule(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Rule *old = (const Rule *)from;
    const Rule *new = (const Rule *)to;

    if (strcmp(old->definition, new->definition) != 0) {
        g_autofree char *definition = replacing(new->definition);

        diff_statement(operate(plan, to, "replace_rule"), "%s", definition);
    }
    if (old->enabled != new->enabled)
        enable(operate(plan, to, "alter_rule"), to, "RULE", new->enabled);
    return ALTER_IN_PLACE;
}

static gboolean is_constraint_trigger(const Trigger *trigger)
{
    return g_str_has_prefix(trigger->definition, "CREATE CONSTRAINT ");
}

static gboolean is_below(const Catalog *catalog, const Object *table, const Object *above)
{
    char *const *parents = ((const Table *)table)->parents;

    for (; parents && *parents; parents++) {
        g_autofree char *identity =
            g_strdup_printf("%s %s", kind_traits(KIND_TABLE)->slug, *parents);
        const Object *parent = catalog_find(catalog, identity);

        if (parent && (parent == above || is_below(catalog, parent, above)))
            return TRUE;
    }
    return FALSE;
}

/* What happens to a partitioned table's trigger happens to those of its partitions: which fire
 * otherwise is said again. */
static void enable_clones(DiffPlan *plan, DiffOperation *operation, const Object *trigger)
{
    const GPtrArray *objects = catalog_objects(diff_to(plan));

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (object->kind == KIND_TRIGGER && ((const Trigger *)object)->is_cloned &&
            strcmp(object->name, trigger->name) == 0 &&
            is_below(diff_to(plan), object->parent, trigger->parent))
            enable(operation, object, "TRIGGER", ((const Trigger *)object)->enabled);
    }
}

static gboolean is_of_partitioned(const Object *trigger)
{
    return trigger->parent->kind == KIND_TABLE && ((const Table *)trigger->parent)->type == 'p';
}

/* A trigger that is replaced fires as a new one does. */
AlterOutcome diff_trigger(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Trigger *old = (const Trigger *)from;
    const Trigger *new = (const Trigger *)to;
    gboolean is_replaced = !new->is_cloned &&strcmp(old->definition, new->definition) != 0;
    char state = is_replaced ? 'O' : old->enabled;
    DiffOperation *operation = NULL;

    if (old->is_cloned != new->is_cloned ||
        (is_replaced && (is_constraint_trigger(old) || is_constraint_trigger(new))))
        return ALTER_REBUILD;
    if (is_replaced) {
        g_autofree char *definition = replacing(new->definition);

        operation = operate(plan, to, "replace_trigger");
        diff_statement(operation, "%s", definition);
    }
    if (state != new->enabled) {
        operation = operate(plan, to, "alter_trigger");
        enable(operation, to, "TRIGGER", new->enabled);
    }
    if (operation && is_of_partitioned(to))
        enable_clones(plan, operation, to);
    return ALTER_IN_PLACE;
}

static const Object *same_table(const Catalog *catalog, const Object *trigger)
{
    return catalog_find(catalog, trigger->parent->identity);
}

void diff_trigger_release(DiffPlan *plan, const Object *trigger)
{
    const GPtrArray *objects = catalog_objects(diff_to(plan));

    for (guint i = 0; i < objects->len; i++) {
        const Object *above = objects->pdata[i];

        if (above->kind == KIND_TRIGGER && strcmp(above->name, trigger->name) == 0 &&
            is_below(diff_from(plan), trigger->parent, same_table(diff_from(plan), above)))
            enable(diff_operation_in(plan, trigger, SLOT_BEFORE, "alter_trigger", "%s",
                                     trigger->reference),
                   trigger, "TRIGGER", ((const Trigger *)above)->enabled);
    }
}

AlterOutcome diff_event_trigger(DiffPlan *plan, const Object *from, const Object *to,
                                GError **error)
{
    const EventTrigger *old = (const EventTrigger *)from;
    const EventTrigger *new = (const EventTrigger *)to;

    if (strcmp(old->event, new->event) != 0 || strcmp(old->function, new->function) != 0 ||
        !diff_same_texts(old->tags, new->tags))
        return ALTER_REBUILD;
    if (old->enabled != new->enabled)
        diff_statement(operate(plan, to, "alter_event_trigger"), "ALTER EVENT TRIGGER %s %s",
                       to->reference, ddl_enabling(new->enabled));
    return ALTER_IN_PLACE;
}

/* --- Policies and statistics ------------------------------------------------------------------ */

/* Nothing takes a clause away. */
static gboolean loses_clause(const Policy *old, const Policy *new)
{
    return (old->using_clause && !new->using_clause) || (old->check_clause && !new->check_clause);
}

static void alter_policy(DiffPlan *plan, const Policy *old, const Policy *new)
{
    g_autoptr(GString) sql = g_string_new(NULL);

    if (!diff_same_texts(old->roles, new->roles)) {
        g_autofree char *roles = new->roles ? g_strjoinv(", ", new->roles) : g_strdup("PUBLIC");

        g_string_append_printf(sql, " TO %s", roles);
    }
    if (g_strcmp0(old->using_clause, new->using_clause) != 0)
        g_string_append_printf(sql, " USING (%s)", new->using_clause);
    if (g_strcmp0(old->check_clause, new->check_clause) != 0)
        g_string_append_printf(sql, " WITH CHECK (%s)", new->check_clause);
    if (sql->len)
        diff_statement(operate(plan, &new->base, "alter_policy"), "ALTER POLICY %s%s",
                       new->base.reference, sql->str);
}

AlterOutcome diff_policy(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Policy *old = (const Policy *)from;
    const Policy *new = (const Policy *)to;

    if (old->is_permissive != new->is_permissive || old->command != new->command ||
        loses_clause(old, new))
        return ALTER_REBUILD;
    alter_policy(plan, old, new);
    return ALTER_IN_PLACE;
}

AlterOutcome diff_statistics(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Statistics *old = (const Statistics *)from;
    const Statistics *new = (const Statistics *)to;

    if (strcmp(old->definition, new->definition) != 0)
        return ALTER_REBUILD;
    if (old->target != new->target)
        diff_statement(operate(plan, to, "alter_statistics"),
                       "ALTER STATISTICS %s SET STATISTICS %" G_GINT64_FORMAT, to->reference,
                       new->target);
    return ALTER_IN_PLACE;
}

/* --- Publications ----------------------------------------------------------------------------- */

/* A quoted name with its schema, at the beginning of a text. */
static gsize relation_length(const char *text)
{
    gboolean is_quoted = FALSE;
    gsize length = 0;

    for (; text[length] && (is_quoted || text[length] != ' '); length++)
        if (text[length] == '"')
            is_quoted = !is_quoted;
    return length;
}

/* A table that is dropped leaves its publications by itself. */
static gboolean is_there(const DiffPlan *plan, const char *relation)
{
    g_autofree char *identity = g_strdup_printf("%s %s", kind_traits(KIND_TABLE)->slug, relation);

    return catalog_find(diff_to(plan), identity) != NULL;
}

static void change_member(DiffPlan *plan, const Object *publication, const char *change,
                          const char *member)
{
    diff_statement(operate(plan, publication, "alter_publication"), "ALTER PUBLICATION %s %s %s",
                   publication->reference, change, member);
}

/* Those that are suspended go and come by themselves. */
static gboolean is_changing(const DiffPlan *plan, const Publication *publication,
                            char *const *others, const char *table)
{
    g_autofree char *relation = g_strndup(table, relation_length(table));

    return !diff_has_text(others, table) && is_there(plan, relation) &&
           !plan_is_suspended(plan_change(plan, &publication->base), relation);
}

/* Tables whose columns or condition change go and come: what others have put into the publication
 * stays. */
static void change_members(DiffPlan *plan, const Publication *old, const Publication *new)
{
    for (char **table = old->tables; table && *table; table++) {
        g_autofree char *relation = g_strndup(*table, relation_length(*table));

        if (is_changing(plan, new, new->tables, *table))
            change_member(plan, &new->base, "DROP TABLE ONLY", relation);
    }
    for (char **schema = old->schemas; schema && *schema; schema++)
        if (!diff_has_text(new->schemas, *schema))
            change_member(plan, &new->base, "DROP TABLES IN SCHEMA", *schema);
    for (char **table = new->tables; table &&*table; table++)
        if (is_changing(plan, new, old->tables, *table))
            change_member(plan, &new->base, "ADD TABLE ONLY", *table);
    for (char **schema = new->schemas; schema &&*schema; schema++)
        if (!diff_has_text(old->schemas, *schema))
            change_member(plan, &new->base, "ADD TABLES IN SCHEMA", *schema);
}

static void set_parameters(DiffOperation *operation, const Publication *old, const Publication *new)
{
    const char *name = new->base.reference;

    if (!diff_same_texts(old->actions, new->actions)) {
        g_autofree char *actions = new->actions ? g_strjoinv(", ", new->actions) : g_strdup("");

        diff_statement(operation, "ALTER PUBLICATION %s SET (publish = '%s')", name, actions);
    }
    if (old->is_via_root != new->is_via_root)
        diff_statement(operation, "ALTER PUBLICATION %s SET (publish_via_partition_root = %s)",
                       name, new->is_via_root ? "true" : "false");
    if (old->generated != new->generated)
        diff_statement(operation, "ALTER PUBLICATION %s SET (publish_generated_columns = %s)", name,
                       new->generated == 's' ? "stored" : "none");
}

static gboolean has_same_parameters(const Publication *old, const Publication *new)
{
    return diff_same_texts(old->actions, new->actions) && old->is_via_root == new->is_via_root &&
           old->generated == new->generated;
}

/* The parameters first: what the tables' conditions may be rests on them. */
AlterOutcome diff_publication(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Publication *old = (const Publication *)from;
    const Publication *new = (const Publication *)to;

    if (old->has_all_tables != new->has_all_tables)
        return ALTER_REBUILD;
    if (!has_same_parameters(old, new))
        set_parameters(operate(plan, to, "alter_publication"), old, new);
    change_members(plan, old, new);
    return ALTER_IN_PLACE;
}

static void release(DiffPlan *plan, const Object *publication, const char *table)
{
    diff_statement(diff_operation_in(plan, publication, SLOT_BEFORE, "alter_publication", "%s",
                                     publication->reference),
                   "ALTER PUBLICATION %s DROP TABLE ONLY %s", publication->reference, table);
}

void diff_publication_release(DiffPlan *plan, const DiffChange *change)
{
    const Publication *old = (const Publication *)change->from;
    const Publication *new = (const Publication *)change->to;

    for (char **table = old->tables; table && *table; table++) {
        g_autofree char *relation = g_strndup(*table, relation_length(*table));

        if (plan_is_suspended(change, relation))
            release(plan, change->from, relation);
    }
    for (char **table = new->tables; table &&*table; table++) {
        g_autofree char *relation = g_strndup(*table, relation_length(*table));

        if (plan_is_suspended(change, relation))
            diff_statement(diff_operation_in(plan, change->to, SLOT_CREATE, "alter_publication",
                                             "%s", change->to->reference),
                           "ALTER PUBLICATION %s ADD TABLE ONLY %s", change->to->reference, *table);
    }
}
