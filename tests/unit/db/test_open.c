/* Opening connections: refused logins, servers that are not there, that say nothing, that come
 * later. */
#include <locale.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "testdb.h"

static char *database;

/* A listener that never accepts; with its queue full, a connect gets no answer at all. */
typedef struct {
    int listener;
    int fillers[4];
    int port;
} SilentServer;

static void silent_server_start(SilentServer *server, gboolean is_full)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    g_assert_cmpint(bind(server->listener, (struct sockaddr *)&address, length), ==, 0);
    g_assert_cmpint(listen(server->listener, is_full ? 0 : 4), ==, 0);
    getsockname(server->listener, (struct sockaddr *)&address, &length);
    server->port = ntohs(address.sin_port);
    for (gsize i = 0; i < G_N_ELEMENTS(server->fillers); i++) {
        server->fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (is_full)
            (void)!connect(server->fillers[i], (struct sockaddr *)&address, length);
    }
}

static void silent_server_stop(SilentServer *server)
{
    close(server->listener);
    for (gsize i = 0; i < G_N_ELEMENTS(server->fillers); i++)
        close(server->fillers[i]);
}

static Conn *open_changed(const char *keyword, const char *value, gint64 timeout, GError **error)
{
    g_autoptr(Dsn) dsn = dsn_parse(database, NULL);
    g_autoptr(Dsn) changed = dsn_with(dsn, keyword, value);

    return conn_open(changed, "test", timeout, NULL, error);
}

static void assert_kind(const GError *error, ErrorKind kind)
{
    g_assert_nonnull(error);
    g_assert_cmpstr(error_kind_slug(error_kind(error)), ==, error_kind_slug(kind));
}

static void test_facts(void)
{
    g_autoptr(Conn) conn = testdb_connect(database);

    g_assert_true(conn_is_alive(conn));
    g_assert_false(conn_in_transaction(conn));
    g_assert_cmpint(conn_server_version(conn), >=, 140000);
    g_assert_cmpstr(conn_parameter(conn, "client_encoding"), ==, "UTF8");
    g_assert_cmpstr(conn_parameter(conn, "application_name"), ==, "test");
    g_assert_nonnull(strstr(conn_describe(conn), " as postgres"));
    testdb_run(conn, "BEGIN");
    g_assert_true(conn_in_transaction(conn));
    g_autofree char *pid = testdb_value(conn, "SELECT pg_backend_pid()");
    g_assert_cmpint(conn_backend_pid(conn), ==, g_ascii_strtoll(pid, NULL, 10));
}

static void test_unknown_database(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(open_changed("dbname", "nowhere", 0, &error));
    assert_kind(error, ERROR_LOGIN);
    g_assert_cmpstr(error_sqlstate(error), ==, "3D000");
    g_assert_nonnull(strstr(error->message, "FATAL: database \"nowhere\" does not exist"));
    g_assert_null(strstr(error->message, "postinit.c"));
    g_assert_null(strstr(error->message, "3D000"));
}

static void test_unknown_role(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(open_changed("user", "nobody_here", 0, &error));
    assert_kind(error, ERROR_LOGIN);
    g_assert_true(g_str_has_prefix(error_sqlstate(error), "28"));
}

static void test_no_connect_right(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autofree char *name = testdb_value(conn, "SELECT current_database()");
    g_autofree char *revoke = g_strdup_printf("REVOKE CONNECT ON DATABASE %s FROM PUBLIC", name);
    g_autofree char *role = g_strdup_printf("stranger_%s", name);
    g_autofree char *create = g_strdup_printf("CREATE ROLE %s LOGIN", role);
    g_autofree char *drop = g_strdup_printf("DROP ROLE %s", role);

    testdb_run(conn, create);
    testdb_run(conn, revoke);
    g_assert_null(open_changed("user", role, 0, &error));
    testdb_run(conn, drop);
    assert_kind(error, ERROR_LOGIN);
    g_assert_nonnull(error_detail(error));
}

static void test_nobody_there(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(open_changed("host", "/nonexistent", 0, &error));
    assert_kind(error, ERROR_UNREACHABLE);
    g_assert_nonnull(strstr(error->message, "/nonexistent"));
    g_assert_nonnull(error_hint(error));
}

