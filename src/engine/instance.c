/* Reading who is there from the server's table of locks. */
#include "engine/instance.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "engine/record.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

#define NAME_PREFIX "pgsluice/" /* of every session's application_name */

enum { NAMES_MAX = 8 }; /* how many a sentence names */

void instance_free(gpointer data)
{
    Instance *instance = data;

    if (!instance)
        return;
    g_free(instance->name);
    g_free(instance->host);
    g_free(instance->version);
    g_free(instance->since);
    g_strfreev(instance->required);
    g_free(instance);
}

gboolean instance_equal(const Instance *a, const Instance *b)
{
    return a->pid == b->pid && g_strcmp0(a->name, b->name) == 0 &&
           g_strcmp0(a->host, b->host) == 0 && g_strcmp0(a->version, b->version) == 0 &&
           g_strcmp0(a->since, b->since) == 0 && a->unknown == b->unknown &&
           g_strv_equal((const char *const *)a->required, (const char *const *)b->required);
}

char *instance_describe_required(const Instance *instance)
{
    g_autofree char *known = names_join((const char *const *)instance->required, NAMES_MAX);

    if (!instance->unknown)
        return *known ? g_steal_pointer(&known) : g_strdup("nothing");
    return g_strdup_printf("%s%s%u that %s not known here", known, *known ? " and " : "",
                           instance->unknown, instance->unknown == 1 ? "is" : "are");
}

char *instance_describe(const Instance *instance)
{
    g_autofree char *required = instance_describe_required(instance);
    GString *text = g_string_new(*instance->name ? instance->name : "a session without a name");

    g_string_append(text, " (");
    if (instance->host)
        g_string_append_printf(text, "from %s, ", instance->host);
    g_string_append_printf(text, "pgsluice %s, process %d", instance->version, instance->pid);
    if (instance->since)
        g_string_append_printf(text, ", since %s", instance->since);
    g_string_append_printf(text, ", requires %s)", required);
    return g_string_free(text, FALSE);
}

gint32 version_pack(const char *version)
{
    static const gint32 ceilings[] = {2146, 999, 999};
    gint32 packed = 0;

    for (guint i = 0; i < G_N_ELEMENTS(ceilings); i++) {
        char *end;
        guint64 part = g_ascii_strtoull(version, &end, 10);

        packed = packed * 1000 + (gint32)MIN(part, (guint64)ceilings[i]);
        version = *end == '.' ? end + 1 : "";
    }
    return packed;
}

char *version_unpack(gint64 packed)
{
    return g_strdup_printf("%d.%d.%d", (int)(packed / 1000000), (int)(packed / 1000 % 1000),
                           (int)(packed % 1000));
}

/* The keys that were seen and whose revisions are looked for: gint64 * -> id, "" until it is
 * found. */
typedef struct {
    GHashTable *ids;
    guint left;
    const EngineSettings *settings;
} Search;

static void try_id(Search *search, const char *id)
{
    LockKey key = lock_key_of_fence(search->settings->version_table_schema,
                                    search->settings->version_table, id);
    const char *found = g_hash_table_lookup(search->ids, &key.key);

    if (!found || *found)
        return;
    g_hash_table_replace(search->ids, g_memdup2(&key.key, sizeof key.key), g_strdup(id));
    search->left--;
}

/* Newest first: what is required mostly is a head. */
static void try_graph(Search *search, const Graph *graph)
{
    g_autoptr(GPtrArray) all = graph_revisions(graph);

    for (guint i = all->len; i > 0 && search->left; i--)
        try_id(search, ((const Revision *)g_ptr_array_index(all, i - 1))->id);
}

static gboolean try_records(Search *search, Session *session, GError **error)
{
    g_autoptr(GPtrArray) records = search->left ? records_read(session, error) : NULL;

    if (!search->left)
        return TRUE;
    for (guint i = 0; records && i < records->len && search->left; i++)
        try_id(search, ((const Record *)g_ptr_array_index(records, i))->revision);
    return records != NULL;
}

/* The key that whoever has a fence holds besides is nobody's revision. */
static void forget_common_key(Search *search)
{
    LockKey common = lock_key_of_fence(search->settings->version_table_schema,
                                       search->settings->version_table, "");

    if (g_hash_table_remove(search->ids, &common.key))
        search->left--;
}

enum { COLUMN_PID, COLUMN_NAME, COLUMN_HOST, COLUMN_SINCE, COLUMN_VERSION, COLUMN_KEYS };

