/* A folder of its own for each test of conf, and no variable that conf would read. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "conf/conf.h"

typedef struct {
    char *folder;
    char *before; /* the working folder of the test program */
} Scratch;

static void forget_variables(void)
{
    g_auto(GStrv) names = g_listenv();

    for (gsize i = 0; names[i]; i++) {
        if (g_str_has_prefix(names[i], "PGSLUICE_") || g_str_has_suffix(names[i], "DATABASE_URL") ||
            strcmp(names[i], "CREDENTIALS_DIRECTORY") == 0)
            g_unsetenv(names[i]);
    }
}

static void scratch_enter(Scratch *scratch, gconstpointer data)
{
    forget_variables();
    scratch->before = g_get_current_dir();
    scratch->folder = g_dir_make_tmp("pgsluice-conf-XXXXXX", NULL);
    g_assert_nonnull(scratch->folder);
    g_assert_cmpint(g_chdir(scratch->folder), ==, 0);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        remove_tree(inner);
    }
    g_remove(path);
}

static void scratch_leave(Scratch *scratch, gconstpointer data)
{
    g_assert_cmpint(g_chdir(scratch->before), ==, 0);
    remove_tree(scratch->folder);
    g_free(scratch->folder);
    g_free(scratch->before);
    forget_variables();
}

/* Writes a file, folders on the way included. */
static void write_file(const char *path, const char *text)
{
    g_autofree char *folder = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* The path of `name` in the scratch folder; g_free. */
static inline char *in_scratch(const Scratch *scratch, const char *name)
{
    return g_canonicalize_filename(name, scratch->folder);
}
