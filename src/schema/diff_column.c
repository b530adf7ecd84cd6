/* The columns of a table that stays. A table's columns that come from a parent are the parent's
 * business, but for what only this table has otherwise. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

/* One column of both sides; either may be NULL. */
typedef struct {
    DiffPlan *plan;
    const DiffChange *change;
    const Column *from;
    const Column *to;
    const Column *above_from; /* the parent's on both sides, when it hands its changes down */
    const Column *above_to;
    gboolean is_suspended;
    char *table; /* "ALTER TABLE public.t" */
    char *only;  /* "ALTER TABLE ONLY public.t" */
    char *name;  /* quoted */
} Pair;

static void pair_clear(Pair *pair)
{
    g_free(pair->table);
    g_free(pair->only);
    g_free(pair->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pair, pair_clear)

/* --- What comes from above -------------------------------------------------------------------- */

/* A parent of the table, before and after, that has the column on either side; NULL: none. */
static const DiffChange *find_above(const DiffPlan *plan, const Table *from, const Table *to,
                                    const char *name)
{
    const GPtrArray *needs = from->base.needs;

    for (guint i = 0; needs && i < needs->len; i++) {
        const Object *parent = needs->pdata[i];
        const DiffChange *change = NULL;

        if (!plan_is_child(&from->base, parent) || !plan_is_child(&to->base, parent))
            continue;
        change = plan_change(plan, parent);
        if (change->to && (object_column(change->from, name) || object_column(change->to, name)))
            return change;
    }
    return NULL;
}

static void look_above(Pair *pair, const char *name)
{
    const DiffChange *above = find_above(pair->plan, (const Table *)pair->change->from,
                                         (const Table *)pair->change->to, name);

    if (!above)
        return;
    pair->above_from = object_column(above->from, name);
    pair->above_to = object_column(above->to, name);
}

static void pair_init(Pair *pair, DiffPlan *plan, const DiffChange *change, const char *name)
{
    const char *word = object_word(change->to);

    *pair = (Pair){.plan = plan, .change = change};
    pair->from = object_column(change->from, name);
    pair->to = object_column(change->to, name);
    pair->is_suspended = plan_is_suspended(change, name);
    pair->table = g_strdup_printf("ALTER %s %s", word, change->to->reference);
    pair->only = g_strdup_printf("ALTER %s ONLY %s", word, change->to->reference);
    pair->name = name_quote(name);
    look_above(pair, name);
}

/* The parent's change makes, or drops, this column, too. */
static gboolean is_added_above(const Pair *pair)
{
    return pair->above_to && !pair->above_from;
}

static gboolean is_dropped_above(const Pair *pair)
{
    return pair->above_from && !pair->above_to && !pair->from->is_local;
}

/* Its type and what it is generated from are the parent's. */
static gboolean is_ruled(const Pair *pair)
{
    return pair->above_from && pair->above_to;
}

/* --- What disturbs others --------------------------------------------------------------------- */

static gboolean has_other_type(const Column *from, const Column *to)
{
    return strcmp(from->type, to->type) != 0 || g_strcmp0(from->collation, to->collation) != 0;
}

/* The column has to go and come again: what it is generated from differs, or it becomes
 * generated. */
static gboolean is_remade(const Column *from, const Column *to)
{
    return to->generated && (from->generated != to->generated ||
                             g_strcmp0(from->default_value, to->default_value) != 0);
}

void diff_columns_disturb(DiffPlan *plan, const Table *from, const Table *to)
{
    const GPtrArray *parts = from->base.parts;

    for (guint i = 0; parts && i < parts->len; i++) {
        const Column *column = parts->pdata[i];
        const Column *new =
            column->base.kind == KIND_COLUMN ? object_column(&to->base, column->base.name) : NULL;

        if (column->base.kind != KIND_COLUMN)
            continue;
        if (new && (is_remade(column, new) || (column->generated && has_other_type(column, new))))
            plan_suspend(plan, &from->base, column->base.name);
        if (!new || has_other_type(column, new) || is_remade(column, new))
            plan_disturb_column(plan, &from->base, column->base.name,
                                !new || is_remade(column, new));
    }
}

/* --- Values ----------------------------------------------------------------------------------- */

static DiffOperation *alter_column(Pair *pair, DiffSlot slot)
{
    const Column *column = pair->to ? pair->to : pair->from;

    return diff_operation_in(pair->plan, pair->change->to, slot, "alter_column", "%s",
                             column->base.reference);
}

static gboolean has_default(const Column *column)
{
    return column->default_value && !column->generated;
}

/* The default that the column has when the parents' changes have reached it. */
static const char *reached_default(const Pair *pair)
{
    if (!pair->from)
        return has_default(pair->above_to) ? pair->above_to->default_value : NULL;
    return has_default(pair->from) ? pair->from->default_value : NULL;
}

static gboolean reached_not_null(const Pair *pair)
{
    if (!pair->from)
        return pair->above_to->is_not_null;
    if (pair->above_to &&
        (!pair->above_from || pair->above_from->is_not_null != pair->above_to->is_not_null))
        return pair->above_to->is_not_null || (!pair->above_from && pair->from->is_not_null);
    return pair->from->is_not_null;
}

/* Words of the types that the server turns into each other with a cast of their own. */
static gboolean is_text(const char *type)
{
    return strcmp(type, "text") == 0 || strcmp(type, "text[]") == 0 ||
           g_str_has_prefix(type, "character") || g_str_has_prefix(type, "bpchar") ||
           strcmp(type, "name") == 0;
}

static gboolean is_users_own(const char *type)
{
    return strchr(type, '.') != NULL;
}

/* The length or digits that a type has behind its name; 0: none. */
static gint64 length_of(const char *type)
{
    const char *bracket = strchr(type, '(');

    return bracket ? g_ascii_strtoll(bracket + 1, NULL, 10) : 0;
}

/* An explicit cast would cut off what is too long, without a word; an assignment refuses it. */
static gboolean cuts_off(const char *type)
{
    return length_of(type) > 0 && (is_text(type) || g_str_has_prefix(type, "bit"));
}

/* Between a type of the user and one that is no text there is a way through text. */
static char *conversion(const Pair *pair)
{
    const char *from = pair->from->type;
    const char *to = pair->to->type;
    gboolean by_text = (is_users_own(from) && !is_text(to)) || (is_users_own(to) && !is_text(from));
    gboolean is_array = g_str_has_suffix(to, "[]");
    gboolean is_same_family = g_str_has_suffix(from, "[]") == is_array &&
                              ((is_text(from) && is_text(to)) ||
                               (g_str_has_prefix(from, "bit") && g_str_has_prefix(to, "bit")));

    if (strcmp(from, to) == 0 || (cuts_off(to) && is_same_family))
        return g_strdup(pair->name);
    if (cuts_off(to) && is_text(to) && !is_array)
        return g_strdup_printf("%s::text", pair->name);
    return g_strdup_printf("%s%s::%s", pair->name, by_text ? "::text" : "", to);
}

static gboolean is_integer(const char *type)
{
    return strcmp(type, "smallint") == 0 || strcmp(type, "integer") == 0 ||
           strcmp(type, "bigint") == 0;
}

static gboolean is_fractional(const char *type)
{
    return g_str_has_prefix(type, "numeric") || strcmp(type, "real") == 0 ||
           strcmp(type, "double precision") == 0;
}

static gint64 scale_of(const char *type)
{
    const char *comma = strchr(type, ',');

    return comma ? g_ascii_strtoll(comma + 1, NULL, 10) : 0;
}

/* The server rounds, or leaves out, what the new type has no room for. */
static gboolean is_rounded(const char *from, const char *to)
{
    if (is_fractional(from) && is_integer(to))
        return TRUE;
    if (strcmp(from, "double precision") == 0 && strcmp(to, "real") == 0)
        return TRUE;
    if (g_str_has_prefix(from, "numeric") && g_str_has_prefix(to, "numeric("))
        return !strchr(from, '(') || scale_of(to) < scale_of(from);
    return g_str_has_prefix(from, "timestamp") &&
           (strcmp(to, "date") == 0 || g_str_has_prefix(to, "time "));
}

static void guard_length(const Pair *pair, DiffOperation *operation)
{
    const char *table = pair->change->to->reference;
    gint64 length = length_of(pair->to->type);
    gint64 former = length_of(pair->from->type);

    if (!is_text(pair->from->type) || !is_text(pair->to->type) || length == 0 ||
        strchr(pair->to->type, '[') || (former > 0 && former <= length))
        return;
    operation->guard = g_strdup_printf(
        "SELECT FROM %s WHERE pg_catalog.length(%s::text) > %" G_GINT64_FORMAT " LIMIT 1", table,
        pair->name, length);
    operation->guard_message =
        g_strdup_printf("rows of %s have more than %" G_GINT64_FORMAT " characters in column %s",
                        table, length, pair->name);
}

static gboolean is_widening(const Column *from, const Column *to)
{
    static const char varying[] = "character varying";
    gsize length = strlen(varying);
    gboolean from_varying = g_str_has_prefix(from->type, varying);
    gboolean to_varying = g_str_has_prefix(to->type, varying);

    if (g_strcmp0(from->collation, to->collation) != 0 || !from_varying)
        return FALSE;
    if (strcmp(to->type, "text") == 0 || (to_varying && !to->type[length]))
        return TRUE;
    return to_varying && from->type[length] && strchr(to->type + length, '[') == NULL &&
           g_ascii_strtoll(to->type + length + 1, NULL, 10) >=
               g_ascii_strtoll(from->type + length + 1, NULL, 10);
}

static void change_type(Pair *pair)
{
    g_autofree char *value = conversion(pair);
    g_autoptr(GString) sql = g_string_new(pair->table);
    DiffOperation *operation;

    if (!has_other_type(pair->from, pair->to) || is_ruled(pair))
        return;
    if (has_default(pair->from) && !pair->is_suspended)
        g_string_append_printf(sql, " ALTER COLUMN %s DROP DEFAULT,", pair->name);
    g_string_append_printf(sql, " ALTER COLUMN %s TYPE %s", pair->name, pair->to->type);
    if (pair->to->collation)
        g_string_append_printf(sql, " COLLATE %s", pair->to->collation);
    if (((const Table *)pair->change->to)->type != 'f')
        g_string_append_printf(sql, " USING %s", value);
    operation = alter_column(pair, SLOT_ALTER);
    diff_statement(operation, "%s", sql->str);
    guard_length(pair, operation);
    if (is_rounded(pair->from->type, pair->to->type))
        diff_set_loss(operation, "what the values of %s have that %s has no room for",
                      pair->to->base.reference, pair->to->type);
    if (!is_widening(pair->from, pair->to))
        diff_set_hazard(operation,
                        "rewrites %s, or checks each of its rows, while nobody can "
                        "read it",
                        pair->change->to->reference);
}

/* Dropped here; a default that comes is set last of all. */
static void drop_default(Pair *pair)
{
    if (pair->is_suspended || pair->to->generated || !reached_default(pair))
        return;
    if (has_other_type(pair->from ? pair->from : pair->to, pair->to) && !is_ruled(pair))
        return;
    if (!pair->to->default_value || pair->to->identity)
        diff_statement(alter_column(pair, SLOT_ALTER), "%s ALTER COLUMN %s DROP DEFAULT",
                       pair->only, pair->name);
}

static void set_default(Pair *pair)
{
    gboolean is_away;

    if (!has_default(pair->to))
        return;
    is_away = pair->is_suspended ||
              (pair->from && has_other_type(pair->from, pair->to) && !is_ruled(pair));
    if (is_away || g_strcmp0(reached_default(pair), pair->to->default_value) != 0)
        diff_statement(alter_column(pair, SLOT_CREATE), "%s ALTER COLUMN %s SET DEFAULT %s",
                       pair->only, pair->name, pair->to->default_value);
}

/* --- NOT NULL --------------------------------------------------------------------------------- */

static gboolean is_online(const Pair *pair)
{
    return !diff_options(pair->plan)->is_offline_ok &&
           ((const Table *)pair->change->to)->type == 'r';
}

static void guard_not_null(Pair *pair, DiffOperation *operation)
{
    operation->guard = g_strdup_printf("SELECT FROM %s WHERE %s IS NULL LIMIT 1",
                                       pair->change->to->reference, pair->name);
    operation->guard_message = g_strdup_printf("rows of %s have no value in column %s",
                                               pair->change->to->reference, pair->name);
}

/* The check lets the server believe that there is no NULL: it need not look while it holds the
 * lock that keeps everybody out. */
static void set_not_null_online(Pair *pair)
{
    g_autofree char *check =
        diff_free_name(pair->plan, pair->change->to, pair->to->base.name, "not_null");
    DiffOperation *operation = alter_column(pair, SLOT_ALTER);

    diff_statement(operation, "%s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID", pair->table,
                   check, pair->name);
    guard_not_null(pair, operation);
    operation = alter_column(pair, SLOT_ALTER);
    operation->commits_before = TRUE;
    diff_statement(operation, "%s VALIDATE CONSTRAINT %s", pair->table, check);
    operation = alter_column(pair, SLOT_ALTER);
    diff_statement(operation, "%s ALTER COLUMN %s SET NOT NULL", pair->table, pair->name);
    diff_statement(operation, "%s DROP CONSTRAINT %s", pair->table, check);
}

static void set_not_null(Pair *pair)
{
    DiffOperation *operation;

    if (!pair->to->is_not_null || reached_not_null(pair))
        return;
    if (is_online(pair)) {
        set_not_null_online(pair);
        return;
    }
    operation = alter_column(pair, SLOT_ALTER);
    diff_statement(operation, "%s ALTER COLUMN %s SET NOT NULL", pair->table, pair->name);
    diff_set_hazard(operation, "reads all of %s while nobody can use it",
                    pair->change->to->reference);
    guard_not_null(pair, operation);
}

static gboolean loses_primary_key(const Pair *pair)
{
    const GPtrArray *objects = catalog_objects(diff_from(pair->plan));

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (object->kind == KIND_CONSTRAINT && object->parent == pair->change->from &&
            ((const Constraint *)object)->type == 'p')
            return plan_is_dropped(pair->plan, object);
    }
    return FALSE;
}

