/* Folders of revision files on disk. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "revision/file.h"
#include "revision/graph.h"
#include "revision/inspect.h"

/* A folder that is removed with what is in it. */
typedef struct {
    char *path;
} Folder;

static void folder_init(Folder *folder, gconstpointer data)
{
    folder->path = g_dir_make_tmp("pgsluice-revision-XXXXXX", NULL);
    g_assert_nonnull(folder->path);
}

static void folder_clear(Folder *folder, gconstpointer data)
{
    g_autoptr(GDir) files = g_dir_open(folder->path, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(files)) != NULL) {
        g_autofree char *path = g_build_filename(folder->path, name, NULL);

        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(folder->path), ==, 0);
    g_free(folder->path);
}

static char *write_file(const Folder *folder, const char *name, const char *text)
{
    char *path = g_build_filename(folder->path, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void add_file(const Folder *folder, const char *name, const char *text)
{
    g_free(write_file(folder, name, text));
}

static Graph *load(const Folder *folder, GError **error)
{
    const char *const folders[] = {folder->path, NULL};

    return graph_load(folders, error);
}

static void test_reads_what_is_a_revision(Folder *folder, gconstpointer data)
{
    g_autofree char *subfolder = g_build_filename(folder->path, "folder.sql", NULL);
    g_autofree char *expected = g_build_filename(folder->path, "b_second.sql", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Graph) graph = NULL;

    add_file(folder, "b_second.sql", "-- Revision ID: b\n-- Revises: a\n-- migrate:up\n");
    add_file(folder, "a_first.sql", "-- Revision ID: a\n-- Revises:\n-- migrate:up\n");
    add_file(folder, ".hidden.sql", "broken");
    add_file(folder, "notes.txt", "broken");
    add_file(folder, ".sql", "broken");
    g_assert_cmpint(g_mkdir(subfolder, 0700), ==, 0);
    graph = load(folder, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(graph_count(graph), ==, 2);
    g_assert_cmpstr(graph_find(graph, "b")->path, ==, expected);
    g_assert_cmpstr(graph_find(graph, "b")->message, ==, "second");
    g_assert_cmpstr(graph_folders(graph)[0], ==, folder->path);
}

static void test_ties_are_in_file_order(Folder *folder, gconstpointer data)
{
    g_autoptr(Graph) graph = NULL;
    g_autoptr(GPtrArray) heads = NULL;
    g_autoptr(GString) ids = g_string_new(NULL);

    add_file(folder, "0_z.sql", "-- Revision ID: z\n-- migrate:up\n");
    add_file(folder, "B_y.sql", "-- Revision ID: y\n-- migrate:up\n");
    add_file(folder, "a_very_long_name_1.sql", "-- Revision ID: x\n-- migrate:up\n");
    add_file(folder, "a_very_long_name_0.sql", "-- Revision ID: w\n-- migrate:up\n");
    add_file(folder, "\303\244.sql", "-- Revision ID: v\n-- migrate:up\n");
    graph = load(folder, NULL);
    heads = graph_heads(graph);
    for (guint i = 0; i < heads->len; i++)
        g_string_append(ids, ((const Revision *)g_ptr_array_index(heads, i))->id);
    g_assert_cmpstr(ids->str, ==, "zywxv");
}

/* A header of about `size` bytes. */
static char *long_header(gsize size)
{
    GString *text = g_string_new("-- message\n--\n");

    while (text->len < size)
        g_string_append(text, "-- another line of the doc\n");
    g_string_append(text, "-- Revision ID: a\n-- migrate:up\nSELECT 1;\n");
    return g_string_free(text, FALSE);
}

static void test_headers_of_any_length(Folder *folder, gconstpointer data)
{
    static const gsize sizes[] = {900, 950, 1000, 1024, 4096, REVISION_HEADER_MAX - 200};

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *text = long_header(sizes[i]);
        g_autoptr(GError) error = NULL;
        g_autoptr(Graph) graph = NULL;

        add_file(folder, "a.sql", text);
        graph = load(folder, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(strlen(graph_find(graph, "a")->doc), >, sizes[i] - 200 * (sizes[i] / 700));
    }
}

static void test_a_header_without_end_is_refused(Folder *folder, gconstpointer data)
{
    g_autofree char *text = long_header(REVISION_HEADER_MAX + 1000);
    g_autoptr(GError) error = NULL;
    ErrorSite site;

    add_file(folder, "a.sql", text);
    g_assert_null(load(folder, &error));
    g_assert_true(error_is(error, ERROR_REVISION_FILE));
    g_assert_nonnull(strstr(error->message, "The header is longer than 64 KiB"));
    g_assert_true(error_site(error, &site));
    g_assert_true(g_str_has_suffix(site.path, "/a.sql"));
}

static void test_errors_name_the_files(Folder *folder, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    add_file(folder, "1_one.sql", "-- Revision ID: same\n-- migrate:up\n");
    add_file(folder, "2_two.sql", "-- Revision ID: same\n-- migrate:up\n");
    g_assert_null(load(folder, &error));
    g_assert_true(error_is(error, ERROR_GRAPH));
    g_assert_nonnull(strstr(error->message, "1_one.sql"));
    g_assert_nonnull(strstr(error->message, "2_two.sql"));
}

static void assert_name_is_refused(const Folder *folder, const char *name, const char *id)
{
    g_autofree char *text = g_strdup_printf("-- Revision ID: %s\n-- migrate:up\n", id);
    g_autofree char *path = write_file(folder, name, text);
    g_autoptr(GError) error = NULL;
    ErrorSite site;

    g_assert_null(load(folder, &error));
    g_assert_true(error_is(error, ERROR_REVISION_FILE));
    g_assert_nonnull(strstr(error->message, name));
    g_assert_nonnull(strstr(error->message, id));
    g_assert_nonnull(strstr(error_hint(error), "rename the file"));
    g_assert_true(error_site(error, &site));
    g_assert_cmpstr(site.path, ==, path);
    g_assert_cmpint(g_remove(path), ==, 0);
}

static void test_a_copied_file_is_found(Folder *folder, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Graph) graph = NULL;

    assert_name_is_refused(folder, "3f2a9c1b7d11_copy.sql", "3f2a9c1b7d10");
    assert_name_is_refused(folder, "3f2a9c1b7d11_copy.sql", "a");
    assert_name_is_refused(folder, "3f2a9c1b7d11_.sql", "3f2a9c1b7d11_");
    add_file(folder, "3f2a9c1b7d10_good.sql", "-- Revision ID: 3f2a9c1b7d10\n-- migrate:up\n");
    add_file(folder, "202611221402_date.sql", "-- Revision ID: b\n-- migrate:up\n");
    add_file(folder, "3f2a9c1b7d1_short.sql", "-- Revision ID: c\n-- migrate:up\n");
    graph = load(folder, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(graph_count(graph), ==, 3);
}

static void test_names_that_tell_ids_make_a_listing(Folder *folder, gconstpointer data)
{
    const char *const folders[] = {folder->path, NULL};
    g_autoptr(Graph) graph = NULL;
    g_autofree char *listing = NULL;
    g_autofree char *same = NULL;
    g_autofree char *other = NULL;

    add_file(folder, "a.sql", "-- Revision ID: a\n-- migrate:up\n");
    add_file(folder, "b_slug_of_it.sql", "-- Revision ID: b\n-- migrate:up\n");
    add_file(folder, "c.sql.sql", "-- Revision ID: c.sql\n-- migrate:up\n");
    graph = load(folder, NULL);
    listing = graph_listing(graph);
    same = graph_listing_of_folders(folders, NULL);
    g_assert_nonnull(listing);
    g_assert_cmpstr(listing, ==, same);
    add_file(folder, "d.sql", "-- Revision ID: d\n-- migrate:up\n");
    other = graph_listing_of_folders(folders, NULL);
    g_assert_cmpstr(listing, !=, other);
}

/* "a_b.sql" is a's or a_b's: who puts one in the other's place changes no name. */
static void test_names_that_tell_no_id_make_no_listing(Folder *folder, gconstpointer data)
{
    static const struct {
        const char *name;
        const char *id;
    } rows[] = {{"0001.sql", "a"}, {"b.sql", "a"},  {"ab.sql", "a"},
                {"A.sql", "a"},    {"a.sql", "ab"}, {"a_b.sql", "a_b"}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("-- Revision ID: %s\n-- migrate:up\n", rows[i].id);
        g_autofree char *path = write_file(folder, rows[i].name, text);
        g_autoptr(Graph) graph = load(folder, NULL);

        g_assert_nonnull(graph);
        g_assert_null(graph_listing(graph));
        g_assert_cmpint(g_remove(path), ==, 0);
    }
}

static void test_a_missing_folder(Folder *folder, gconstpointer data)
{
    g_autofree char *path = g_build_filename(folder->path, "nowhere", NULL);
    const char *const folders[] = {folder->path, path, NULL};
    g_autoptr(GError) error = NULL;

    g_assert_null(graph_load(folders, &error));
    g_assert_true(error_is(error, ERROR_FILE));
    g_assert_nonnull(strstr(error->message, path));
    g_assert_nonnull(strstr(error_hint(error), "pgsluice init"));
}

static void test_several_folders_are_one_graph(Folder *folder, gconstpointer data)
{
    Folder other;
    g_autoptr(GError) error = NULL;
    g_autoptr(Graph) graph = NULL;

    folder_init(&other, NULL);
    add_file(folder, "a.sql", "-- Revision ID: a\n-- migrate:up\n");
    add_file(&other, "b.sql", "-- Revision ID: b\n-- Revises: a\n-- migrate:up\n");
    graph = graph_load((const char *const[]){other.path, folder->path, NULL}, &error);
    g_assert_no_error(error);
    g_assert_true(graph_is_ancestor(graph, graph_find(graph, "a"), graph_find(graph, "b")));
    folder_clear(&other, NULL);
}

static void test_a_fifo_does_not_hang(Folder *folder, gconstpointer data)
{
    g_autofree char *fifo = g_build_filename(folder->path, "fifo", NULL);
    g_autofree char *link = g_build_filename(folder->path, "link.sql", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(symlink(fifo, link), ==, 0);
    g_assert_null(load(folder, &error));
    g_assert_true(error_is(error, ERROR_REVISION_FILE));
}

static void test_a_dangling_link(Folder *folder, gconstpointer data)
{
    g_autofree char *link = g_build_filename(folder->path, "link.sql", NULL);
    g_autoptr(GError) error = NULL;
    ErrorSite site;

    g_assert_cmpint(symlink("nowhere", link), ==, 0);
    g_assert_null(load(folder, &error));
    g_assert_true(error_is(error, ERROR_FILE));
    g_assert_true(error_site(error, &site));
    g_assert_cmpstr(site.path, ==, link);
}

static void test_bodies_are_read_when_asked(Folder *folder, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Graph) graph = NULL;
    g_autoptr(RevisionBody) body = NULL;
    g_autofree char *path =
        write_file(folder, "a.sql", "-- Revision ID: a\n-- migrate:up\nSELECT 1;\n");

    graph = load(folder, &error);
    body = revision_read_body(graph_find(graph, "a"), &error);
    g_assert_no_error(error);
    g_assert_cmpstr(body->up.text, ==, "SELECT 1;");
    g_assert_cmpuint(body->up.first_line, ==, 3);

    g_assert_cmpint(g_remove(path), ==, 0);
    g_assert_null(revision_read_body(graph_find(graph, "a"), &error));
    g_assert_true(error_is(error, ERROR_FILE));
}

static void test_a_huge_file_is_refused(Folder *folder, gconstpointer data)
{
    g_autofree char *path = write_file(folder, "a.sql", "-- Revision ID: a\n-- migrate:up\n");
    g_autoptr(Graph) graph = load(folder, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(truncate(path, (off_t)REVISION_FILE_MAX + 1), ==, 0);
    g_assert_null(revision_read_body(graph_find(graph, "a"), &error));
    g_assert_true(error_is(error, ERROR_REVISION_FILE));
    g_assert_nonnull(strstr(error->message, "larger than 64 MiB"));
}

static void assert_finding(const Findings *findings, guint at, ErrorKind kind, const char *text)
{
    g_autofree char *described = NULL;

    g_assert_cmpuint(at, <, findings->errors->len);
    described = error_describe_short(findings->errors->pdata[at]);
    g_assert_true(error_is(findings->errors->pdata[at], kind));
    g_assert_nonnull(strstr(described, text));
}

static void test_inspect_tells_all(Folder *folder, gconstpointer data)
{
    const char *const folders[] = {folder->path, NULL};
    g_autoptr(Findings) findings = findings_new(100);
    guint count;

    add_file(folder, "b.sql", "-- Revision ID: b\n-- migrate:up\nBEGIN;\n-- migrate:down\nEND;\n");
    add_file(folder, "a.sql", "-- Revisionn ID: a\n-- migrate:up\n-- migrate:pu\n");
    add_file(folder, "c.sql", "-- Revision ID: c\n-- Revises: gone\n-- migrate:up\n");
    g_assert_null(inspect_folders(folders, findings, &count));
    g_assert_cmpuint(count, ==, 3);
    g_assert_cmpuint(findings->errors->len, ==, 4);
    assert_finding(findings, 0, ERROR_REVISION_FILE, "a.sql:1:4");
    assert_finding(findings, 1, ERROR_REVISION_FILE, "a.sql:3:");
    assert_finding(findings, 2, ERROR_REVISION_FILE, "b.sql:3:1");
    assert_finding(findings, 3, ERROR_REVISION_FILE, "b.sql:5:1");
}

static void test_inspect_tells_of_every_link(Folder *folder, gconstpointer data)
{
    const char *const folders[] = {folder->path, NULL};
    g_autoptr(Findings) findings = findings_new(100);
    guint count;

    add_file(folder, "a.sql", "-- Revision ID: a\n-- Revises: b\n-- migrate:up\n");
    add_file(folder, "b.sql", "-- Revision ID: b\n-- Revises: a\n-- migrate:up\n");
    add_file(folder, "c.sql", "-- Revision ID: c\n-- Revises: d\n-- migrate:up\n");
    add_file(folder, "d.sql", "-- Revision ID: d\n-- Revises: c, a\n-- migrate:up\nCOMMIT;\n");
    g_assert_null(inspect_folders(folders, findings, &count));
    g_assert_cmpuint(findings->errors->len, ==, 3);
    assert_finding(findings, 0, ERROR_REVISION_FILE, "d.sql:4:1");
    assert_finding(findings, 1, ERROR_GRAPH, "(a, b)");
    assert_finding(findings, 2, ERROR_GRAPH, "(c, d)");
}

static void test_inspect_has_a_ceiling(Folder *folder, gconstpointer data)
{
    const char *const folders[] = {folder->path, NULL};
    g_autoptr(Findings) findings = findings_new(3);
    guint count;

    for (guint i = 0; i < 5; i++) {
        g_autofree char *name = g_strdup_printf("%u.sql", i);

        add_file(folder, name, "SELECT 1;\n");
    }
    g_assert_null(inspect_folders(folders, findings, &count));
    g_assert_cmpuint(findings->errors->len, ==, 3);
    g_assert_true(findings_are_full(findings));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Folder *folder, gconstpointer data);
    } tests[] = {
        {"/load/reads what is a revision", test_reads_what_is_a_revision},
        {"/load/ties are in file order", test_ties_are_in_file_order},
        {"/load/headers of any length", test_headers_of_any_length},
        {"/load/a header without end is refused", test_a_header_without_end_is_refused},
        {"/load/errors name the files", test_errors_name_the_files},
        {"/load/a copied file is found", test_a_copied_file_is_found},
        {"/listing/of names that tell IDs", test_names_that_tell_ids_make_a_listing},
        {"/listing/none of names that tell no ID", test_names_that_tell_no_id_make_no_listing},
        {"/load/a missing folder", test_a_missing_folder},
        {"/load/several folders are one graph", test_several_folders_are_one_graph},
        {"/load/a FIFO does not hang", test_a_fifo_does_not_hang},
        {"/load/a dangling link", test_a_dangling_link},
        {"/inspect/tells all", test_inspect_tells_all},
        {"/inspect/tells of every link", test_inspect_tells_of_every_link},
        {"/inspect/has a ceiling", test_inspect_has_a_ceiling},
        {"/body/read when asked", test_bodies_are_read_when_asked},
        {"/body/a huge file is refused", test_a_huge_file_is_refused},
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Folder, NULL, folder_init, tests[i].run, folder_clear);
    return g_test_run();
}