/* libpq and the C library would translate here, where their catalogues are installed. */
static void test_the_language_does_not_matter(void)
{
    g_autoptr(Dsn) dsn = dsn_parse("postgresql://u@127.0.0.1:1/d", NULL);
    g_autoptr(GError) error = NULL;

    g_setenv("LANGUAGE", "de", TRUE);
    setlocale(LC_ALL, "C.UTF-8");
    g_assert_null(conn_open(dsn, "test", 0, NULL, &error));
    setlocale(LC_ALL, "C");
    g_unsetenv("LANGUAGE");
    assert_kind(error, ERROR_UNREACHABLE);
    g_assert_nonnull(strstr(error_hint(error), "is the server running there?"));
}

static void test_parameters_libpq_refuses(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(open_changed("port", "1,2,3", 0, &error));
    assert_kind(error, ERROR_CONFIG);
}

static void test_standby_is_not_primary(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(open_changed("target_session_attrs", "standby", 0, &error));
    assert_kind(error, ERROR_NOT_PRIMARY);
}

/* A primary whose sessions are read-only by default is a primary; who insists says so in the URL.
 */
static void test_read_only_by_default(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Conn) conn = testdb_connect(database);
    g_autofree char *name = testdb_value(conn, "SELECT current_database()");
    g_autofree char *set =
        g_strdup_printf("ALTER DATABASE %s SET default_transaction_read_only = on", name);
    g_autofree char *reset =
        g_strdup_printf("ALTER DATABASE %s RESET default_transaction_read_only", name);
    g_autoptr(Conn) usual = NULL;
    g_autoptr(Conn) strict = NULL;

    testdb_run(conn, set);
    usual = open_changed("application_name", "x", 0, NULL);
    strict = open_changed("target_session_attrs", "read-write", 0, &error);
    testdb_run(conn, reset);
    g_assert_nonnull(usual);
    g_assert_null(strict);
    assert_kind(error, ERROR_NOT_PRIMARY);
}

static void test_silence_ends_at_the_timeout(void)
{
    SilentServer server;
    g_autoptr(GError) error = NULL;
    g_autofree char *url = NULL;
    g_autoptr(Dsn) dsn = NULL;
    gint64 started = clock_monotonic();

    silent_server_start(&server, FALSE);
    url = g_strdup_printf("postgresql://u@127.0.0.1:%d/d", server.port);
    dsn = dsn_parse(url, NULL);
    g_assert_null(conn_open(dsn, NULL, 300 * G_TIME_SPAN_MILLISECOND, NULL, &error));
    silent_server_stop(&server);
    assert_kind(error, ERROR_UNREACHABLE);
    g_assert_cmpint(clock_monotonic() - started, <, 2 * G_USEC_PER_SEC);
}

typedef struct {
    int listener;
    Cancel *cancel;
} Canceller;

/* Cancels once the connection has reached the listener. */
static gpointer cancel_when_connected(gpointer data)
{
    Canceller *canceller = data;
    struct pollfd fd = {.fd = canceller->listener, .events = POLLIN};

    poll(&fd, 1, 10000);
    cancel_trigger(canceller->cancel);
    return NULL;
}

static void test_silence_can_be_cancelled(void)
{
    SilentServer server;
    g_autoptr(GError) error = NULL;
    g_autoptr(Cancel) cancel = cancel_new();
    g_autofree char *url = NULL;
    g_autoptr(Dsn) dsn = NULL;
    Canceller canceller;
    GThread *thread;

    silent_server_start(&server, FALSE);
    canceller = (Canceller){server.listener, cancel};
    thread = g_thread_new("canceller", cancel_when_connected, &canceller);
    url = g_strdup_printf("postgresql://u@127.0.0.1:%d/d", server.port);
    dsn = dsn_parse(url, NULL);
    g_assert_null(conn_open(dsn, NULL, 0, cancel, &error));
    g_thread_join(thread);
    silent_server_stop(&server);
    assert_kind(error, ERROR_CANCELLED);
}

