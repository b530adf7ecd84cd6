/* Running the tables of cases/. */
#include "table.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "sql/expand.h"

enum { FIRST_LINE = 10 };

static const char *const kinds[] = {"plain", "control", "discard", "in", "out"};

static void assert_contains(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        g_error("expected \"%s\" in \"%s\"", part, text ? text : "(nothing)");
}

/* The quoted line is the one of the text, whatever the parser saw. */
static void check_error(const char *expected, const char *text, const GError *error)
{
    g_autofree char *plain = g_strcompress(expected);
    unsigned line = 0;
    unsigned column = 0;
    int length = 0;
    ErrorSite site;

    g_assert_cmpint(sscanf(plain, "%u:%u %n", &line, &column, &length), ==, 2);
    g_assert_true(error_is(error, ERROR_REVISION_FILE));
    assert_contains(error->message, plain + length);
    g_assert_true(error_site(error, &site));
    g_assert_cmpstr(site.path, ==, "test.sql");
    g_assert_cmpuint(site.line, ==, line);
    g_assert_cmpuint(site.column, ==, column);
    g_assert_nonnull(strstr(text, site.source));
}

static void describe_rows(const Statement *statement, const char *text, GString *all)
{
    g_autofree char *rows = g_strndup(text + statement->data_offset, statement->data_length);
    g_autofree char *escaped = g_strescape(rows, NULL);

    if (statement->data_line)
        g_string_append_printf(all, "= %u rows %s\n", statement->data_line, escaped);
}

/* All statements as the table writes them. What stands in the text is really at its offset. */
static char *describe(const GPtrArray *statements, const char *text)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < statements->len; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);
        g_autofree char *sql = g_strescape(statement->sql, NULL);

        if (!statement->pieces)
            g_assert_cmpmem(text + statement->offset, statement->length, statement->sql,
                            strlen(statement->sql));
        g_string_append_printf(all, "= %u:%u %s %s\n", statement->line, statement->column,
                               kinds[statement->kind], sql);
        describe_rows(statement, text, all);
    }
    return g_string_free(all, FALSE);
}

static void set_variable(Variables *variables, const char *line)
{
    g_autofree char *plain = g_strcompress(line);
    char *equals = strchr(plain, '=');
    g_autoptr(GError) error = NULL;

    *equals = '\0';
    variables_set(variables, plain, equals + 1, "test", &error);
    g_assert_no_error(error);
}

static void run(gconstpointer data)
{
    g_auto(GStrv) lines = g_strsplit(data, "\n", -1);
    g_autoptr(Variables) variables = variables_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) expected = g_string_new(NULL);
    g_autofree char *actual = NULL;
    g_autoptr(GPtrArray) statements = NULL;
    g_autoptr(GError) error = NULL;
    gboolean expects_error = FALSE;

    for (guint i = 1; lines[i]; i++) {
        g_autofree char *line = *lines[i] == '>' ? g_strcompress(lines[i] + 1) : NULL;

        if (line)
            g_string_append_printf(text, "%s\n", *line == ' ' ? line + 1 : line);
        else if (*lines[i] == '=')
            g_string_append_printf(expected, "%s\n", lines[i]);
        else if (*lines[i] == '$')
            set_variable(variables, lines[i] + 2);
    }
    statements = sql_split_expanded(text->str, "test.sql", FIRST_LINE, variables, &error);
    for (guint i = 1; lines[i]; i++) {
        if (*lines[i] == '!') {
            expects_error = TRUE;
            check_error(lines[i] + 2, text->str, error);
        } else if (*lines[i] == '?') {
            assert_contains(error_hint(error), lines[i] + 2);
        }
    }
    if (expects_error)
        return;
    g_assert_no_error(error);
    actual = describe(statements, text->str);
    g_assert_cmpstr(actual, ==, expected->str);
}

static char *read_cases(const char *name)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *file = g_strconcat(name, ".txt", NULL);
    g_autofree char *path =
        g_build_filename(top ? top : ".", "tests", "unit", "sql", "cases", file, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        g_error("%s (run it with top_srcdir in the environment)", error->message);
    return text;
}

void table_add(const char *name)
{
    g_autofree char *text = read_cases(name);
    g_auto(GStrv) cases = g_strsplit(text, "\n## ", -1);

    for (guint i = 1; cases[i]; i++) {
        g_autofree char *path =
            g_strdup_printf("/%s/%.*s", name, (int)strcspn(cases[i], "\n"), cases[i]);

        g_test_add_data_func_full(path, g_strdup(cases[i]), run, g_free);
    }
}
