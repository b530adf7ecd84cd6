/* Statements out of text, from the table cases/split.txt. */
#include "sql/split.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "sql/place.h"

enum { FIRST_LINE = 10 };

static const char *const kinds[] = {"plain", "control", "stream"};

static void assert_contains(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        g_error("expected \"%s\" in \"%s\"", part, text ? text : "(nothing)");
}

static void check_error(const char *expected, const GError *error)
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
}

/* All statements as the table writes them; each one's text is really at its offset. */
static char *describe(const GPtrArray *statements, const char *text)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < statements->len; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);
        g_autofree char *sql = g_strescape(statement->sql, NULL);

        g_assert_cmpmem(text + statement->offset, statement->length, statement->sql,
                        strlen(statement->sql));
        g_string_append_printf(all, "= %u:%u %s %s\n", statement->line, statement->column,
                               kinds[statement->kind], sql);
    }
    return g_string_free(all, FALSE);
}

static void run(gconstpointer data)
{
    g_auto(GStrv) lines = g_strsplit(data, "\n", -1);
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
    }
    statements = sql_split(text->str, "test.sql", FIRST_LINE, &error);
    for (guint i = 1; lines[i]; i++) {
        if (*lines[i] == '!') {
            expects_error = TRUE;
            check_error(lines[i] + 2, error);
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

static char *read_cases(void)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *path =
        g_build_filename(top ? top : ".", "tests", "unit", "sql", "cases", "split.txt", NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        g_error("%s (run it with top_srcdir in the environment)", error->message);
    return text;
}

static gpointer split_often(gpointer data)
{
    for (guint i = 0; i < 200; i++) {
        g_autoptr(GPtrArray) parsed = sql_split("SELECT 1; SELECT 2", "a.sql", 1, NULL);
        g_autoptr(GPtrArray) scanned = sql_split("FROB 1; FROB 2; x", "a.sql", 1, NULL);

        g_assert_cmpuint(parsed->len, ==, 2);
        g_assert_cmpuint(scanned->len, ==, 3);
    }
    return NULL;
}

static void test_threads_may_split_at_once(void)
{
    GThread *threads[3];

    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("split", split_often, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

static void test_many_statements_take_linear_time(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) statements = NULL;
    const Statement *last;

    for (guint i = 0; i < 20000; i++)
        g_string_append(text, "FROB 1_000;\n");
    statements = sql_split(text->str, "a.sql", 1, NULL);
    g_assert_cmpuint(statements->len, ==, 20000);
    last = g_ptr_array_index(statements, 19999);
    g_assert_cmpuint(last->line, ==, 20000);
}

/* Longer than the time limit of a test when the column is counted from the line's start. */
static void test_many_statements_on_a_line(void)
{
    enum { COUNT = 250000 };
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) statements = NULL;
    const Statement *last;

    for (guint i = 0; i < COUNT; i++)
        g_string_append(text, "FROB '\u00e9';");
    statements = sql_split(text->str, "a.sql", 1, NULL);
    g_assert_cmpuint(statements->len, ==, COUNT);
    last = g_ptr_array_index(statements, COUNT - 1);
    g_assert_cmpuint(last->line, ==, 1);
    g_assert_cmpuint(last->column, ==, 9 * (COUNT - 1) + 1);
}

static void assert_quote(const char *bytes, gsize offset, const char *expected)
{
    PlaceText text = {"a.sql", bytes, strlen(bytes), 1};
    g_autofree char *quote = place_quote(&text, offset);

    g_assert_cmpstr(quote, ==, expected);
}

static void test_long_lines_are_quoted_in_part(void)
{
    g_autofree char *start = g_strnfill(1999, 'x');
    g_autofree char *fits = g_strdup_printf("first\n%sy\r\nlast", start);
    g_autofree char *fitting = g_strdup_printf("%sy", start);
    g_autofree char *longer = g_strdup_printf("first\n%s\u00e9 and more\nlast", start);
    g_autofree char *cut = g_strdup_printf("%s...", start);

    assert_quote("one\ntwo\n", 4, "two");
    assert_quote("one\ntwo\n", 8, "");
    assert_quote(fits, 6, fitting);
    assert_quote(longer, 6, cut);
    assert_quote(longer, 6 + 1999, cut);
    assert_quote(longer, 6 + 2003, NULL);
}

int main(int argc, char **argv)
{
    g_autofree char *text = read_cases();
    g_auto(GStrv) cases = g_strsplit(text, "\n## ", -1);

    g_test_init(&argc, &argv, NULL);
    for (guint i = 1; cases[i]; i++) {
        g_autofree char *path =
            g_strdup_printf("/split/%.*s", (int)strcspn(cases[i], "\n"), cases[i]);

        g_test_add_data_func(path, cases[i], run);
    }
    g_test_add_func("/split/threads may split at once", test_threads_may_split_at_once);
    g_test_add_func("/split/many statements on a line", test_many_statements_on_a_line);
    g_test_add_func("/place/long lines are quoted in part", test_long_lines_are_quoted_in_part);
    g_test_add_func("/split/many statements take linear time",
                    test_many_statements_take_linear_time);
    return g_test_run();
}