/* What a primary key has made NOT NULL stays so by itself on newer servers, even where the parent
 * no longer is. */
static gboolean stays_not_null(const Pair *pair)
{
    return reached_not_null(pair) || (pair->from->is_not_null && loses_primary_key(pair));
}

static void drop_not_null(Pair *pair)
{
    if (!pair->to->is_not_null && stays_not_null(pair))
        diff_statement(alter_column(pair, SLOT_ALTER), "%s ALTER COLUMN %s DROP NOT NULL",
                       pair->table, pair->name);
}

/* --- Identity --------------------------------------------------------------------------------- */

static void add_identity(Pair *pair)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    const Sequence *generator = ddl_find_generator(pair->to);
    const Object *former =
        generator ? catalog_find(diff_from(pair->plan), generator->base.identity) : NULL;
    g_autofree char *position = generator ? diff_sequence_position(generator) : NULL;
    DiffOperation *operation = alter_column(pair, SLOT_ALTER);

    ddl_append_identity(sql, pair->to);
    diff_statement(operation, "%s ALTER COLUMN %s ADD%s", pair->table, pair->name, sql->str);
    if (position)
        diff_statement(operation, "%s", position);
    if (former)
        diff_precede(pair->plan, former, SLOT_BEFORE, pair->change->to, SLOT_ALTER);
}

