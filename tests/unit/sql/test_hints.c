/* Comments that tell an old name: where they count, and for what. */
#include "sql/hints.h"

#include <string.h>

static const struct {
    const char *name;
    const char *sql;
    const char *hints; /* blank separated */
} cases[] = {
    {"none", "CREATE TABLE t (a int -- renamed: b\n)", ""},
    {"column", "CREATE TABLE t (\n  a int, -- rename: b\n  c int\n)", "t.b=a"},
    {"last column", "CREATE TABLE t (\n  a int, c int -- rename: b\n)", "t.b=a"},
    {"table", "CREATE TABLE new ( -- rename: old\n a int)", "old=new"},
    {"name on a line of its own", "CREATE TABLE IF NOT EXISTS\n new -- rename: old\n ()",
     "old=new"},
    {"qualified", "CREATE UNLOGGED TABLE s.new ( -- rename: old\n a int -- rename: b\n)",
     "s.old=new s.new.b=a"},
    {"quoted", "CREATE TABLE \"S.\".\"T\" (\n  \"A\" int -- rename: \"B c\"\n)",
     "\"S.\".\"T\".\"B|c\"=\"A\""},
    {"label", "CREATE TYPE mood AS ENUM (\n 'it''s', -- rename: 'was \"x\"'\n 'b')",
     "mood.\"was|\"\"x\"\"\"=\"it's\""},
    {"label without quotes", "CREATE TYPE mood AS ENUM (\n 'b' -- rename: a\n)", "mood.a=\"b\""},
    {"view", "CREATE OR REPLACE VIEW v AS -- rename: w\n SELECT 1", "w=v"},
    {"sequence, behind the statement", "CREATE SEQUENCE s; -- rename: r", "r=s"},
    {"in a literal", "CREATE TABLE t (a text DEFAULT '-- rename: b'\n)", ""},
    {"in a dollar quote", "CREATE TABLE t (a text DEFAULT $$\n-- rename: b\n$$)", ""},
    {"above the column", "CREATE TABLE t (\n -- rename: b\n a int)", ""},
    {"other statements", "ALTER TABLE t ADD COLUMN a int -- rename: b", ""},
    {"empty", "CREATE TABLE t (\n a int -- rename:\n)", ""},
    {"no end", "CREATE TABLE t (\n a int -- rename: b\n 'open", "t.b=a"},
};

static void test_case(gconstpointer data)
{
    guint index = GPOINTER_TO_UINT(data);
    g_autoptr(GPtrArray) hints = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *joined = NULL;

    statement_rename_hints(cases[index].sql, hints);
    g_ptr_array_add(hints, NULL);
    for (guint i = 0; hints->pdata[i]; i++)
        g_strdelimit(hints->pdata[i], " ", '|');
    joined = g_strjoinv(" ", (char **)hints->pdata);
    g_assert_cmpstr(joined, ==, cases[index].hints);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/sql/hints/%s", cases[i].name);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_case);
    }
    return g_test_run();
}
