/* From the relations in a parse tree to locks, by locks.def; what no table can say (options that
 * change the level, names in lists of words) is below. */
#include "sql/locks.h"

#include "sql/tree.h"

typedef enum { ROLE_USES, ROLE_CREATES } Role;

typedef struct {
    const char *message;
    const char *field;
    Role role;
    LockLevel level;
} FieldRow;

static const FieldRow fields[] = {
#define LOCK_FIELD(message, field, role, level) {message, field, ROLE_##role, LOCK_##level},
#include "sql/locks.def"
};

static const struct {
    PgQuery__AlterTableType subcommand;
    LockLevel level;
} subcommands[] = {
#define LOCK_ALTER(subcommand, level) {PG_QUERY__ALTER_TABLE_TYPE__AT_##subcommand, LOCK_##level},
#include "sql/locks.def"
};

const char *lock_level_name(LockLevel level)
{
    static const char *const names[] = {
        NULL,
        "AccessShareLock",
        "RowShareLock",
        "RowExclusiveLock",
        "ShareUpdateExclusiveLock",
        "ShareLock",
        "ShareRowExclusiveLock",
        "ExclusiveLock",
        "AccessExclusiveLock",
    };

    return names[level];
}

static void touch_free(gpointer data)
{
    Touch *touch = data;

    g_free(touch->schema);
    g_free(touch->name);
    g_free(touch);
}

static void column_free(gpointer data)
{
    ColumnTouch *column = data;

    g_free(column->schema);
    g_free(column->relation);
    g_free(column->column);
    g_free(column);
}

void statement_locks_free(StatementLocks *locks)
{
    if (!locks)
        return;
    g_ptr_array_unref(locks->touches);
    g_ptr_array_unref(locks->columns);
    g_free(locks);
}

/* --- Collecting ------------------------------------------------------------------------------- */

typedef struct {
    StatementLocks *locks;
    const ProtobufCMessage *statement;
    LockLevel level;      /* of what hangs on the statement itself, where `is_adjusted` */
    gboolean is_adjusted; /* else the table has it */
    LockLevel read_level; /* of what is only read */
    gboolean may_be_missing;
    GHashTable *local; /* the names of WITH: no relations */
} Collector;

static Touch *find_touch(const GPtrArray *touches, const char *schema, const char *name)
{
    for (guint i = 0; i < touches->len; i++) {
        Touch *touch = g_ptr_array_index(touches, i);

        if (g_strcmp0(touch->schema, schema) == 0 && g_str_equal(touch->name, name))
            return touch;
    }
    return NULL;
}

static void add_touch(Collector *collector, const char *schema, const char *name, Role role,
                      LockLevel level)
{
    StatementLocks *locks = collector->locks;
    const char *named = schema && *schema ? schema : NULL;
    Touch *touch = find_touch(locks->touches, named, name);

    locks->level = MAX(locks->level, level);
    if (touch) {
        touch->level = MAX(touch->level, level);
        return;
    }
    touch = g_new(Touch, 1);
    *touch = (Touch){g_strdup(named), g_strdup(name), level, role == ROLE_CREATES,
                     collector->may_be_missing && role == ROLE_USES};
    g_ptr_array_add(locks->touches, touch);
}

static void add_column(Collector *collector, const PgQuery__RangeVar *relation, const char *column,
                       Role role, gboolean may_be_missing)
{
    ColumnTouch *touch;

    if (!relation || !column || !*column)
        return;
    touch = g_new(ColumnTouch, 1);
    *touch = (ColumnTouch){*relation->schemaname ? g_strdup(relation->schemaname) : NULL,
                           g_strdup(relation->relname), g_strdup(column), role == ROLE_CREATES,
                           may_be_missing || collector->may_be_missing};
    g_ptr_array_add(collector->locks->columns, touch);
}

static const FieldRow *find_field(const char *message, const char *field)
{
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        if (g_str_equal(fields[i].message, message) && g_str_equal(fields[i].field, field))
            return &fields[i];
    return NULL;
}

/* A table of which a partition is made is locked for that. */
static gboolean is_partitioned_parent(const ProtobufCMessage *parent, const char *field)
{
    return g_str_equal(tree_type(parent), "CreateStmt") && g_str_equal(field, "inh_relations") &&
           ((const PgQuery__CreateStmt *)parent)->partbound;
}

