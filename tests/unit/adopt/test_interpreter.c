/* The Python behind an alembic program, by the forms that installers write. */
#include "adopt/interpreter.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "base/error.h"

typedef struct {
    char *folder;
    char *program; /* FOLDER/venv/bin/alembic */
    char *python;  /* FOLDER/a b/python3, which can be run */
} Place;

static char *make_executable(const char *path, const char *text)
{
    g_autofree char *folder = g_path_get_dirname(path);

    g_mkdir_with_parents(folder, 0700);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_chmod(path, 0700);
    return g_strdup(path);
}

static void set_up(Place *place, gconstpointer unused)
{
    g_autofree char *python = NULL;

    place->folder = g_dir_make_tmp("adopt-XXXXXX", NULL);
    place->program = g_build_filename(place->folder, "venv", "bin", "alembic", NULL);
    python = g_build_filename(place->folder, "a b", "python3", NULL);
    place->python = make_executable(python, "");
}

static void tear_down(Place *place, gconstpointer unused)
{
    const char *const files[] = {"venv/bin/alembic", "venv/bin", "venv", "a b/python3", "a b", ""};

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(place->folder, files[i], NULL);

        g_remove(path);
    }
    g_free(place->folder);
    g_free(place->program);
    g_free(place->python);
}

/* `text` is the program; NULL words: it is refused. */
static void check(const Place *place, const char *text, const char *words)
{
    g_autofree char *made = make_executable(place->program, text);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) found = interpreter_find(place->folder, NULL, &error);
    g_autofree char *joined = found ? g_strjoinv("|", found) : NULL;

    g_assert_cmpstr(joined, ==, words);
    g_assert_true(words || error_is(error, ERROR_FILE));
    if (!words)
        g_assert_nonnull(error_hint(error));
}

static void test_forms(Place *place, gconstpointer unused)
{
    g_autofree char *quoted =
        g_strdup_printf("#!/bin/sh\n'''exec' \"%s\" \"$0\" \"$@\"\n' '''\n", place->python);
    g_autofree char *env = g_find_program_in_path("python3");

    check(place, quoted, place->python);
    check(place, "#!/usr/bin/python3 -s\nimport x\n", "/usr/bin/python3|-s");
    check(place, "#!/usr/bin/env python3\n", env);
    check(place, "#!/bin/bash\nexec python3 \"$@\"\n", NULL);
    check(place, "#!/bin/sh\nexec python3 \"$@\"\n", NULL);
    check(place, "#!/usr/bin/env\n", NULL);
    check(place, "#!\n", NULL);
    check(place, "#!/nowhere/python3\n", NULL);
    check(place, "#!/usr/bin/python3 'open\n", NULL);
    check(place, "\177ELF", NULL);
    check(place, "", NULL);
}

static void test_named(Place *place, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(interpreter_find(place->folder, "/nowhere/alembic", &error));
    g_assert_true(error_is(error, ERROR_FILE));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/interpreter/forms", Place, NULL, set_up, test_forms, tear_down);
    g_test_add("/interpreter/named", Place, NULL, set_up, test_named, tear_down);
    return g_test_run();
}
