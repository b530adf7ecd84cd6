/* Pairing the objects of two schemas, and deciding what happens to each. */
#include "schema/diff.h"

#include <string.h>

#include "schema/ddl.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

typedef struct {
    const Object *object;
    const Use *use; /* NULL: a need that no column takes part in */
} Dependent;

static const DiffAlter diff_alters[KIND_COUNT] = {
    [KIND_SCHEMA] = diff_schema,
    [KIND_EXTENSION] = diff_extension,
    [KIND_COLLATION] = diff_collation,
    [KIND_ENUM] = diff_enum,
    [KIND_DOMAIN] = diff_domain,
    [KIND_COMPOSITE] = diff_composite,
    [KIND_RANGE] = diff_range,
    [KIND_FUNCTION] = diff_function,
    [KIND_AGGREGATE] = diff_aggregate,
    [KIND_OPERATOR] = diff_operator,
    [KIND_OPERATOR_FAMILY] = diff_operator_family,
    [KIND_OPERATOR_CLASS] = diff_operator_class,
    [KIND_CAST] = diff_cast,
    [KIND_SEARCH_PARSER] = diff_search_parser,
    [KIND_SEARCH_TEMPLATE] = diff_search_template,
    [KIND_SEARCH_DICTIONARY] = diff_search_dictionary,
    [KIND_SEARCH_CONFIGURATION] = diff_search_configuration,
    [KIND_WRAPPER] = diff_wrapper,
    [KIND_SERVER] = diff_server,
    [KIND_USER_MAPPING] = diff_user_mapping,
    [KIND_SEQUENCE] = diff_sequence,
    [KIND_TABLE] = diff_table,
    [KIND_CONSTRAINT] = diff_constraint,
    [KIND_INDEX] = diff_index,
    [KIND_VIEW] = diff_view,
    [KIND_RULE] = diff_rule,
    [KIND_TRIGGER] = diff_trigger,
    [KIND_POLICY] = diff_policy,
    [KIND_STATISTICS] = diff_statistics,
    [KIND_PUBLICATION] = diff_publication,
    [KIND_DEFAULT_PRIVILEGE] = diff_default_privilege,
    [KIND_EVENT_TRIGGER] = diff_event_trigger,
};

/* --- Operations ------------------------------------------------------------------------------- */

void diff_operation_free(gpointer data)
{
    DiffOperation *operation = data;

    g_free(operation->verb);
    g_free(operation->subject);
    g_ptr_array_unref(operation->statements);
    g_free(operation->loss);
    g_free(operation->hazard);
    g_free(operation->guard);
    g_free(operation->guard_message);
    g_free(operation);
}

static DiffOperation *add_operation(DiffPlan *plan, const Object *object, DiffSlot slot,
                                    const char *verb, const char *subject, va_list arguments)
{
    DiffChange *change = plan_change(plan, object);
    DiffOperation *operation = g_new0(DiffOperation, 1);

    operation->verb = g_strdup(verb);
    operation->subject = g_strdup_vprintf(subject, arguments);
    operation->statements = g_ptr_array_new_with_free_func(g_free);
    if (!change->slots[slot])
        change->slots[slot] = g_ptr_array_new_with_free_func(diff_operation_free);
    g_ptr_array_add(change->slots[slot], operation);
    if (change->fate == FATE_SAME)
        change->fate = FATE_ALTERED;
    return operation;
}

DiffOperation *diff_operation_in(DiffPlan *plan, const Object *object, DiffSlot slot,
                                 const char *verb, const char *subject, ...)
{
    DiffOperation *operation;
    va_list arguments;

    va_start(arguments, subject);
    operation = add_operation(plan, object, slot, verb, subject, arguments);
    va_end(arguments);
    return operation;
}

DiffOperation *diff_operation(DiffPlan *plan, const Object *object, const char *verb,
                              const char *subject, ...)
{
    DiffOperation *operation;
    va_list arguments;

    va_start(arguments, subject);
    operation = add_operation(plan, object, SLOT_ALTER, verb, subject, arguments);
    va_end(arguments);
    return operation;
}

