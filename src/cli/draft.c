/* Writing a new revision file. What it follows is the verbs' business. */
#include "cli/draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/create.h"
#include "base/filename.h"
#include "base/slurp.h"
#include "cli/format.h"
#include "cli/hooks.h"
#include "cli/terminal.h"
#include "revision/file.h"
#include "revision/spec.h"
#include "revision/template.h"
#include "setup/setup.h"
#include "view/answer.h"
#include "view/document.h"

enum { MESSAGE_MAX = 4096 }; /* bytes */

void draft_request_clear(DraftRequest *request)
{
    g_free(request->message);
    g_free(request->label);
    g_strfreev(request->depends_on);
    g_free(request->id);
    g_free(request->folder);
    g_free(request->doc);
    g_free(request->up);
    g_free(request->down);
    g_free(request->review);
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

void draft_refuse_several_heads(GPtrArray *heads, GError **error)
{
    g_autofree char *ids = format_revisions(heads);

    error_set(error, ERROR_AMBIGUOUS, "there are several heads: %s", ids);
    error_set_hint(error,
                   "say which one the revision follows: --head %s; or join them first: "
                   "pgsluice merge heads",
                   ((const Revision *)heads->pdata[0])->id);
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
    gsize length = strlen(message);

    if (length <= MESSAGE_MAX && g_utf8_validate(message, -1, NULL) && !strpbrk(message, "\r\n"))
        return TRUE;
    if (length > MESSAGE_MAX)
        error_set(error, ERROR_USAGE, "the message is longer than %d bytes", MESSAGE_MAX);
    else
        error_set(error, ERROR_USAGE, "the message must be one line of UTF-8");
    error_set_hint(error, "longer text goes into the file, below the message");
    return FALSE;
}

/* A label stays a label, so that it goes on meaning that branch; a part of an id becomes the whole
 * id. What is said twice is written once. */
static char **choose_dependencies(const Graph *graph, const DraftRequest *request, GError **error)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new_with_free_func(g_free);

    for (char **word = request->depends_on; word && *word; word++) {
        const Revision *revision = spec_resolve_one(graph, *word, NULL, SPEC_FOR_SHOW, error);
        const char *name;
        gboolean is_label;

        if (!revision) {
            g_prefix_error(error, "--depends-on: ");
            return NULL;
        }
        is_label = g_strv_contains((const char *const *)revision->labels, *word);
        name = is_label ? *word : revision->id;
        if (!g_ptr_array_find_with_equal_func(chosen, name, g_str_equal, NULL))
            g_ptr_array_add(chosen, g_strdup(name));
    }
    g_ptr_array_add(chosen, NULL);
    return (char **)g_ptr_array_steal(chosen, NULL);
}

static gboolean refuse_label(const char *label, const char *id, GError **error)
{
    error_set(error, ERROR_USAGE, "the label %s is taken by revision %s", label, id);
    error_set_hint(error, "choose another one; an id or a label stands for one revision only");
    return FALSE;
}

/* `id` is that of the new revision. */
static gboolean check_label(const Graph *graph, const char *label, const char *id, GError **error)
{
    g_autoptr(GPtrArray) revisions = graph_revisions(graph);

    if (!label)
        return TRUE;
    if (!revision_label_is_valid(label, error)) {
        g_prefix_error(error, "--branch-label: ");
        return FALSE;
    }
    if (strcmp(label, id) == 0)
        return refuse_label(label, id, error);
    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = revisions->pdata[i];

        if (strcmp(revision->id, label) == 0 ||
            g_strv_contains((const char *const *)revision->labels, label))
            return refuse_label(label, revision->id, error);
    }
    return TRUE;
}

/* One of the folders that are read, else the new file would never be seen again; g_free. */
static char *find_folder(const char *const *folders, const char *path, GError **error)
{
    g_autofree char *wanted = realpath(path, NULL);
    g_autofree char *choices = g_strjoinv(" or --version-path ", (char **)folders);

    for (gsize i = 0; wanted && folders[i]; i++) {
        g_autofree char *folder = realpath(folders[i], NULL);

        if (g_strcmp0(folder, wanted) == 0)
            return g_strdup(folders[i]);
    }
    error_set(error, ERROR_USAGE, "revision files are not read from %s", path);
    error_set_hint(error, "--version-path %s", choices);
    return NULL;
}

/* Alembic's rule: where --version-path says, the one folder that there is, else that of the parent;
 * g_free. */
