/* Reading the texts, and running their statements until nothing more succeeds. */
#include "engine/models.h"

#include <string.h>

#include "base/error.h"
#include "base/slurp.h"
#include "engine/models_private.h"
#include "engine/session_private.h"
#include "sql/expand.h"
#include "sql/hints.h"
#include "sql/nature.h"

/* A transaction must not be long: with every statement the server looks through all the locks that
 * it holds, a few for each new table, and there is not room for any number of them. */
enum { FILES_MAX = 10000, DEPTH_MAX = 16, BATCH = 128 };

/* One file, or what the command prints. */
typedef struct {
    char *path; /* for messages */
    char *text;
    GPtrArray *statements; /* Statement * */
} Model;

struct Models {
    GPtrArray *files; /* Model * */
    GPtrArray *hints; /* char *, NULL at the end */
    gsize length;
};

static void model_free(gpointer data)
{
    Model *model = data;

    g_free(model->path);
    g_free(model->text);
    g_clear_pointer(&model->statements, g_ptr_array_unref);
    g_free(model);
}

void models_free(Models *models)
{
    if (!models)
        return;
    g_ptr_array_unref(models->files);
    g_ptr_array_unref(models->hints);
    g_free(models);
}

/* --- Reading ---------------------------------------------------------------------------------- */

static PlaceText place_text(const Model *model)
{
    return (PlaceText){model->path, model->text, strlen(model->text), 1, NULL};
}

static gboolean begins_like(const char *sql, const char *pattern)
{
    return g_regex_match_simple(pattern, sql, G_REGEX_CASELESS, 0);
}

/* The scratch database goes away again, and these would not: they are the whole server's. */
static gboolean is_of_server(const Statement *statement)
{
    return begins_like(statement->sql,
                       "^(create|alter|drop)\\s+(role|user(?!\\s+mapping)|group|database|"
                       "tablespace|subscription)\\b|^alter\\s+system\\b");
}

static gboolean check_kind(const Model *model, const Statement *statement, GError **error)
{
    const PlaceText text = place_text(model);

    if (is_of_server(statement)) {
        place_error(error, &text, statement->offset,
                    "Models are the schema of one database: this would change the server");
        error_set_hint(error, "run it by hand on each server; models may refer to its roles");
        return FALSE;
    }
    switch (statement->kind) {
    case STATEMENT_ORDINARY:
        return TRUE;
    case STATEMENT_COPY_IN:
    case STATEMENT_COPY_OUT:
        place_error(error, &text, statement->offset,
                    "Models have no rows: COPY does not belong "
                    "here");
        error_set_hint(error, "rows that every database needs belong into a revision");
        return FALSE;
    default:
        place_error(error, &text, statement->offset,
                    "Models have no transactions: each statement is run by itself");
        error_set_hint(error, "remove the statement");
        return FALSE;
    }
}

/* To the end of its line: a hint may stand behind the semicolon. */
static void find_hints(Models *models, const Model *model, const Statement *statement)
{
    const char *start = model->text + statement->offset;
    const char *rest = start + statement->length;
    g_autofree char *text = g_strndup(start, statement->length + strcspn(rest, "\n"));

    statement_rename_hints(text, models->hints);
}

/* Takes `path` and `text`. */
static gboolean add_text(Models *models, char *path, char *text, const Variables *variables,
                         GError **error)
{
    Model *model = g_new0(Model, 1);

    model->path = path;
    model->text = text;
    g_ptr_array_add(models->files, model);
    models->length += strlen(text);
    if (models->length > MODELS_MAX) {
        error_set(error, ERROR_CONFIG, "the models are larger than %d MiB",
                  MODELS_MAX / 1024 / 1024);
        return FALSE;
    }
    model->statements = sql_split_expanded(text, path, 1, variables, error);
    for (guint i = 0; model->statements && i < model->statements->len; i++) {
        const Statement *statement = model->statements->pdata[i];

        if (!check_kind(model, statement, error))
            return FALSE;
        find_hints(models, model, statement);
    }
    return model->statements != NULL;
}

static gboolean check_file(const Models *models, const char *path, const char *text, GError **error)
{
    if (models->files->len >= FILES_MAX)
        error_set(error, ERROR_CONFIG, "migrations.models: more than %d files", FILES_MAX);
    else if (!g_utf8_validate(text, -1, NULL))
        error_set(error, ERROR_CONFIG, "%s is not UTF-8", path);
    else
        return TRUE;
    return FALSE;
}

