/* Arrivals as revision files: what is written can be read back, or is refused. */
#include "adopt/arrival.h"

#include <string.h>

#include "base/error.h"
#include "revision/file.h"

static Arrival *make_arrival(const char *up, const char *down)
{
    Arrival *arrival = arrival_new("a1");

    g_free(arrival->message);
    arrival->message = g_strdup("add pond");
    g_free(arrival->origin);
    arrival->origin = g_strdup("a1.py");
    arrival->up.sql = g_strdup(up);
    arrival->down.sql = g_strdup(down);
    return arrival;
}

static void test_round_trip(void)
{
    g_autoptr(Arrival) arrival = make_arrival("CREATE TABLE pond ();", "DROP TABLE pond;");
    g_autoptr(GError) error = NULL;
    g_autofree char *name = arrival_file_name(arrival);
    g_autofree char *text = NULL;
    g_autoptr(Revision) revision = NULL;
    g_autoptr(RevisionBody) body = NULL;

    g_ptr_array_add(arrival->labels, g_strdup("wet-side"));
    g_ptr_array_add(arrival->parents, g_strdup("a0"));
    arrival_add_note(arrival, "Revision ID: is no key here");
    text = arrival_format(arrival, "x.sql", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(name, ==, "a1_add_pond.sql");
    revision = revision_parse_header(text, strlen(text), "x.sql", NULL, &error);
    body = revision_parse_body(text, strlen(text), "x.sql", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(revision->message, ==, "add pond");
    g_assert_cmpstr(revision->labels[0], ==, "wet-side");
    g_assert_nonnull(strstr(revision->doc, "Imported from a1.py"));
    g_assert_cmpstr(body->up.text, ==, "CREATE TABLE pond ();");
    g_assert_cmpstr(body->down.text, ==, "DROP TABLE pond;");
}

static void test_blocked(void)
{
    g_autoptr(Arrival) arrival = make_arrival("SELECT 1;", NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    arrival->up.blocked = g_strdup("because\n-- migrate:down\nDROP TABLE x;");
    text = arrival_format(arrival, "x.sql", &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(text, "because -- migrate:down DROP TABLE x;.\n"));
    g_assert_nonnull(strstr(text, "RAISE EXCEPTION 'revision a1 was imported unfinished'"));
    g_assert_null(strstr(text, "\n-- migrate:down"));
}

static void refuse(Arrival *arrival, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(arrival_format(arrival, "x.sql", &error));
    g_assert_true(error_is(error, ERROR_REVISION_FILE));
    if (!strstr(error->message, message))
        g_error("expected \"%s\" in \"%s\"", message, error->message);
    arrival_free(arrival);
}

static void test_refused(void)
{
    Arrival *arrival = make_arrival("SELECT 1;\n-- migrate:down\nDROP TABLE pond;", NULL);

    refuse(arrival, "reads like a marker");
    refuse(make_arrival("SELECT 1;", "SELECT 2;\n-- migrate:verify\nSELECT 3;"),
           "reads like a marker");
    refuse(make_arrival("SELECT '\xff';", NULL), "UTF-8");
    arrival = make_arrival("SELECT 1;", NULL);
    g_free(arrival->id);
    arrival->id = g_strdup("../a1");
    refuse(arrival, "not allowed in the revision id");
    arrival = make_arrival("SELECT 1;", NULL);
    g_free(arrival->doc);
    arrival->doc = g_strnfill(70 * 1024, 'x');
    refuse(arrival, "cannot be carried over");
}

typedef struct {
    const char *sql;
    gboolean leaves_transaction;
} TransactionCase;

static void test_transactions(void)
{
    static const TransactionCase cases[] = {
        {"CREATE INDEX CONCURRENTLY i ON t (a);", TRUE},
        {"create unique index concurrently i on t (a);", TRUE},
        {"/* x */ DROP INDEX CONCURRENTLY i;", TRUE},
        {"REINDEX TABLE CONCURRENTLY t;", TRUE},
        {"VACUUM t;", TRUE},
        {"ALTER SYSTEM SET work_mem = '1MB';", TRUE},
        {"CREATE DATABASE d;", TRUE},
        {"ALTER DATABASE d SET work_mem = '1MB';", FALSE},
        {"CREATE TABLE concurrently_built (concurrently int);", FALSE},
        {"CREATE INDEX i ON t (concurrently);", FALSE},
        {"REFRESH MATERIALIZED VIEW CONCURRENTLY v;", FALSE},
        {"SELECT 'CREATE INDEX CONCURRENTLY';", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Arrival) arrival = make_arrival(cases[i].sql, NULL);

        arrival_inspect(arrival);
        if (arrival->leaves_transaction != cases[i].leaves_transaction)
            g_error("%s", cases[i].sql);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arrival/round-trip", test_round_trip);
    g_test_add_func("/arrival/blocked", test_blocked);
    g_test_add_func("/arrival/refused", test_refused);
    g_test_add_func("/arrival/transactions", test_transactions);
    return g_test_run();
}
