/* From aclitems to GRANT and REVOKE. */
#include "schema/acl.h"

static void expect(const AclTarget *target, const char *acl, const char *baseline,
                   const char *expected)
{
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) items = acl ? g_strsplit(acl, "|", -1) : NULL;
    g_auto(GStrv) given = g_strsplit(baseline, "|", -1);
    g_autofree char *text = NULL;

    acl_append(statements, target, items, given);
    g_ptr_array_add(statements, NULL);
    text = g_strjoinv("; ", (char **)statements->pdata);
    g_assert_cmpstr(text, ==, expected);
}

static const AclTarget on_table = {"", "TABLE t", NULL, "o"};

static void test_default_says_nothing(void)
{
    expect(&on_table, NULL, "o=arwdDxt/o", "");
    expect(&on_table, "o=arwdDxt/o", "o=arwdDxt/o", "");
}

static void test_grants(void)
{
    expect(&on_table, "o=arw/o|r=r/o|=a/o", "o=arw/o",
           "GRANT INSERT ON TABLE t TO PUBLIC; GRANT SELECT ON TABLE t TO r");
    expect(&on_table, "r=rw*/o", "",
           "GRANT SELECT ON TABLE t TO r; GRANT UPDATE ON TABLE t TO r WITH GRANT OPTION");
}

static void test_revokes_come_first(void)
{
    expect(&on_table, "o=r/o|a=w/o", "o=rw/o|=X/o",
           "REVOKE EXECUTE ON TABLE t FROM PUBLIC; REVOKE UPDATE ON TABLE t FROM o; "
           "GRANT UPDATE ON TABLE t TO a");
    expect(&on_table, "", "o=r/o", "REVOKE SELECT ON TABLE t FROM o");
}

static void test_grants_of_others_come_last(void)
{
    expect(&on_table, "b=r/a|a=r*/o", "",
           "GRANT SELECT ON TABLE t TO a WITH GRANT OPTION; SET SESSION AUTHORIZATION a; "
           "GRANT SELECT ON TABLE t TO b; RESET SESSION AUTHORIZATION");
}

static void test_odd_roles(void)
{
    expect(&on_table, "\"a=b\"=r/o|\"q\"\"/\"=w/o", "",
           "GRANT SELECT ON TABLE t TO \"a=b\"; GRANT UPDATE ON TABLE t TO \"q\"\"/\"");
}

/* The baseline of public names who owned it first. */
static void test_baseline_has_changed_hands(void)
{
    expect(&on_table, "o=UC/o|=U/o", "pg_database_owner=UC/pg_database_owner|=U/pg_database_owner",
           "");
}

static void test_columns(void)
{
    const AclTarget on_column = {"", "TABLE t", "a b", "o"};

    expect(&on_column, "r=rw/o", "", "GRANT SELECT (\"a b\"), UPDATE (\"a b\") ON TABLE t TO r");
}

/* Nothing that a server could say may crash; what is not understood grants nothing. */
static void test_garbage(void)
{
    static const char *const items[] = {"",   "=",   "/",   "\"",      "a",
                                        "a=", "a=r", "a=*", "\"a=r/o", "=?!/o"};

    for (guint i = 0; i < G_N_ELEMENTS(items); i++) {
        g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
        char *const acl[] = {(char *)items[i], NULL};

        acl_append(statements, &on_table, acl, NULL);
        g_assert_cmpuint(statements->len, <=, 3);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/acl/default-says-nothing", test_default_says_nothing);
    g_test_add_func("/acl/grants", test_grants);
    g_test_add_func("/acl/revokes-come-first", test_revokes_come_first);
    g_test_add_func("/acl/grants-of-others-come-last", test_grants_of_others_come_last);
    g_test_add_func("/acl/odd-roles", test_odd_roles);
    g_test_add_func("/acl/baseline-has-changed-hands", test_baseline_has_changed_hands);
    g_test_add_func("/acl/columns", test_columns);
    g_test_add_func("/acl/garbage", test_garbage);
    return g_test_run();
}
