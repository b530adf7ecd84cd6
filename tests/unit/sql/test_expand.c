/* Variables in statements: the table cases/expand.txt, places, ceilings. */
#include "sql/expand.h"

#include <string.h>

#include "base/error.h"
#include "table.h"

/* For each byte of the statement's sql, "^" under the byte of the text where it stands. */
static void assert_place(const char *text, const Statement *statement, const char *in_sql,
                         const char *in_text)
{
    const char *at = strstr(statement->sql, in_sql);
    gsize expected = (gsize)(strstr(text, in_text) - text);

    g_assert_nonnull(at);
    g_assert_cmpuint(statement_offset(statement, (gsize)(at - statement->sql)), ==, expected);
}

static void test_places_lead_back_to_the_text(void)
{
    static const char text[] = "SELECT 1;\n"
                               "SELECT 'n':{a}'o', col1, :{\"b\"}\"p\", col2 FROM :{c:raw};\n"
                               ":{d:raw} col3;";
    g_autoptr(Variables) variables = variables_new();
    g_autoptr(GPtrArray) statements = NULL;
    const Statement *second;
    const Statement *third;

    variables_set(variables, "a", "a long value", "test", NULL);
    variables_set(variables, "b", "b", "test", NULL);
    variables_set(variables, "c", "raw1, raw2", "test", NULL);
    variables_set(variables, "d", " /* c */ SELECT", "test", NULL);
    statements = sql_split_expanded(text, "a.sql", 1, variables, NULL);
    assert_place(text, g_ptr_array_index(statements, 0), "1", "1;");
    second = g_ptr_array_index(statements, 1);
    g_assert_cmpstr(second->sql, ==,
                    "SELECT 'n' 'a long value' 'o', col1, \"b\" \"p\", col2 FROM raw1, raw2");
    assert_place(text, second, "SELECT", "SELECT 'n'");
    assert_place(text, second, "'a long", ":{a}");
    assert_place(text, second, "value", ":{a}");
    assert_place(text, second, "'o'", "'o'");
    assert_place(text, second, "col1", "col1");
    assert_place(text, second, "\"p\"", "\"p\"");
    assert_place(text, second, "col2", "col2");
    assert_place(text, second, "raw2", ":{c:raw}");
    third = g_ptr_array_index(statements, 2);
    g_assert_cmpstr(third->sql, ==, "SELECT col3");
    assert_place(text, third, "SELECT", ":{d:raw}");
    assert_place(text, third, "col3", "col3");
}

static void test_no_error_shows_a_value(void)
{
    static const char *const texts[] = {"SELECT :{\"v\"}", "SELECT :{v:raw}", ":{v:raw} :{none}"};
    g_autofree char *tail = g_strnfill(64, 'x');
    g_autofree char *value = g_strconcat("canary '", tail, NULL);
    g_autoptr(Variables) variables = variables_new();

    variables_set(variables, "v", value, "test", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;

        g_assert_null(sql_split_expanded(texts[i], "a.sql", 1, variables, &error));
        text = error_describe(error);
        g_assert_null(strstr(text, "canary"));
        g_assert_nonnull(strstr(text, texts[i]));
    }
}

static void test_values_may_not_add_without_end(void)
{
    g_autoptr(Variables) variables = variables_new();
    g_autofree char *value = g_strnfill(VARIABLE_VALUE_MAX, 'v');
    g_autoptr(GString) text = g_string_new("SELECT ");
    g_autoptr(GError) error = NULL;

    variables_set(variables, "v", value, "test", NULL);
    for (guint i = 0; i < 1025; i++)
        g_string_append(text, ":{v},\n");
    g_assert_null(sql_split_expanded(text->str, "a.sql", 1, variables, &error));
    g_assert_cmpstr(error->message, ==, "the values of variables add more than 64 MiB");
    g_assert_nonnull(error_hint(error));
}

static void test_many_references_take_linear_time(void)
{
    enum { COUNT = 100000 };
    g_autoptr(Variables) variables = variables_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) statements = NULL;

    variables_set(variables, "v", "", "test", NULL);
    for (guint i = 0; i < COUNT; i++)
        g_string_append(text, i % 2 ? "FROB :{v};" : ":{v:raw};");
    statements = sql_split_expanded(text->str, "a.sql", 1, variables, NULL);
    g_assert_cmpuint(statements->len, ==, COUNT / 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    table_add("expand");
    g_test_add_func("/expand/places lead back to the text", test_places_lead_back_to_the_text);
    g_test_add_func("/expand/no error shows a value", test_no_error_shows_a_value);
    g_test_add_func("/expand/values may not add without end", test_values_may_not_add_without_end);
    g_test_add_func("/expand/many references take linear time",
                    test_many_references_take_linear_time);
    return g_test_run();
}