static gboolean add_file(Models *models, const char *path, const Variables *variables,
                         GError **error)
{
    char *text = NULL;
    SlurpResult result = slurp(path, MODELS_MAX, &text, error);
    const char *start;

    if (result == SLURP_MISSING)
        error_set(error, ERROR_CONFIG, "migrations.models: there is no %s", path);
    if (result != SLURP_DONE)
        return FALSE;
    if (!check_file(models, path, text, error)) {
        g_free(text);
        return FALSE;
    }
    start = g_str_has_prefix(text, "\xEF\xBB\xBF") ? text + 3 : text; /* a byte order mark */
    memmove(text, start, strlen(start) + 1);
    return add_text(models, g_strdup(path), text, variables, error);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Paths of what is in the folder, by name, hidden files left out. */
static GPtrArray *list_folder(const char *path, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GDir) folder = g_dir_open(path, 0, &reason);
    GPtrArray *paths;

    if (!folder) {
        error_set(error, ERROR_CONFIG, "migrations.models: %s", reason->message);
        return NULL;
    }
    paths = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(folder));)
        if (*name != '.')
            g_ptr_array_add(paths, g_build_filename(path, name, NULL));
    g_ptr_array_sort(paths, compare_names);
    return paths;
}

static gboolean add_folder(Models *models, const char *path, guint depth,
                           const Variables *variables, GError **error)
{
    g_autoptr(GPtrArray) paths = list_folder(path, error);

    for (guint i = 0; paths && i < paths->len; i++) {
        const char *inside = paths->pdata[i];
        gboolean is_folder = g_file_test(inside, G_FILE_TEST_IS_DIR);

        if (is_folder && depth < DEPTH_MAX) {
            if (!add_folder(models, inside, depth + 1, variables, error))
                return FALSE;
        } else if (!is_folder && g_str_has_suffix(inside, ".sql") &&
                   !add_file(models, inside, variables, error)) {
            return FALSE;
        }
    }
    return paths != NULL;
}

