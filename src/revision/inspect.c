/* Looking at every file to its end. */
#include "revision/inspect.h"

#include "revision/file.h"
#include "revision/load.h"
#include "revision/section.h"

static void inspect_section(const Section *section, const char *id, const char *path,
                            Findings *findings)
{
    GError *error = NULL;

    if (!section_check(section, id, path, &error))
        findings_add(findings, error);
}

/* The sections do not need the header: a file that is broken twice says so at once. */
static void inspect_body(char *path, const char *id, Findings *findings)
{
    const Revision revision = {.path = path};
    GError *error = NULL;
    g_autoptr(RevisionBody) body = revision_read_body(&revision, &error);

    if (!body) {
        findings_add(findings, error);
        return;
    }
    inspect_section(&body->up, id, path, findings);
    inspect_section(&body->down, id, path, findings);
    inspect_section(&body->verify, id, path, findings);
}

/* Both are in file order; a file whose header cannot be read goes by its name. */
static void inspect_bodies(GPtrArray *paths, GPtrArray *revisions, Findings *findings)
{
    guint next = 0;

    for (guint i = 0; i < paths->len && !findings_are_full(findings); i++) {
        char *path = g_ptr_array_index(paths, i);
        const Revision *revision =
            next < revisions->len ? g_ptr_array_index(revisions, next) : NULL;
        g_autofree char *name = NULL;

        if (revision && g_str_equal(revision->path, path)) {
            inspect_body(path, revision->id, findings);
            next++;
            continue;
        }
        name = g_path_get_basename(path);
        inspect_body(path, name, findings);
    }
}

Graph *inspect_folders(const char *const *folders, Findings *findings, guint *count)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    g_autoptr(Findings) links = findings_new(findings->limit);
    g_autoptr(Graph) graph = NULL;
    gboolean has_headers;

    load_headers(folders, paths, revisions, findings);
    has_headers = findings_are_empty(findings);
    inspect_bodies(paths, revisions, findings);
    findings_sort(findings);
    if (has_headers)
        graph = load_link(folders, g_steal_pointer(&revisions), links);
    findings_take(findings, links);
    *count = paths->len;
    return g_steal_pointer(&graph);
}
