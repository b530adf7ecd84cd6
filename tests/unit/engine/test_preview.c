/* Previews on a real server: the locks that it takes, and what is counted. */
#include "engine/preview.h"

#include "fixture.h"
#include "sql/locks.h"

/* Each in a transaction of its own on the same ground, which is rolled back. */
static const char *const statements[] = {
    "DROP TABLE t",
    "ALTER TABLE t DROP COLUMN b",
    "ALTER TABLE t ADD COLUMN c int",
    "ALTER TABLE t ALTER COLUMN b SET NOT NULL",
    "ALTER TABLE t ALTER COLUMN b SET DEFAULT 1",
    "ALTER TABLE t ALTER COLUMN b TYPE bigint",
    "ALTER TABLE t ALTER COLUMN b SET STATISTICS 5",
    "ALTER TABLE t ALTER COLUMN b SET STORAGE PLAIN",
    "ALTER TABLE t SET (fillfactor = 70)",
    "ALTER TABLE t SET (user_catalog_table = true)",
    "ALTER TABLE t DISABLE TRIGGER ALL",
    "ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT VALID",
    "ALTER TABLE t VALIDATE CONSTRAINT positive",
    "ALTER TABLE t DROP CONSTRAINT positive",
    "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES u (a)",
    "ALTER TABLE t RENAME TO w",
    "ALTER TABLE t RENAME COLUMN b TO c",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE t CLUSTER ON t_pkey",
    "ALTER TABLE t REPLICA IDENTITY FULL",
    "ALTER TABLE p DETACH PARTITION p1",
    "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)",
    "CREATE TABLE x () INHERITS (u)",
    "CREATE TABLE x (a int REFERENCES u)",
    "CREATE TABLE x AS SELECT * FROM u",
    "CREATE INDEX i ON t (b)",
    "ALTER INDEX t_pkey RENAME TO j",
    "CREATE VIEW x AS SELECT * FROM t",
    "DROP VIEW v",
    "DROP SEQUENCE s",
    "ALTER SEQUENCE s INCREMENT BY 2",
    "DROP MATERIALIZED VIEW m",
    "REFRESH MATERIALIZED VIEW m",
    "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION "
    "suppress_redundant_updates_trigger()",
    "CREATE POLICY y ON t",
    "CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING",
    "CREATE STATISTICS z ON a, b FROM t",
    "COMMENT ON TABLE t IS 'x'",
    "COMMENT ON COLUMN t.b IS 'x'",
    "TRUNCATE t",
    "LOCK TABLE t IN SHARE MODE",
    "INSERT INTO t SELECT a, 1 FROM u",
    "UPDATE t SET b = 1",
    "DELETE FROM t USING u WHERE t.a = u.a",
    "SELECT * FROM t FOR UPDATE",
    "SELECT * FROM t",
    "ANALYZE t",
    "REINDEX TABLE t",
    "CLUSTER t USING t_pkey",
    "GRANT SELECT ON t TO public",
};

static void make_ground(Conn *conn)
{
    testdb_run(conn, "CREATE TABLE u (a int PRIMARY KEY);"
                     "CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT positive CHECK (b > 0));"
                     "CREATE TABLE p (a int) PARTITION BY LIST (a);"
                     "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
                     "CREATE SEQUENCE s; CREATE VIEW v AS SELECT 1 AS one;"
                     "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one;");
}

static char *name_of(const Touch *touch, const StatementLocks *locks)
{
    for (guint i = 0; i < locks->touches->len; i++) {
        const Touch *other = g_ptr_array_index(locks->touches, i);

        /* After a rename the server knows it by its new name. */
        if (other->is_created && other->level == LOCK_NONE && !touch->is_created)
            return g_strdup(other->name);
    }
    return g_strdup(touch->name);
}

/* The strongest lock on a relation as the server has it, against the one foretold; a relation that
 * the statement drops is gone from the catalog that the witness sees only after the commit. */
static void compare(Fixture *fixture, const char *sql, const Touch *touch,
                    const StatementLocks *locks)
{
    g_autofree char *renamed = name_of(touch, locks);
    g_autofree char *question = g_strdup_printf(
        "SELECT count(*) FROM pg_locks l WHERE l.locktype = 'relation' AND l.granted"
        " AND l.pid = %s AND l.mode = '%s' AND (l.relation = to_regclass('%s') OR l.relation IN"
        " (SELECT oid FROM pg_class WHERE relname IN ('%s', '%s')) OR '%s' = 'created')",
        session_facts(fixture->session)->backend_pid, lock_level_name(touch->level), touch->name,
        touch->name, renamed, touch->is_created ? "created" : "");
    g_autoptr(Result) result = NULL;

    g_test_message("%s: %s %s", sql, touch->name, lock_level_name(touch->level));
    g_assert_true(conn_exec(fixture->witness, question, &result, NULL));
    g_assert_cmpint(result_int64(result, 0, 0), >, 0);
}

