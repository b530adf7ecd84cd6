/* Reads the parse tree of one statement; where there is none, its words. */
#include "sql/nature.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string.h>

#include "base/quote.h"
#include "sql/classify.h"
#include "sql/scan.h"

void nature_free(Nature *nature)
{
    if (!nature)
        return;
    g_free(nature->object);
    g_free(nature->part);
    g_free(nature);
}

gboolean nature_runs_alone(const Nature *nature)
{
    return nature->kind >= NATURE_ALONE;
}

/* --- Names ------------------------------------------------------------------------------------ */

static char *quote_qualified(const char *schema, const char *name)
{
    g_autofree char *quoted_name = sql_quote_identifier(name);
    g_autofree char *quoted_schema = schema && *schema ? sql_quote_identifier(schema) : NULL;

    return quoted_schema ? g_strconcat(quoted_schema, ".", quoted_name, NULL)
                         : g_steal_pointer(&quoted_name);
}

static char *quote_relation(const PgQuery__RangeVar *relation)
{
    return quote_qualified(relation->schemaname, relation->relname);
}

/* A list of String nodes: [schema,] name. NULL when it is something else. */
static char *quote_list(PgQuery__Node *const *parts, gsize count)
{
    if (count == 0 || parts[count - 1]->node_case != PG_QUERY__NODE__NODE_STRING)
        return NULL;
    return quote_qualified(count > 1 && parts[count - 2]->node_case == PG_QUERY__NODE__NODE_STRING
                               ? parts[count - 2]->string->sval
                               : NULL,
                           parts[count - 1]->string->sval);
}

/* --- Options ---------------------------------------------------------------------------------- */

static const PgQuery__DefElem *find_option(PgQuery__Node *const *options, gsize count,
                                           const char *name)
{
    for (gsize i = 0; i < count; i++)
        if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
            g_ascii_strcasecmp(options[i]->def_elem->defname, name) == 0)
            return options[i]->def_elem;
    return NULL;
}

/* The word that an option has for a value: a bare one is the name of a type to the grammar. */
static const char *option_word(const PgQuery__Node *value)
{
    if (value->node_case == PG_QUERY__NODE__NODE_TYPE_NAME && value->type_name->n_names > 0)
        value = value->type_name->names[value->type_name->n_names - 1];
    return value->node_case == PG_QUERY__NODE__NODE_STRING ? value->string->sval : "";
}

/* As the server reads a boolean option; what it would refuse counts as true. */
static gboolean is_off(const PgQuery__DefElem *option)
{
    const PgQuery__Node *value = option ? option->arg : NULL;
    const char *word;

    if (!value)
        return FALSE;
    if (value->node_case == PG_QUERY__NODE__NODE_INTEGER)
        return value->integer->ival == 0;
    word = option_word(value);
    return g_ascii_strcasecmp(word, "false") == 0 || g_ascii_strcasecmp(word, "off") == 0 ||
           g_str_equal(word, "0");
}

/* --- Statements ------------------------------------------------------------------------------- */

static void read_index(const PgQuery__IndexStmt *index, Nature *nature)
{
    if (!index->concurrent)
        return;
    nature->kind = NATURE_BUILD_INDEX;
    nature->object = quote_relation(index->relation);
    nature->part = *index->idxname ? g_strdup(index->idxname) : NULL;
}

static void read_drop(const PgQuery__DropStmt *drop, Nature *nature)
{
    const PgQuery__Node *object = drop->n_objects ? drop->objects[0] : NULL;

    if (!drop->concurrent)
        return;
    nature->kind = NATURE_DROP_INDEX;
    if (object && object->node_case == PG_QUERY__NODE__NODE_LIST)
        nature->object = quote_list(object->list->items, object->list->n_items);
    if (!nature->object)
        nature->kind = NATURE_ALONE;
}

static void read_reindex(const PgQuery__ReindexStmt *reindex, Nature *nature)
{
    const PgQuery__DefElem *option =
        find_option(reindex->params, reindex->n_params, "concurrently");
    gboolean is_concurrent = option && !is_off(option);

    if (!is_concurrent && reindex->relation)
        return;
    nature->kind = NATURE_REPEATABLE;
    if (is_concurrent && reindex->relation)
        nature->object = quote_relation(reindex->relation);
}

static void read_enum(const PgQuery__AlterEnumStmt *alter, Nature *nature)
{
    if (*alter->old_val)
        return; /* RENAME VALUE */
    nature->kind = NATURE_LABEL;
    nature->object = quote_list(alter->type_name, alter->n_type_name);
    nature->part = g_strdup(alter->new_val);
}