static void visit_relation(const ProtobufCMessage *message, const ProtobufCMessage *parent,
                           const char *field, gpointer data)
{
    const PgQuery__RangeVar *relation = (const PgQuery__RangeVar *)message;
    Collector *collector = data;
    const FieldRow *row;
    LockLevel level;

    if (!g_str_equal(tree_type(message), "RangeVar"))
        return;
    if (!*relation->schemaname && g_hash_table_contains(collector->local, relation->relname))
        return;
    row = find_field(tree_type(parent), field);
    level = row ? row->level : collector->read_level;
    if (is_partitioned_parent(parent, field))
        level = LOCK_ACCESS_EXCLUSIVE;
    if (row && collector->is_adjusted && row->role == ROLE_USES &&
        (parent == collector->statement || g_str_equal(tree_type(parent), "VacuumRelation")))
        level = collector->level;
    add_touch(collector, relation->schemaname, relation->relname, row ? row->role : ROLE_USES,
              level);
}

static void visit_with(const ProtobufCMessage *message, const ProtobufCMessage *parent,
                       const char *field, gpointer data)
{
    Collector *collector = data;

    (void)parent;
    (void)field;
    if (g_str_equal(tree_type(message), "CommonTableExpr"))
        g_hash_table_add(collector->local,
                         g_strdup(((const PgQuery__CommonTableExpr *)message)->ctename));
}

/* --- ALTER TABLE ------------------------------------------------------------------------------ */

/* Storage parameters whose change locks everybody out. */
static gboolean is_heavy_option(const PgQuery__Node *options)
{
    static const char *const heavy[] = {
        "user_catalog_table", "security_barrier", "security_invoker",
        "check_option",       "buffering",        "fastupdate",
        "pages_per_range",    "autosummarize",    "gin_pending_list_limit"};
    const PgQuery__List *list =
        options && options->node_case == PG_QUERY__NODE__NODE_LIST ? options->list : NULL;

    for (gsize i = 0; list && i < G_N_ELEMENTS(heavy); i++)
        if (tree_option(list->items, list->n_items, heavy[i]))
            return TRUE;
    return FALSE;
}

static LockLevel level_of_subcommand(const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Node *def = command->def;

    if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint && def &&
        def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
        def->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN)
        return LOCK_SHARE_ROW_EXCLUSIVE;
    if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition && def &&
        def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD && def->partition_cmd->concurrent)
        return LOCK_SHARE_UPDATE_EXCLUSIVE;
    if (is_heavy_option(def))
        return LOCK_ACCESS_EXCLUSIVE;
    for (gsize i = 0; i < G_N_ELEMENTS(subcommands); i++)
        if (subcommands[i].subcommand == command->subtype)
            return subcommands[i].level;
    return LOCK_ACCESS_EXCLUSIVE;
}

static LockLevel level_of_alter(const PgQuery__AlterTableStmt *alter)
{
    LockLevel level = LOCK_NONE;

    for (gsize i = 0; i < alter->n_cmds; i++)
        level = MAX(level, level_of_subcommand(alter->cmds[i]->alter_table_cmd));
    return level;
}

static void add_altered_columns(Collector *collector, const PgQuery__AlterTableStmt *alter)
{
    for (gsize i = 0; i < alter->n_cmds; i++) {
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;

        switch (command->subtype) {
        case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
            add_column(collector, alter->relation, command->def->column_def->colname, ROLE_CREATES,
                       FALSE);
            break;
        case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity:
            add_column(collector, alter->relation, command->name, ROLE_USES, FALSE);
            break;
        case PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
            add_column(collector, alter->relation, command->name, ROLE_USES, command->missing_ok);
            break;
        default:
            break;
        }
    }
}

/* --- Statements that need more than the table ------------------------------------------------- */

static gboolean is_relation(PgQuery__ObjectType type)
{
    return type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE;
}

/* What belongs to a table and is named behind it. */
static gboolean is_on_relation(PgQuery__ObjectType type)
{
    return type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE ||
           type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY;
}

static void add_dropped(Collector *collector, const PgQuery__DropStmt *drop)
{
    guint words = is_on_relation(drop->remove_type) ? 1 : 0;
    const char *schema;
    const char *name;

    for (gsize i = 0; i < drop->n_objects; i++)
        if ((words || is_relation(drop->remove_type)) &&
            tree_name(drop->objects[i], words, &schema, &name))
            add_touch(collector, schema, name, ROLE_USES,
                      drop->concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE);
}

