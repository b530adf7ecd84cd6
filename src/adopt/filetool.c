/* A folder of SQL files becomes a line of arrivals. */
#include "adopt/filetool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adopt/filetool_private.h"
#include "adopt/version.h"
#include "base/descriptors.h"
#include "base/error.h"
#include "revision/revision.h"
#include "sql/classify.h"
#include "sql/place.h"

static const FileTool *const tools[] = {&tool_dbmate, &tool_golang_migrate, &tool_flyway};

const FileTool *file_tool_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tools); i++)
        if (strcmp(tools[i]->name, name) == 0)
            return tools[i];
    return NULL;
}

void arrival_set_down(Arrival *arrival, char *sql)
{
    if (!sql_is_empty(sql)) {
        arrival->down.sql = sql;
        return;
    }
    g_free(sql);
    arrival_add_note(arrival,
                     "down: was empty, so it is left out and this cannot be undone; when there is "
                     "nothing to undo, add a section that says so");
}

/* --- Files ------------------------------------------------------------------------------------ */

static void error_at_file(GError **error, const char *path)
{
    ErrorSite site = {.path = path};

    error_set_site(error, &site);
}

static gboolean check_file(int fd, const char *path, gsize *size, GError **error)
{
    struct stat status;

    if (fd < 0 || fstat(fd, &status) != 0)
        error_set(error, ERROR_FILE, "cannot open the file: %s", g_strerror(errno));
    else if (!S_ISREG(status.st_mode))
        error_set(error, ERROR_FILE, "it is not a file");
    else if (status.st_size > TOOL_FILE_MAX)
        error_set(error, ERROR_FILE, "the file is larger than %d MiB",
                  TOOL_FILE_MAX / (1024 * 1024));
    else {
        *size = (gsize)status.st_size;
        return TRUE;
    }
    error_at_file(error, path);
    return FALSE;
}

static char *read_bytes(int fd, gsize size, const char *path, GError **error)
{
    g_autofree char *bytes = g_malloc(size + 1);
    gssize length = descriptor_read(fd, bytes, size);

    if (length < 0) {
        error_set(error, ERROR_FILE, "cannot read the file: %s", g_strerror(errno));
        error_at_file(error, path);
        return NULL;
    }
    bytes[length] = '\0';
    if (strlen(bytes) == (gsize)length && g_utf8_validate(bytes, length, NULL))
        return g_steal_pointer(&bytes);
    error_set(error, ERROR_REVISION_FILE, "the file is not text in UTF-8");
    error_at_file(error, path);
    error_set_hint(error, "convert it, for example: iconv -f LATIN1 -t UTF-8");
    return NULL;
}

/* Without byte order mark, with LF; g_free. */
static char *read_text(const char *path, GError **error)
{
    /* O_NONBLOCK: a FIFO in the folder must not hang it */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    g_autofree char *bytes = NULL;
    gsize size = 0;
    GString *text;

    if (check_file(fd, path, &size, error))
        bytes = read_bytes(fd, size, path, error);
    if (fd >= 0)
        close(fd);
    if (!bytes)
        return NULL;
    text = g_string_new(g_str_has_prefix(bytes, "\xEF\xBB\xBF") ? bytes + 3 : bytes);
    g_string_replace(text, "\r\n", "\n", 0);
    return g_string_free(text, FALSE);
}

/* --- The folder ------------------------------------------------------------------------------- */

static void history_file_free(gpointer data)
{
    HistoryFile *entry = data;

    g_free(entry->version);
    g_free(entry->title);
    g_free(entry->file);
    g_free(entry);
}

/* By version; of one version the way up first, and then by name, so that the order is one. */
static int compare_entries(gconstpointer a, gconstpointer b)
{
    const HistoryFile *x = *(const HistoryFile *const *)a;
    const HistoryFile *y = *(const HistoryFile *const *)b;
    int order = version_compare(x->version, y->version);

    if (order == 0)
        order = (int)x->kind - (int)y->kind;
    return order ? order : strcmp(x->file, y->file);
}

static void look_at_name(const FileTool *tool, const char *folder, const char *name,
                         GPtrArray *entries, Import *import)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    HistoryFile *entry;

    if (*name == '.')
        return;
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        import_leave_out(import, "%s: folders in the folder are not read", name);
        return;
    }
    entry = g_new0(HistoryFile, 1);
    entry->file = g_strdup(name);
    if (tool->recognise(name, entry) && entry->kind != HISTORY_LEFT_OUT) {
        g_ptr_array_add(entries, entry);
        return;
    }
    if (entry->kind == HISTORY_LEFT_OUT)
        import_leave_out(import, "%s: %s", name, entry->why);
    else if (g_str_has_suffix(name, ".sql"))
        import_leave_out(import, "%s: is not named like a migration of %s", name, tool->name);
    history_file_free(entry);
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The tool's files in the order of their versions. */
static GPtrArray *list_entries(const FileTool *tool, const char *folder, Import *import,
                               GError **error)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(history_file_free);
    g_autoptr(GError) reason = NULL;
    g_autoptr(GDir) directory = g_dir_open(folder, 0, &reason);
    const char *name;
    guint seen = 0;

    if (!directory) {
        error_set(error, ERROR_FILE, "%s", reason->message);
        error_set_hint(error, "name the folder with the migrations of %s", tool->name);
        return NULL;
    }
    while ((name = g_dir_read_name(directory)) && seen++ < TOOL_FILES_MAX)
        look_at_name(tool, folder, name, entries, import);
    if (name) {
        error_set(error, ERROR_FILE, "%s has more than %d files", folder, TOOL_FILES_MAX);
        return NULL;
    }
    g_ptr_array_sort(entries, compare_entries);
    g_ptr_array_sort(import->left_out, compare_texts);
    return g_steal_pointer(&entries);
}