void diff_statement(DiffOperation *operation, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(operation->statements, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void set_text(char **text, const char *format, va_list arguments)
{
    g_free(*text);
    *text = g_strdup_vprintf(format, arguments);
}

void diff_set_loss(DiffOperation *operation, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set_text(&operation->loss, format, arguments);
    va_end(arguments);
}

void diff_set_hazard(DiffOperation *operation, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set_text(&operation->hazard, format, arguments);
    va_end(arguments);
}

/* --- The plan --------------------------------------------------------------------------------- */

static void change_free(gpointer data)
{
    DiffChange *change = data;

    for (DiffSlot slot = 0; slot < SLOT_COUNT; slot++)
        g_clear_pointer(&change->slots[slot], g_ptr_array_unref);
    g_clear_pointer(&change->suspended, g_hash_table_unref);
    g_free(change);
}

static int compare_changes(gconstpointer a, gconstpointer b)
{
    const DiffChange *left = *(const DiffChange *const *)a;
    const DiffChange *right = *(const DiffChange *const *)b;
    const Object *first = left->to ? left->to : left->from;
    const Object *second = right->to ? right->to : right->from;

    return first->kind == second->kind ? strcmp(first->identity, second->identity)
                                       : (int)first->kind - (int)second->kind;
}

static void add_change(DiffPlan *plan, const Object *from, const Object *to, DiffFate fate)
{
    DiffChange *change = g_new0(DiffChange, 1);

    change->from = from;
    change->to = to;
    change->fate = fate;
    g_ptr_array_add(plan->changes, change);
    g_hash_table_insert(plan->by_identity, from ? from->identity : to->identity, change);
}

static void pair_objects(DiffPlan *plan)
{
    const GPtrArray *old = catalog_objects(plan->from);
    const GPtrArray *new = catalog_objects(plan->to);

    for (guint i = 0; i < old->len; i++) {
        const Object *from = old->pdata[i];
        const Object *to = catalog_find(plan->to, from->identity);

        add_change(plan, from, to, to ? FATE_SAME : FATE_DROPPED);
    }
    for (guint i = 0; i < new->len; i++) {
        const Object *to = new->pdata[i];

        if (!catalog_find(plan->from, to->identity))
            add_change(plan, NULL, to, FATE_CREATED);
    }
    g_ptr_array_sort(plan->changes, compare_changes);
}

static DiffPlan *plan_new(const Catalog *from, const Catalog *to, const DiffOptions *options)
{
    DiffPlan *plan = g_new0(DiffPlan, 1);

    plan->from = from;
    plan->to = to;
    plan->options = options;
    plan->changes = g_ptr_array_new_with_free_func(change_free);
    plan->by_identity = g_hash_table_new(g_str_hash, g_str_equal);
    plan->precedences = g_array_new(FALSE, FALSE, sizeof(DiffPrecedence));
    pair_objects(plan);
    return plan;
}

static void plan_free(DiffPlan *plan)
{
    g_clear_pointer(&plan->dependents, g_hash_table_unref);
    g_hash_table_unref(plan->by_identity);
    g_ptr_array_unref(plan->changes);
    g_array_unref(plan->precedences);
    g_free(plan);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffPlan, plan_free)

DiffChange *plan_change(const DiffPlan *plan, const Object *object)
{
    const Object *outer = object_is_inner(object) ? object->parent : object;

    return g_hash_table_lookup(plan->by_identity, outer->identity);
}

DiffFate plan_fate(const DiffPlan *plan, const Object *object)
{
    return plan_change(plan, object)->fate;
}

gboolean plan_is_dropped(const DiffPlan *plan, const Object *object)
{
    DiffFate fate = plan_fate(plan, object);

    return fate == FATE_DROPPED || fate == FATE_REBUILT;
}

gboolean plan_is_made(const DiffPlan *plan, const Object *object)
{
    DiffFate fate = plan_fate(plan, object);

    return fate == FATE_CREATED || fate == FATE_REBUILT;
}

gboolean diff_is_new(const DiffPlan *plan, const Object *object)
{
    const Object *holder = object;

    if (object->kind != KIND_TABLE && object->kind != KIND_VIEW && object->parent)
        holder = object->parent;
    return plan_is_made(plan, holder) || plan_change(plan, holder)->is_moved;
}

gboolean diff_is_gone(const DiffPlan *plan, const Object *object)
{
    const DiffChange *change = plan_change(plan, object);

    return !change->from || !change->to;
}

const DiffOptions *diff_options(const DiffPlan *plan)
{
    return plan->options;
}

const Catalog *diff_from(const DiffPlan *plan)
{
    return plan->from;
}

const Catalog *diff_to(const DiffPlan *plan)
{
    return plan->to;
}

void diff_precede(DiffPlan *plan, const Object *first, DiffSlot first_slot, const Object *second,
                  DiffSlot second_slot)
{
    const DiffPrecedence precedence = {plan_change(plan, first), first_slot,
                                       plan_change(plan, second), second_slot};

    g_array_append_val(plan->precedences, precedence);
}

enum { NAME_MAX_BYTES = 63 };

static gboolean is_taken(const Catalog *catalog, const Object *object, const char *name)
{
    static const ObjectKind kinds[] = {KIND_TABLE,     KIND_INDEX, KIND_VIEW,
                                       KIND_SEQUENCE,  KIND_ENUM,  KIND_DOMAIN,
                                       KIND_COMPOSITE, KIND_RANGE, KIND_COLLATION};
    g_autofree char *qualified = name_qualify(object->schema, name);
    g_autofree char *quoted = name_quote(name);
    g_autofree char *constraint = g_strdup_printf("%s %s ON %s", kind_traits(KIND_CONSTRAINT)->slug,
                                                  quoted, object->reference);

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *identity =
            g_strdup_printf("%s %s", kind_traits(kinds[i])->slug, qualified);

        if (catalog_find(catalog, identity))
            return TRUE;
    }
    return catalog_find(catalog, constraint) != NULL;
}

/* The end of a name that is too long goes, never half a character. */
static char *shorten(const char *name, const char *suffix)
{
    gsize room = NAME_MAX_BYTES - strlen(suffix);
    gsize length = MIN(strlen(name), room);

    while (length > 0 && length < strlen(name) && (name[length] & 0xC0) == 0x80)
        length--;
    return g_strdup_printf("%.*s%s", (int)length, name, suffix);
}

char *diff_free_name(const DiffPlan *plan, const Object *object, const char *name,
                     const char *suffix)
{
    for (guint i = 0;; i++) {
        g_autofree char *ending =
            i ? g_strdup_printf("_%s%u", suffix, i) : g_strdup_printf("_%s", suffix);
        g_autofree char *candidate = shorten(name, ending);

        if (!is_taken(plan->from, object, candidate) && !is_taken(plan->to, object, candidate))
            return name_quote(candidate);
    }
}

/* --- What stands in the way ------------------------------------------------------------------- */

static void add_dependent(GHashTable *dependents, const Object *other, const Dependent *dependent)
{
    GArray *list = g_hash_table_lookup(dependents, other);

    if (!list) {
        list = g_array_new(FALSE, FALSE, sizeof(Dependent));
        g_hash_table_insert(dependents, (gpointer)other, list);
    }
    g_array_append_val(list, *dependent);
}

static GHashTable *find_dependents(const Catalog *catalog)
{
    GHashTable *dependents = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    const GPtrArray *objects = catalog_objects(catalog);

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        for (guint j = 0; object->uses && j < object->uses->len; j++) {
            const Use *use = &g_array_index(object->uses, Use, j);

            add_dependent(dependents, use->other, &(Dependent){object, use});
        }
        for (guint j = 0; object->needs && j < object->needs->len; j++)
            add_dependent(dependents, object->needs->pdata[j], &(Dependent){object, NULL});
    }
    return dependents;
}