static void add_commented(Collector *collector, const PgQuery__CommentStmt *comment)
{
    guint words = comment->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN ? 1 : 0;
    const char *schema;
    const char *name;

    if ((words || is_relation(comment->objtype)) &&
        tree_name(comment->object, words, &schema, &name))
        add_touch(collector, schema, name, ROLE_USES, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

static void add_renamed(Collector *collector, const PgQuery__RenameStmt *rename)
{
    if (!rename->relation)
        return;
    if (rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN) {
        add_column(collector, rename->relation, rename->subname, ROLE_USES, FALSE);
        add_column(collector, rename->relation, rename->newname, ROLE_CREATES, FALSE);
    } else if (is_relation(rename->rename_type)) {
        add_touch(collector, rename->relation->schemaname, rename->newname, ROLE_CREATES,
                  LOCK_NONE);
    }
}

static void adjust(Collector *collector, LockLevel level)
{
    collector->is_adjusted = TRUE;
    collector->level = level;
}

static void adjust_reindex(Collector *collector, const PgQuery__ReindexStmt *reindex)
{
    const PgQuery__DefElem *option =
        tree_option(reindex->params, reindex->n_params, "concurrently");

    if (tree_option_is_on(option))
        adjust(collector, LOCK_SHARE_UPDATE_EXCLUSIVE);
    else if (reindex->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX)
        adjust(collector, LOCK_ACCESS_EXCLUSIVE);
}

static void read_statement(Collector *collector, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        adjust(collector, level_of_alter(node->alter_table_stmt));
        return add_altered_columns(collector, node->alter_table_stmt);
    case PG_QUERY__NODE__NODE_DROP_STMT:
        return add_dropped(collector, node->drop_stmt);
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
        return add_commented(collector, node->comment_stmt);
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        if (node->rename_stmt->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX)
            adjust(collector, LOCK_SHARE_UPDATE_EXCLUSIVE);
        return add_renamed(collector, node->rename_stmt);
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
        if (node->alter_object_schema_stmt->relation)
            add_touch(collector, node->alter_object_schema_stmt->newschema,
                      node->alter_object_schema_stmt->relation->relname, ROLE_CREATES, LOCK_NONE);
        return;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        if (node->index_stmt->concurrent)
            adjust(collector, LOCK_SHARE_UPDATE_EXCLUSIVE);
        if (*node->index_stmt->idxname)
            add_touch(collector, node->index_stmt->relation->schemaname, node->index_stmt->idxname,
                      ROLE_CREATES, LOCK_NONE);
        return;
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
        if (node->refresh_mat_view_stmt->concurrent)
            adjust(collector, LOCK_EXCLUSIVE);
        return;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
        return adjust(collector, (LockLevel)node->lock_stmt->mode);
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
        return adjust_reindex(collector, node->reindex_stmt);
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
        if (tree_option_is_on(
                tree_option(node->vacuum_stmt->options, node->vacuum_stmt->n_options, "full")))
            adjust(collector, LOCK_ACCESS_EXCLUSIVE);
        return;
    case PG_QUERY__NODE__NODE_COPY_STMT:
        if (node->copy_stmt->is_from)
            adjust(collector, LOCK_ROW_EXCLUSIVE);
        return;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        if (node->select_stmt->n_locking_clause)
            collector->read_level = LOCK_ROW_SHARE;
        return;
    case PG_QUERY__NODE__NODE_DO_STMT:
    case PG_QUERY__NODE__NODE_CALL_STMT:
        collector->locks->is_known = FALSE;
        return;
    default:
        return;
    }
}

StatementLocks *statement_locks(const char *sql)
{
    g_autoptr(Tree) tree = tree_parse(sql);
    g_autoptr(GHashTable) local = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const PgQuery__Node *node = tree ? tree_statement(tree) : NULL;
    StatementLocks *locks = g_new0(StatementLocks, 1);
    Collector collector = {.locks = locks, .read_level = LOCK_ACCESS_SHARE, .local = local};

    locks->touches = g_ptr_array_new_with_free_func(touch_free);
    locks->columns = g_ptr_array_new_with_free_func(column_free);
    collector.statement = node ? tree_message(node) : NULL;
    if (!collector.statement)
        return locks;
    locks->is_known = TRUE;
    collector.may_be_missing = tree_flag(collector.statement, "missing_ok");
    tree_walk(collector.statement, visit_with, &collector);
    read_statement(&collector, node);
    tree_walk(collector.statement, visit_relation, &collector);
    return locks;
}