/* The first host drops every packet: the second must get its turn. */
static void test_silent_host_is_skipped(void)
{
    SilentServer server;
    g_autoptr(GError) error = NULL;
    g_autoptr(Dsn) dsn = dsn_parse(database, NULL);
    g_autofree char *hosts = g_strdup_printf("127.0.0.1,%s", dsn_get(dsn, "host"));
    g_autofree char *ports = NULL;
    g_autoptr(Dsn) two = dsn_with(dsn, "host", hosts);
    g_autoptr(Dsn) ported = NULL;
    g_autoptr(Dsn) limited = NULL;
    g_autoptr(Conn) conn = NULL;
    gint64 started = clock_monotonic();

    silent_server_start(&server, TRUE);
    ports =
        g_strdup_printf("%d,%s", server.port, dsn_get(dsn, "port") ? dsn_get(dsn, "port") : "5432");
    ported = dsn_with(two, "port", ports);
    limited = dsn_with(ported, "connect_timeout", "1");
    conn = conn_open(limited, NULL, 10 * G_USEC_PER_SEC, NULL, &error);
    silent_server_stop(&server);
    g_assert_no_error(error);
    g_assert_true(conn_is_alive(conn));
    g_assert_cmpint(clock_monotonic() - started, >=, G_USEC_PER_SEC);
}

static void count_retry(const GError *reason, gint64 pause, gpointer data)
{
    guint *count = data;

    assert_kind(reason, ERROR_UNREACHABLE);
    g_assert_cmpint(pause, >, 0);
    (*count)++;
}

static void test_retries_until_the_deadline(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Dsn) dsn = dsn_parse("host=/nonexistent user=u", NULL);
    gint64 started = clock_monotonic();
    guint count = 0;

    g_assert_null(conn_open_until(dsn, NULL, started + 400 * G_TIME_SPAN_MILLISECOND, NULL,
                                  count_retry, &count, &error));
    assert_kind(error, ERROR_UNREACHABLE);
    g_assert_nonnull(strstr(error->message, "gave up after"));
    g_assert_cmpint(count, >=, 2);
    g_assert_cmpint(clock_monotonic() - started, >=, 390 * G_TIME_SPAN_MILLISECOND);
    g_assert_cmpint(clock_monotonic() - started, <, 3 * G_USEC_PER_SEC);
}

static void test_refused_login_is_not_retried(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Dsn) dsn = dsn_parse(database, NULL);
    g_autoptr(Dsn) wrong = dsn_with(dsn, "user", "nobody_here");
    guint count = 0;

    g_assert_null(conn_open_until(wrong, NULL, clock_monotonic() + 10 * G_USEC_PER_SEC, NULL,
                                  count_retry, &count, &error));
    assert_kind(error, ERROR_LOGIN);
    g_assert_cmpint(count, ==, 0);
}

static void trigger_on_retry(const GError *reason, gint64 pause, gpointer data)
{
    cancel_trigger(data);
}

static void test_retries_can_be_cancelled(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Cancel) cancel = cancel_new();
    g_autoptr(Dsn) dsn = dsn_parse("host=/nonexistent user=u", NULL);

    g_assert_null(conn_open_until(dsn, NULL, 0, cancel, trigger_on_retry, cancel, &error));
    assert_kind(error, ERROR_CANCELLED);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    testdb_start();
    database = testdb_create();
    g_test_add_func("/open/facts", test_facts);
    g_test_add_func("/open/unknown-database", test_unknown_database);
    g_test_add_func("/open/unknown-role", test_unknown_role);
    g_test_add_func("/open/no-connect-right", test_no_connect_right);
    g_test_add_func("/open/nobody-there", test_nobody_there);
    g_test_add_func("/open/the-language-does-not-matter", test_the_language_does_not_matter);
    g_test_add_func("/open/parameters-libpq-refuses", test_parameters_libpq_refuses);
    g_test_add_func("/open/standby-is-not-primary", test_standby_is_not_primary);
    g_test_add_func("/open/read-only-by-default", test_read_only_by_default);
    g_test_add_func("/open/silence-ends-at-the-timeout", test_silence_ends_at_the_timeout);
    g_test_add_func("/open/silence-can-be-cancelled", test_silence_can_be_cancelled);
    g_test_add_func("/open/silent-host-is-skipped", test_silent_host_is_skipped);
    g_test_add_func("/open/retries-until-the-deadline", test_retries_until_the_deadline);
    g_test_add_func("/open/refused-login-is-not-retried", test_refused_login_is_not_retried);
    g_test_add_func("/open/retries-can-be-cancelled", test_retries_can_be_cancelled);
    status = g_test_run();
    testdb_drop(database);
    g_free(database);
    testdb_stop();
    return status;
}
