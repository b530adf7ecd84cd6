/* Why a spec names nothing, or too much, and what to type instead. */
#include <string.h>

#include "base/error.h"
#include "base/names.h"
#include "base/nearest.h"
#include "revision/spec_parts.h"

enum { CANDIDATES_SHOWN_MAX = 10, PREFIXES_SHOWN_MAX = 3 };

static const char *const symbols[] = {"head", "heads", "base", "current", NULL};

static Node node_at(const GArray *nodes, guint index)
{
    return g_array_index(nodes, Node, index);
}

/* What a person would call the branch of one of `nodes`: a label that none of the others carries,
 * else its id. `carriers`: how many carry each label. */
static const char *branch_name(const Graph *graph, Node node, GHashTable *carriers)
{
    g_autoptr(GPtrArray) labels = node_labels(graph, node);

    for (guint i = 0; i < labels->len; i++) {
        if (GPOINTER_TO_UINT(g_hash_table_lookup(carriers, labels->pdata[i])) == 1)
            return labels->pdata[i];
    }
    return node_id(graph, node);
}

/* label -> how many of `nodes` carry it */
static GHashTable *count_carriers(const Graph *graph, const GArray *nodes)
{
    GHashTable *carriers = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < nodes->len; i++) {
        g_autoptr(GPtrArray) labels = node_labels(graph, node_at(nodes, i));

        for (guint k = 0; k < labels->len; k++) {
            guint count = GPOINTER_TO_UINT(g_hash_table_lookup(carriers, labels->pdata[k]));

            g_hash_table_insert(carriers, labels->pdata[k], GUINT_TO_POINTER(count + 1));
        }
    }
    return carriers;
}

static char *list_names(GPtrArray *names)
{
    g_ptr_array_add(names, NULL);
    return names_join((const char *const *)names->pdata, CANDIDATES_SHOWN_MAX);
}

static char *list_ids(const Graph *graph, const GArray *nodes)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();

    for (guint i = 0; i < nodes->len; i++)
        g_ptr_array_add(ids, (gpointer)node_id(graph, node_at(nodes, i)));
    return list_names(ids);
}

/* What is typed before a revision; nothing where not only one verb asks for it. */
static const char *command_of(SpecUse use)
{
    static const char *const commands[] = {"pgsluice upgrade ", "pgsluice downgrade ", "",
                                           "pgsluice stamp ", "pgsluice history -r "};

    return commands[use];
}

/* "pgsluice VERB NAME@FORM" for each of `nodes`. */
static char *list_commands(const Graph *graph, SpecUse use, const char *form, const GArray *nodes)
{
    GString *list = g_string_new(NULL);
    g_autoptr(GHashTable) carriers = count_carriers(graph, nodes);

    for (guint i = 0; i < nodes->len && i < CANDIDATES_SHOWN_MAX; i++)
        g_string_append_printf(list, "%s%s%s@%s", i ? ", or " : "", command_of(use),
                               branch_name(graph, node_at(nodes, i), carriers), form);
    return g_string_free(list, FALSE);
}

static char *labels_of(const Graph *graph)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new();

    for (Node node = 0; node < graph_count(graph); node++) {
        for (char **label = node_revision(graph, node)->labels; *label; label++)
            g_ptr_array_add(labels, *label);
    }
    return list_names(labels);
}

/* The nearest word to type instead: a symbol, a label or an id. */
static const char *nearest_name(const Graph *graph, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; symbols[i]; i++)
        g_ptr_array_add(names, (gpointer)symbols[i]);
    for (Node node = 0; node < graph_count(graph); node++) {
        for (char **label = node_revision(graph, node)->labels; *label; label++)
            g_ptr_array_add(names, *label);
        g_ptr_array_add(names, (gpointer)node_id(graph, node));
    }
    g_ptr_array_add(names, NULL);
    return nearest_word(name, (const char *const *)names->pdata, strlen(name) > 3 ? 2 : 1);
}

void spec_error_unknown(const Graph *graph, const char *name, GError **error)
{
    g_autofree char *folders = graph_describe_folders(graph);
    const char *near = nearest_name(graph, name);

    error_set(error, ERROR_UNKNOWN_REVISION, "Can't locate revision identified by '%s'", name);
    if (near)
        error_set_hint(error, "did you mean '%s'? Looked in %s", near, folders);
    else
        error_set_hint(error, "pgsluice history lists what is in %s", folders);
}

void spec_error_no_branch(const Graph *graph, const char *name, GError **error)
{
    g_autofree char *labels = labels_of(graph);

    error_set(error, ERROR_UNKNOWN_REVISION, "No such branch: '%s'", name);
    if (*labels)
        error_set_hint(error, "the labels are: %s; a revision id may stand for its branch too",
                       labels);
    else
        error_set_hint(error, "no revision has a label; a revision id may stand for its branch");
}

