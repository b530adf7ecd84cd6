/* Locks, relations and losses of statements. */
#include "sql/locks.h"

#include "sql/losses.h"

/* "name=Lock" of each relation, "+" before a new one, "?" behind one that may be missing. */
static char *print_touches(const StatementLocks *locks)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < locks->touches->len; i++) {
        const Touch *touch = g_ptr_array_index(locks->touches, i);

        g_string_append_printf(text, "%s%s%s%s%s%s=%s", i ? " " : "", touch->is_created ? "+" : "",
                               touch->schema ? touch->schema : "", touch->schema ? "." : "",
                               touch->name, touch->may_be_missing ? "?" : "",
                               touch->level ? lock_level_name(touch->level) : "-");
    }
    for (guint i = 0; i < locks->columns->len; i++) {
        const ColumnTouch *column = g_ptr_array_index(locks->columns, i);

        g_string_append_printf(text, " %s%s.%s%s", column->is_created ? "+" : "", column->relation,
                               column->column, column->may_be_missing ? "?" : "");
    }
    return g_string_free(text, FALSE);
}

static char *print_losses(const GPtrArray *losses)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < losses->len; i++) {
        const StatementLoss *loss = g_ptr_array_index(losses, i);

        g_string_append_printf(text, "%s%s %s%s%s%s%s%s%s", i ? ", " : "",
                               loss_kind_name(loss->kind), loss->schema ? loss->schema : "",
                               loss->schema ? "." : "", loss->name, loss->column ? "." : "",
                               loss->column ? loss->column : "", loss->is_partial ? " (some)" : "",
                               loss->may_be_missing ? "?" : "");
    }
    return g_string_free(text, FALSE);
}

