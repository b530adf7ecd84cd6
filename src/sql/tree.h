/* The parse tree of one statement, and a walk through it. For this room only. */
#pragma once

#include <glib.h>
#include <pg_query/pg_query.pb-c.h>

typedef PgQuery__ParseResult Tree;

/* NULL when the grammar does not know the statement. */
Tree *tree_parse(const char *sql);
void tree_free(Tree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tree, tree_free)
/* The one statement of the tree; NULL: none, or several. */
const PgQuery__Node *tree_statement(const Tree *tree);
/* The message of a node, whichever it is; NULL when the node is empty. */
const ProtobufCMessage *tree_message(const PgQuery__Node *node);
/* "DropStmt" */
const char *tree_type(const ProtobufCMessage *message);

/* Every message below `message` with the one that it hangs on and the field's name there; wrapping
 * nodes and lists are passed over. Depth is bounded by the parser's own. */
typedef void (*TreeVisit)(const ProtobufCMessage *message, const ProtobufCMessage *parent,
                          const char *field, gpointer data);
void tree_walk(const ProtobufCMessage *message, TreeVisit visit, gpointer data);

/* A boolean field of a message by its name; FALSE when it has none. */
gboolean tree_flag(const ProtobufCMessage *message, const char *field);
/* An option of a list of DefElem by its name; NULL. */
const PgQuery__DefElem *tree_option(PgQuery__Node *const *options, gsize count, const char *name);
/* As the server reads a boolean option: an option that is not there is off. */
gboolean tree_option_is_on(const PgQuery__DefElem *option);
/* The last two words of a list of names; *schema NULL when there is one word only. FALSE: the node
 * is no such list. Both belong to the tree. `drop` words at the end are left out. */
gboolean tree_name(const PgQuery__Node *list, guint drop, const char **schema, const char **name);
