/* jansson, asked politely. */
#include "client/reading.h"

#include "base/error.h"
#include "client/line.h"

struct Reading {
    json_t *json;
    GPtrArray *blocks; /* of reading_alloc */
    GError *error;     /* the first thing that is not what it should be */
};

/* jansson's own ceiling, 2,048, is far more than any document of ours needs. */
static gboolean is_too_deep(const char *text, gsize length)
{
    gboolean is_in_text = FALSE;
    guint depth = 0;

    for (gsize i = 0; i < length; i++) {
        if (is_in_text && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            is_in_text = !is_in_text;
        else if (!is_in_text && (text[i] == '[' || text[i] == '{') && ++depth > READING_DEPTH_MAX)
            return TRUE;
        else if (!is_in_text && (text[i] == ']' || text[i] == '}') && depth > 0)
            depth--;
    }
    return FALSE;
}

Reading *reading_new(const char *text, gsize length, GError **error)
{
    json_error_t fault = {.text = "it nests too deep"};
    json_t *json =
        is_too_deep(text, length) ? NULL : json_loadb(text, length, JSON_REJECT_DUPLICATES, &fault);
    Reading *reading;

    if (!json_is_object(json)) {
        g_autofree char *line = line_of(json ? "it is no object" : fault.text, LINE_MAX_NAME);

        json_decref(json);
        error_set(error, ERROR_DAEMON_ANSWER, "the answer is not the JSON that is expected: %s",
                  line);
        error_set_hint(error, "is that the address of pgsluiced's admin listener "
                              "(http.admin.listen)?");
        return NULL;
    }
    reading = g_new0(Reading, 1);
    *reading = (Reading){.json = json, .blocks = g_ptr_array_new_with_free_func(g_free)};
    return reading;
}

void reading_free(Reading *reading)
{
    if (!reading)
        return;
    json_decref(reading->json);
    g_ptr_array_unref(reading->blocks);
    g_clear_error(&reading->error);
    g_free(reading);
}

gboolean reading_end(const Reading *reading, GError **error)
{
    if (reading->error)
        g_propagate_error(error, g_error_copy(reading->error));
    return reading->error == NULL;
}

gpointer reading_alloc(Reading *reading, gsize count, gsize size)
{
    gpointer block = g_malloc0_n(MAX(count, 1), size);

    g_ptr_array_add(reading->blocks, block);
    return block;
}

Node reading_root(Reading *reading)
{
    return (Node){.reading = reading, .json = reading->json};
}

Node node_member(const Node *object, const char *key)
{
    return (Node){.reading = object->reading,
                  .parent = object,
                  .key = key,
                  .json = json_object_get(object->json, key)};
}

Node node_item(const Node *list, gsize index)
{
    return (Node){.reading = list->reading,
                  .parent = list,
                  .index = index,
                  .json = json_array_get(list->json, index)};
}

/* The JSON pointer; keys are ours and need no escapes. */
static void append_pointer(GString *pointer, const Node *node)
{
    if (!node->parent)
        return;
    append_pointer(pointer, node->parent);
    if (node->key)
        g_string_append_printf(pointer, "/%s", node->key);
    else
        g_string_append_printf(pointer, "/%" G_GSIZE_FORMAT, node->index);
}

static void complain(const Node *node, const char *expected)
{
    g_autoptr(GString) pointer = g_string_new(NULL);

    if (node->reading->error)
        return;
    append_pointer(pointer, node);
    error_set(&node->reading->error, ERROR_DAEMON_ANSWER,
              "the daemon's answer is not understood: %s should be %s", pointer->str, expected);
    error_set_hint(&node->reading->error,
                   "is that pgsluiced, in the version of this pgsluice (%s)?", PACKAGE_VERSION);
}

gboolean node_is_absent(const Node *node)
{
    return !node->json || json_is_null(node->json);
}

gboolean node_is_text(const Node *node)
{
    return json_is_string(node->json);
}

gboolean node_is_number(const Node *node)
{
    return json_is_integer(node->json) && json_integer_value(node->json) >= 0;
}

const char *node_text(const Node *node)
{
    if (node_is_text(node))
        return json_string_value(node->json);
    complain(node, "a text");
    return "";
}

gint64 node_number(const Node *node)
{
    if (node_is_number(node))
        return json_integer_value(node->json);
    complain(node, "a whole number");
    return 0;
}

gboolean node_boolean(const Node *node)
{
    if (!json_is_boolean(node->json))
        complain(node, "true or false");
    return json_is_true(node->json);
}

const char *node_maybe_text(const Node *node)
{
    return node_is_absent(node) ? NULL : node_text(node);
}

gint64 node_maybe_number(const Node *node)
{
    return node_is_absent(node) ? -1 : node_number(node);
}

gboolean node_maybe_boolean(const Node *node)
{
    return !node_is_absent(node) && node_boolean(node);
}

gsize node_count(const Node *list)
{
    if (node_is_absent(list))
        return 0;
    if (!json_is_array(list->json))
        complain(list, "a list");
    if (json_array_size(list->json) > READING_ITEMS_MAX) {
        complain(list, "shorter");
        return 0;
    }
    return json_array_size(list->json);
}

const char *const *node_texts(const Node *list)
{
    gsize count = node_count(list);
    const char **texts = reading_alloc(list->reading, count + 1, sizeof *texts);

    for (gsize i = 0; i < count; i++) {
        Node item = node_item(list, i);

        texts[i] = node_text(&item);
    }
    return texts;
}

const char *member_text(const Node *object, const char *key)
{
    Node node = node_member(object, key);

    return node_text(&node);
}

const char *member_maybe_text(const Node *object, const char *key)
{
    Node node = node_member(object, key);

    return node_maybe_text(&node);
}

gint64 member_number(const Node *object, const char *key)
{
    Node node = node_member(object, key);

    return node_number(&node);
}

gint64 member_maybe_number(const Node *object, const char *key)
{
    Node node = node_member(object, key);

    return node_maybe_number(&node);
}

gboolean member_boolean(const Node *object, const char *key)
{
    Node node = node_member(object, key);

    return node_boolean(&node);
}

gboolean member_maybe_boolean(const Node *object, const char *key)
{
    Node node = node_member(object, key);

    return node_maybe_boolean(&node);
}

const char *const *member_texts(const Node *object, const char *key)
{
    Node node = node_member(object, key);

    return node_texts(&node);
}
