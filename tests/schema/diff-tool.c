/* What tests/diff.t asks: how to get from the schema of one database to that of another, and back.
 *
 *   diff-tool [--offline-ok] [--schema NAME]... [--rename HINT]... FROM-URL TO-URL
 *
 * Prints a JSON document: "up" and "down" are lists of operations, or {"refused": REASON};
 * "candidates" are renames that may be meant, "renames" those that HINTs ask for. With --schema
 * only these are compared, and each by itself: a list of documents. */
#include <jansson.h>
#include <stdio.h>

#include "base/cancel.h"
#include "engine/introspect.h"
#include "schema/diff.h"

typedef struct {
    gboolean is_offline_ok;
    char **schemas;
    char **renames;
    char **urls;
} Arguments;

static void note(const EngineEvent *event, gpointer data)
{
}

static Session *open_session(const char *url, Cancel *cancel, EngineSettings *settings)
{
    const EventSink events = {note, NULL};
    g_autoptr(GError) error = NULL;
    Session *session;

    *settings = (EngineSettings){.url = secret_new(url),
                                 .version_table = "alembic_version",
                                 .version_table_schema = "public",
                                 .state_schema = "pgsluice",
                                 .instance = "diff-tool",
                                 .search_path = "public"};
    session = session_open(settings, FALSE, cancel, &events, &error);
    if (!session)
        g_error("%s", error->message);
    return session;
}

static Catalog *read_schema(Session *session, const char *schema)
{
    const char *const schemas[] = {schema, NULL};
    const IntrospectScope scope = {schemas, NULL};
    g_autoptr(GError) error = NULL;
    Catalog *catalog = introspect_catalog(session, schema ? &scope : NULL, &error);

    if (!catalog)
        g_error("%s", error->message);
    return catalog;
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_string(text));
}

static json_t *operation_document(const DiffOperation *operation)
{
    json_t *object = json_object();
    json_t *statements = json_array();

    for (guint i = 0; i < operation->statements->len; i++)
        json_array_append_new(statements, json_string(operation->statements->pdata[i]));
    set_text(object, "verb", operation->verb);
    set_text(object, "subject", operation->subject);
    set_text(object, "loss", operation->loss);
    set_text(object, "hazard", operation->hazard);
    set_text(object, "guard", operation->guard);
    set_text(object, "guard_message", operation->guard_message);
    json_object_set_new(object, "statements", statements);
    return object;
}

static json_t *rename_document(const DiffRename *rename)
{
    return json_pack("{s:s, s:s, s:s}", "from", rename->from, "to", rename->to, "statement",
                     rename->statement);
}

static json_t *candidates_document(const Diff *diff)
{
    json_t *list = json_array();

    for (guint i = 0; i < diff->candidates->len; i++)
        json_array_append_new(list, rename_document(diff->candidates->pdata[i]));
    return list;
}

static json_t *refusal(const GError *error)
{
    return json_pack("{s:s}", "refused", error->message);
}

/* One direction; *candidates may be NULL. */
static json_t *way(const Catalog *from, const Catalog *to, const Arguments *arguments,
                   json_t **candidates)
{
    const DiffOptions options = {arguments->is_offline_ok};
    g_autoptr(GError) error = NULL;
    g_autoptr(Diff) diff = diff_schemas(from, to, &options, &error);
    json_t *list = diff ? json_array() : refusal(error);

    for (guint i = 0; diff && i < diff->operations->len; i++)
        json_array_append_new(list, operation_document(diff->operations->pdata[i]));
    if (diff && candidates)
        *candidates = candidates_document(diff);
    return list;
}

static json_t *find_renames(const Catalog *from, const Catalog *to, const Arguments *arguments)
{
    json_t *list = json_array();

    for (char **hint = arguments->renames; hint && *hint; hint++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(DiffRename) rename = diff_find_rename(from, to, *hint, &error);

        json_array_append_new(list, rename ? rename_document(rename) : refusal(error));
    }
    return list;
}

static json_t *compare(Session *sessions[2], const char *schema, const Arguments *arguments)
{
    g_autoptr(Catalog) from = read_schema(sessions[0], schema);
    g_autoptr(Catalog) to = read_schema(sessions[1], schema);
    json_t *document = json_object();
    json_t *candidates = NULL;

    json_object_set_new(document, "up", way(from, to, arguments, &candidates));
    json_object_set_new(document, "down", way(to, from, arguments, NULL));
    json_object_set_new(document, "renames", find_renames(from, to, arguments));
    if (candidates)
        json_object_set_new(document, "candidates", candidates);
    return document;
}

static json_t *answer(Session *sessions[2], const Arguments *arguments)
{
    json_t *documents;

    if (!arguments->schemas)
        return compare(sessions, NULL, arguments);
    documents = json_array();
    for (char **schema = arguments->schemas; *schema; schema++)
        json_array_append_new(documents, compare(sessions, *schema, arguments));
    return documents;
}

static void arguments_read(Arguments *arguments, int *argc, char ***argv)
{
    const GOptionEntry entries[] = {
        {"offline-ok", 0, 0, G_OPTION_ARG_NONE, &arguments->is_offline_ok, NULL, NULL},
        {"schema", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments->schemas, NULL, NULL},
        {"rename", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments->renames, NULL, NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments->urls, NULL, NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("FROM-URL TO-URL");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, &error))
        g_error("%s", error->message);
    if (!arguments->urls || g_strv_length(arguments->urls) != 2)
        g_error("two URLs are needed");
}

int main(int argc, char **argv)
{
    Arguments arguments = {0};
    EngineSettings settings[2];
    Session *sessions[2];
    Cancel *cancel = cancel_new();
    json_t *document;

    arguments_read(&arguments, &argc, &argv);
    for (int i = 0; i < 2; i++)
        sessions[i] = open_session(arguments.urls[i], cancel, &settings[i]);
    document = answer(sessions, &arguments);
    json_dumpf(document, stdout, JSON_INDENT(1));
    json_decref(document);
    for (int i = 0; i < 2; i++) {
        session_close(sessions[i]);
        secret_free((Secret *)settings[i].url);
    }
    cancel_free(cancel);
    g_strfreev(arguments.schemas);
    g_strfreev(arguments.renames);
    g_strfreev(arguments.urls);
    return 0;
}
