/* libpg_query's protobuf messages, walked by their own descriptors. */
#include "sql/tree.h"

#include <pg_query.h>
#include <string.h>

Tree *tree_parse(const char *sql)
{
    PgQueryProtobufParseResult parsed = pg_query_parse_protobuf(sql);
    Tree *tree = NULL;

    if (!parsed.error)
        tree = pg_query__parse_result__unpack(NULL, parsed.parse_tree.len,
                                              (const guint8 *)parsed.parse_tree.data);
    pg_query_free_protobuf_parse_result(parsed);
    return tree;
}

void tree_free(Tree *tree)
{
    if (tree)
        pg_query__parse_result__free_unpacked(tree, NULL);
}

const PgQuery__Node *tree_statement(const Tree *tree)
{
    return tree->n_stmts == 1 ? tree->stmts[0]->stmt : NULL;
}

static const void *member(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (const char *)message + field->offset;
}

static gsize count_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return *(const size_t *)((const char *)message + field->quantifier_offset);
}

/* The one that is set of a oneof stands at the same place as the others. */
static gboolean is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return *(const guint32 *)((const char *)message + field->quantifier_offset) == field->id;
    return TRUE;
}

const ProtobufCMessage *tree_message(const PgQuery__Node *node)
{
    const ProtobufCFieldDescriptor *field;

    if (!node || node->node_case == PG_QUERY__NODE__NODE__NOT_SET)
        return NULL;
    field = protobuf_c_message_descriptor_get_field(node->base.descriptor, node->node_case);
    return field && field->type == PROTOBUF_C_TYPE_MESSAGE
               ? *(const ProtobufCMessage *const *)member(&node->base, field)
               : NULL;
}

const char *tree_type(const ProtobufCMessage *message)
{
    return message->descriptor->short_name;
}

typedef struct {
    TreeVisit visit;
    gpointer data;
} Walk;

static void walk_fields(const Walk *walk, const ProtobufCMessage *message,
                        const ProtobufCMessage *parent, const char *name);

/* A Node and a List are the grammar's wrapping: what is in them hangs on whoever they hang on. */
static void walk_one(const Walk *walk, const ProtobufCMessage *message,
                     const ProtobufCMessage *parent, const char *name)
{
    const char *type = tree_type(message);

    if (g_str_equal(type, "Node") || g_str_equal(type, "List")) {
        walk_fields(walk, message, parent, name);
        return;
    }
    walk->visit(message, parent, name, walk->data);
    walk_fields(walk, message, NULL, NULL);
}

static void walk_fields(const Walk *walk, const ProtobufCMessage *message,
                        const ProtobufCMessage *parent, const char *name)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        const ProtobufCMessage *const *list;

        if (field->type != PROTOBUF_C_TYPE_MESSAGE || !is_set(message, field))
            continue;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            list = *(const ProtobufCMessage *const *const *)member(message, field);
            for (gsize k = 0; k < count_of(message, field); k++)
                walk_one(walk, list[k], parent ? parent : message, name ? name : field->name);
            continue;
        }
        list = (const ProtobufCMessage *const *)member(message, field);
        if (*list)
            walk_one(walk, *list, parent ? parent : message, name ? name : field->name);
    }
}

void tree_walk(const ProtobufCMessage *message, TreeVisit visit, gpointer data)
{
    Walk walk = {visit, data};

    walk_fields(&walk, message, NULL, NULL);
}

gboolean tree_flag(const ProtobufCMessage *message, const char *field)
{
    const ProtobufCFieldDescriptor *found =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, field);

    return found && found->type == PROTOBUF_C_TYPE_BOOL &&
           *(const protobuf_c_boolean *)member(message, found);
}

const PgQuery__DefElem *tree_option(PgQuery__Node *const *options, gsize count, const char *name)
{
    for (gsize i = 0; i < count; i++)
        if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
            g_ascii_strcasecmp(options[i]->def_elem->defname, name) == 0)
            return options[i]->def_elem;
    return NULL;
}

gboolean tree_option_is_on(const PgQuery__DefElem *option)
{
    const PgQuery__Node *value = option ? option->arg : NULL;
    const char *word;

    if (!value)
        return option != NULL;
    if (value->node_case == PG_QUERY__NODE__NODE_INTEGER)
        return value->integer->ival != 0;
    if (value->node_case == PG_QUERY__NODE__NODE_TYPE_NAME && value->type_name->n_names > 0)
        value = value->type_name->names[value->type_name->n_names - 1];
    word = value->node_case == PG_QUERY__NODE__NODE_STRING ? value->string->sval : "";
    return g_ascii_strcasecmp(word, "false") != 0 && g_ascii_strcasecmp(word, "off") != 0 &&
           !g_str_equal(word, "0");
}

static const char *word_of(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : NULL;
}

gboolean tree_name(const PgQuery__Node *list, guint drop, const char **schema, const char **name)
{
    PgQuery__Node *const *words;
    gsize count;

    if (!list)
        return FALSE;
    if (list->node_case == PG_QUERY__NODE__NODE_TYPE_NAME) {
        words = list->type_name->names;
        count = list->type_name->n_names;
    } else if (list->node_case == PG_QUERY__NODE__NODE_LIST) {
        words = list->list->items;
        count = list->list->n_items;
    } else {
        *schema = NULL;
        *name = drop ? NULL : word_of(list);
        return *name != NULL;
    }
    if (count <= drop || !word_of(words[count - 1 - drop]))
        return FALSE;
    *name = word_of(words[count - 1 - drop]);
    *schema = count >= 2 + drop ? word_of(words[count - 2 - drop]) : NULL;
    return TRUE;
}