static void forget_operations(DiffChange *change)
{
    for (DiffSlot slot = 0; slot < SLOT_COUNT; slot++)
        g_clear_pointer(&change->slots[slot], g_ptr_array_unref);
}

static void rebuild(DiffPlan *plan, DiffChange *change);

static gboolean is_same_partition(const Table *from, const Table *to)
{
    return from && to && g_strcmp0(from->partition_bound, to->partition_bound) == 0 &&
           g_strcmp0(from->parents ? from->parents[0] : NULL,
                     to->parents ? to->parents[0] : NULL) == 0;
}

/* What a partition has from its parent's is only dropped together with that. */
static void rebuild_above(DiffPlan *plan, const Object *object)
{
    const DiffChange *table = object->parent ? plan_change(plan, object->parent) : NULL;
    const Object *above = NULL;

    if (!table || table->from->kind != KIND_TABLE ||
        !is_same_partition((const Table *)table->from, (const Table *)table->to))
        return;
    if (object->kind == KIND_INDEX && ((const Index *)object)->attached_to)
        above = plan_index_above(object);
    else if (object->kind == KIND_CONSTRAINT && ((const Constraint *)object)->type != 'c')
        above = plan_constraint_above(plan->from, object);
    if (above && above->kind == KIND_INDEX && ((const Index *)above)->is_of_constraint)
        above = plan_constraint_of_index(above);
    if (above)
        rebuild(plan, plan_change(plan, above));
}

