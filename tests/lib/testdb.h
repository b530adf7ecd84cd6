/* A real PostgreSQL for unit tests in C: the shared cluster of the test run ($PGSLUICE_TEST_URL),
 * or a throwaway one of this program's own when it is run by hand. */
#pragma once

#include "db/conn.h"

/* Call in main before g_test_run; testdb_stop after it. */
void testdb_start(void);
void testdb_stop(void);

/* A new empty database; g_free the URL. */
char *testdb_create(void);
/* Drops it, whoever is still connected. */
void testdb_drop(const char *url);
/* The same URL as another role. */
char *testdb_as_role(const char *url, const char *role);
/* A connection to `url`; failing is a failed test. */
Conn *testdb_connect(const char *url);
/* Runs SQL; failing is a failed test. */
void testdb_run(Conn *conn, const char *sql);
/* The one value of a query, "" for NULL; g_free. */
char *testdb_value(Conn *conn, const char *sql);
/* g_assert_cmpstr on that value. */
#define testdb_assert_value(conn, sql, expected)                                                   \
    do {                                                                                           \
        g_autofree char *value_ = testdb_value(conn, sql);                                         \
        g_assert_cmpstr(value_, ==, expected);                                                     \
    } while (0)
