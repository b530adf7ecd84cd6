/* The forms in which revisions are printed, against what Alembic prints for the same graph. */
#include "cli/format.h"
#include "fixture.h"

static void assert_entry(const Listing *listing, const char *id, EntryParts parts,
                         const char *expected)
{
    const Revision *revision = graph_find(listing->graph, id);
    g_autofree char *entry = format_entry(listing, revision, parts);

    g_assert_cmpstr(entry, ==, expected);
}

static void test_history_line(void)
{
    g_autoptr(Graph) graph = fixture_graph();
    g_auto(Listing) listing = listing_new(graph, NULL);

    assert_entry(&listing, "0c6a0576d9be", ENTRY_ALL,
                 "<base> -> 0c6a0576d9be (branchpoint), add account");
    assert_entry(&listing, "bbbb2222", ENTRY_ALL, "0c6a0576d9be -> bbbb2222, left branch");
    assert_entry(&listing, "aaaa1111", ENTRY_ALL, "0c6a0576d9be -> aaaa1111 (right), right side");
    assert_entry(&listing, "cccc3333", ENTRY_ALL, "aaaa1111 -> cccc3333 (right), right branch");
    assert_entry(&listing, "eeee5555", ENTRY_ALL, "bbbb2222 (aaaa1111) -> eeee5555, dep one");
    assert_entry(&listing, "dddd4444", ENTRY_ALL,
                 "cccc3333, eeee5555 -> dddd4444 (right) (effective head) (mergepoint), mergeall");
    assert_entry(&listing, "abcd7777", ENTRY_ALL,
                 "ffff6666 (dddd4444) -> abcd7777 (other) (head), other two");
}

static void test_heads_line(void)
{
    g_autoptr(Graph) graph = fixture_graph();
    g_auto(Listing) listing = listing_new(graph, NULL);

    assert_entry(&listing, "dddd4444", ENTRY_LABELS, "dddd4444 (right) (effective head)");
    assert_entry(&listing, "abcd7777", ENTRY_LABELS, "abcd7777 (other) (head)");
}

static void test_current_line(void)
{
    g_autoptr(Graph) graph = fixture_graph();
    g_auto(Listing) listing = listing_new(graph, NULL);

    assert_entry(&listing, "dddd4444", ENTRY_TREE, "dddd4444 (effective head) (mergepoint)");
    assert_entry(&listing, "cccc3333", ENTRY_TREE, "cccc3333");
}

static void test_current_mark_comes_before_the_tree(void)
{
    const char *const current[] = {"abcd7777", "0c6a0576d9be", NULL};
    g_autoptr(Graph) graph = fixture_graph();
    g_auto(Listing) listing = listing_new(graph, current);

    assert_entry(&listing, "abcd7777", ENTRY_ALL,
                 "ffff6666 (dddd4444) -> abcd7777 (other) (head) (current), other two");
    assert_entry(&listing, "0c6a0576d9be", ENTRY_ALL,
                 "<base> -> 0c6a0576d9be (current) (branchpoint), add account");
    assert_entry(&listing, "bbbb2222", ENTRY_ALL, "0c6a0576d9be -> bbbb2222, left branch");
}

static void assert_long_entry(const char *id, const char *facts, const char *expected)
{
    g_autoptr(Graph) graph = fixture_graph();
    g_auto(Listing) listing = listing_new(graph, NULL);
    g_autofree char *entry = format_long_entry(&listing, graph_find(graph, id), facts);

    g_assert_cmpstr(entry, ==, expected);
}

static void test_long_entry_of_a_merge(void)
{
    assert_long_entry("dddd4444", NULL,
                      "Rev: dddd4444 (head) (mergepoint)\n"
                      "Merges: cccc3333, eeee5555\n"
                      "Branch names: right\n"
                      "Path: /m/versions/dddd4444_x.sql\n"
                      "\n"
                      "    mergeall\n"
                      "    \n"
                      "    Revision ID: dddd4444\n"
                      "    Revises: cccc3333, eeee5555\n"
                      "    Create Date: 2026-01-01 00:00:00+00:00\n"
                      "\n");
}

static void test_long_entry_of_a_branch_point(void)
{
    assert_long_entry("0c6a0576d9be", "Reversible: yes\n",
                      "Rev: 0c6a0576d9be (branchpoint)\n"
                      "Parent: <base>\n"
                      "Branches into: aaaa1111, bbbb2222\n"
                      "Path: /m/versions/0c6a0576d9be_x.sql\n"
                      "Reversible: yes\n"
                      "\n"
                      "    add account\n"
                      "    \n"
                      "    Revision ID: 0c6a0576d9be\n"
                      "    Revises: \n"
                      "    Create Date: 2026-01-01 00:00:00+00:00\n"
                      "\n");
}

static void assert_running(const Graph *graph, const char *id, PlanDirection direction,
                           const char *expected)
{
    g_autofree char *line = plan_describe_step(graph_find(graph, id), direction);

    g_assert_cmpstr(line, ==, expected);
}

static void test_running_line(void)
{
    g_autoptr(Graph) graph = fixture_graph();

    assert_running(graph, "0c6a0576d9be", PLAN_UPGRADE,
                   "Running upgrade  -> 0c6a0576d9be, add account");
    assert_running(graph, "dddd4444", PLAN_UPGRADE,
                   "Running upgrade cccc3333, eeee5555 -> dddd4444, mergeall");
    assert_running(graph, "dddd4444", PLAN_DOWNGRADE,
                   "Running downgrade dddd4444 -> cccc3333, eeee5555, mergeall");
    assert_running(graph, "0c6a0576d9be", PLAN_DOWNGRADE,
                   "Running downgrade 0c6a0576d9be -> , add account");
}

static void test_count(void)
{
    g_autofree char *one = format_count(1, "revision");
    g_autofree char *none = format_count(0, "step");

    g_assert_cmpstr(one, ==, "1 revision");
    g_assert_cmpstr(none, ==, "0 steps");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/format/history line", test_history_line);
    g_test_add_func("/cli/format/heads line", test_heads_line);
    g_test_add_func("/cli/format/current line", test_current_line);
    g_test_add_func("/cli/format/current mark comes before the tree",
                    test_current_mark_comes_before_the_tree);
    g_test_add_func("/cli/format/long entry of a merge", test_long_entry_of_a_merge);
    g_test_add_func("/cli/format/long entry of a branch point", test_long_entry_of_a_branch_point);
    g_test_add_func("/cli/format/running line", test_running_line);
    g_test_add_func("/cli/format/count", test_count);
    return g_test_run();
}
