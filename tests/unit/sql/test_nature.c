/* What statements are, by their parse tree and by their words. */
#include "sql/nature.h"

typedef struct {
    const char *sql;
    NatureKind kind;
    const char *object;
    const char *part;
} Row;

static const Row rows[] = {
    {"CREATE TABLE t (a text DEFAULT 'concurrently')", NATURE_ORDINARY, NULL, NULL},
    {"CREATE INDEX i ON t (a)", NATURE_ORDINARY, NULL, NULL},
    {"create unique index /* x */ concurrently \"I\" on \"S\".t (a)", NATURE_BUILD_INDEX,
     "\"S\".\"t\"", "I"},
    {"CREATE INDEX CONCURRENTLY ON t (a)", NATURE_BUILD_INDEX, "\"t\"", NULL},
    {"DROP INDEX i", NATURE_ORDINARY, NULL, NULL},
    {"DROP INDEX CONCURRENTLY IF EXISTS s.i", NATURE_DROP_INDEX, "\"s\".\"i\"", NULL},
    {"REINDEX TABLE t", NATURE_ORDINARY, NULL, NULL},
    {"REINDEX TABLE CONCURRENTLY t", NATURE_REPEATABLE, "\"t\"", NULL},
    {"REINDEX (CONCURRENTLY false) INDEX i", NATURE_ORDINARY, NULL, NULL},
    {"REINDEX SCHEMA s", NATURE_REPEATABLE, NULL, NULL},
    {"REINDEX DATABASE d", NATURE_REPEATABLE, NULL, NULL},
    {"VACUUM (FULL) t", NATURE_REPEATABLE, NULL, NULL},
    {"ANALYZE t", NATURE_ORDINARY, NULL, NULL},
    {"CLUSTER", NATURE_REPEATABLE, NULL, NULL},
    {"CLUSTER t USING i", NATURE_ORDINARY, NULL, NULL},
    {"ALTER SYSTEM SET work_mem = '1MB'", NATURE_REPEATABLE, NULL, NULL},
    {"CREATE DATABASE d", NATURE_DATABASE, "d", NULL},
    {"DROP DATABASE IF EXISTS d", NATURE_DATABASE, "d", NULL},
    {"ALTER DATABASE d SET TABLESPACE s", NATURE_DATABASE, "d", NULL},
    {"ALTER DATABASE d SET work_mem = '1MB'", NATURE_ORDINARY, NULL, NULL},
    {"ALTER DATABASE d CONNECTION LIMIT 3", NATURE_ORDINARY, NULL, NULL},
    {"CREATE TABLESPACE s LOCATION '/s'", NATURE_TABLESPACE, "s", NULL},
    {"DROP TABLESPACE s", NATURE_TABLESPACE, "s", NULL},
    {"ALTER TABLE p DETACH PARTITION q", NATURE_ORDINARY, NULL, NULL},
    {"ALTER TABLE p DETACH PARTITION s.q CONCURRENTLY", NATURE_DETACH, "\"p\"", "\"s\".\"q\""},
    {"ALTER TABLE p DETACH PARTITION q FINALIZE", NATURE_ORDINARY, NULL, NULL},
    {"ALTER TYPE s.c ADD VALUE IF NOT EXISTS 'it''s'", NATURE_LABEL, "\"s\".\"c\"", "it's"},
    {"ALTER TYPE c RENAME VALUE 'a' TO 'b'", NATURE_ORDINARY, NULL, NULL},
    {"CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", NATURE_SUBSCRIPTION, "s", NULL},
    {"CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = false)",
     NATURE_ORDINARY, NULL, NULL},
    {"CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = off)", NATURE_ORDINARY,
     NULL, NULL},
    {"DROP SUBSCRIPTION s", NATURE_SUBSCRIPTION, "s", NULL},
    {"ALTER SUBSCRIPTION s REFRESH PUBLICATION", NATURE_REPEATABLE, NULL, NULL},
    {"ALTER SUBSCRIPTION s ADD PUBLICATION p", NATURE_ALONE, NULL, NULL},
    {"ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (refresh = false)", NATURE_ORDINARY, NULL, NULL},
    {"ALTER SUBSCRIPTION s DISABLE", NATURE_ORDINARY, NULL, NULL},
    {"CALL p()", NATURE_COMMITS, NULL, NULL},
    {"DO $$ BEGIN END $$", NATURE_COMMITS, NULL, NULL},
    {"SET search_path = s", NATURE_SESSION, NULL, NULL},
    {"SET LOCAL search_path = s", NATURE_ORDINARY, NULL, NULL},
    {"SET ROLE r", NATURE_SESSION, NULL, NULL},
    {"RESET ALL", NATURE_SESSION, NULL, NULL},
    {"SELECT pg_catalog.set_config('search_path', '', false)", NATURE_SESSION, NULL, NULL},
    {"SELECT set_config('a.b', c, false) FROM t", NATURE_ORDINARY, NULL, NULL},
    {"SELECT 1", NATURE_ORDINARY, NULL, NULL},
    {"", NATURE_ORDINARY, NULL, NULL},
};

static void test_parsed(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Nature) nature = nature_of(rows[i].sql);

        g_test_message("%s", rows[i].sql);
        g_assert_cmpint(nature->kind, ==, rows[i].kind);
        g_assert_cmpstr(nature->object, ==, rows[i].object);
        g_assert_cmpstr(nature->part, ==, rows[i].part);
        g_assert_false(nature->is_guessed);
        g_assert_true(nature->kind <= NATURE_COMMITS || nature_runs_alone(nature));
        if (nature_runs_alone(nature) || nature->kind == NATURE_LABEL)
            g_assert_true(nature_may_matter(rows[i].sql));
    }
}

/* What a newer server's grammar may bring. */
static void test_guessed(void)
{
    static const Row guesses[] = {
        {"CREATE INDEX CONCURRENTLY i ON t (a) FROB", NATURE_ALONE, NULL, NULL},
        {"DROP VIEW v CONCURRENTLY FROB", NATURE_ALONE, NULL, NULL},
        {"CREATE DATABASE d FROB (1)", NATURE_ALONE, NULL, NULL},
        {"VACUUM FROB BAR BAZ QUX", NATURE_ALONE, NULL, NULL},
        {"ALTER SYSTEM FROB", NATURE_ALONE, NULL, NULL},
        {"CALL FROB BAR", NATURE_COMMITS, NULL, NULL},
        {"CREATE FROB", NATURE_ORDINARY, NULL, NULL},
        {"CREATE FROB 'concurrently'", NATURE_ORDINARY, NULL, NULL},
        {"FROB", NATURE_ORDINARY, NULL, NULL},
        {"FROB 'open", NATURE_ORDINARY, NULL, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(guesses); i++) {
        g_autoptr(Nature) nature = nature_of(guesses[i].sql);

        g_test_message("%s", guesses[i].sql);
        g_assert_cmpint(nature->kind, ==, guesses[i].kind);
        g_assert_true(nature->is_guessed);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sql/nature/parsed", test_parsed);
    g_test_add_func("/sql/nature/guessed", test_guessed);
    return g_test_run();
}
