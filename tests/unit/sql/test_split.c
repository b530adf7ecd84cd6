/* Statements out of text, from the table cases/split.txt. */
#include "sql/split.h"

#include <string.h>

#include "sql/place.h"
#include "table.h"

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
    g_test_init(&argc, &argv, NULL);
    table_add("split");
    g_test_add_func("/split/threads may split at once", test_threads_may_split_at_once);
    g_test_add_func("/split/many statements on a line", test_many_statements_on_a_line);
    g_test_add_func("/place/long lines are quoted in part", test_long_lines_are_quoted_in_part);
    g_test_add_func("/split/many statements take linear time",
                    test_many_statements_take_linear_time);
    return g_test_run();
}
