/* Reads folders of revision files into a graph: one pass over each folder, one open, read and close
 * a file. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "revision/file.h"
#include "revision/graph.h"
#include "revision/load.h"
#include "revision/nodes.h"

enum { GENERATED_ID_LENGTH = 12 }; /* revision_id_new */

/* A name and, to sort quickly, its first eight bytes as a number. */
typedef struct {
    guint64 prefix;
    const char *name;
} FileName;

static void error_folder(GError **error, const char *what, const char *folder)
{
    int code = errno;

    error_set(error, ERROR_FILE, "Cannot %s the folder %s: %s", what, folder, g_strerror(code));
    if (code == ENOENT || code == ENOTDIR)
        error_set_hint(error, "pgsluice init DIRECTORY makes a script directory; "
                              "migrations.directory in the configuration names it");
    else
        error_set_hint(error, "give the user that runs pgsluice permission to read it");
}

static gboolean is_revision_file(const struct dirent *entry, gsize length)
{
    if (entry->d_name[0] == '.' || length < 5 || strcmp(entry->d_name + length - 4, ".sql") != 0)
        return FALSE;
    return entry->d_type == DT_REG || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
}

static void add_name(GArray *names, GStringChunk *chunk, const char *name, gsize length)
{
    FileName file = {0, g_string_chunk_insert_len(chunk, name, (gssize)length)};

    memcpy(&file.prefix, name, MIN(length, sizeof file.prefix));
    file.prefix = GUINT64_FROM_BE(file.prefix);
    g_array_append_val(names, file);
}

static gboolean read_names(DIR *folder, GArray *names, GStringChunk *chunk)
{
    const struct dirent *entry;

    for (errno = 0; (entry = readdir(folder)) != NULL; errno = 0) {
        gsize length = strlen(entry->d_name);

        if (is_revision_file(entry, length))
            add_name(names, chunk, entry->d_name, length);
    }
    return errno == 0;
}