void spec_error_prefix(const char *name, const GPtrArray *names, GError **error)
{
    g_autoptr(GString) first = g_string_new(NULL);
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; i < names->len && i < PREFIXES_SHOWN_MAX; i++)
        g_string_append_printf(first, "%s'%s'", i ? ", " : "",
                               (const char *)g_ptr_array_index(names, i));
    for (guint i = 0; i < names->len && i < CANDIDATES_SHOWN_MAX; i++)
        g_string_append_printf(all, "%s%s", i ? ", " : "",
                               (const char *)g_ptr_array_index(names, i));
    error_set(error, ERROR_AMBIGUOUS, "Multiple revisions start with '%s': %s...", name,
              first->str);
    error_set_hint(error, "type more of it; %u begin so: %s%s", names->len, all->str,
                   names->len > CANDIDATES_SHOWN_MAX ? ", ..." : "");
}

void spec_error_not_on_branch(const char *id, const char *branch, GError **error)
{
    error_set(error, ERROR_UNKNOWN_REVISION, "Revision %s is not a member of branch '%s'", id,
              branch);
    error_set_hint(error, "pgsluice history shows which branch it is on");
}

void spec_error_too_far(const SpecParts *parts, GError **error)
{
    guint64 steps = (guint64)ABS(parts->steps);

    error_set(error, ERROR_UNKNOWN_REVISION,
              "Relative revision %s didn't produce %" G_GUINT64_FORMAT " migrations", parts->text,
              steps);
    error_set_hint(error, parts->steps > 0 ? "there are fewer revisions above; 'head' is the last"
                                           : "there are fewer revisions below; 'base' is the end");
}

void spec_error_ambiguous_walk(const Graph *graph, const SpecParts *parts, Node node,
                               const GArray *next, GError **error)
{
    g_autofree char *ids = list_ids(graph, next);

    error_set(error, ERROR_AMBIGUOUS, "Ambiguous walk: '%s' can go from %s to each of %s",
              parts->text, node == NODE_NONE ? "base" : node_id(graph, node), ids);
    error_set_hint(error, "name the one to go to, or its branch (BRANCH@%s)",
                   parts->steps > 0 ? "+1" : "-1");
}

void spec_error_multiple_heads(const Graph *graph, const SpecParts *parts, SpecUse use,
                               const GArray *heads, GError **error)
{
    g_autofree char *ids = list_ids(graph, heads);
    g_autofree char *commands = list_commands(graph, use, "head", heads);

    error_set(error, ERROR_AMBIGUOUS,
              "Multiple head revisions are present for given argument '%s'; please specify a "
              "specific target revision, '<branchname>@head' to narrow to a specific head, or "
              "'heads' for all heads",
              parts->text);
    if (use == SPEC_FOR_UPGRADE)
        error_set_hint(error,
                       "the heads are %s. All of them: pgsluice upgrade heads; one: %s; to make "
                       "them one: pgsluice merge heads",
                       ids, commands);
    else
        error_set_hint(error, "the heads are %s. One of them: %s", ids, commands);
}

void spec_error_several_current(const Graph *graph, const SpecParts *parts, SpecUse use,
                                const GArray *heads, GError **error)
{
    const char *form = strchr(parts->text, '@') ? strchr(parts->text, '@') + 1 : parts->text;
    g_autofree char *ids = list_ids(graph, heads);
    g_autofree char *commands = list_commands(graph, use, form, heads);

    error_set(error, ERROR_AMBIGUOUS, "'%s' is ambiguous: %s several revisions, %s", parts->text,
              use == SPEC_FOR_SHOW || use == SPEC_FOR_RANGE ? "it counts from"
                                                            : "the database is at",
              ids);
    error_set_hint(error, "say which: %s", commands);
}

void spec_error_several_starts(const Graph *graph, const SpecParts *parts, const GArray *nodes,
                               GError **error)
{
    g_autofree char *ids = list_ids(graph, nodes);
    g_autoptr(GString) forms = g_string_new(NULL);

    for (guint i = 0; i < nodes->len && i < CANDIDATES_SHOWN_MAX; i++) {
        g_string_append_printf(forms, "%s%s", i ? ", or " : "", node_id(graph, node_at(nodes, i)));
        if (parts->steps != 0)
            g_string_append_printf(forms, "%+" G_GINT64_FORMAT, parts->steps);
    }
    error_set(error, ERROR_AMBIGUOUS, "'%s' stands for several revisions: %s", parts->text, ids);
    error_set_hint(error, "name one of them: %s", forms->str);
}