static void rename_generator(DiffOperation *operation, const Object *from, const Object *to)
{
    g_autofree char *schema = name_quote(to->schema);
    g_autofree char *name = name_quote(to->name);
    g_autofree char *moved = name_qualify(to->schema, from->name);

    if (strcmp(from->schema, to->schema) != 0)
        diff_statement(operation, "ALTER SEQUENCE %s SET SCHEMA %s", from->reference, schema);
    if (strcmp(from->name, to->name) != 0)
        diff_statement(operation, "ALTER SEQUENCE %s RENAME TO %s", moved, name);
}

static void keep_identity(Pair *pair)
{
    const Sequence *from = ddl_find_generator(pair->from);
    const Sequence *to = ddl_find_generator(pair->to);
    g_autofree char *numbers = from && to ? diff_sequence_numbers(from, to) : NULL;

    if (numbers)
        diff_statement(alter_column(pair, SLOT_AFTER), "%s", numbers);
    if (pair->from->identity != pair->to->identity)
        diff_statement(alter_column(pair, SLOT_ALTER), "%s ALTER COLUMN %s SET GENERATED %s",
                       pair->table, pair->name,
                       pair->to->identity == 'a' ? "ALWAYS" : "BY DEFAULT");
    if (!from || !to || strcmp(from->base.identity, to->base.identity) == 0)
        return;
    rename_generator(alter_column(pair, SLOT_ALTER), &from->base, &to->base);
}