static const struct {
    const char *sql;
    const char *touches;
    const char *losses;
} rows[] = {
    {"DROP TABLE s.t, u", "s.t=AccessExclusiveLock u=AccessExclusiveLock", "table s.t, table u"},
    {"DROP TABLE IF EXISTS t CASCADE", "t?=AccessExclusiveLock", "table t?"},
    {"DROP INDEX i", "i=AccessExclusiveLock", ""},
    {"DROP INDEX CONCURRENTLY s.i", "s.i=ShareUpdateExclusiveLock", ""},
    {"DROP TRIGGER g ON s.t", "s.t=AccessExclusiveLock", ""},
    {"DROP TYPE s.e", "", "type s.e"},
    {"DROP DOMAIN d", "", "type d"},
    {"DROP TYPE s.e CASCADE", "", "type s.e, dependents s.e"},
    {"DROP EXTENSION IF EXISTS hstore CASCADE", "", "extension hstore?, dependents hstore?"},
    {"DROP COLLATION c CASCADE", "", "dependents c"},
    {"DROP FUNCTION f() CASCADE", "", "function f, dependents f"},
    {"DROP ROUTINE s.f(int) CASCADE", "", "function s.f, dependents s.f"},
    {"DROP PROCEDURE p() CASCADE", "", "function p"},
    {"DROP OPERATOR s.@@@ (int, int) CASCADE", "", "dependents s.@@@"},
    {"DROP OPERATOR CLASS c USING btree CASCADE", "", "dependents c"},
    {"DROP TEXT SEARCH CONFIGURATION c CASCADE", "", "dependents c"},
    {"DROP LANGUAGE l CASCADE", "", "dependents l"},
    {"DROP VIEW v CASCADE", "v=AccessExclusiveLock", "view v"},
    {"DROP OWNED BY app, CURRENT_USER", "", "dependents app, dependents current_user"},
    {"DROP DATABASE d", "", "database d"},
    {"DROP FUNCTION s.f(int)", "", "function s.f"},
    {"DROP SCHEMA s CASCADE", "", "schema s"},
    {"DROP EXTENSION hstore", "", "extension hstore"},
    {"DROP VIEW v", "v=AccessExclusiveLock", "view v"},
    {"DROP SEQUENCE q", "q=AccessExclusiveLock", "sequence q"},
    {"ALTER TABLE t DROP COLUMN a, DROP COLUMN IF EXISTS b", "t=AccessExclusiveLock t.a t.b?",
     "column t.a, column t.b?"},
    {"ALTER TABLE t ADD COLUMN a int", "t=AccessExclusiveLock +t.a", ""},
    {"ALTER TABLE t ALTER COLUMN a TYPE int", "t=AccessExclusiveLock t.a", "values t.a"},
    {"ALTER TABLE t ALTER COLUMN a SET STATISTICS 3", "t=ShareUpdateExclusiveLock", ""},
    {"ALTER TABLE t VALIDATE CONSTRAINT c", "t=ShareUpdateExclusiveLock", ""},
    {"ALTER TABLE t SET (fillfactor = 70)", "t=ShareUpdateExclusiveLock", ""},
    {"ALTER TABLE t SET (user_catalog_table = on)", "t=AccessExclusiveLock", ""},
    {"ALTER TABLE t DISABLE TRIGGER g", "t=ShareRowExclusiveLock", ""},
    {"ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u (b)",
     "t=ShareRowExclusiveLock u=ShareRowExclusiveLock", ""},
    {"ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0), ALTER COLUMN a SET STATISTICS 3",
     "t=AccessExclusiveLock", ""},
    {"ALTER TABLE p ATTACH PARTITION q DEFAULT", "p=ShareUpdateExclusiveLock q=AccessExclusiveLock",
     ""},
    {"ALTER TABLE p DETACH PARTITION q CONCURRENTLY",
     "p=ShareUpdateExclusiveLock q=AccessExclusiveLock", ""},
    {"ALTER TABLE t RENAME TO u", "+u=- t=AccessExclusiveLock", ""},
    {"ALTER TABLE t RENAME COLUMN a TO b", "t=AccessExclusiveLock t.a +t.b", ""},
    {"ALTER INDEX i RENAME TO j", "+j=- i=ShareUpdateExclusiveLock", ""},
    {"CREATE TABLE t (a int REFERENCES u)", "+t=AccessExclusiveLock u=ShareRowExclusiveLock", ""},
    {"CREATE TABLE q PARTITION OF p DEFAULT", "+q=AccessExclusiveLock p=AccessExclusiveLock", ""},
    {"CREATE TABLE t () INHERITS (u)", "+t=AccessExclusiveLock u=ShareUpdateExclusiveLock", ""},
    {"CREATE TABLE t AS SELECT * FROM u", "u=AccessShareLock +t=AccessExclusiveLock", ""},
    {"CREATE INDEX i ON t (a)", "+i=- t=ShareLock", ""},
    {"CREATE INDEX CONCURRENTLY i ON t (a)", "+i=- t=ShareUpdateExclusiveLock", ""},
    {"CREATE VIEW v AS SELECT * FROM t", "+v=AccessExclusiveLock t=AccessShareLock", ""},
    {"INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2", "t=RowExclusiveLock",
     "values t (some)"},
    {"INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "t=RowExclusiveLock", ""},
    {"CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()", "t=ShareRowExclusiveLock", ""},
    {"CREATE POLICY p ON t", "t=AccessExclusiveLock", ""},
    {"REFRESH MATERIALIZED VIEW CONCURRENTLY m", "m=ExclusiveLock", ""},
    {"LOCK TABLE t IN EXCLUSIVE MODE", "t=ExclusiveLock", ""},
    {"COMMENT ON COLUMN s.t.a IS 'x'", "s.t=ShareUpdateExclusiveLock", ""},
    {"TRUNCATE t, u", "t=AccessExclusiveLock u=AccessExclusiveLock", "rows t, rows u"},
    {"TRUNCATE t CASCADE", "t=AccessExclusiveLock", "rows t, dependents t"},
    {"DELETE FROM t WHERE a = 1", "t=RowExclusiveLock", "rows t (some)"},
    {"UPDATE t SET a = u.a FROM u", "t=RowExclusiveLock u=AccessShareLock", "values t (some)"},
    {"WITH d AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM d",
     "u=RowExclusiveLock t=RowExclusiveLock", "rows t"},
    {"SELECT * FROM t FOR UPDATE", "t=RowShareLock", ""},
    {"GRANT SELECT ON t TO public", "t=-", ""},
    {"REINDEX INDEX i", "i=AccessExclusiveLock", ""},
    {"VACUUM FULL t", "t=AccessExclusiveLock", ""},
    {"ANALYZE t", "t=ShareUpdateExclusiveLock", ""},
    {"DO $$ BEGIN DROP TABLE t; END $$", "", "unknown "},
    {"FROBNICATE THE DATABASE", "", "unknown "},
    {"SELECT 1", "", ""},
};

static void test_statements(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(StatementLocks) locks = statement_locks(rows[i].sql);
        g_autoptr(GPtrArray) losses = statement_losses(rows[i].sql);
        g_autofree char *touches = print_touches(locks);
        g_autofree char *lost = print_losses(losses);

        g_test_message("%s", rows[i].sql);
        g_assert_cmpstr(touches, ==, rows[i].touches);
        g_assert_cmpstr(lost, ==, rows[i].losses);
    }
}

static void test_known(void)
{
    g_autoptr(StatementLocks) block = statement_locks("DO 'x'");
    g_autoptr(StatementLocks) drop = statement_locks("DROP TABLE t");

    g_assert_false(block->is_known);
    g_assert_true(drop->is_known);
    g_assert_cmpint(drop->level, ==, LOCK_ACCESS_EXCLUSIVE);
    g_assert_null(lock_level_name(LOCK_NONE));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sql/locks/statements", test_statements);
    g_test_add_func("/sql/locks/known", test_known);
    return g_test_run();
}
