/* Comparing, with renames done first on a copy; and the proof. */
#include "engine/autogenerate.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/create.h"
#include "base/error.h"
#include "engine/drift.h"
#include "engine/migrate.h"
#include "engine/session_private.h"
#include "schema/detect.h"

void change_free(Change *change)
{
    if (!change)
        return;
    g_clear_pointer(&change->renames, g_ptr_array_unref);
    g_clear_pointer(&change->unrenames, g_ptr_array_unref);
    g_clear_pointer(&change->questions, g_ptr_array_unref);
    g_clear_pointer(&change->detected, g_ptr_array_unref);
    diff_free(change->up);
    diff_free(change->down);
    g_free(change->why_not);
    g_free(change);
}

gboolean change_is_empty(const Change *change)
{
    return !change->renames->len && !change->up->operations->len;
}

/* --- Renames ---------------------------------------------------------------------------------- */

typedef struct {
    Workbench *workbench;
    Session *session; /* with a copy of the first schema; NULL: not needed yet */
    const Catalog *from;
    const Catalog *to;
    Catalog *renamed;    /* what the copy has become; NULL: nothing has been renamed */
    GHashTable *refused; /* the statements of candidates that are no renames */
    const AutogenerateOptions *options;
    Change *change;
} Renaming;

static const Catalog *now(const Renaming *renaming)
{
    return renaming->renamed ? renaming->renamed : renaming->from;
}

/* "public.orders.total" of "public.orders.sum" and "total": the way back has it on the left. */
static char *renamed_name(const DiffRename *rename)
{
    const char *end = rename->from + strlen(rename->from);
    gboolean is_quoted = FALSE;

    while (end > rename->from && (is_quoted || end[-1] != '.')) {
        is_quoted ^= end[-1] == '"';
        end--;
    }
    return g_strdup_printf("%.*s%s", (int)(end - rename->from), rename->from, rename->to);
}

static char *old_part(const DiffRename *rename)
{
    g_autofree char *new = renamed_name(rename);

    return g_strdup(rename->from + (strlen(new) - strlen(rename->to)));
}

/* The server says what else has another name now; the way back is asked of what it was before. */
static gboolean add_way_back(Renaming *renaming, const Catalog *before, const Catalog *after,
                             const DiffRename *rename, GError **error)
{
    g_autofree char *new = renamed_name(rename);
    g_autofree char *old = old_part(rename);
    g_autofree char *hint = g_strdup_printf("%s=%s", new, old);
    DiffRename *back = diff_find_rename(after, before, hint, error);

    if (back)
        g_ptr_array_insert(renaming->change->unrenames, 0, back);
    return back != NULL;
}

static gboolean open_copy(Renaming *renaming, GError **error)
{
    if (!renaming->session)
        renaming->session = workbench_make(renaming->workbench, renaming->from, error);
    return renaming->session != NULL;
}

/* Reads the copy again, where the renames from `first` on have been done. */
static gboolean read_renamed(Renaming *renaming, guint first, GError **error)
{
    const GPtrArray *renames = renaming->change->renames;
    Catalog *after = workbench_read(renaming->session, error);
    gboolean is_good = after != NULL;

    if (after)
        catalog_take_owners(after, renaming->from, renaming->session->facts.role);
    for (guint i = first; i < renames->len && is_good; i++)
        is_good = add_way_back(renaming, now(renaming), after, renames->pdata[i], error);
    if (!after)
        return FALSE;
    catalog_free(renaming->renamed);
    renaming->renamed = after;
    return is_good;
}

/* Takes `rename`. */
static gboolean do_rename(Renaming *renaming, DiffRename *rename, GError **error)
{
    GPtrArray *renames = renaming->change->renames;

    g_ptr_array_add(renames, rename);
    return open_copy(renaming, error) &&
           conn_exec(renaming->session->conn, rename->statement, NULL, error) &&
           read_renamed(renaming, renames->len - 1, error);
}

static gboolean do_wanted(Renaming *renaming, GError **error)
{
    const char *const *hint = renaming->options->renames;

    for (; hint && *hint; hint++) {
        DiffRename *rename = diff_find_rename(now(renaming), renaming->to, *hint, error);

        if (!rename || !do_rename(renaming, rename, error))
            return FALSE;
    }
    return TRUE;
}

/* A hint stays in the models when it has been followed: it then finds nothing. */
static gboolean do_hints(Renaming *renaming, GError **error)
{
    const char *const *hint = renaming->options->hints;

    for (; hint && *hint; hint++) {
        DiffRename *rename = diff_find_rename(now(renaming), renaming->to, *hint, NULL);

        if (rename && !do_rename(renaming, rename, error))
            return FALSE;
    }
    return TRUE;
}