/* None that is stronger than what was foretold is held on what the witness can see. */
static void assert_strongest(Fixture *fixture, const char *sql, const StatementLocks *locks)
{
    static const char *const order =
        "ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', "
        "'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']";
    g_autofree char *question = g_strdup_printf(
        "SELECT coalesce(max(array_position(%s, l.mode)), 0) FROM pg_locks l JOIN pg_class c"
        " ON c.oid = l.relation WHERE l.pid = %s AND c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p', 'v', 'm', 'S')",
        order, session_facts(fixture->session)->backend_pid);
    g_autoptr(Result) result = NULL;

    g_assert_true(conn_exec(fixture->witness, question, &result, NULL));
    g_test_message("%s: strongest", sql);
    g_assert_cmpint(result_int64(result, 0, 0), <=, locks->level);
}

static void test_locks_of_the_server(Fixture *fixture, gconstpointer data)
{
    Conn *conn = session_conn(fixture->session);

    (void)data;
    make_ground(conn);
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_autoptr(StatementLocks) locks = statement_locks(statements[i]);
        g_autoptr(GError) error = NULL;

        g_assert_true(conn_exec(conn, "BEGIN", NULL, NULL));
        conn_exec(conn, statements[i], NULL, &error);
        g_assert_no_error(error);
        for (guint k = 0; k < locks->touches->len; k++) {
            const Touch *touch = g_ptr_array_index(locks->touches, k);

            if (touch->level != LOCK_NONE)
                compare(fixture, statements[i], touch, locks);
        }
        assert_strongest(fixture, statements[i], locks);
        g_assert_true(conn_exec(conn, "ROLLBACK", NULL, NULL));
    }
}

static Preview *preview_of(Fixture *fixture, const char *up, const char *down)
{
    g_auto(MigrateResult) result = {0};
    g_autoptr(GError) error = NULL;
    Preview *preview;

    fixture_revision(fixture, "aaaa1111", "", "", up, down);
    fixture_load(fixture);
    g_assert_true(fixture_upgrade(fixture, "head", &result, &error));
    preview = preview_make(fixture->session, fixture->graph, PLAN_DOWNGRADE, "base", &error);
    g_assert_no_error(error);
    return preview;
}

static void assert_loss(const Preview *preview, guint index, LossKind kind, const char *name,
                        gint64 rows, gboolean is_estimate)
{
    const PreviewLoss *loss = g_ptr_array_index(preview->losses, index);

    g_assert_cmpstr(loss->name, ==, name);
    g_assert_cmpint(loss->kind, ==, kind);
    g_assert_cmpint(loss->rows, ==, rows);
    g_assert_cmpint(loss->is_estimate, ==, is_estimate);
}

static void test_losses_are_counted(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Preview) preview = NULL;

    (void)data;
    preview = preview_of(fixture,
                         "CREATE TYPE mood AS ENUM ('a');\nCREATE SCHEMA x;\n"
                         "CREATE TABLE t (a int, b mood);\nCREATE TABLE \"Odd One\" ();\n"
                         "INSERT INTO t SELECT n, CASE WHEN n < 4 THEN 'a'::mood END FROM "
                         "generate_series(1, 10) n;",
                         "ALTER TABLE t DROP COLUMN b;\nDELETE FROM t WHERE a = 1;\n"
                         "DROP TABLE \"Odd One\";\nDROP TYPE mood;\nDROP SCHEMA x;\n"
                         "CREATE TABLE back ();\nDROP TABLE back;\nDROP TABLE t;");
    g_assert_cmpuint(preview->losses->len, ==, 6);
    assert_loss(preview, 0, LOSS_COLUMN, "public.t.b", 3, FALSE);
    assert_loss(preview, 1, LOSS_ROWS, "public.t", 10, TRUE);
    assert_loss(preview, 2, LOSS_TABLE, "public.\"Odd One\"", 0, FALSE);
    assert_loss(preview, 3, LOSS_TYPE, "\"mood\"", 0, FALSE);
    assert_loss(preview, 4, LOSS_SCHEMA, "\"x\"", 0, FALSE);
    assert_loss(preview, 5, LOSS_TABLE, "public.t", 10, FALSE);
    g_assert_cmpuint(preview->drift->len, ==, 0);
}

/* Nobody counts them, so they are data until somebody says otherwise. */
static void test_what_cascade_takes_along(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Preview) preview = NULL;

    (void)data;
    preview = preview_of(fixture,
                         "CREATE TYPE mood AS ENUM ('a');\nCREATE TABLE t (a int PRIMARY KEY, b "
                         "mood);\nCREATE TABLE u (a int REFERENCES t);",
                         "DROP TYPE mood CASCADE;\nTRUNCATE t CASCADE;");
    g_assert_cmpuint(preview->losses->len, ==, 4);
    assert_loss(preview, 0, LOSS_TYPE, "\"mood\"", 0, FALSE);
    assert_loss(preview, 1, LOSS_DEPENDENTS, "\"mood\"", -1, FALSE);
    assert_loss(preview, 2, LOSS_ROWS, "public.t", 0, FALSE);
    assert_loss(preview, 3, LOSS_DEPENDENTS, "public.t", -1, FALSE);
    g_assert_true(preview_loss_is_data(g_ptr_array_index(preview->losses, 1)));
}

