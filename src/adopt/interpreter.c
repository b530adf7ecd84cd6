/* Reads the first lines of a program that pip, a distribution or setuptools wrote. */
#include "adopt/interpreter.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/error.h"

enum { FIRST_LINES = 1024 };

/* In DIRECTORY/.venv and the like; g_free. */
static char *find_in(const char *folder, const char *environment)
{
    g_autofree char *path =
        folder ? g_build_filename(folder, environment, "bin", "alembic", NULL) : NULL;

    return path && g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer(&path) : NULL;
}

static char *find_program(const char *directory, const char *program, GError **error)
{
    char *found;

    if (program) {
        found = g_find_program_in_path(program);
        if (!found)
            error_set(error, ERROR_FILE, "there is no program %s", program);
        return found;
    }
    found = find_in(directory, ".venv");
    found = found ? found : find_in(directory, "venv");
    found = found ? found : find_in(g_getenv("VIRTUAL_ENV"), "");
    found = found ? found : g_find_program_in_path("alembic");
    if (!found) {
        error_set(error, ERROR_FILE, "the program alembic is not found");
        error_set_hint(error, "name the one of the project's environment: --alembic PROGRAM");
    }
    return found;
}

/* The beginning of a file, or NULL; g_free. */
static char *read_first_lines(const char *path)
{
    g_autofree char *text = g_malloc0(FIRST_LINES + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    gssize length = fd < 0 ? -1 : descriptor_read(fd, text, FIRST_LINES);

    if (fd >= 0)
        close(fd);
    return length < 0 ? NULL : g_steal_pointer(&text);
}

/* A path that is too long, or has blanks, is in the second line: '''exec' "/path/python" "$0" "$@"
 */
static char **words_of_second_line(const char *line)
{
    static const char start[] = "'''exec' ";
    g_auto(GStrv) words = NULL;

    if (!g_str_has_prefix(line, start) ||
        !g_shell_parse_argv(line + strlen(start), NULL, &words, NULL))
        return NULL;
    return g_strdupv((char *[]){words[0], NULL});
}

/* What the #! line names; "/usr/bin/env python3" is python3 in PATH. */
static char **words_of_script(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
    g_auto(GStrv) words = NULL;

    if (!g_str_has_prefix(text, "#!") || !g_shell_parse_argv(lines[0] + 2, NULL, &words, NULL))
        return NULL;
    if (g_str_has_suffix(words[0], "/sh") && lines[1])
        return words_of_second_line(lines[1]);
    if (!g_str_has_suffix(words[0], "/env"))
        return g_steal_pointer(&words);
    return words[1] ? g_strdupv(words + 1) : NULL;
}

static gboolean is_python(const char *word)
{
    g_autofree char *name = g_path_get_basename(word);

    return g_str_has_prefix(name, "python") || g_str_has_prefix(name, "pypy");
}

/* With its whole path; NULL when it cannot be run. */
static gboolean complete_path(char **words)
{
    char *path = g_find_program_in_path(words[0]);

    if (!path)
        return FALSE;
    g_free(words[0]);
    words[0] = path;
    return TRUE;
}

char **interpreter_find(const char *directory, const char *program, GError **error)
{
    g_autofree char *path = find_program(directory, program, error);
    g_autofree char *text = path ? read_first_lines(path) : NULL;
    g_auto(GStrv) words = text ? words_of_script(text) : NULL;

    if (!path)
        return NULL;
    if (words && is_python(words[0]) && complete_path(words))
        return g_steal_pointer(&words);
    error_set(error, ERROR_FILE, "%s does not say which Python it runs with", path);
    error_set_hint(error, "name the alembic of the project's environment, a script that begins "
                          "with #! and the path of its Python: --alembic PROGRAM");
    return NULL;
}