/* --- From files to arrivals ------------------------------------------------------------------- */

typedef struct {
    const FileTool *tool;
    const char *folder;
    Import *import;
    const HistoryFile *last; /* the entry that the last arrival began with */
} Reading;

static Arrival *last_arrival(const Reading *reading)
{
    const GPtrArray *arrivals = reading->import->arrivals;

    return arrivals->len ? arrivals->pdata[arrivals->len - 1] : NULL;
}

static char *title_as_message(const char *title)
{
    g_autofree char *valid = g_utf8_make_valid(title, -1);

    return g_strstrip(g_strdelimit(g_steal_pointer(&valid), "_-", ' '));
}

static Arrival *begin_arrival(Reading *reading, const HistoryFile *entry)
{
    const Arrival *before = last_arrival(reading);
    Arrival *arrival = arrival_new(entry->version);

    g_free(arrival->message);
    arrival->message = title_as_message(entry->title);
    g_free(arrival->create_date);
    arrival->create_date = version_create_date(entry->version);
    g_free(arrival->origin);
    arrival->origin = g_utf8_make_valid(entry->file, -1);
    if (before)
        g_ptr_array_add(arrival->parents, g_strdup(before->id));
    g_ptr_array_add(reading->import->arrivals, arrival);
    reading->last = entry;
    return arrival;
}

static gboolean refuse_duplicate(const HistoryFile *entry, const HistoryFile *other, GError **error)
{
    error_set(error, ERROR_REVISION_FILE, "version %s is there twice: %s and %s", entry->version,
              other->file, entry->file);
    error_set_hint(error, "give one of them a version of its own, or take it away");
    return FALSE;
}

/* The arrival that a entry belongs to: a new one, or for a way back the one of its version. */
static gboolean choose_arrival(Reading *reading, const HistoryFile *entry, Arrival **arrival,
                               GError **error)
{
    gboolean is_same =
        reading->last && version_compare(reading->last->version, entry->version) == 0;

    if (is_same && entry->kind == HISTORY_DOWN && !last_arrival(reading)->down.sql) {
        *arrival = last_arrival(reading);
        return TRUE;
    }
    if (is_same)
        return refuse_duplicate(entry, reading->last, error);
    if (entry->kind == HISTORY_DOWN) {
        error_set(error, ERROR_REVISION_FILE, "%s undoes version %s, which is not there",
                  entry->file, entry->version);
        error_set_hint(error, "add the file that applies it, or take this one away");
        return FALSE;
    }
    *arrival = begin_arrival(reading, entry);
    return TRUE;
}

/* FILE.conf beside a file, or NULL without an error. */
static gboolean read_settings(const char *path, char **settings, GError **error)
{
    g_autofree char *name = g_strconcat(path, ".conf", NULL);

    *settings = g_file_test(name, G_FILE_TEST_EXISTS) ? read_text(name, error) : NULL;
    return *settings || !g_file_test(name, G_FILE_TEST_EXISTS);
}

static gboolean take_entry(Reading *reading, const HistoryFile *entry, GError **error)
{
    g_autofree char *path = g_build_filename(reading->folder, entry->file, NULL);
    g_autofree char *text = NULL;
    g_autofree char *settings = NULL;
    Arrival *arrival;

    if (!choose_arrival(reading, entry, &arrival, error) ||
        !revision_id_is_valid(arrival->id, error)) {
        error_at_file(error, path);
        return FALSE;
    }
    text = read_text(path, error);
    return text && read_settings(path, &settings, error) &&
           reading->tool->fill(arrival, entry, text, settings, path, error);
}

Import *file_tool_import(const FileTool *tool, const char *folder, GError **error)
{
    g_autoptr(Import) import = import_new();
    g_autoptr(GPtrArray) entries = list_entries(tool, folder, import, error);
    Reading reading = {tool, folder, import, NULL};

    if (!entries)
        return NULL;
    for (guint i = 0; i < entries->len; i++)
        if (!take_entry(&reading, entries->pdata[i], error))
            return NULL;
    if (import->arrivals->len == 0) {
        error_set(error, ERROR_FILE, "%s has no migrations of %s", folder, tool->name);
        error_set_hint(error, "name the folder with its files");
        return NULL;
    }
    for (guint i = 0; i < import->arrivals->len; i++)
        arrival_inspect(import->arrivals->pdata[i]);
    return g_steal_pointer(&import);
}