static void change_identity(Pair *pair)
{
    if (pair->from->identity && pair->to->identity)
        keep_identity(pair);
    else if (pair->to->identity)
        add_identity(pair);
}

/* --- Settings --------------------------------------------------------------------------------- */

static char storage_of(const Column *column)
{
    return column->storage ? column->storage : column->type_storage;
}

/* The storage that a column gets with its type, or when it is new. */
static char reached_storage(const Pair *pair)
{
    if (!pair->from || strcmp(pair->from->type, pair->to->type) != 0)
        return pair->to->type_storage;
    return storage_of(pair->from);
}

static void change_storage(Pair *pair)
{
    char compression = pair->from ? pair->from->compression : '\0';

    if (storage_of(pair->to) != reached_storage(pair))
        diff_statement(alter_column(pair, SLOT_ALTER), "%s ALTER COLUMN %s SET STORAGE %s",
                       pair->only, pair->name, ddl_storage_name(storage_of(pair->to)));
    if (pair->from && pair->to->compression != compression)
        diff_statement(alter_column(pair, SLOT_ALTER), "%s ALTER COLUMN %s SET COMPRESSION %s",
                       pair->only, pair->name,
                       pair->to->compression ? ddl_compression_name(pair->to->compression)
                                             : "default");
}

static void change_settings(Pair *pair)
{
    gint64 statistics = pair->from ? pair->from->statistics : -1;
    char *const *options = pair->from ? pair->from->options : NULL;
    g_autofree char *alter = g_strdup_printf("%s ALTER COLUMN %s", pair->only, pair->name);

    if (pair->to->statistics != statistics)
        diff_statement(alter_column(pair, SLOT_ALTER), "%s SET STATISTICS %" G_GINT64_FORMAT, alter,
                       pair->to->statistics);
    if (!diff_same_texts(options, pair->to->options))
        diff_storage_options(alter_column(pair, SLOT_ALTER), alter, options, pair->to->options);
    if (pair->from && !diff_same_texts(pair->from->server_options, pair->to->server_options))
        diff_server_options(alter_column(pair, SLOT_ALTER), alter, pair->from->server_options,
                            pair->to->server_options);
}

