/* Reads DROP, ALTER TABLE and the statements that change rows. */
#include "sql/losses.h"

#include "sql/tree.h"

static const struct {
    const char *name;
    gboolean has_data;
} kinds[] = {
#define LOSS(name, text, has_rows) [LOSS_##name] = {text, has_rows},
    LOSS_KINDS(LOSS)
#undef LOSS
};

const char *loss_kind_name(LossKind kind)
{
    return kinds[kind].name;
}

gboolean loss_kind_has_data(LossKind kind)
{
    return kinds[kind].has_data;
}

static void loss_free(gpointer data)
{
    StatementLoss *loss = data;

    g_free(loss->schema);
    g_free(loss->name);
    g_free(loss->column);
    g_free(loss);
}

static StatementLoss *add(GPtrArray *losses, LossKind kind, const char *schema, const char *name)
{
    StatementLoss *loss = g_new0(StatementLoss, 1);

    loss->kind = kind;
    loss->schema = schema && *schema ? g_strdup(schema) : NULL;
    loss->name = g_strdup(name);
    g_ptr_array_add(losses, loss);
    return loss;
}

static StatementLoss *add_relation(GPtrArray *losses, LossKind kind,
                                   const PgQuery__RangeVar *relation)
{
    return add(losses, kind, relation->schemaname, relation->relname);
}

/* FALSE: what is dropped holds nothing. */
static gboolean kind_of_object(PgQuery__ObjectType type, LossKind *kind)
{
    static const struct {
        PgQuery__ObjectType type;
        LossKind kind;
    } rows[] = {
        {PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, LOSS_TABLE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE, LOSS_OTHER},
        {PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE, LOSS_SEQUENCE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, LOSS_VIEW},
        {PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, LOSS_MATERIALIZED_VIEW},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TYPE, LOSS_TYPE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN, LOSS_TYPE},
        {PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA, LOSS_SCHEMA},
        {PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION, LOSS_EXTENSION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, LOSS_FUNCTION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE, LOSS_FUNCTION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE, LOSS_FUNCTION},
        {PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE, LOSS_FUNCTION},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].type == type) {
            *kind = rows[i].kind;
            return TRUE;
        }
    }
    return FALSE;
}

/* Functions come with their arguments around the name, and classes and families of operators with
 * the access method before it. `list` and `words` have room for the answer. */
static const PgQuery__Node *bare_name(const PgQuery__DropStmt *drop, const PgQuery__Node *object,
                                      PgQuery__Node *list, PgQuery__List *words)
{
    gboolean has_method = drop->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS ||
                          drop->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY;

    if (object->node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS) {
        words->n_items = object->object_with_args->n_objname;
        words->items = object->object_with_args->objname;
    } else if (has_method && object->node_case == PG_QUERY__NODE__NODE_LIST &&
               object->list->n_items > 1) {
        words->n_items = object->list->n_items - 1;
        words->items = object->list->items + 1;
    } else {
        return object;
    }
    list->node_case = PG_QUERY__NODE__NODE_LIST;
    list->list = words;
    return list;
}

/* Columns hang on such objects by their type, or because they are generated; tables by what they
 * are partitioned by. What hangs on others is no data, or is counted with them. */
static gboolean takes_data_along(const PgQuery__DropStmt *drop)
{
    if (drop->behavior != PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        return FALSE;
    switch (drop->remove_type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
    case PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION:
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION:
    case PG_QUERY__OBJECT_TYPE__OBJECT_ACCESS_METHOD:
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION:
    case PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR:
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS:
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY:
    case PG_QUERY__OBJECT_TYPE__OBJECT_LANGUAGE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSCONFIGURATION:
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSDICTIONARY:
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSPARSER:
    case PG_QUERY__OBJECT_TYPE__OBJECT_TSTEMPLATE:
        return TRUE;
    default:
        return FALSE;
    }
}

static void read_drop(const PgQuery__DropStmt *drop, GPtrArray *losses)
{
    LossKind kind;
    gboolean has_kind = kind_of_object(drop->remove_type, &kind);
    gboolean takes_data = takes_data_along(drop);

    for (gsize i = 0; i < drop->n_objects; i++) {
        PgQuery__Node list = PG_QUERY__NODE__INIT;
        PgQuery__List words = PG_QUERY__LIST__INIT;
        const PgQuery__Node *object = bare_name(drop, drop->objects[i], &list, &words);
        const char *schema;
        const char *name;

        if (!tree_name(object, 0, &schema, &name))
            continue;
        if (has_kind)
            add(losses, kind, schema, name)->may_be_missing = drop->missing_ok;
        if (takes_data)
            add(losses, LOSS_DEPENDENTS, schema, name)->may_be_missing = drop->missing_ok;
    }
}

static void read_drop_owned(const PgQuery__DropOwnedStmt *drop, GPtrArray *losses)
{
    for (gsize i = 0; i < drop->n_roles; i++) {
        const PgQuery__RoleSpec *role = drop->roles[i]->role_spec;
        gboolean has_name = role->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CSTRING;

        add(losses, LOSS_DEPENDENTS, NULL, has_name ? role->rolename : "current_user");
    }
}

static void read_alter(const PgQuery__AlterTableStmt *alter, GPtrArray *losses)
{
    for (gsize i = 0; i < alter->n_cmds; i++) {
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
        StatementLoss *loss;

        if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn)
            loss = add_relation(losses, LOSS_COLUMN, alter->relation);
        else if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType)
            loss = add_relation(losses, LOSS_VALUES, alter->relation);
        else
            continue;
        loss->column = g_strdup(command->name);
        loss->may_be_missing = command->missing_ok || alter->missing_ok;
    }
}