static void read_alter_table(const PgQuery__AlterTableStmt *alter, Nature *nature)
{
    const PgQuery__AlterTableCmd *command =
        alter->n_cmds && alter->cmds[0]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD
            ? alter->cmds[0]->alter_table_cmd
            : NULL;
    const PgQuery__PartitionCmd *partition;

    if (!command || command->subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition ||
        command->def->node_case != PG_QUERY__NODE__NODE_PARTITION_CMD)
        return;
    partition = command->def->partition_cmd;
    if (!partition->concurrent)
        return;
    nature->kind = NATURE_DETACH;
    nature->object = quote_relation(alter->relation);
    nature->part = quote_relation(partition->name);
}

static void read_create_subscription(const PgQuery__CreateSubscriptionStmt *create, Nature *nature)
{
    if (is_off(find_option(create->options, create->n_options, "create_slot")) ||
        is_off(find_option(create->options, create->n_options, "connect")))
        return;
    nature->kind = NATURE_SUBSCRIPTION;
    nature->object = g_strdup(create->subname);
}

static void read_alter_subscription(const PgQuery__AlterSubscriptionStmt *alter, Nature *nature)
{
    gboolean refreshes =
        alter->kind == PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_REFRESH;
    gboolean sets =
        alter->kind == PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_SET_PUBLICATION;
    gboolean adds =
        alter->kind == PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_ADD_PUBLICATION ||
        alter->kind == PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_DROP_PUBLICATION;

    if (refreshes)
        nature->kind = NATURE_REPEATABLE;
    else if ((sets || adds) && !is_off(find_option(alter->options, alter->n_options, "refresh")))
        nature->kind = sets ? NATURE_REPEATABLE : NATURE_ALONE;
}

/* SELECT set_config(...), and nothing else: as pg_dump writes it. */
static gboolean sets_parameters(const PgQuery__SelectStmt *select)
{
    for (gsize i = 0; i < select->n_target_list; i++) {
        const PgQuery__Node *target = select->target_list[i];
        const PgQuery__Node *value =
            target->node_case == PG_QUERY__NODE__NODE_RES_TARGET ? target->res_target->val : NULL;
        const PgQuery__FuncCall *call =
            value && value->node_case == PG_QUERY__NODE__NODE_FUNC_CALL ? value->func_call : NULL;
        const PgQuery__Node *name =
            call && call->n_funcname ? call->funcname[call->n_funcname - 1] : NULL;

        if (!name || name->node_case != PG_QUERY__NODE__NODE_STRING ||
            !g_str_equal(name->string->sval, "set_config"))
            return FALSE;
    }
    return select->n_target_list > 0 && select->n_from_clause == 0;
}

/* A role has a search_path's "$user" of its own. */
static gboolean sets_path(const PgQuery__VariableSetStmt *set)
{
    static const char *const names[] = {"search_path", "role", "session_authorization", NULL};

    return set->kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL ||
           g_strv_contains(names, set->name);
}

static void read_named(Nature *nature, NatureKind kind, const char *name)
{
    nature->kind = kind;
    nature->object = g_strdup(name);
}

static void read_tree(const PgQuery__Node *node, Nature *nature)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        return read_index(node->index_stmt, nature);
    case PG_QUERY__NODE__NODE_DROP_STMT:
        return read_drop(node->drop_stmt, nature);
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
        return read_reindex(node->reindex_stmt, nature);
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
        return read_enum(node->alter_enum_stmt, nature);
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        return read_alter_table(node->alter_table_stmt, nature);
    case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
        return read_create_subscription(node->create_subscription_stmt, nature);
    case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
        return read_alter_subscription(node->alter_subscription_stmt, nature);
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
        return read_named(nature, NATURE_SUBSCRIPTION, node->drop_subscription_stmt->subname);
    case PG_QUERY__NODE__NODE_CREATEDB_STMT:
        return read_named(nature, NATURE_DATABASE, node->createdb_stmt->dbname);
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
        return read_named(nature, NATURE_DATABASE, node->dropdb_stmt->dbname);
    case PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT:
        if (find_option(node->alter_database_stmt->options, node->alter_database_stmt->n_options,
                        "tablespace"))
            read_named(nature, NATURE_DATABASE, node->alter_database_stmt->dbname);
        return;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
        return read_named(nature, NATURE_TABLESPACE, node->create_table_space_stmt->tablespacename);
    case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
        return read_named(nature, NATURE_TABLESPACE, node->drop_table_space_stmt->tablespacename);
    case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
        nature->kind = NATURE_REPEATABLE;
        return;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
        nature->kind = node->vacuum_stmt->is_vacuumcmd ? NATURE_REPEATABLE : NATURE_ORDINARY;
        return;
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
        nature->kind = node->cluster_stmt->relation ? NATURE_ORDINARY : NATURE_REPEATABLE;
        return;
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
        nature->kind = node->variable_set_stmt->is_local ? NATURE_ORDINARY : NATURE_SESSION;
        nature->moves_path = sets_path(node->variable_set_stmt);
        return;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        nature->moves_path = sets_parameters(node->select_stmt);
        nature->kind = nature->moves_path ? NATURE_SESSION : NATURE_ORDINARY;
        return;
    case PG_QUERY__NODE__NODE_CALL_STMT:
    case PG_QUERY__NODE__NODE_DO_STMT:
        nature->kind = NATURE_COMMITS;
        return;
    default:
        return;
    }
}

