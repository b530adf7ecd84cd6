/* Reading the schema of a real database: what counts for its fingerprint, what does not, and what
 * the session is like afterwards. What each kind of object looks like is tests/schema.t's. */
#include <string.h>

#include "base/error.h"
#include "engine/introspect.h"
#include "fixture.h"

static FingerprintSet *read_fingerprints(Fixture *fixture)
{
    GError *error = NULL;
    FingerprintSet *set = introspect_fingerprints(fixture->session, NULL, &error);

    g_assert_no_error(error);
    return set;
}

/* "altered table public.t, added index public.i" */
static char *changes_since(Fixture *fixture, const FingerprintSet *before)
{
    static const char *const words[] = {"added", "removed", "altered"};
    g_autoptr(FingerprintSet) after = read_fingerprints(fixture);
    g_autoptr(GPtrArray) changes = fingerprints_compare(before, after);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < changes->len; i++) {
        const FingerprintChange *change = changes->pdata[i];

        g_string_append_printf(text, "%s%s %s", i ? ", " : "", words[change->kind],
                               change->identity);
    }
    g_assert_cmpint(changes->len == 0, ==, g_str_equal(before->digest, after->digest));
    return g_string_free(text, FALSE);
}

static void expect_changes(Fixture *fixture, const char *sql, const char *expected)
{
    g_autoptr(FingerprintSet) before = read_fingerprints(fixture);
    g_autofree char *changes = NULL;

    testdb_run(fixture->witness, sql);
    changes = changes_since(fixture, before);
    g_assert_cmpstr(changes, ==, expected);
}

static void set_up_table(Fixture *fixture)
{
    testdb_run(fixture->witness,
               "CREATE TABLE t (a int DEFAULT 1, b text); CREATE VIEW v AS SELECT a FROM t");
}

static void test_changes_are_seen(Fixture *fixture, gconstpointer data)
{
    set_up_table(fixture);
    expect_changes(fixture, "ALTER TABLE t ALTER a SET DEFAULT 2", "altered table public.t");
    expect_changes(fixture, "CREATE INDEX i ON t (a)", "added index public.i");
    expect_changes(fixture, "DROP VIEW v", "removed view public.v");
    expect_changes(fixture, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
                   "added constraint c ON public.t");
    expect_changes(fixture, "ALTER TABLE t VALIDATE CONSTRAINT c",
                   "altered constraint c ON public.t");
    expect_changes(
        fixture, "ALTER TABLE t RENAME TO u",
        "removed constraint c ON public.t, added constraint c ON public.u, altered index "
        "public.i, removed table public.t, added table public.u");
}

static void test_no_changes(Fixture *fixture, gconstpointer data)
{
    set_up_table(fixture);
    expect_changes(fixture, "INSERT INTO t SELECT generate_series(1, 100); ANALYZE t", "");
    expect_changes(fixture,
                   "DROP TABLE t CASCADE; CREATE TABLE t (x int, a int DEFAULT 1, b text); "
                   "ALTER TABLE t DROP x; CREATE VIEW v AS SELECT a FROM t",
                   "");
    expect_changes(fixture, "CREATE TEMP TABLE own (a int); CREATE SCHEMA auth CREATE TABLE x ()",
                   "");
    expect_changes(fixture, "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
                   "");
}

/* What a role has set changes how the server writes expressions. */
static void test_session_does_not_matter(Fixture *fixture, gconstpointer data)
{
    g_autoptr(FingerprintSet) before = NULL;
    g_autofree char *changes = NULL;

    testdb_run(fixture->witness, "CREATE TABLE t (a timestamptz DEFAULT '2026-01-01 00:00:00+00', "
                                 "b float8 DEFAULT 0.1, c interval DEFAULT '1 day 2 hours')");
    before = read_fingerprints(fixture);
    testdb_run(session_conn(fixture->session),
               "SET timezone = 'Asia/Tokyo'; SET datestyle = 'German'; SET intervalstyle = "
               "'iso_8601'; SET quote_all_identifiers = on; SET extra_float_digits = -10");
    changes = changes_since(fixture, before);
    g_assert_cmpstr(changes, ==, "");
}

static void test_session_is_as_before(Fixture *fixture, gconstpointer data)
{
    g_autoptr(FingerprintSet) set = read_fingerprints(fixture);
    g_autoptr(Result) result = NULL;
    GError *error = NULL;

    conn_exec(session_conn(fixture->session), "SHOW search_path", &result, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(result_text(result, 0, 0), ==, fixture->settings.search_path);
    g_assert_false(conn_in_transaction(session_conn(fixture->session)));
}

static void test_failure_leaves_the_session_usable(Fixture *fixture, gconstpointer data)
{
    Conn *conn = session_conn(fixture->session);
    g_autoptr(FingerprintSet) set = NULL;
    g_autoptr(GError) error = NULL;

    testdb_run(fixture->witness, "CREATE ROLE introspect_nobody; "
                                 "REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC");
    testdb_run(conn, "SET ROLE introspect_nobody");
    g_assert_null(introspect_fingerprints(fixture->session, NULL, &error));
    g_assert_true(error_is(error, ERROR_PRIVILEGE));
    g_assert_nonnull(strstr(error->message, "reading the schema: "));
    testdb_run(conn, "RESET ROLE");
    set = read_fingerprints(fixture);
    testdb_run(fixture->witness, "DROP ROLE introspect_nobody");
}

/* The daemon closes a connection that does not answer; a big schema takes its time. */
static void test_takes_its_time(Fixture *fixture, gconstpointer data)
{
    Conn *conn = session_conn(fixture->session);
    g_autoptr(FingerprintSet) set = NULL;

    conn_set_timeout(conn, 1);
    set = read_fingerprints(fixture);
    g_assert_cmpint(conn_set_timeout(conn, 0), ==, 1);
}

static void test_scope(Fixture *fixture, gconstpointer data)
{
    const char *const schemas[] = {"auth", NULL};
    const char *const exclude[] = {"x*", NULL};
    const IntrospectScope scope = {schemas, exclude};
    GError *error = NULL;
    g_autoptr(Catalog) catalog = NULL;

    testdb_run(fixture->witness,
               "CREATE SCHEMA auth CREATE TABLE x (a int PRIMARY KEY) CREATE TABLE "
               "y (a int PRIMARY KEY); CREATE PUBLICATION introspect_all");
    catalog = introspect_catalog(fixture->session, &scope, &error);
    g_assert_no_error(error);
    g_assert_nonnull(catalog_find(catalog, "table auth.y"));
    g_assert_nonnull(catalog_find(catalog, "constraint y_pkey ON auth.y"));
    g_assert_null(catalog_find(catalog, "table auth.x"));
    g_assert_null(catalog_find(catalog, "constraint x_pkey ON auth.x"));
    g_assert_null(catalog_find(catalog, "schema public"));
    g_assert_null(catalog_find(catalog, "publication introspect_all"));
}

static void add(const char *path, void (*test)(Fixture *, gconstpointer))
{
    g_test_add(path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
    add("/introspect/changes-are-seen", test_changes_are_seen);
    add("/introspect/no-changes", test_no_changes);
    add("/introspect/session-does-not-matter", test_session_does_not_matter);
    add("/introspect/session-is-as-before", test_session_is_as_before);
    add("/introspect/failure-leaves-the-session-usable", test_failure_leaves_the_session_usable);
    add("/introspect/takes-its-time", test_takes_its_time);
    add("/introspect/scope", test_scope);
    status = g_test_run();
    testdb_stop();
    return status;
}
