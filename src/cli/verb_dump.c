/* pgsluice dump: the schema that the database has, as a script for psql, as JSON, or as a
 * fingerprint. */
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/introspect.h"
#include "schema/dump.h"
#include "view/schema.h"

typedef struct {
    char **schemas;
    char **exclude;
    gboolean wants_fingerprint;
    gboolean no_owner;
    gboolean no_privileges;
} Request;

static void request_clear(Request *request)
{
    g_strfreev(request->schemas);
    g_strfreev(request->exclude);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

static DdlFlags flags_of(const Request *request)
{
    return (request->no_owner ? 0 : DDL_OWNERS) | (request->no_privileges ? 0 : DDL_PRIVILEGES) |
           DDL_DEFAULTS | DDL_COMMENTS;
}

/* What is configured; schemas that were typed instead of it, patterns in addition. */
static char **all_patterns(const EngineSettings *settings, const Request *request)
{
    g_autoptr(GStrvBuilder) patterns = g_strv_builder_new();

    if (settings->unmanaged)
        g_strv_builder_addv(patterns, (const char **)settings->unmanaged);
    if (request->exclude)
        g_strv_builder_addv(patterns, (const char **)request->exclude);
    return g_strv_builder_end(patterns);
}

/* Of the managed schemas; borrowed, ends with NULL. */
static GPtrArray *schema_names(const Catalog *catalog)
{
    const GPtrArray *objects = catalog_objects(catalog);
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];

        if (object->kind == KIND_SCHEMA)
            g_ptr_array_add(names, object->name);
    }
    g_ptr_array_add(names, NULL);
    return names;
}

/* A schema that was typed and is not there is a mistake, not an empty schema. */
static gboolean require_schemas(const Catalog *catalog, const Request *request, GError **error)
{
    g_autoptr(GPtrArray) names = schema_names(catalog);

    for (char **name = request->schemas; name && *name; name++) {
        if (g_strv_contains((const char *const *)names->pdata, *name))
            continue;
        error_set(error, ERROR_USAGE, "--schema: the database has no schema \"%s\" to dump", *name);
        error_set_hint(error,
                       "names are taken as they are, without quotes; those of the server and "
                       "of pgsluice itself, and those that are excluded, are not dumped");
        return FALSE;
    }
    return TRUE;
}

static void print_script(const char *text, gpointer data)
{
    terminal_print_verbatim(text);
}

static void print_documents(const Catalog *catalog, const Request *request)
{
    DdlFlags flags = flags_of(request);
    const GPtrArray *objects = catalog_objects(catalog);
    g_autoptr(FingerprintSet) fingerprints = fingerprints_of(catalog, flags);
    g_autofree char *head =
        g_strdup_printf("{\"fingerprint\": \"%s\", \"objects\": [\n", fingerprints->digest);

    terminal_print_document(head);
    for (guint i = 0; i < objects->len; i++) {
        const Object *object = objects->pdata[i];
        g_autofree char *document =
            schema_object_document(object, fingerprints_find(fingerprints, object->identity),
                                   !request->wants_fingerprint, flags);

        if (i > 0)
            terminal_print_document(",");
        terminal_print_document(document);
    }
    terminal_print_document("]}\n");
}

static void print_fingerprint(const Catalog *catalog, const Request *request)
{
    g_autoptr(FingerprintSet) fingerprints = fingerprints_of(catalog, flags_of(request));

    terminal_print("%s\n", fingerprints->digest);
}

static gboolean dump(Cli *cli, const Request *request, GError **error)
{
    Session *session = cli_session(cli, FALSE, error);
    g_autoptr(Catalog) catalog = NULL;
    g_auto(GStrv) patterns = NULL;
    IntrospectScope scope;

    if (!session)
        return FALSE;
    patterns = all_patterns(session_settings(session), request);
    scope = (IntrospectScope){.schemas = (const char *const *)request->schemas,
                              .exclude = (const char *const *)patterns};
    if (!request->schemas)
        scope.schemas = session_settings(session)->managed_schemas;
    catalog = introspect_catalog(session, &scope, error);
    if (!catalog || !require_schemas(catalog, request, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_documents(catalog, request);
    else if (request->wants_fingerprint)
        print_fingerprint(catalog, request);
    else
        dump_write(catalog, flags_of(request), print_script, NULL);
    return TRUE;
}

gboolean verb_dump(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(Request) request = {0};
    const GOptionEntry entries[] = {
        {"schema", 0, 0, OPTION_TEXTS, &request.schemas,
         "Only this schema, and nothing that is in no schema (repeatable)", "NAME"},
        {"exclude", 0, 0, OPTION_TEXTS, &request.exclude,
         "Leave out schemas and objects of this name: * and ? match, SCHEMA.NAME too (repeatable)",
         "PATTERN"},
        {"fingerprint", 0, 0, G_OPTION_ARG_NONE, &request.wants_fingerprint,
         "Print a SHA-256 digest of the schema; with --json one of each object, too", NULL},
        {"no-owner", 0, 0, G_OPTION_ARG_NONE, &request.no_owner, "Leave out who owns what", NULL},
        {"no-privileges", 0, 0, G_OPTION_ARG_NONE, &request.no_privileges,
         "Leave out GRANT and REVOKE", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    return dump(cli, &request, error);
}