/* FALSE when the grammar does not know it. */
static gboolean read_parsed(const char *sql, Nature *nature)
{
    PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(sql);
    PgQuery__ParseResult *result = NULL;
    gboolean is_known;

    if (!parsed.error)
        result = pg_query__parse_result__unpack(NULL, parsed.parse_tree.len,
                                                (const guint8 *)parsed.parse_tree.data);
    is_known = result != NULL;
    if (is_known && result->n_stmts == 1 && result->stmts[0]->stmt)
        read_tree(result->stmts[0]->stmt, nature);
    if (result)
        pg_query__parse_result__free_unpacked(result, NULL);
    pg_query_free_protobuf_parse_result(parsed);
    return is_known;
}

/* --- Words ------------------------------------------------------------------------------------ */

static int kind_at(const GArray *tokens, guint index)
{
    return index < tokens->len ? g_array_index(tokens, Token, index).kind : 0;
}

static gboolean has_concurrently(const GArray *tokens)
{
    for (guint i = 0; i < tokens->len; i++)
        if (kind_at(tokens, i) == PG_QUERY__TOKEN__CONCURRENTLY)
            return TRUE;
    return FALSE;
}

static gboolean is_alone_by_words(const GArray *tokens)
{
    int second = kind_at(tokens, 1);

    switch (kind_at(tokens, 0)) {
    case PG_QUERY__TOKEN__VACUUM:
        return TRUE;
    case PG_QUERY__TOKEN__CREATE:
    case PG_QUERY__TOKEN__DROP:
        return second == PG_QUERY__TOKEN__DATABASE || second == PG_QUERY__TOKEN__TABLESPACE ||
               second == PG_QUERY__TOKEN__SUBSCRIPTION || has_concurrently(tokens);
    case PG_QUERY__TOKEN__ALTER:
        return second == PG_QUERY__TOKEN__SYSTEM_P || has_concurrently(tokens);
    case PG_QUERY__TOKEN__REINDEX:
        return second == PG_QUERY__TOKEN__DATABASE || second == PG_QUERY__TOKEN__SYSTEM_P ||
               second == PG_QUERY__TOKEN__SCHEMA || has_concurrently(tokens);
    default:
        return FALSE;
    }
}

static void guess(const char *sql, Nature *nature)
{
    PlaceText text = {.bytes = sql, .length = strlen(sql), .first_line = 1};
    g_autoptr(GArray) tokens = sql_scan(&text, NULL);

    nature->is_guessed = TRUE;
    if (!tokens)
        return;
    if (is_alone_by_words(tokens))
        nature->kind = NATURE_ALONE;
    else if (kind_at(tokens, 0) == PG_QUERY__TOKEN__CALL ||
             kind_at(tokens, 0) == PG_QUERY__TOKEN__DO)
        nature->kind = NATURE_COMMITS;
}

static gboolean has_word(const char *sql, const char *word)
{
    gsize length = strlen(word);

    for (; *sql; sql++)
        if (g_ascii_tolower(*sql) == *word && g_ascii_strncasecmp(sql, word, length) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_one_of(const char *at, const char *const *words)
{
    gsize length = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (; *words; words++)
        if (strlen(*words) == length && g_ascii_strncasecmp(at, *words, length) == 0)
            return TRUE;
    return FALSE;
}

Nature *nature_of(const char *sql)
{
    static const char *const plain[] = {"INSERT", NULL}; /* long ones need no parse tree */
    Nature *nature = g_new0(Nature, 1);

    if (!is_one_of(sql, plain) && !read_parsed(sql, nature))
        guess(sql, nature);
    return nature;
}

gboolean nature_may_matter(const char *sql)
{
    static const char *const rare[] = {"CLUSTER", "REINDEX", "VACUUM", NULL};
    static const char *const usual[] = {"ALTER", "CREATE", "DROP", NULL};
    static const char *const objects[] = {"DATABASE",   "SUBSCRIPTION", "SYSTEM",
                                          "TABLESPACE", "TYPE",         NULL};
    const char *end = sql + strlen(sql);
    const char *second;

    if (is_one_of(sql, rare))
        return TRUE;
    if (!is_one_of(sql, usual))
        return FALSE;
    second = sql_skip_blank(sql + strcspn(sql, " \t\r\n\f\v-/"), end);
    return is_one_of(second, objects) || has_word(sql, "concurrently");
}
