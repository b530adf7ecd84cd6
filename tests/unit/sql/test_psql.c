/* Statements as psql must read them. That psql does is tests/offline.bats' to show. */
#include "sql/psql.h"

#include <string.h>

#include "base/error.h"

static const struct {
    const char *sql;
    const char *script;
} cases[] = {
    {"SELECT 1", "SELECT 1;\n"},
    {"SELECT 1 -- done", "SELECT 1 -- done\n;\n"},
    {"SELECT '--'\nFROM t", "SELECT '--'\nFROM t;\n"},
    {"SELECT a[1:n], b [ : n ]", "SELECT a[1\\:n], b [ \\: n ];\n"},
    {"SELECT a[:'n'], a[:\"n\"]", "SELECT a[\\:'n'], a[\\:\"n\"];\n"},
    {"SELECT x::text, f(a := 1), ':n', \":n\", $$:n;$$ /* :n; */",
     "SELECT x::text, f(a := 1), ':n', \":n\", $$:n;$$ /* :n; */;\n"},
    {"SELECT x:::n", "SELECT x::\\:n;\n"},
    {"SELECT E'\\':n', U&'\\0441', '\\', '\n\\! ls'",
     "SELECT E'\\':n', U&'\\0441', '\\', '\n\\! ls';\n"},
    {"SELECT E'a'\n'\\':n'", "SELECT E'a'\n'\\':n';\n"},
    {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
     "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);\n"},
    {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
     "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1\\; SELECT 2\\; END\n\\g\n"},
    {"CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1'",
     "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1'\n\\g\n"},
    {"SELECT (1", "SELECT (1\n\\g\n"},
    {"SELECT größe[1:größe]", "SELECT größe[1\\:größe];\n"},
};

static void test_statements(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) script = g_string_new("before\n");
        g_autoptr(GError) error = NULL;
        gsize at;
        gboolean is_added = sql_append_for_psql(script, cases[i].sql, &at, &error);

        g_assert_no_error(error);
        g_assert_true(is_added);
        g_assert_true(g_str_has_prefix(script->str, "before\n"));
        g_assert_cmpstr(script->str + strlen("before\n"), ==, cases[i].script);
    }
}

static void test_backslash_is_refused(void)
{
    g_autoptr(GString) script = g_string_new("before");
    g_autoptr(GError) error = NULL;
    gsize at = 0;

    g_assert_false(sql_append_for_psql(script, "SELECT ':'\nFROM t[1:2] \\! ls", &at, &error));
    g_assert_true(error_is(error, ERROR_REVISION_FILE));
    g_assert_cmpuint(at, ==, 23);
    g_assert_cmpstr(script->str, ==, "before");
}

static void test_argument(void)
{
    g_autoptr(GString) script = g_string_new(NULL);

    sql_append_psql_argument(script, "it's :n `ls` \\n");
    g_assert_cmpstr(script->str, ==, "'it\\'s :n `ls` \\\\n'");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sql/psql/statements", test_statements);
    g_test_add_func("/sql/psql/backslash-is-refused", test_backslash_is_refused);
    g_test_add_func("/sql/psql/argument", test_argument);
    return g_test_run();
}