static int compare_names(const void *a, const void *b)
{
    const FileName *x = a;
    const FileName *y = b;

    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Whether `name` begins as the name of a generated file does: 12 hex digits, of which one is a
 * letter (else it may be a date), and "_". */
static gboolean has_generated_id(const char *name)
{
    return strspn(name, "0123456789abcdef") == GENERATED_ID_LENGTH &&
           strcspn(name, "abcdef") < GENERATED_ID_LENGTH && name[GENERATED_ID_LENGTH] == '_';
}

gboolean revision_check_name(const char *name, const Revision *revision, GError **error)
{
    ErrorSite site = {.path = revision->path};

    if (!has_generated_id(name) ||
        (strlen(revision->id) == GENERATED_ID_LENGTH && g_str_has_prefix(name, revision->id)))
        return TRUE;
    error_set(error, ERROR_REVISION_FILE, "The file %s has the Revision ID %s in its header", name,
              revision->id);
    error_set_site(error, &site);
    error_set_hint(error, "rename the file, or correct the line '-- Revision ID:' in it");
    return FALSE;
}

static void load_file(int folder_fd, const char *name, const char *path, GPtrArray *revisions,
                      Findings *findings)
{
    GError *error = NULL;
    Revision *revision = revision_read_header(folder_fd, name, path, &error);

    if (revision) {
        g_ptr_array_add(revisions, revision);
        revision_check_name(name, revision, &error);
    }
    if (error)
        findings_add(findings, error);
}

static void load_files(int folder_fd, const char *folder, const GArray *names, GPtrArray *paths,
                       GPtrArray *revisions, Findings *findings)
{
    g_autoptr(GString) path = g_string_new(folder);
    gsize stem;

    if (path->len > 0 && path->str[path->len - 1] != '/')
        g_string_append_c(path, '/');
    stem = path->len;
    for (guint i = 0; i < names->len && !findings_are_full(findings); i++) {
        const char *name = g_array_index(names, FileName, i).name;

        g_string_truncate(path, stem);
        g_string_append(path, name);
        if (paths)
            g_ptr_array_add(paths, g_strdup(path->str));
        load_file(folder_fd, name, path->str, revisions, findings);
    }
}

/* Opens the folder and lists its revision files in order; NULL on failure. closedir the result. */
static DIR *list_folder(const char *path, GArray *names, GStringChunk *chunk, GError **error)
{
    DIR *folder = opendir(path);

    if (!folder) {
        error_folder(error, "open", path);
        return NULL;
    }
    if (!read_names(folder, names, chunk)) {
        error_folder(error, "read", path);
        closedir(folder);
        return NULL;
    }
    if (names->len > 1)
        qsort(names->data, names->len, sizeof(FileName), compare_names);
    return folder;
}

static void load_folder(const char *path, GPtrArray *paths, GPtrArray *revisions,
                        Findings *findings)
{
    g_autoptr(GArray) names = g_array_sized_new(FALSE, FALSE, sizeof(FileName), 256);
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(16 * 1024);
    GError *error = NULL;
    DIR *folder = list_folder(path, names, chunk, &error);

    if (!folder) {
        findings_add(findings, error);
        return;
    }
    load_files(dirfd(folder), path, names, paths, revisions, findings);
    closedir(folder);
}

void load_headers(const char *const *folders, GPtrArray *paths, GPtrArray *revisions,
                  Findings *findings)
{
    for (; *folders && !findings_are_full(findings); folders++)
        load_folder(*folders, paths, revisions, findings);
}

Graph *load_link(const char *const *folders, GPtrArray *revisions, Findings *findings)
{
    g_autoptr(Graph) graph = g_new0(Graph, 1);

    graph->revisions = revisions;
    graph->folders = g_strdupv((char **)folders);
    return graph_link(graph, findings) ? g_steal_pointer(&graph) : NULL;
}

Graph *graph_load(const char *const *folders, GError **error)
{
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    g_autoptr(Findings) findings = findings_new(1);
    g_autoptr(Graph) graph = NULL;

    load_headers(folders, NULL, revisions, findings);
    if (findings_are_empty(findings))
        graph = load_link(folders, g_steal_pointer(&revisions), findings);
    return findings_require_none(findings, error) ? g_steal_pointer(&graph) : NULL;
}

/* --- Listings --------------------------------------------------------------------------------- */

static void add_to_listing(GChecksum *listing, const char *name)
{
    g_checksum_update(listing, (const guchar *)name, (gssize)strlen(name) + 1);
}

/* The ID that a name tells is what stands before its first "_", or before ".sql". */
static gboolean tells_id(const char *name, const char *id)
{
    gsize length = strcspn(name, "_");

    if (name[length] == '\0')
        length -= strlen(".sql");
    return strlen(id) == length && memcmp(name, id, length) == 0;
}

char *graph_listing(const Graph *graph)
{
    g_autoptr(GChecksum) listing = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint i = 0; i < graph->revisions->len; i++) {
        const Revision *revision = node_revision(graph, i);
        const char *name = strrchr(revision->path, '/') + 1;

        if (!tells_id(name, revision->id))
            return NULL;
        add_to_listing(listing, name);
    }
    return g_strdup(g_checksum_get_string(listing));
}

/* All of the files are applied, and the version table knows no others. */
static gboolean is_at_heads(const Graph *graph, const char *const *heads)
{
    g_autoptr(GHashTable) applied = graph_applied(graph, heads);
    g_auto(GStrv) unknown = graph_unknown(graph, heads);

    return g_hash_table_size(applied) == graph_count(graph) && !unknown[0];
}

char *graph_listing_at(const Graph *graph, const char *const *heads)
{
    return is_at_heads(graph, heads) ? graph_listing(graph) : NULL;
}

char *graph_listing_of_folders(const char *const *folders, GError **error)
{
    g_autoptr(GChecksum) listing = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint i = 0; folders[i]; i++) {
        g_autoptr(GArray) names = g_array_sized_new(FALSE, FALSE, sizeof(FileName), 256);
        g_autoptr(GStringChunk) chunk = g_string_chunk_new(16 * 1024);
        DIR *folder = list_folder(folders[i], names, chunk, error);

        if (!folder)
            return NULL;
        closedir(folder);
        for (guint k = 0; k < names->len; k++)
            add_to_listing(listing, g_array_index(names, FileName, k).name);
    }
    return g_strdup(g_checksum_get_string(listing));
}