/* Its index is only dropped with it. */
static void rebuild_constraint(DiffPlan *plan, const Object *object)
{
    const Object *constraint =
        object->kind == KIND_INDEX && ((const Index *)object)->is_of_constraint
            ? plan_constraint_of_index(object)
            : NULL;

    if (constraint)
        rebuild(plan, plan_change(plan, constraint));
}

static void rebuild(DiffPlan *plan, DiffChange *change)
{
    if (change->fate == FATE_DROPPED || change->fate == FATE_REBUILT)
        return;
    change->fate = FATE_REBUILT;
    forget_operations(change);
    diff_disturb(plan, change->from, NULL);
    rebuild_above(plan, change->from);
    rebuild_constraint(plan, change->from);
}

/* Its default is dropped for a while; what it is generated from is only dropped with the column. */
void plan_suspend(DiffPlan *plan, const Object *table, const char *name)
{
    DiffChange *change = plan_change(plan, table);
    const Column *column = object_column(table, name);

    if (!column || change->fate == FATE_DROPPED || change->fate == FATE_REBUILT)
        return;
    if (!change->suspended)
        change->suspended = g_hash_table_new(g_str_hash, g_str_equal);
    if (!g_hash_table_add(change->suspended, column->base.name))
        return;
    change->fate = FATE_ALTERED;
    if (column->generated)
        plan_disturb_column(plan, table, name, TRUE);
}

gboolean plan_is_suspended(const DiffChange *change, const char *column)
{
    return change->suspended && g_hash_table_contains(change->suspended, column);
}

/* Columns may have it: diff_retype.c sees to what contains a type. */
static gboolean is_row_or_value(const Object *object)
{
    return object->kind == KIND_DOMAIN || object->kind == KIND_COMPOSITE ||
           object->kind == KIND_RANGE;
}

/* A table whose published columns change leaves its publications for a while. */
static void release_published(DiffPlan *plan, DiffChange *change, const Object *table)
{
    if (!change->to || change->fate == FATE_REBUILT || plan_fate(plan, table) == FATE_DROPPED)
        return;
    if (!change->suspended)
        change->suspended = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_add(change->suspended, table->reference);
    change->fate = FATE_ALTERED;
}