/* CASCADE empties the tables that refer to it. */
static void read_truncate(const PgQuery__TruncateStmt *truncate, GPtrArray *losses)
{
    for (gsize i = 0; i < truncate->n_relations; i++) {
        const PgQuery__Node *relation = truncate->relations[i];

        if (relation->node_case != PG_QUERY__NODE__NODE_RANGE_VAR)
            continue;
        add_relation(losses, LOSS_ROWS, relation->range_var);
        if (truncate->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
            add_relation(losses, LOSS_DEPENDENTS, relation->range_var);
    }
}

/* Also those inside WITH. */
static void visit_change(const ProtobufCMessage *message, const ProtobufCMessage *parent,
                         const char *field, gpointer data)
{
    const char *type = tree_type(message);

    (void)parent;
    (void)field;
    if (g_str_equal(type, "DeleteStmt")) {
        const PgQuery__DeleteStmt *statement = (const PgQuery__DeleteStmt *)message;

        add_relation(data, LOSS_ROWS, statement->relation)->is_partial =
            statement->where_clause || statement->n_using_clause;
    } else if (g_str_equal(type, "UpdateStmt")) {
        const PgQuery__UpdateStmt *statement = (const PgQuery__UpdateStmt *)message;

        add_relation(data, LOSS_VALUES, statement->relation)->is_partial =
            statement->where_clause || statement->n_from_clause;
    } else if (g_str_equal(type, "InsertStmt")) {
        const PgQuery__InsertStmt *statement = (const PgQuery__InsertStmt *)message;
        const PgQuery__OnConflictClause *clause = statement->on_conflict_clause;

        if (clause && clause->action == PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE)
            add_relation(data, LOSS_VALUES, statement->relation)->is_partial = TRUE;
    } else if (g_str_equal(type, "MergeStmt")) {
        add_relation(data, LOSS_VALUES, ((const PgQuery__MergeStmt *)message)->relation)
            ->is_partial = TRUE;
    }
}

GPtrArray *statement_losses(const char *sql)
{
    g_autoptr(Tree) tree = tree_parse(sql);
    GPtrArray *losses = g_ptr_array_new_with_free_func(loss_free);
    const PgQuery__Node *node = tree ? tree_statement(tree) : NULL;
    const ProtobufCMessage *message = tree_message(node);

    if (!message || node->node_case == PG_QUERY__NODE__NODE_DO_STMT ||
        node->node_case == PG_QUERY__NODE__NODE_CALL_STMT) {
        add(losses, LOSS_UNKNOWN, NULL, "");
        return losses;
    }
    if (node->node_case == PG_QUERY__NODE__NODE_DROP_STMT)
        read_drop(node->drop_stmt, losses);
    else if (node->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT)
        read_alter(node->alter_table_stmt, losses);
    else if (node->node_case == PG_QUERY__NODE__NODE_TRUNCATE_STMT)
        read_truncate(node->truncate_stmt, losses);
    else if (node->node_case == PG_QUERY__NODE__NODE_DROP_OWNED_STMT)
        read_drop_owned(node->drop_owned_stmt, losses);
    else if (node->node_case == PG_QUERY__NODE__NODE_DROPDB_STMT)
        add(losses, LOSS_DATABASE, NULL, node->dropdb_stmt->dbname)->may_be_missing =
            node->dropdb_stmt->missing_ok;
    visit_change(message, NULL, NULL, losses);
    tree_walk(message, visit_change, losses);
    return losses;
}