static char *choose_folder(const Graph *graph, const DraftRequest *request, GPtrArray *parents,
                           GError **error)
{
    const char *const *folders = graph_folders(graph);
    g_autofree char *choices = NULL;

    if (request->folder)
        return find_folder(folders, request->folder, error);
    if (!folders[1])
        return g_strdup(folders[0]);
    if (parents->len > 0)
        return g_path_get_dirname(((const Revision *)parents->pdata[0])->path);
    choices = g_strjoinv(" or --version-path ", (char **)folders);
    error_set(error, ERROR_USAGE, "a new base can be in each of several folders");
    error_set_hint(error, "say which one: --version-path %s", choices);
    return NULL;
}

/* The new revision; its strings are its own. */
typedef struct {
    char *id;
    char *message;
    char **down_revisions;
    char **depends_on;
    char **labels;
    GDateTime *date;
    char *create_date;
    char *path;
    char *text;
} Draft;

static void draft_clear(Draft *draft)
{
    g_free(draft->id);
    g_free(draft->message);
    g_strfreev(draft->down_revisions);
    g_strfreev(draft->depends_on);
    g_strfreev(draft->labels);
    g_clear_pointer(&draft->date, g_date_time_unref);
    g_free(draft->create_date);
    g_free(draft->path);
    g_free(draft->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

/* As the file will be read. */
static Revision draft_revision(const Draft *draft)
{
    return (Revision){
        .id = draft->id,
        .message = draft->message,
        .down_revisions = draft->down_revisions,
        .depends_on = draft->depends_on,
        .labels = draft->labels,
        .create_date = draft->create_date,
        .path = draft->path,
    };
}

/* Now, in the zone of migrations.timezone. */
static GDateTime *choose_date(const Conf *conf, GError **error)
{
    g_autoptr(GTimeZone) zone = clock_zone(conf_string(conf, CONF_MIGRATIONS_TIMEZONE), error);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(clock_wall() / G_USEC_PER_SEC);

    return zone ? g_date_time_to_timezone(now, zone) : NULL;
}

static char *choose_path(const Conf *conf, const Draft *draft, const char *folder, GError **error)
{
    guint longest = (guint)conf_integer(conf, CONF_MIGRATIONS_TRUNCATE_SLUG_LENGTH);
    g_autofree char *slug = revision_slug(draft->message, longest);
    const FilenameParts parts = {draft->id, slug, draft->date};
    g_autofree char *name =
        filename_expand(conf_string(conf, CONF_MIGRATIONS_FILE_TEMPLATE), &parts, error);

    return name ? g_build_filename(folder, name, NULL) : NULL;
}

/* Fills the draft but for its text. */
static gboolean compose(Cli *cli, const DraftRequest *request, GPtrArray *parents, Draft *draft,
                        GError **error)
{
    const Conf *conf = cli_conf(cli, error);
    const Graph *graph = conf ? cli_graph(cli, error) : NULL;
    g_autofree char *folder = NULL;

    draft->id = graph ? choose_id(graph, request, error) : NULL;
    if (!draft->id || !check_message(request->message, error) ||
        !check_label(graph, request->label, draft->id, error))
        return FALSE;
    draft->depends_on = choose_dependencies(graph, request, error);
    folder = draft->depends_on ? choose_folder(graph, request, parents, error) : NULL;
    draft->date = folder ? choose_date(conf, error) : NULL;
    if (!draft->date)
        return FALSE;
    draft->message = g_strstrip(g_strdup(request->message));
    draft->down_revisions = revision_ids(parents);
    draft->labels = g_strdupv((char *[]){request->label, NULL});
    draft->create_date = g_date_time_format(draft->date, "%Y-%m-%d %H:%M:%S%:z");
    draft->path = choose_path(conf, draft, folder, error);
    return draft->path != NULL;
}

/* What was made must be what will be read: the graph has to load with it. */
static gboolean check_text(const Draft *draft, const char *template_path, GError **error)
{
    const Revision revision = draft_revision(draft);
    g_autofree char *name = g_path_get_basename(draft->path);

    if (!template_check(draft->text, "(the new file)", &revision, error)) {
        g_prefix_error(
            error, "%s makes no file of this revision, and nothing is written: ", template_path);
        error_set_hint(error, "correct the template; pgsluice-revision(5) has an example");
        return FALSE;
    }
    if (!revision_check_name(name, &revision, error)) {
        error_set_hint(error, "choose another message, or begin migrations.file_template with "
                              "%%(rev)s");
        return FALSE;
    }
    return TRUE;
}

/* *review is in the file whatever the template is. */
static char *expand_template(const Conf *conf, const DraftRequest *request, const Draft *draft,
                             char **path, GError **error)
{
    Revision revision = draft_revision(draft);
    g_autofree char *year = g_date_time_format(draft->date, "%Y");
    g_autofree char *message =
        request->doc ? g_strconcat(draft->message, "\n\n", request->doc, NULL) : NULL;
    g_autofree char *template = setup_template(conf, path, error);
    g_autofree char *text = NULL;
    TemplateValues values = {.revision = &revision,
                             .up = request->up,
                             .down = request->down,
                             .year = year,
                             .user = g_get_user_name()};

    if (message)
        revision.message = message;
    text = template ? template_expand(template, *path, &values, error) : NULL;
    return text && request->review ? template_with_review(text, request->review)
                                   : g_steal_pointer(&text);
}

static gboolean make_text(const Conf *conf, const DraftRequest *request, Draft *draft,
                          GError **error)
{
    g_autofree char *path = NULL;

    draft->text = expand_template(conf, request, draft, &path, error);
    return draft->text && check_text(draft, path, error) &&
           (!request->prove || request->prove(draft->id, draft->text, request->prove_data, error));
}

/* --- Printing and writing --------------------------------------------------------------------- */

static void print_text(Cli *cli, const Draft *draft)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    if (!cli_options(cli)->wants_json) {
        terminal_print("%s", draft->text);
        return;
    }
    answer_add_text(answer, "revision", draft->id);
    answer_add_text(answer, "path", draft->path);
    answer_add_text(answer, "text", draft->text);
    document = answer_format(answer);
    terminal_print_document(document);
}

static void hint_file_stays(const Draft *draft, GError **error)
{
    if (g_file_test(draft->path, G_FILE_TEST_EXISTS))
        error_set_hint(error,
                       "%s is written and stays: correct it, or the command and run that "
                       "by hand; or remove the file",
                       draft->path);
}

/* A formatter may have done more than it should. */
static gboolean check_again(const Draft *draft, GError **error)
{
    const Revision revision = draft_revision(draft);
    g_autofree char *text = NULL;
    SlurpResult result;

    if (g_file_test(draft->path, G_FILE_TEST_EXISTS) &&
        !g_file_test(draft->path, G_FILE_TEST_IS_REGULAR)) {
        error_set(error, ERROR_HOOK,
                  "a command of migrations.post_write has made something else of the file %s",
                  draft->path);
        error_set_hint(error, "correct the command, remove that, and write the revision again");
        return FALSE;
    }
    result = slurp(draft->path, REVISION_FILE_MAX, &text, error);
    if (result == SLURP_MISSING) {
        error_set(error, ERROR_HOOK, "a command of migrations.post_write has removed %s",
                  draft->path);
        error_set_hint(error, "correct the command, and write the revision again");
    }
    if (result != SLURP_DONE)
        return FALSE;
    if (template_check(text, draft->path, &revision, error))
        return TRUE;
    g_prefix_error(error, "a command of migrations.post_write has broken the file: ");
    hint_file_stays(draft, error);
    return FALSE;
}

static gboolean run_hooks(Cli *cli, const Conf *conf, const Draft *draft, GError **error)
{
    const char *const *commands = conf_commands(conf, CONF_MIGRATIONS_POST_WRITE);

    if (!commands[0])
        return TRUE;
    if (hooks_run(commands, draft->path, !cli_options(cli)->is_quiet, cli_cancel(cli), error))
        return check_again(draft, error);
    hint_file_stays(draft, error);
    return FALSE;
}

/* The graph is read again: the new revision as the others will see it. */
static gboolean print_revision(const Conf *conf, const Draft *draft, GError **error)
{
    g_autoptr(GPtrArray) revisions = g_ptr_array_new();
    g_autoptr(Graph) graph = setup_graph(conf, error);
    g_autofree char *document = NULL;

    if (!graph)
        return FALSE;
    g_ptr_array_add(revisions, (gpointer)graph_find(graph, draft->id));
    document = revisions_document(graph, revisions, NULL);
    terminal_print_document(document);
    return TRUE;
}

static gboolean write_file(Cli *cli, const Conf *conf, const Draft *draft, GError **error)
{
    if (!create_file(draft->path, draft->text, error))
        return FALSE;
    if (!cli_options(cli)->wants_json)
        terminal_print("Generating %s ...  done\n", draft->path);
    return run_hooks(cli, conf, draft, error) &&
           (!cli_options(cli)->wants_json || print_revision(conf, draft, error));
}

gboolean draft_write(Cli *cli, const DraftRequest *request, GPtrArray *parents, GError **error)
{
    g_auto(Draft) draft = {NULL};
    const Conf *conf;

    if (!compose(cli, request, parents, &draft, error))
        return FALSE;
    conf = cli_conf(cli, NULL);
    if (!make_text(conf, request, &draft, error))
        return FALSE;
    if (!request->prints)
        return write_file(cli, conf, &draft, error);
    print_text(cli, &draft);
    return TRUE;
}