/* Of a server that is made again: it holds no rows. */
static gboolean is_foreign_of(const Object *object, const Object *other)
{
    return object->kind == KIND_TABLE && ((const Table *)object)->type == 'f' &&
           other->kind == KIND_SERVER;
}

static void disturb_dependent(DiffPlan *plan, const Dependent *dependent, const Object *other,
                              const char *column, gboolean is_lost)
{
    const Object *object = dependent->object;
    const Use *use = dependent->use;
    DiffChange *change = plan_change(plan, object);

    if (column && (!use || g_strcmp0(use->column, column) != 0))
        return;
    if (is_foreign_of(object, other)) {
        rebuild(plan, change);
    } else if (object->kind == KIND_PUBLICATION && other->kind == KIND_TABLE) {
        release_published(plan, change, other);
    } else if (object->kind == KIND_TABLE) {
        if (use && use->is_default && use->own_column)
            plan_suspend(plan, object, use->own_column);
    } else if (object->kind == KIND_INDEX ||
               (object->kind == KIND_CONSTRAINT && ((const Constraint *)object)->type != 'f')) {
        change->is_touched = TRUE;
        if (!column || is_lost || change->fate == FATE_ALTERED)
            rebuild(plan, change);
    } else if (object->kind != KIND_SEQUENCE && !is_row_or_value(object)) {
        rebuild(plan, change);
    }
}

static const GArray *dependents_of(DiffPlan *plan, const Object *object)
{
    if (!plan->dependents)
        plan->dependents = find_dependents(plan->from);
    return g_hash_table_lookup(plan->dependents, object);
}

static void disturb(DiffPlan *plan, const Object *object, const char *column, gboolean is_lost)
{
    const GArray *list = dependents_of(plan, object);

    for (guint i = 0; list && i < list->len; i++)
        disturb_dependent(plan, &g_array_index(list, Dependent, i), object, column, is_lost);
}

void diff_disturb(DiffPlan *plan, const Object *object, const char *column)
{
    disturb(plan, object, column, FALSE);
}

void plan_disturb_column(DiffPlan *plan, const Object *table, const char *column, gboolean is_lost)
{
    const GArray *list = dependents_of(plan, table);

    disturb(plan, table, column, is_lost);
    for (guint i = 0; list && i < list->len; i++) {
        const Dependent *dependent = &g_array_index(list, Dependent, i);

        if (!dependent->use && plan_is_child(dependent->object, table) &&
            object_column(dependent->object, column))
            plan_disturb_column(plan, dependent->object, column, is_lost);
    }
}

static gboolean joins_tables(const Object *constraint)
{
    if (constraint->kind != KIND_CONSTRAINT || ((const Constraint *)constraint)->type != 'f')
        return FALSE;
    for (guint i = 0; i < constraint->needs->len; i++) {
        const Object *need = constraint->needs->pdata[i];

        if (need->kind == KIND_TABLE && need != constraint->parent)
            return TRUE;
    }
    return FALSE;
}

static void disturb_keys(DiffPlan *plan, const Object *table, gboolean with_own)
{
    const GArray *list = dependents_of(plan, table);

    for (guint i = 0; list && i < list->len; i++) {
        const Object *object = g_array_index(list, Dependent, i).object;

        if (joins_tables(object) && (with_own || object->parent != table))
            rebuild(plan, plan_change(plan, object));
    }
}

void plan_disturb_keys(DiffPlan *plan, const Object *table)
{
    disturb_keys(plan, table, TRUE);
}

void plan_disturb_references(DiffPlan *plan, const Object *table)
{
    disturb_keys(plan, table, FALSE);
}

/* --- Deciding --------------------------------------------------------------------------------- */

static gboolean has_same_text(const Object *from, const Object *to, DdlFlags flags)
{
    g_autofree char *old = ddl_text(from, flags);
    g_autofree char *new = ddl_text(to, flags);

    return strcmp(old, new) == 0;
}

