/* Writing a new revision file. What it follows is the verbs' business. */
#include "cli/draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/create.h"
#include "cli/format.h"
#include "cli/terminal.h"
#include "revision/file.h"
#include "revision/spec.h"
#include "setup/setup.h"
#include "view/document.h"

void draft_request_clear(DraftRequest *request)
{
    g_free(request->message);
    g_free(request->label);
    g_strfreev(request->depends_on);
    g_free(request->id);
    g_free(request->folder);
}

gboolean draft_require_heads(const Graph *graph, GPtrArray *parents, const DraftRequest *request,
                             GError **error)
{
    for (guint i = 0; !request->splices && i < parents->len; i++) {
        const Revision *parent = parents->pdata[i];

        if (graph_is_head(graph, parent))
            continue;
        error_set(error, ERROR_USAGE, "revision %s is not a head", parent->id);
        error_set_hint(error, "--splice starts a new branch from it");
        return FALSE;
    }
    return TRUE;
}

/* The id asked for, when nobody has it, or a new one; g_free. */
static char *choose_id(const Graph *graph, const DraftRequest *request, GError **error)
{
    const Revision *owner;

    if (!request->id)
        return revision_id_new();
    if (!revision_id_is_valid(request->id, error)) {
        g_prefix_error(error, "--rev-id: ");
        return NULL;
    }
    owner = graph_find(graph, request->id);
    if (!owner)
        return g_strdup(request->id);
    error_set(error, ERROR_USAGE, "revision %s exists already: %s", request->id, owner->path);
    error_set_hint(error, "leave out --rev-id to get a new id");
    return NULL;
}

static gboolean check_message(const char *message, GError **error)
{
    if (g_utf8_validate(message, -1, NULL) && !strpbrk(message, "\r\n"))
        return TRUE;
    error_set(error, ERROR_USAGE, "the message must be one line of UTF-8");
    error_set_hint(error, "longer text goes into the file, below the message");
    return FALSE;
}

/* A label stays a label, so that it goes on meaning that branch; a part of an id becomes the whole
 * id. */
static char **choose_dependencies(const Graph *graph, const DraftRequest *request, GError **error)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new_with_free_func(g_free);

    for (char **word = request->depends_on; word && *word; word++) {
        const Revision *revision = spec_resolve_one(graph, *word, NULL, SPEC_FOR_SHOW, error);
        gboolean is_label;

        if (!revision)
            return NULL;
        is_label = g_strv_contains((const char *const *)revision->labels, *word);
        g_ptr_array_add(chosen, g_strdup(is_label ? *word : revision->id));
    }
    g_ptr_array_add(chosen, NULL);
    return (char **)g_ptr_array_steal(chosen, NULL);
}

static gboolean check_label(const Graph *graph, const char *label, GError **error)
{
    g_autoptr(GPtrArray) revisions = graph_revisions(graph);

    if (!label)
        return TRUE;
    if (!revision_id_is_valid(label, error)) {
        g_prefix_error(error, "--branch-label: ");
        return FALSE;
    }
    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = revisions->pdata[i];

        if (strcmp(revision->id, label) != 0 &&
            !g_strv_contains((const char *const *)revision->labels, label))
            continue;
        error_set(error, ERROR_USAGE, "the label %s is taken by revision %s", label, revision->id);
        return FALSE;
    }
    return TRUE;
}

/* One of the folders that are read, else the new file would never be seen again; g_free. */
static char *choose_folder(const Graph *graph, const DraftRequest *request, GError **error)
{
    const char *const *folders = graph_folders(graph);
    g_autofree char *wanted = NULL;

    if (!request->folder)
        return g_strdup(folders[0]);
    wanted = realpath(request->folder, NULL);
    for (gsize i = 0; wanted && folders[i]; i++) {
        g_autofree char *folder = realpath(folders[i], NULL);

        if (g_strcmp0(folder, wanted) == 0)
            return g_strdup(folders[i]);
    }
    error_set(error, ERROR_USAGE, "revision files are not read from %s", request->folder);
    error_set_hint(error, "--version-path %s", folders[0]);
    return NULL;
}

/* The new revision; its strings are its own. */
typedef struct {
    char *id;
    char *message;
    char **down_revisions;
    char **depends_on;
    char **labels;
    char *create_date;
    char *path;
} Draft;

static void draft_clear(Draft *draft)
{
    g_free(draft->id);
    g_free(draft->message);
    g_strfreev(draft->down_revisions);
    g_strfreev(draft->depends_on);
    g_strfreev(draft->labels);
    g_free(draft->create_date);
    g_free(draft->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

static char *file_path(const char *folder, const char *id, const char *message)
{
    g_autofree char *slug = revision_slug(message);
    g_autofree char *name = g_strdup_printf("%s%s%s.sql", id, *slug ? "_" : "", slug);

    return g_build_filename(folder, name, NULL);
}

/* Fills the draft from the request. */
static gboolean compose(const Graph *graph, const DraftRequest *request, GPtrArray *parents,
                        Draft *draft, GError **error)
{
    g_autofree char *folder = NULL;

    draft->id = choose_id(graph, request, error);
    if (!draft->id || !check_message(request->message, error) ||
        !check_label(graph, request->label, error))
        return FALSE;
    draft->depends_on = choose_dependencies(graph, request, error);
    folder = draft->depends_on ? choose_folder(graph, request, error) : NULL;
    if (!folder)
        return FALSE;
    draft->message = g_strstrip(g_strdup(request->message));
    draft->down_revisions = list_ids(parents);
    draft->labels = g_strdupv((char *[]){request->label, NULL});
    draft->create_date = clock_format_utc(clock_wall());
    draft->path = file_path(folder, draft->id, draft->message);
    return TRUE;
}

static gboolean create_draft(const Draft *draft, GError **error)
{
    const Revision revision = {
        .id = draft->id,
        .message = draft->message,
        .down_revisions = draft->down_revisions,
        .depends_on = draft->depends_on,
        .labels = draft->labels,
        .create_date = draft->create_date,
    };
    g_autofree char *text = revision_format(&revision);

    return create_file(draft->path, text, error);
}

/* With --json the graph is read again: the new revision as the others will see it. */
static gboolean report(Cli *cli, const Draft *draft, GError **error)
{
    g_autoptr(GPtrArray) revisions = g_ptr_array_new();
    g_autoptr(Graph) graph = NULL;
    g_autofree char *document = NULL;

    if (!cli_options(cli)->wants_json) {
        terminal_print("Generating %s ...  done\n", draft->path);
        return TRUE;
    }
    graph = setup_graph(cli_conf(cli, NULL), error);
    if (!graph)
        return FALSE;
    g_ptr_array_add(revisions, (gpointer)graph_find(graph, draft->id));
    document = revisions_document(graph, revisions, NULL);
    terminal_print_document(document);
    return TRUE;
}

gboolean draft_write(Cli *cli, const DraftRequest *request, GPtrArray *parents, GError **error)
{
    const Graph *graph = cli_graph(cli, error);
    g_auto(Draft) draft = {NULL};

    return graph && compose(graph, request, parents, &draft, error) &&
           create_draft(&draft, error) && report(cli, &draft, error);
}