static gboolean read_paths(Models *models, const ModelsSource *source, const Variables *variables,
                           GError **error)
{
    for (const char *const *path = source->paths; path && *path; path++) {
        gboolean is_folder = g_file_test(*path, G_FILE_TEST_IS_DIR);

        if (is_folder ? !add_folder(models, *path, 1, variables, error)
                      : !add_file(models, *path, variables, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_command(Models *models, const ModelsSource *source, const Variables *variables,
                             Cancel *cancel, GError **error)
{
    char *text = models_run_command(source, cancel, error);
    g_autofree char *words = g_strjoinv(" ", (char **)source->command);

    return text && add_text(models, g_strdup_printf("(%s)", words), text, variables, error);
}

Models *models_read(const ModelsSource *source, const Variables *variables, Cancel *cancel,
                    GError **error)
{
    g_autoptr(Models) models = g_new0(Models, 1);
    gboolean is_command = source->command && source->command[0];

    models->files = g_ptr_array_new_with_free_func(model_free);
    models->hints = g_ptr_array_new_with_free_func(g_free);
    if (is_command ? !read_command(models, source, variables, cancel, error)
                   : !read_paths(models, source, variables, error))
        return NULL;
    g_ptr_array_add(models->hints, NULL);
    return g_steal_pointer(&models);
}

gboolean models_are_empty(const Models *models)
{
    for (guint i = 0; i < models->files->len; i++)
        if (((const Model *)models->files->pdata[i])->statements->len)
            return FALSE;
    return TRUE;
}

const char *const *models_hints(const Models *models)
{
    return (const char *const *)models->hints->pdata;
}

/* --- Loading ---------------------------------------------------------------------------------- */

typedef struct {
    const Model *model;
    gboolean *is_done; /* of each statement */
    guint pending;
} Load;

static void load_clear(gpointer data)
{
    g_free(((Load *)data)->is_done);
}

static gboolean begin_file(Session *session, GError **error)
{
    g_autofree char *parameters = session_parameters(session, session->settings->lock_timeout);
    g_autofree char *sql = g_strdup_printf("RESET ROLE; SELECT %s", parameters);

    return conn_exec(session->conn, sql, NULL, error);
}

static gboolean is_of_session(const Statement *statement)
{
    g_autoptr(Nature) nature = nature_of(statement->sql);

    return nature->kind == NATURE_SESSION;
}

/* The target's extensions and the schemas that are not managed are there already. */
static gboolean is_there_already(const Statement *statement, const GError *reason)
{
    const char *sqlstate = error_sqlstate(reason);

    if (g_strcmp0(sqlstate, "42710") == 0)
        return begins_like(statement->sql, "^create\\s+extension\\b");
    return g_strcmp0(sqlstate, "42P06") == 0 &&
           begins_like(statement->sql, "^create\\s+schema\\s+(\"[^\"]+\"|\\w+)\\s*$");
}

/* "ALTER EXTENSION name UPDATE TO version" of CREATE EXTENSION name VERSION version; NULL: any
 * version will do. g_free. */
static char *updating(const char *sql)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GRegex) regex =
        g_regex_new("^create\\s+extension\\s+(\"[^\"]+\"|\\w+)\\s.*\\bversion\\s+"
                    "('[^']*'|\"[^\"]+\"|\\w+)",
                    G_REGEX_CASELESS | G_REGEX_DOTALL, 0, NULL);
    g_autofree char *name = NULL;
    g_autofree char *version = NULL;

    if (!g_regex_match(regex, sql, 0, &match))
        return NULL;
    name = g_match_info_fetch(match, 1);
    version = g_match_info_fetch(match, 2);
    return g_strdup_printf("ALTER EXTENSION %s UPDATE TO %s", name, version);
}

/* What is there already has to be what the models want. */
static gboolean run_statement(Session *session, const Statement *statement, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *update = NULL;

    if (conn_exec(session->conn, statement->sql, NULL, &failure))
        return TRUE;
    if (!is_there_already(statement, failure)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    update = updating(statement->sql);
    return !update || conn_exec(session->conn, update, NULL, error);
}

/* An error of the statement; anything else (the connection, a cancellation) ends the loading. */
static gboolean is_of_statement(const Session *session, const GError *reason)
{
    return error_sqlstate(reason) && !error_is(reason, ERROR_CANCELLED) &&
           conn_is_alive(session->conn);
}

/* FALSE: something else failed. A statement that fails stays pending, its error in *reason. */
static gboolean try_statement(Load *load, guint index, Session *session, GError **reason,
                              GError **error)
{
    const Statement *statement = load->model->statements->pdata[index];
    g_autoptr(GError) failure = NULL;

    if (run_statement(session, statement, &failure)) {
        load->is_done[index] = TRUE;
        load->pending--;
        return TRUE;
    }
    if (!is_of_statement(session, failure)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (reason)
        *reason = g_steal_pointer(&failure);
    return TRUE;
}

/* In one round trip. Nothing of them remains when one fails, and they stay pending. */
static gboolean try_batch(Load *load, guint first, guint end, Session *session, GError **error)
{
    g_autoptr(GString) script = g_string_new(NULL);
    g_autoptr(GError) reason = NULL;

    for (guint i = first; i < end; i++)
        g_string_append_printf(script, "%s;\n",
                               ((const Statement *)load->model->statements->pdata[i])->sql);
    if (conn_exec(session->conn, script->str, NULL, &reason)) {
        for (guint i = first; i < end; i++)
            load->is_done[i] = TRUE;
        load->pending -= end - first;
        return TRUE;
    }
    if (is_of_statement(session, reason))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

static gboolean try_pending(Load *load, guint first, guint end, Session *session, GError **error)
{
    for (guint i = first; i < end; i++) {
        const Statement *statement = load->model->statements->pdata[i];

        if (!load->is_done[i] && !try_statement(load, i, session, NULL, error))
            return FALSE;
        /* later statements are to run under what earlier ones have set */
        if (load->is_done[i] && load->pending && is_of_session(statement) &&
            !conn_exec(session->conn, statement->sql, NULL, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean try_first(Load *load, Session *session, GError **error)
{
    guint count = load->model->statements->len;

    for (guint i = 0; i < count; i += BATCH) {
        guint end = MIN(i + BATCH, count);

        if (!try_batch(load, i, end, session, error) ||
            (!load->is_done[i] && !try_pending(load, i, end, session, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean try_file(Load *load, gboolean is_first, Session *session, GError **error)
{
    if (!load->pending)
        return TRUE;
    if (!begin_file(session, error))
        return FALSE;
    return is_first ? try_first(load, session, error)
                    : try_pending(load, 0, load->model->statements->len, session, error);
}

static guint count_pending(const GArray *loads)
{
    guint count = 0;

    for (guint i = 0; i < loads->len; i++)
        count += g_array_index(loads, Load, i).pending;
    return count;
}

static GArray *loads_new(const Models *models)
{
    GArray *loads = g_array_new(FALSE, TRUE, sizeof(Load));

    g_array_set_clear_func(loads, load_clear);
    for (guint i = 0; i < models->files->len; i++) {
        const Model *model = models->files->pdata[i];
        Load load = {model, g_new0(gboolean, model->statements->len), model->statements->len};

        g_array_append_val(loads, load);
    }
    return loads;
}

/* --- What remains ----------------------------------------------------------------------------- */

/* 'type "citext" does not exist' is about citext; NULL: no such message. g_free. */
static char *missing_name(const GError *reason)
{
    g_autoptr(GRegex) regex =
        g_regex_new("^(?:type|function|role|operator class|access method|extension) "
                    "\"?([^\"(]+?)\"?(?:\\(.*\\))?(?: for .*)? (?:does not exist|is not available)",
                    0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_regex_match(regex, reason->message, 0, &match);
    return g_match_info_matches(match) ? g_match_info_fetch(match, 1) : NULL;
}

/* Who knows these by another name than their extension's. */
static const char *extension_of(const char *name)
{
    static const struct {
        const char *name;
        const char *extension;
    } rows[] = {
        {"uuid_generate_v1", "uuid-ossp"},
        {"uuid_generate_v4", "uuid-ossp"},
        {"gen_salt", "pgcrypto"},
        {"crypt", "pgcrypto"},
        {"digest", "pgcrypto"},
        {"hmac", "pgcrypto"},
        {"gen_random_bytes", "pgcrypto"},
        {"similarity", "pg_trgm"},
        {"gin_trgm_ops", "pg_trgm"},
        {"gist_trgm_ops", "pg_trgm"},
        {"geometry", "postgis"},
        {"geography", "postgis"},
        {"hnsw", "vector"},
        {"ivfflat", "vector"},
        {"lquery", "ltree"},
        {"ltxtquery", "ltree"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].extension;
    return name;
}

static gboolean is_available(Session *session, const char *extension)
{
    g_autoptr(Result) result = NULL;

    return conn_exec_params(session->conn,
                            "SELECT FROM pg_catalog.pg_available_extensions WHERE name = $1", 1,
                            &extension, &result, NULL) &&
           result_rows(result) == 1;
}

static void add_hint(Session *session, GError **reason)
{
    g_autofree char *name = missing_name(*reason);
    const char *extension = name ? extension_of(name) : NULL;

    if (name && g_str_has_prefix((*reason)->message, "role "))
        error_set_hint(reason,
                       "the role must be on the server: CREATE ROLE %s; roles are no part "
                       "of a schema",
                       name);
    else if (name && g_str_has_prefix((*reason)->message, "extension "))
        error_set_hint(reason, "install the package of extension %s on the server", name);
    else if (name && is_available(session, extension))
        error_set_hint(reason, "that is in extension %s: add CREATE EXTENSION \"%s\" to the models",
                       extension, extension);
}

static void add_place(const Model *model, const Statement *statement, unsigned position,
                      GError **reason)
{
    const PlaceText text = place_text(model);
    const char *at = statement->sql;
    g_autofree char *source = NULL;
    ErrorSite site = {.path = model->path};
    gsize offset;

    for (unsigned i = 1; i < position && *at; i++)
        at = g_utf8_next_char(at);
    offset = statement_offset(statement, (gsize)(at - statement->sql));
    place_find(&text, offset, &site.line, &site.column);
    source = place_quote(&text, offset);
    site.source = source;
    error_set_site(reason, &site);
}

/* Once more, for the reason: what failed before may fail otherwise by now. */
static gboolean explain(Load *load, Session *session, Findings *findings, GError **error)
{
    if (!load->pending)
        return TRUE;
    if (!begin_file(session, error))
        return FALSE;
    for (guint i = 0; i < load->model->statements->len; i++) {
        const Statement *statement = load->model->statements->pdata[i];
        g_autoptr(GError) reason = NULL;

        if (load->is_done[i] && is_of_session(statement) &&
            !conn_exec(session->conn, statement->sql, NULL, error))
            return FALSE;
        if (load->is_done[i])
            continue;
        if (!try_statement(load, i, session, &reason, error))
            return FALSE;
        if (!reason)
            continue;
        add_place(load->model, statement, conn_error_position(session->conn), &reason);
        add_hint(session, &reason);
        error_reclassify(&reason, ERROR_CONFIG);
        findings_add(findings, g_steal_pointer(&reason));
    }
    return TRUE;
}

gboolean models_load(const Models *models, Session *session, Findings *findings, GError **error)
{
    g_autoptr(GArray) loads = loads_new(models);
    gboolean is_first = TRUE;
    guint before;

    do {
        before = count_pending(loads);
        for (guint i = 0; i < loads->len; i++)
            if (!try_file(&g_array_index(loads, Load, i), is_first, session, error))
                return FALSE;
        is_first = FALSE;
    } while (count_pending(loads) && count_pending(loads) < before);
    for (guint i = 0; i < loads->len; i++)
        if (!explain(&g_array_index(loads, Load, i), session, findings, error))
            return FALSE;
    return begin_file(session, error);
}