/* --- Columns that come and go ----------------------------------------------------------------- */

static gboolean is_costly(const Column *column)
{
    static const char *const volatiles[] = {"nextval(", "random", "clock_timestamp(", "uuid"};

    if (column->generated == 's' || column->identity)
        return TRUE;
    for (gsize i = 0; column->default_value && i < G_N_ELEMENTS(volatiles); i++)
        if (strstr(column->default_value, volatiles[i]))
            return TRUE;
    return FALSE;
}

static gboolean needs_values(const Column *column)
{
    return column->is_not_null && !column->default_value && !column->identity;
}

static void add_column(Pair *pair, DiffSlot slot)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    const char *table = pair->change->to->reference;
    DiffOperation *operation;

    ddl_append_column(sql, pair->to, DDL_ALL);
    operation = diff_operation_in(pair->plan, pair->change->to, slot, "add_column", "%s",
                                  pair->to->base.reference);
    diff_statement(operation, "%s ADD COLUMN %s", pair->table, sql->str);
    if (is_costly(pair->to))
        diff_set_hazard(operation, "rewrites %s while nobody can read it", table);
    if (!needs_values(pair->to) || ((const Table *)pair->change->to)->type == 'f')
        return;
    operation->guard = g_strdup_printf("SELECT FROM %s LIMIT 1", table);
    operation->guard_message = g_strdup_printf(
        "%s has rows, and its new column %s neither a default nor NULL to give them", table,
        pair->name);
}

static void drop_column(Pair *pair, DiffSlot slot)
{
    DiffOperation *operation = diff_operation_in(pair->plan, pair->change->to, slot, "drop_column",
                                                 "%s", pair->from->base.reference);

    diff_statement(operation, "%s DROP COLUMN %s", pair->table, pair->name);
    if (!pair->from->generated)
        diff_set_loss(operation, "the values of %s", pair->from->base.reference);
}

/* --- One column, at each time ----------------------------------------------------------------- */

