/* Comparing arrivals with the files that are there, and writing the new ones. */
#include "adopt/landing.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/create.h"
#include "base/error.h"
#include "base/slurp.h"
#include "revision/file.h"

static void landing_free(gpointer data)
{
    Landing *landing = data;

    g_free(landing->path);
    g_free(landing->text);
    g_free(landing);
}

guint landings_count(const GPtrArray *landings, LandingKind kind)
{
    guint count = 0;

    for (guint i = 0; i < landings->len; i++)
        count += ((const Landing *)landings->pdata[i])->kind == kind;
    return count;
}

/* --- Planning --------------------------------------------------------------------------------- */

/* What is in the folders now. */
static Graph *read_folders(const char *const *folders, GError **error)
{
    if (g_file_test(folders[0], G_FILE_TEST_EXISTS))
        return graph_load(folders, error);
    return folders[1] ? graph_load(folders + 1, error) : graph_new(g_ptr_array_new(), error);
}

/* A file of the same text; one that cannot be read is another. */
static gboolean has_text(const char *path, const char *text)
{
    g_autofree char *there = NULL;

    return slurp(path, strlen(text), &there, NULL) == SLURP_DONE && g_str_equal(there, text);
}

static Landing *land_on(const Revision *present, const Arrival *arrival, GError **error)
{
    Landing *landing = g_new0(Landing, 1);

    landing->arrival = arrival;
    landing->path = g_strdup(present->path);
    landing->text = arrival_format(arrival, landing->path, error);
    if (!landing->text) {
        landing_free(landing);
        return NULL;
    }
    landing->kind = has_text(landing->path, landing->text) ? LANDING_SAME : LANDING_DIFFERENT;
    return landing;
}

static Landing *land_anew(const char *folder, const Arrival *arrival, GError **error)
{
    g_autofree char *name = arrival_file_name(arrival);
    Landing *landing = g_new0(Landing, 1);

    landing->arrival = arrival;
    landing->kind = LANDING_NEW;
    landing->path = g_build_filename(folder, name, NULL);
    landing->text = arrival_format(arrival, landing->path, error);
    if (landing->text && !g_file_test(landing->path, G_FILE_TEST_EXISTS))
        return landing;
    if (landing->text) {
        error_set(error, ERROR_FILE, "the file %s is there already and is not revision %s",
                  landing->path, arrival->id);
        error_set_hint(error, "rename it, or import into another folder: --to DIR");
    }
    landing_free(landing);
    return NULL;
}

/* The headers of the files that are there; FALSE when one has gone meanwhile. */
static gboolean add_present(const Graph *present, GPtrArray *all, GError **error)
{
    g_autoptr(GPtrArray) old = graph_revisions(present);

    for (guint i = 0; i < old->len; i++) {
        const char *path = ((const Revision *)old->pdata[i])->path;
        Revision *revision = revision_read_header(AT_FDCWD, path, path, error);

        if (!revision)
            return FALSE;
        g_ptr_array_add(all, revision);
    }
    return TRUE;
}

static gboolean add_new(const GPtrArray *landings, GPtrArray *all, GError **error)
{
    for (guint i = 0; i < landings->len; i++) {
        const Landing *landing = landings->pdata[i];
        Revision *revision;

        if (landing->kind != LANDING_NEW)
            continue;
        revision =
            revision_parse_header(landing->text, strlen(landing->text), landing->path, NULL, error);
        if (!revision)
            return FALSE;
        g_ptr_array_add(all, revision);
    }
    return TRUE;
}

/* The graph as it would be afterwards, which says what is wrong between old and new files. */
static Graph *link_together(const Graph *present, const GPtrArray *landings, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);

    return add_present(present, all, error) && add_new(landings, all, error)
               ? graph_new(g_steal_pointer(&all), error)
               : NULL;
}

GPtrArray *landings_plan(const Import *import, const char *const *folders, Graph **afterwards,
                         GError **error)
{
    g_autoptr(Graph) present = read_folders(folders, error);
    g_autoptr(GPtrArray) landings = g_ptr_array_new_with_free_func(landing_free);
    g_autoptr(Graph) together = NULL;

    if (!present)
        return NULL;
    for (guint i = 0; i < import->arrivals->len; i++) {
        const Arrival *arrival = import->arrivals->pdata[i];
        const Revision *there = graph_find(present, arrival->id);
        Landing *landing =
            there ? land_on(there, arrival, error) : land_anew(folders[0], arrival, error);

        if (!landing)
            return NULL;
        g_ptr_array_add(landings, landing);
    }
    together = link_together(present, landings, error);
    if (!together)
        return NULL;
    *afterwards = g_steal_pointer(&together);
    return g_steal_pointer(&landings);
}

/* --- Writing ---------------------------------------------------------------------------------- */

/* Under this name nobody takes it for a revision file; g_free. */
static char *name_before(const Landing *landing)
{
    g_autofree char *folder = g_path_get_dirname(landing->path);
    g_autofree char *name = g_strdup_printf(".import-%s-%d", landing->arrival->id, (int)getpid());

    return g_build_filename(folder, name, NULL);
}

static gboolean write_before(const Landing *landing, GError **error)
{
    g_autofree char *path = name_before(landing);

    return create_file(path, landing->text, error);
}

/* Not over a file that came meanwhile, also where the file system cannot promise that. */
static gboolean rename_anew(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return TRUE;
    if (errno != EINVAL && errno != ENOSYS)
        return FALSE;
    if (g_file_test(to, G_FILE_TEST_EXISTS)) {
        errno = EEXIST;
        return FALSE;
    }
    return g_rename(from, to) == 0;
}

static gboolean give_name(const Landing *landing, GError **error)
{
    g_autofree char *before = name_before(landing);

    if (rename_anew(before, landing->path))
        return TRUE;
    error_set(error, ERROR_FILE, "cannot write the file %s: %s", landing->path, g_strerror(errno));
    return FALSE;
}

typedef gboolean (*LandingStep)(const Landing *landing, GError **error);

/* *done counts the landings that were looked at successfully. */
static gboolean for_new(const GPtrArray *landings, LandingStep step, Cancel *cancel, guint *done,
                        GError **error)
{
    for (; *done < landings->len; (*done)++) {
        const Landing *landing = landings->pdata[*done];

        if (cancel_is_triggered(cancel)) {
            error_set(error, ERROR_CANCELLED, "interrupted");
            return FALSE;
        }
        if (landing->kind == LANDING_NEW && !step(landing, error))
            return FALSE;
    }
    return TRUE;
}

/* `named` landings have their names; none has its name from before any more. */
static void take_back(const GPtrArray *landings, guint named)
{
    for (guint i = 0; i < landings->len; i++) {
        const Landing *landing = landings->pdata[i];
        g_autofree char *before = name_before(landing);

        if (landing->kind != LANDING_NEW)
            continue;
        g_unlink(before);
        if (i < named)
            g_unlink(landing->path);
    }
}

gboolean landings_write(const GPtrArray *landings, const char *folder, Cancel *cancel,
                        GError **error)
{
    guint written = 0;
    guint named = 0;

    if (landings_count(landings, LANDING_NEW) == 0)
        return TRUE;
    if (!create_folder(folder, error))
        return FALSE;
    if (for_new(landings, write_before, cancel, &written, error) &&
        for_new(landings, give_name, cancel, &named, error))
        return TRUE;
    take_back(landings, named);
    error_set_outcome(error, "nothing was imported");
    return FALSE;
}