static void test_what_hangs_on_functions_and_extensions(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Preview) preview = NULL;

    (void)data;
    preview = preview_of(
        fixture,
        "CREATE EXTENSION citext;\nCREATE EXTENSION hstore;\nCREATE TABLE own AS SELECT 1 AS a;\n"
        "ANALYZE own;\nALTER EXTENSION hstore ADD TABLE own;\n"
        "CREATE FUNCTION twice(a int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 2 * a';\n"
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (twice(a)) STORED);",
        "DROP FUNCTION twice(int) CASCADE;\nDROP EXTENSION citext;\nDROP EXTENSION hstore;");
    g_assert_cmpuint(preview->losses->len, ==, 4);
    assert_loss(preview, 0, LOSS_FUNCTION, "\"twice\"", 0, FALSE);
    assert_loss(preview, 1, LOSS_DEPENDENTS, "\"twice\"", -1, FALSE);
    assert_loss(preview, 2, LOSS_EXTENSION, "\"citext\"", 0, FALSE);
    assert_loss(preview, 3, LOSS_EXTENSION, "\"hstore\"", 1, TRUE);
    g_assert_true(preview_loss_is_data(g_ptr_array_index(preview->losses, 1)));
    g_assert_false(preview_loss_is_data(g_ptr_array_index(preview->losses, 2)));
    g_assert_true(preview_loss_is_data(g_ptr_array_index(preview->losses, 3)));
}

/* The rows of a namesake in the path that we see are not those that go. */
static void test_other_path_is_not_counted(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Preview) preview = NULL;

    (void)data;
    preview = preview_of(fixture,
                         "CREATE SCHEMA s;\nCREATE TABLE s.t AS SELECT 1 AS a;\nCREATE TABLE s.u "
                         "();\nCREATE TABLE t (a int);",
                         "SET lock_timeout = 1000;\nDROP TABLE t;\nSET LOCAL search_path = s;\n"
                         "DROP TABLE t;\nDROP TABLE s.u;");
    g_assert_cmpuint(preview->losses->len, ==, 3);
    assert_loss(preview, 0, LOSS_TABLE, "public.t", 0, FALSE);
    assert_loss(preview, 1, LOSS_TABLE, "\"t\"", -1, FALSE);
    assert_loss(preview, 2, LOSS_TABLE, "s.u", 0, FALSE);
    g_assert_cmpuint(preview->drift->len, ==, 0);
}

/* A reader that never ends must not keep the preview waiting. */
static void test_locked_table_is_estimated(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Preview) preview = NULL;
    g_autoptr(Preview) blind = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    preview =
        preview_of(fixture, "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (2);\nANALYZE t;",
                   "DROP TABLE t;");
    assert_loss(preview, 0, LOSS_TABLE, "public.t", 2, FALSE);
    testdb_run(fixture->witness, "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
    blind = preview_make(fixture->session, fixture->graph, PLAN_DOWNGRADE, "base", &error);
    g_assert_no_error(error);
    assert_loss(blind, 0, LOSS_TABLE, "public.t", 2, TRUE);
    g_assert_cmpstr(blind->content, ==, preview->content);
    testdb_run(fixture->witness, "ROLLBACK");
}

static void test_drift_is_named(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Preview) preview = NULL;

    (void)data;
    preview = preview_of(fixture, "CREATE TABLE t (a int);",
                         "ALTER TABLE t RENAME COLUMN a TO b;\nALTER TABLE t DROP COLUMN b;\n"
                         "ALTER TABLE t DROP COLUMN gone;\nALTER TABLE t DROP COLUMN IF EXISTS x;\n"
                         "DROP TABLE lost;\nDROP TABLE IF EXISTS y;\nCREATE TABLE z ();\n"
                         "ALTER TABLE z RENAME TO zz;\nDROP TABLE zz;\nDROP TABLE t;");
    g_assert_cmpuint(preview->drift->len, ==, 2);
    g_assert_cmpstr(preview->drift->pdata[0], ==, "\"lost\"");
    g_assert_cmpstr(preview->drift->pdata[1], ==, "public.t.gone");
}

#define TEST(name)                                                                                 \
    g_test_add("/engine/preview/" #name, Fixture, NULL, fixture_set_up, test_##name,               \
               fixture_tear_down)

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
    TEST(locks_of_the_server);
    TEST(losses_are_counted);
    TEST(what_cascade_takes_along);
    TEST(what_hangs_on_functions_and_extensions);
    TEST(other_path_is_not_counted);
    TEST(locked_table_is_estimated);
    TEST(drift_is_named);
    status = g_test_run();
    testdb_stop();
    return status;
}
