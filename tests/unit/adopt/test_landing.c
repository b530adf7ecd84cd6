/* Files land all or none, and over nothing. */
#include "adopt/landing.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"

typedef struct {
    char *base;
    char *folder; /* does not exist at first */
    Import *import;
    const char *folders[2]; /* it alone */
    GPtrArray *landings;
    Graph *afterwards;
} Place;

static void add_arrival(Import *import, const char *id, const char *parent)
{
    Arrival *arrival = arrival_new(id);

    arrival->up.sql = g_strdup("SELECT 1;");
    if (parent)
        g_ptr_array_add(arrival->parents, g_strdup(parent));
    g_ptr_array_add(import->arrivals, arrival);
}

static void set_up(Place *place, gconstpointer unused)
{
    place->base = g_dir_make_tmp("landing-XXXXXX", NULL);
    place->folder = g_build_filename(place->base, "db", "versions", NULL);
    place->folders[0] = place->folder;
    place->import = import_new();
    add_arrival(place->import, "a1", NULL);
    add_arrival(place->import, "a2", "a1");
}

static void tear_down(Place *place, gconstpointer unused)
{
    g_autofree char *parent = g_path_get_dirname(place->folder);
    g_autoptr(GDir) folder = g_dir_open(place->folder, 0, NULL);
    const char *name;

    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *path = g_build_filename(place->folder, name, NULL);

        g_remove(path);
    }
    g_rmdir(place->folder);
    g_rmdir(parent);
    g_rmdir(place->base);
    g_clear_pointer(&place->landings, g_ptr_array_unref);
    g_clear_pointer(&place->afterwards, graph_free);
    import_free(place->import);
    g_free(place->folder);
    g_free(place->base);
}

static void plan(Place *place)
{
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&place->landings, g_ptr_array_unref);
    g_clear_pointer(&place->afterwards, graph_free);
    place->landings = landings_plan(place->import, place->folders, &place->afterwards, &error);
    g_assert_no_error(error);
}

/* How many files are in the folder, hidden ones too. */
static guint count_files(const Place *place)
{
    g_autoptr(GDir) folder = g_dir_open(place->folder, 0, NULL);
    guint count = 0;

    while (folder && g_dir_read_name(folder))
        count++;
    return count;
}

static void put_file(const Place *place, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(place->folder, name, NULL);

    g_mkdir_with_parents(place->folder, 0700);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void test_land(Place *place, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;

    plan(place);
    g_assert_cmpuint(graph_count(place->afterwards), ==, 2);
    g_assert_cmpuint(landings_count(place->landings, LANDING_NEW), ==, 2);
    g_assert_true(landings_write(place->landings, place->folder, NULL, &error));
    g_assert_cmpuint(count_files(place), ==, 2);
    plan(place);
    g_assert_cmpuint(landings_count(place->landings, LANDING_SAME), ==, 2);
    put_file(place, "a2.sql", "-- edited\n-- Revision ID: a2\n-- Revises: a1\n\n-- migrate:up\n");
    plan(place);
    g_assert_cmpuint(landings_count(place->landings, LANDING_DIFFERENT), ==, 1);
}

/* Somebody makes a file of that name between the plan and the writing. */
static void test_taken_meanwhile(Place *place, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(place->folder, "a2.sql", NULL);
    g_autofree char *text = NULL;

    plan(place);
    put_file(place, "a2.sql", "theirs");
    g_assert_false(landings_write(place->landings, place->folder, NULL, &error));
    g_assert_true(error_is(error, ERROR_FILE));
    g_assert_cmpstr(error_outcome(error), ==, "nothing was imported");
    g_assert_cmpuint(count_files(place), ==, 1);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "theirs");
}

static void test_cancelled(Place *place, gconstpointer unused)
{
    g_autoptr(Cancel) cancel = cancel_new();
    g_autoptr(GError) error = NULL;

    plan(place);
    cancel_trigger(cancel);
    g_assert_false(landings_write(place->landings, place->folder, cancel, &error));
    g_assert_true(error_is(error, ERROR_CANCELLED));
    g_assert_cmpuint(count_files(place), ==, 0);
}

static void test_missing_parent(Place *place, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;

    add_arrival(place->import, "a3", "nobody");
    g_assert_null(landings_plan(place->import, place->folders, &place->afterwards, &error));
    g_assert_true(error_is(error, ERROR_GRAPH));
    g_assert_false(g_file_test(place->folder, G_FILE_TEST_EXISTS));
}

#define ADD(name, function) g_test_add(name, Place, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/landing/land", test_land);
    ADD("/landing/taken-meanwhile", test_taken_meanwhile);
    ADD("/landing/cancelled", test_cancelled);
    ADD("/landing/missing-parent", test_missing_parent);
    return g_test_run();
}
