/* Reads the text tables of cases. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

static GPtrArray *cases; /* keeps them until the tests have run */

static void case_free(gpointer data)
{
    Case *one = data;

    g_free(one->title);
    g_ptr_array_unref(one->lines);
    g_free(one);
}

static void free_cases(void)
{
    g_ptr_array_unref(cases);
}

static Case *case_new(const char *title)
{
    Case *one = g_new0(Case, 1);

    if (!cases) {
        cases = g_ptr_array_new_with_free_func(case_free);
        atexit(free_cases);
    }
    one->title = g_strdup(title);
    one->lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(cases, one);
    return one;
}

static char *read_table(const char *name)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *path =
        g_build_filename(top ? top : ".", "tests", "unit", "revision", "cases", name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        g_error("%s (run it with top_srcdir in the environment)", error->message);
    return text;
}

void table_add(const char *group, const char *name, void (*run)(gconstpointer one))
{
    g_autofree char *text = read_table(name);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Case *one = NULL;

    for (guint i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], "## ")) {
            g_autofree char *path = g_strdup_printf("/%s/%s", group, lines[i] + 3);

            one = case_new(lines[i] + 3);
            g_test_add_data_func(path, one, run);
        } else if (one && *lines[i] && *lines[i] != '#') {
            g_ptr_array_add(one->lines, g_strdup(lines[i]));
        }
    }
}

const char *table_after(const char *line, const char *word)
{
    gsize length = strlen(word);

    if (strncmp(line, word, length) != 0)
        return NULL;
    if (line[length] == '\0')
        return line + length;
    return line[length] == ' ' ? line + length + 1 : NULL;
}