static void note_keys(Search *search, const Result *result)
{
    for (int row = 0; row < result_rows(result); row++) {
        g_auto(GStrv) keys = result_text_array(result, row, COLUMN_KEYS);

        for (char **text = keys; *text; text++) {
            gint64 key = g_ascii_strtoll(*text, NULL, 10);

            g_hash_table_replace(search->ids, g_memdup2(&key, sizeof key), g_strdup(""));
        }
    }
    search->left = g_hash_table_size(search->ids);
    forget_common_key(search);
}

static int compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Turns keys into revisions. */
static void take_required(Instance *instance, const Search *search, char **keys)
{
    GPtrArray *required = g_ptr_array_new();

    for (; *keys; keys++) {
        gint64 key = g_ascii_strtoll(*keys, NULL, 10);
        const char *id = g_hash_table_lookup(search->ids, &key);

        if (id && *id)
            g_ptr_array_add(required, g_strdup(id));
        else if (id)
            instance->unknown++;
    }
    g_ptr_array_sort(required, compare_strings);
    g_ptr_array_add(required, NULL);
    instance->required = (char **)g_ptr_array_free(required, FALSE);
}

static Instance *read_row(const Result *result, int row, const Search *search)
{
    const char *name = result_text(result, row, COLUMN_NAME);
    g_auto(GStrv) keys = result_text_array(result, row, COLUMN_KEYS);
    Instance *instance = g_new0(Instance, 1);

    if (name && g_str_has_prefix(name, NAME_PREFIX))
        name += strlen(NAME_PREFIX);
    instance->pid = (int)result_int64(result, row, COLUMN_PID);
    instance->name = g_strdup(name ? name : "");
    instance->host = g_strdup(result_text(result, row, COLUMN_HOST));
    instance->since = g_strdup(result_text(result, row, COLUMN_SINCE));
    instance->version = version_unpack(result_int64(result, row, COLUMN_VERSION));
    take_required(instance, search, keys);
    return instance;
}

static gboolean find_revisions(Search *search, Session *session, const Graph *graph,
                               const char *const *more, GError **error)
{
    for (; more && *more && search->left; more++)
        try_id(search, *more);
    try_graph(search, graph);
    return try_records(search, session, error);
}

GPtrArray *instances_read(Session *session, const Graph *graph, const char *const *more,
                          GError **error)
{
    const EngineSettings *settings = session->settings;
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_autofree char *class_id = g_strdup_printf(
        "%d", lock_class_of_instances(settings->version_table_schema, settings->version_table));
    g_autoptr(GPtrArray) instances = g_ptr_array_new_with_free_func(instance_free);
    Search search = {.ids = ids, .settings = settings};
    g_autoptr(Result) result = NULL;

    if (!conn_exec_params(session->conn, sql_instances, 1, (const char *[]){class_id}, &result,
                          error))
        return NULL;
    note_keys(&search, result);
    if (!find_revisions(&search, session, graph, more, error))
        return NULL;
    for (int row = 0; row < result_rows(result); row++)
        g_ptr_array_add(instances, read_row(result, row, &search));
    return g_steal_pointer(&instances);
}

gboolean instances_equal(const GPtrArray *a, const GPtrArray *b)
{
    guint count = a ? a->len : 0;

    if (count != (b ? b->len : 0))
        return FALSE;
    for (guint i = 0; i < count; i++)
        if (!instance_equal(a->pdata[i], b->pdata[i]))
            return FALSE;
    return TRUE;
}

static gboolean requires_any(const Instance *instance, const char *const *revisions)
{
    for (; *revisions; revisions++)
        if (g_strv_contains((const char *const *)instance->required, *revisions))
            return TRUE;
    return FALSE;
}

GPtrArray *instances_that_require(const GPtrArray *instances, const Session *session,
                                  const char *const *revisions)
{
    int own = atoi(session->facts.backend_pid);
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < instances->len; i++) {
        Instance *instance = g_ptr_array_index(instances, i);

        if (instance->pid != own && requires_any(instance, revisions))
            g_ptr_array_add(found, instance);
    }
    return found;
}

char *instances_name(const GPtrArray *instances)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < instances->len; i++)
        g_ptr_array_add(names, ((const Instance *)g_ptr_array_index(instances, i))->name);
    g_ptr_array_add(names, NULL);
    return names_join((const char *const *)names->pdata, NAMES_MAX);
}