/* What is generated goes, or keeps its values and becomes plain. */
static void suspend(Pair *pair)
{
    if (!pair->from->generated && pair->to && pair->to->generated) {
        drop_column(pair, SLOT_BEFORE);
        return;
    }
    if (!pair->from->generated) {
        if (pair->from->default_value)
            diff_statement(alter_column(pair, SLOT_BEFORE), "%s ALTER COLUMN %s DROP DEFAULT",
                           pair->only, pair->name);
        return;
    }
    if (is_ruled(pair) || is_dropped_above(pair))
        return;
    if (pair->to && !pair->to->generated)
        diff_statement(alter_column(pair, SLOT_BEFORE), "%s ALTER COLUMN %s DROP EXPRESSION",
                       pair->table, pair->name);
    else
        drop_column(pair, SLOT_BEFORE);
}

static void column_before(Pair *pair)
{
    if (!pair->from)
        return;
    if (pair->is_suspended) {
        suspend(pair);
        return;
    }
    if (pair->to && pair->from->identity && !pair->to->identity)
        diff_statement(alter_column(pair, SLOT_BEFORE), "%s ALTER COLUMN %s DROP IDENTITY",
                       pair->table, pair->name);
    if (pair->to && pair->to->identity && has_default(pair->from))
        diff_statement(alter_column(pair, SLOT_BEFORE), "%s ALTER COLUMN %s DROP DEFAULT",
                       pair->table, pair->name);
}

/* A generated column that was away comes back when all others are what they shall be. */
static gboolean comes_back(const Pair *pair)
{
    return pair->is_suspended && pair->to && pair->to->generated;
}

static void column_gone(Pair *pair)
{
    if (!pair->to && !(pair->is_suspended && pair->from->generated) && !is_dropped_above(pair))
        drop_column(pair, SLOT_ALTER);
}

static void column_kept(Pair *pair)
{
    gboolean had_default = has_default(pair->from);

    if (pair->from->generated && !pair->to->generated && !pair->is_suspended && !is_ruled(pair))
        diff_statement(alter_column(pair, SLOT_ALTER), "%s ALTER COLUMN %s DROP EXPRESSION",
                       pair->table, pair->name);
    change_type(pair);
    if (!(pair->to->identity && had_default))
        drop_default(pair);
    set_not_null(pair);
    change_identity(pair);
    drop_not_null(pair);
    change_storage(pair);
    change_settings(pair);
}

/* What the table has otherwise than the parent that gave it the column. */
static void column_given(Pair *pair)
{
    drop_default(pair);
    set_not_null(pair);
    change_storage(pair);
    change_settings(pair);
}

static void column_new(Pair *pair)
{
    if (is_added_above(pair)) {
        column_given(pair);
        return;
    }
    add_column(pair, SLOT_ALTER);
    change_storage(pair);
    change_settings(pair);
}

/* --- All columns ------------------------------------------------------------------------------ */

typedef void (*PairVisit)(Pair *pair);

static void visit_columns(DiffPlan *plan, const DiffChange *change, const Object *side,
                          PairVisit visit)
{
    for (guint i = 0; side->parts && i < side->parts->len; i++) {
        const Object *part = side->parts->pdata[i];
        g_auto(Pair) pair = {0};

        if (part->kind != KIND_COLUMN)
            continue;
        pair_init(&pair, plan, change, part->name);
        visit(&pair);
    }
}

void diff_columns_before(DiffPlan *plan, const DiffChange *change)
{
    visit_columns(plan, change, change->from, column_before);
}

static void column_stays_or_comes(Pair *pair)
{
    if (comes_back(pair))
        return;
    if (pair->from)
        column_kept(pair);
    else
        column_new(pair);
}

static void column_after(Pair *pair)
{
    if (comes_back(pair)) {
        if (!is_ruled(pair) && !is_added_above(pair))
            add_column(pair, SLOT_CREATE);
        return;
    }
    if (pair->from || is_added_above(pair))
        set_default(pair);
}

void diff_columns_operations(DiffPlan *plan, const DiffChange *change)
{
    visit_columns(plan, change, change->from, column_gone);
    visit_columns(plan, change, change->to, column_stays_or_comes);
}

void diff_columns_after(DiffPlan *plan, const DiffChange *change)
{
    visit_columns(plan, change, change->to, column_after);
}