gboolean plan_is_child(const Object *object, const Object *table)
{
    const Table *child = (const Table *)object;

    return object->kind == KIND_TABLE && child->parents &&
           g_strv_contains((const char *const *)child->parents, table->reference);
}

/* What a child has otherwise than its parents is in its text: with other parents the same text says
 * something else. */
static gboolean has_other_parents(const DiffPlan *plan, const Object *from)
{
    if (from->kind != KIND_TABLE || !((const Table *)from)->parents)
        return FALSE;
    for (guint i = 0; from->needs && i < from->needs->len; i++) {
        const Object *need = from->needs->pdata[i];
        const DiffChange *change = plan_change(plan, need);

        if (!plan_is_child(from, need))
            continue;
        if (!change->to || !has_same_text(need, change->to, DDL_DEFAULTS) ||
            has_other_parents(plan, need))
            return TRUE;
    }
    return FALSE;
}

static gboolean alter(DiffPlan *plan, DiffChange *change, GError **error)
{
    AlterOutcome outcome = diff_alters[change->from->kind](plan, change->from, change->to, error);

    if (outcome == ALTER_REFUSED)
        return FALSE;
    if (outcome == ALTER_REBUILD || (outcome == ALTER_IN_PLACE && change->fate == FATE_REBUILT)) {
        forget_operations(change);
        rebuild(plan, change);
        return TRUE;
    }
    change->fate = FATE_ALTERED;
    return TRUE;
}

static gboolean compare(DiffPlan *plan, DiffChange *change, GError **error)
{
    gboolean has_others;

    if (change->fate == FATE_DROPPED) {
        diff_disturb(plan, change->from, NULL);
        rebuild_above(plan, change->from);
    }
    if (!change->from || !change->to || change->fate == FATE_REBUILT)
        return TRUE;
    has_others = has_other_parents(plan, change->from);
    if (!has_others && has_same_text(change->from, change->to, DDL_ALL))
        return TRUE;
    if (!has_others && has_same_text(change->from, change->to, DDL_DEFAULTS)) {
        change->fate = FATE_ALTERED;
        return TRUE;
    }
    if (change->is_touched) {
        rebuild(plan, change);
        return TRUE;
    }
    return alter(plan, change, error);
}

static void write_operations(DiffPlan *plan, DiffChange *change)
{
    switch (change->fate) {
    case FATE_SAME:
        return;
    case FATE_ALTERED:
        if (change->is_moved) {
            diff_move_operations(plan, change);
            return;
        }
        if (change->from->kind == KIND_TABLE)
            diff_table_operations(plan, change);
        if (change->from->kind == KIND_PUBLICATION)
            diff_publication_release(plan, change);
        diff_common(plan, change->from, change->to);
        return;
    default:
        if (change->is_moved)
            diff_move_aside(plan, change);
        else if (change->fate != FATE_CREATED)
            diff_make_drop(plan, change);
        if (change->fate != FATE_DROPPED)
            diff_make_create(plan, change);
    }
}

static gboolean decide(DiffPlan *plan, GError **error)
{
    for (guint i = 0; i < plan->changes->len; i++)
        if (!compare(plan, plan->changes->pdata[i], error))
            return FALSE;
    for (guint i = 0; i < plan->changes->len; i++)
        write_operations(plan, plan->changes->pdata[i]);
    return TRUE;
}

Diff *diff_schemas(const Catalog *from, const Catalog *to, const DiffOptions *options,
                   GError **error)
{
    g_autoptr(DiffPlan) plan = plan_new(from, to, options);
    Diff *diff;

    if (!decide(plan, error))
        return NULL;
    diff = g_new0(Diff, 1);
    diff->candidates = diff_candidates(plan);
    diff->operations = diff_order(plan);
    return diff;
}

void diff_free(Diff *diff)
{
    if (!diff)
        return;
    g_ptr_array_unref(diff->operations);
    g_ptr_array_unref(diff->candidates);
    g_free(diff);
}
