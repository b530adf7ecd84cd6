/* Quoting and psql's variables. */
#include "db/conn.h"

static void assert_text(char *actual, const char *expected)
{
    g_assert_cmpstr(actual, ==, expected);
    g_free(actual);
}

static void test_quote(void)
{
    assert_text(sql_quote_identifier("a"), "\"a\"");
    assert_text(sql_quote_identifier("a\"b"), "\"a\"\"b\"");
    assert_text(sql_quote_literal("it's"), "'it''s'");
    assert_text(sql_quote_literal("a\\b'"), " E'a\\\\b'''");
}

static void test_expand(void)
{
    const char *const pairs[] = {"schema", "my \"s\"", "name", "it's", "n", "42", NULL};

    assert_text(sql_expand("SELECT * FROM :\"schema\".t WHERE a = :'name' LIMIT :n", pairs),
                "SELECT * FROM \"my \"\"s\"\"\".t WHERE a = 'it''s' LIMIT 42");
    assert_text(sql_expand("SELECT '1'::int, x::text, $1", pairs), "SELECT '1'::int, x::text, $1");
    assert_text(sql_expand("SELECT ':n', \":n\" -- :n\n, :n /* :n */", pairs),
                "SELECT ':n', \":n\" -- :n\n, 42 /* :n */");
    assert_text(sql_expand("DO $x$ :n $$ :n $x$; :n", pairs), "DO $x$ :n $$ :n $x$; 42");
    assert_text(sql_expand("SELECT a[1:2], ':", pairs), "SELECT a[1:2], ':");
}

static void test_expand_refuses_unknown(void)
{
    if (g_test_subprocess()) {
        const char *const pairs[] = {NULL};

        g_free(sql_expand("SELECT :nobody", pairs));
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*no variable nobody*");
}

static void test_array_format(void)
{
    const char *const items[] = {"a", "b \"c\"", "x\\y", "", NULL};
    const char *const none[] = {NULL};

    assert_text(text_array_format(items), "{\"a\",\"b \\\"c\\\"\",\"x\\\\y\",\"\"}");
    assert_text(text_array_format(none), "{}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/quote/quote", test_quote);
    g_test_add_func("/quote/expand", test_expand);
    g_test_add_func("/quote/expand-refuses-unknown", test_expand_refuses_unknown);
    g_test_add_func("/quote/array-format", test_array_format);
    return g_test_run();
}
