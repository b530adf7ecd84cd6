/* A JSON document from outside, read without trust: one parse with a ceiling, and nodes that are
 * asked for what they should be. The first that is something else is remembered with its JSON
 * pointer; all later answers are empty values, so that a reader can go on straight and ask once, at
 * the end. For this room only. */
#pragma once

#include <glib.h>
#include <jansson.h>

typedef struct Reading Reading;

/* ERROR_DAEMON_ANSWER when it is no JSON object, has an object with one key twice, or nests deeper
 * than READING_DEPTH_MAX. */
enum { READING_DEPTH_MAX = 64, READING_ITEMS_MAX = 100000 };
Reading *reading_new(const char *text, gsize length, GError **error);
/* Frees the document, all texts that were read from it, and what reading_alloc gave. */
void reading_free(Reading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reading, reading_free)

/* FALSE with ERROR_DAEMON_ANSWER when something was not what it should be. */
gboolean reading_end(const Reading *reading, GError **error);
/* Zeroed memory for `count` (may be 0) of something, with the life of the reading. */
gpointer reading_alloc(Reading *reading, gsize count, gsize size);

/* A place in the document. `parent` must outlive it. */
typedef struct Node {
    Reading *reading;
    const struct Node *parent;
    const char *key; /* NULL: an item */
    gsize index;
    const json_t *json; /* NULL: there is nothing */
} Node;

/* The object that the document is. */
Node reading_root(Reading *reading);
/* `object` may be absent or anything else: then the member is absent, too. */
Node node_member(const Node *object, const char *key);

gboolean node_is_absent(const Node *node); /* or null */
/* Questions only: neither is remembered as wrong. */
gboolean node_is_text(const Node *node);
gboolean node_is_number(const Node *node);

/* What must be there; "" and 0 and FALSE when it is not. Texts belong to the reading. */
const char *node_text(const Node *node);
gint64 node_number(const Node *node); /* a whole one, not negative */
gboolean node_boolean(const Node *node);
/* What may be absent or null: NULL, -1 and FALSE then. */
const char *node_maybe_text(const Node *node);
gint64 node_maybe_number(const Node *node);
gboolean node_maybe_boolean(const Node *node);
/* The items of a list, which may be absent or null; at most READING_ITEMS_MAX. */
gsize node_count(const Node *list);
Node node_item(const Node *list, gsize index);
/* A list of texts, which may be absent; NULL-terminated, belongs to the reading. */
const char *const *node_texts(const Node *list);

/* The member `key` of an object, as the node_ function of that name reads it: texts belong to the
 * reading, and what is missing or of another type is the reading's failure (reading_end), except
 * for member_maybe_, which gives NULL, -1 or FALSE where it is absent or null. */
const char *member_text(const Node *object, const char *key);
const char *member_maybe_text(const Node *object, const char *key);
gint64 member_number(const Node *object, const char *key);
gint64 member_maybe_number(const Node *object, const char *key);
gboolean member_boolean(const Node *object, const char *key);
gboolean member_maybe_boolean(const Node *object, const char *key);
const char *const *member_texts(const Node *object, const char *key);