static DiffRename *copy_rename(const DiffRename *rename)
{
    DiffRename *copy = g_new(DiffRename, 1);

    *copy = (DiffRename){rename->kind, g_strdup(rename->from), g_strdup(rename->to),
                         g_strdup(rename->statement)};
    return copy;
}

/* With that shape it is the same thing but for its name, and has no data of its own: nobody has to
 * be asked, and an index need not be built again. */
static gboolean is_mere_name(const DiffRename *rename)
{
    return rename->kind == KIND_CONSTRAINT || rename->kind == KIND_INDEX ||
           rename->kind == KIND_TRIGGER || rename->kind == KIND_POLICY ||
           rename->kind == KIND_STATISTICS;
}

/* A name may be taken by something that is to be dropped: then it is no rename. */
static gboolean try_mere_name(Renaming *renaming, const DiffRename *candidate, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (conn_exec(renaming->session->conn, candidate->statement, NULL, &reason)) {
        g_ptr_array_add(renaming->change->renames, copy_rename(candidate));
        return TRUE;
    }
    if (error_sqlstate(reason) && !error_is(reason, ERROR_CANCELLED)) {
        g_hash_table_add(renaming->refused, g_strdup(candidate->statement));
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

static gboolean is_open(const Renaming *renaming, const DiffRename *candidate)
{
    return !g_hash_table_contains(renaming->refused, candidate->statement);
}

/* *done: something has another name now. */
static gboolean do_mere_names(Renaming *renaming, const Diff *diff, gboolean *done, GError **error)
{
    guint first = renaming->change->renames->len;

    for (guint i = 0; i < diff->candidates->len; i++) {
        const DiffRename *candidate = diff->candidates->pdata[i];

        if (is_mere_name(candidate) && is_open(renaming, candidate) &&
            (!open_copy(renaming, error) || !try_mere_name(renaming, candidate, error)))
            return FALSE;
    }
    *done = renaming->change->renames->len > first;
    return !*done || read_renamed(renaming, first, error);
}

/* *done: one was a rename, and the schemas have to be compared again. */
static gboolean ask_candidates(Renaming *renaming, const Diff *diff, gboolean *done, GError **error)
{
    const AutogenerateOptions *options = renaming->options;

    for (guint i = 0; i < diff->candidates->len && !*done; i++) {
        const DiffRename *candidate = diff->candidates->pdata[i];

        if (is_mere_name(candidate) || !is_open(renaming, candidate))
            continue;
        if (!options->ask(candidate, done, options->ask_data, error))
            return FALSE;
        if (!*done)
            g_hash_table_add(renaming->refused, g_strdup(candidate->statement));
        else if (!do_rename(renaming, copy_rename(candidate), error))
            return FALSE;
    }
    return TRUE;
}

static Diff *diff_and_ask(Renaming *renaming, GError **error)
{
    const AutogenerateOptions *options = renaming->options;

    for (;;) {
        g_autoptr(Diff) diff = diff_schemas(now(renaming), renaming->to, &options->diff, error);
        gboolean done = FALSE;

        if (!diff || (renaming->workbench && !do_mere_names(renaming, diff, &done, error)))
            return NULL;
        if (!done && options->ask && !options->refuses_renames &&
            !ask_candidates(renaming, diff, &done, error))
            return NULL;
        if (!done)
            return g_steal_pointer(&diff);
    }
}

/* --- Comparing -------------------------------------------------------------------------------- */

static void take_questions(Change *change, const AutogenerateOptions *options)
{
    const GPtrArray *candidates = change->up->candidates;

    for (guint i = 0; !options->ask && !options->refuses_renames && i < candidates->len; i++)
        if (!is_mere_name(candidates->pdata[i]))
            g_ptr_array_add(change->questions, candidates->pdata[i]);
}

/* What `to` is when everything has its old name again; *unrenamed is NULL when a name is still
 * taken by what goes later. */
static gboolean read_unrenamed(Renaming *renaming, Catalog **unrenamed, GError **error)
{
    const GPtrArray *unrenames = renaming->change->unrenames;
    Session *session = workbench_make(renaming->workbench, renaming->to, error);
    g_autoptr(GError) reason = NULL;

    *unrenamed = NULL;
    renaming->session = NULL;
    if (!session)
        return FALSE;
    for (guint i = 0; i < unrenames->len; i++) {
        const DiffRename *rename = unrenames->pdata[i];

        if (conn_exec(session->conn, rename->statement, NULL, &reason))
            continue;
        if (error_sqlstate(reason) && !error_is(reason, ERROR_CANCELLED))
            return TRUE;
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    *unrenamed = workbench_read(session, error);
    if (*unrenamed)
        catalog_take_owners(*unrenamed, renaming->to, session->facts.role);
    return *unrenamed != NULL;
}

/* The old names come first where they can: bodies of functions, which the server only reads when
 * they are made, speak of them. */
static Diff *diff_back(Renaming *renaming, Catalog **unrenamed, GError **error)
{
    Change *change = renaming->change;

    if (change->unrenames->len && !read_unrenamed(renaming, unrenamed, error))
        return NULL;
    change->unrenames_first = *unrenamed != NULL;
    return change->unrenames_first
               ? diff_schemas(*unrenamed, renaming->from, &renaming->options->diff, error)
               : diff_schemas(renaming->to, now(renaming), &renaming->options->diff, error);
}

static gboolean take_way_back(Renaming *renaming, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(Catalog) unrenamed = NULL;
    Change *change = renaming->change;

    change->down = diff_back(renaming, &unrenamed, &reason);
    if (change->down)
        return TRUE;
    if (!error_is(reason, ERROR_REFUSED)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    change->why_not = g_strdup(reason->message);
    return TRUE;
}

static void take_detected(Renaming *renaming, Catalog *from, Catalog *to)
{
    Change *change = renaming->change;
    Catalog *start = renaming->renamed ? renaming->renamed : from;

    catalog_sort_columns(start, COLUMNS_BY_NAME);
    catalog_sort_columns(to, COLUMNS_BY_NAME);
    change->detected = detect_changes(start, to);
    catalog_sort_columns(start, COLUMNS_BY_POSITION);
    catalog_sort_columns(to, COLUMNS_BY_POSITION);
    for (guint i = change->renames->len; i > 0; i--) {
        const DiffRename *rename = change->renames->pdata[i - 1];

        g_ptr_array_insert(
            change->detected, 0,
            g_strdup_printf("Detected rename of '%s' to '%s'", rename->from, rename->to));
    }
}

static Change *change_new(void)
{
    Change *change = g_new0(Change, 1);

    change->renames = g_ptr_array_new_with_free_func((GDestroyNotify)diff_rename_free);
    change->unrenames = g_ptr_array_new_with_free_func((GDestroyNotify)diff_rename_free);
    change->questions = g_ptr_array_new();
    return change;
}

Change *autogenerate_compare(Workbench *workbench, Catalog *from, Catalog *to,
                             const AutogenerateOptions *options, GError **error)
{
    g_autoptr(Change) change = change_new();
    g_autoptr(GHashTable) refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Renaming renaming = {.refused = refused,
                         .workbench = workbench,
                         .from = from,
                         .to = to,
                         .options = options,
                         .change = change};
    gboolean is_done = !workbench || (do_wanted(&renaming, error) && do_hints(&renaming, error));

    if (is_done)
        change->up = diff_and_ask(&renaming, error);
    is_done = change->up && take_way_back(&renaming, error);
    if (is_done) {
        take_questions(change, options);
        take_detected(&renaming, from, to);
    }
    catalog_free(renaming.renamed);
    return is_done ? g_steal_pointer(&change) : NULL;
}

/* --- Proof ------------------------------------------------------------------------------------ */

typedef struct {
    Session *session;
    Graph *graph; /* with the new file */
    const AutogenerateProof *proof;
    char **difference;
} Trial;

static gboolean fail(const Trial *trial, char *difference, const char *what, GError **error)
{
    error_set(error, ERROR_FINDINGS,
              "the revision that was made is not right, and is not written: on a scratch database "
              "%s",
              what);
    error_set_hint(error, "this is a bug in pgsluice: please report it with the two schemas; the "
                          "revision can be written by hand: pgsluice revision -m ...");
    *trial->difference = difference;
    return FALSE;
}

static gboolean require_schema(const Trial *trial, Catalog *wanted, const char *what,
                               GError **error)
{
    g_autoptr(Catalog) found = workbench_read(trial->session, error);
    char *difference;

    if (!found)
        return FALSE;
    catalog_take_owners(found, wanted, trial->session->facts.role);
    difference = workbench_compare(wanted, found, surroundings_flags(trial->session));
    return difference ? fail(trial, difference, what, error) : TRUE;
}

static gboolean go(const Trial *trial, PlanDirection direction, const char *target, GError **error)
{
    const MigrateOptions options = {.target = target};
    g_auto(MigrateResult) result = {0};
    gboolean is_done =
        direction == PLAN_UPGRADE
            ? migrate_upgrade(trial->session, trial->graph, &options, NULL, &result, error)
            : migrate_downgrade(trial->session, trial->graph, &options, NULL, &result, error);

    if (is_done || error_is(*error, ERROR_CANCELLED))
        return is_done;
    error_reclassify(error, ERROR_FINDINGS);
    error_set_outcome(error, "that was a scratch database: the file is not written, and nothing is "
                             "changed");
    error_set_hint(error, "correct the models, or write the revision by hand: pgsluice revision -m "
                          "...");
    g_prefix_error(error, "trying the revision on a scratch database: ");
    return FALSE;
}

static gboolean stamp(const Trial *trial, GError **error)
{
    const MigrateOptions options = {.target = NULL};
    g_auto(MigrateResult) result = {0};

    return !trial->proof->heads[0] ||
           migrate_stamp(trial->session, trial->graph, trial->proof->heads, TRUE, &options, NULL,
                         &result, error);
}

static gboolean try_out(const Trial *trial, Catalog *from, Catalog *to, GError **error)
{
    const AutogenerateProof *proof = trial->proof;
    const char *below = proof->parents[0] ? proof->parents[0] : "base";

    if (!stamp(trial, error) || !go(trial, PLAN_UPGRADE, proof->id, error) ||
        !require_schema(trial, to, "its up section does not lead to the wanted schema", error))
        return FALSE;
    if (proof->is_irreversible)
        return TRUE;
    return go(trial, PLAN_DOWNGRADE, below, error) &&
           require_schema(trial, from, "its down section does not lead back", error) &&
           go(trial, PLAN_UPGRADE, proof->id, error) &&
           require_schema(trial, to, "it cannot be applied again behind its undoing", error);
}

/* The graph of all files and the new one, which is in `folder`. */
static Graph *load_graph(const AutogenerateProof *proof, const char *folder, const char *path,
                         GError **error)
{
    g_autoptr(GStrvBuilder) folders = g_strv_builder_new();
    g_auto(GStrv) all = NULL;

    if (!create_file(path, proof->text, error))
        return NULL;
    g_strv_builder_addv(folders, (const char **)graph_folders(proof->graph));
    g_strv_builder_add(folders, folder);
    all = g_strv_builder_end(folders);
    return graph_load((const char *const *)all, error);
}

gboolean autogenerate_prove(Workbench *workbench, Catalog *from, Catalog *to,
                            const AutogenerateProof *proof, char **difference, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("pgsluice-XXXXXX", NULL);
    g_autofree char *name = g_strconcat(proof->id, ".sql", NULL);
    g_autofree char *path = folder ? g_build_filename(folder, name, NULL) : NULL;
    Trial trial = {.proof = proof, .difference = difference};
    gboolean is_proven;

    if (!folder) {
        error_set(error, ERROR_FILE, "no folder can be made in %s", g_get_tmp_dir());
        return FALSE;
    }
    trial.graph = load_graph(proof, folder, path, error);
    trial.session = trial.graph ? workbench_make(workbench, from, error) : NULL;
    is_proven = trial.session && try_out(&trial, from, to, error);
    graph_free(trial.graph);
    g_unlink(path);
    g_rmdir(folder);
    return is_proven;
}

/* --- Where the database is -------------------------------------------------------------------- */

static gboolean require_no_drift(Session *session, GError **error)
{
    g_autoptr(Drift) drift = drift_read(session, FALSE, error);
    g_autofree char *objects = NULL;

    if (!drift)
        return FALSE;
    if (drift->state == BASELINE_HALF_RUN) {
        error_set(error, ERROR_REFUSED, "a revision is half-run");
        error_set_hint(error, "pgsluice status says which one, and what completes it");
        return FALSE;
    }
    if (!drift->objects->len)
        return TRUE;
    objects = drift_describe(drift);
    error_set(error, ERROR_REFUSED, "the schema is not as the last run left it: %s", objects);
    error_set_hint(error, "pgsluice drift shows the difference; pgsluice drift --adopt -m \"...\" "
                          "writes the revision that makes it official");
    return FALSE;
}

gboolean autogenerate_require_current(Session *session, const Graph *graph, gboolean allows_drift,
                                      GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autoptr(Plan) plan = NULL;

    plan = state ? plan_upgrade(graph, (const char *const *)state->heads, "heads", error) : NULL;
    if (!plan)
        return FALSE;
    if (plan->steps->len) {
        error_set(error, ERROR_BEHIND, "Target database is not up to date: %u %s not applied",
                  plan->steps->len, plan->steps->len == 1 ? "revision is" : "revisions are");
        error_set_hint(error, "pgsluice upgrade heads");
        return FALSE;
    }
    return allows_drift || require_no_drift(session, error);
}
