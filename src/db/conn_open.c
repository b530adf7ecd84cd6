/* Opening a connection: one attempt in which libpq never blocks (but for name resolution), and the
 * loop round it. */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "db/conn_private.h"

/* How long one address may leave a TCP connect unanswered before the next host is tried. */
#define ADDRESS_TIMEOUT (10 * G_USEC_PER_SEC)
/* One attempt of conn_open_until: a server that accepts and then says nothing must not eat the
 * whole time that is there for retries. */
#define ATTEMPT_TIMEOUT (20 * G_USEC_PER_SEC)
#define RETRY_INITIAL (50 * G_TIME_SPAN_MILLISECOND)
#define RETRY_CEILING (2 * G_USEC_PER_SEC)

/* The caller has the last word on these; a service file too, which is why they are left out when
 * one is named: libpq would read them as ours. */
static const struct {
    const char *keyword;
    const char *value;
    const char *variable; /* the environment variable that libpq reads for it */
} defaults[] = {
    /* Not read-write: a role or database may be read-only by default, which a session can change.
     */
    {"target_session_attrs", "primary", "PGTARGETSESSIONATTRS"},
    /* A server that vanishes without a word is noticed within a minute. */
    {"keepalives_idle", "30", NULL},
    {"keepalives_interval", "10", NULL},
    {"keepalives_count", "3", NULL},
    {"tcp_user_timeout", "60000", NULL},
    /* Looking for Kerberos credentials costs half a millisecond of CPU per TCP connection. */
    {"gssencmode", "disable", "PGGSSENCMODE"},
};

typedef struct {
    PGconn *pg;
    Cancel *cancel;
    gint64 started;
    gint64 deadline; /* 0 = none */
    gint64 address_timeout;
    gint64 address_started; /* when the current address was first asked */
    int socket;             /* these two tell when libpq goes on to another one */
    const char *host;
} Attempt;

static Dsn *complete_dsn(const Dsn *dsn, const char *application_name)
{
    gboolean has_service = dsn_get(dsn, "service") || g_getenv("PGSERVICE");
    /* Everything here is UTF-8: the files, the terminal, JSON. */
    Dsn *complete = dsn_with(dsn, "client_encoding", "UTF8");

    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++) {
        Dsn *more;

        if (has_service || dsn_get(complete, defaults[i].keyword) ||
            (defaults[i].variable && g_getenv(defaults[i].variable)))
            continue;
        more = dsn_with(complete, defaults[i].keyword, defaults[i].value);
        dsn_free(complete);
        complete = more;
    }
    if (application_name) {
        Dsn *named = dsn_with(complete, "application_name", application_name);

        dsn_free(complete);
        complete = named;
    }
    return complete;
}

static char *describe(const PGconn *pg)
{
    const char *host = PQhost(pg);

    if (host && *host == '/')
        return g_strdup_printf("%s on the socket %s (port %s) as %s", PQdb(pg), host, PQport(pg),
                               PQuser(pg));
    return g_strdup_printf("%s:%s/%s as %s", host, PQport(pg), PQdb(pg), PQuser(pg));
}

static void receive_notice(void *data, const PGresult *answer)
{
    Conn *conn = data;
    const char *severity = PQresultErrorField(answer, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *sqlstate = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    g_autofree char *message = server_text(PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY));

    if (!severity || !message)
        return;
    if (g_str_equal(severity, "FATAL") || g_str_equal(severity, "PANIC")) {
        g_free(conn->last_words);
        conn->last_words = g_steal_pointer(&message);
        g_strlcpy(conn->last_sqlstate, sqlstate ? sqlstate : "", sizeof conn->last_sqlstate);
    } else if (conn->notice) {
        conn->notice(severity, message, conn->notice_data);
    }
}

/* Until a Conn exists there is nobody to tell. */
static void ignore_notice(void *data, const PGresult *answer)
{
}

static void notice_address(Attempt *attempt)
{
    if (PQsocket(attempt->pg) == attempt->socket && PQhost(attempt->pg) == attempt->host)
        return;
    attempt->socket = PQsocket(attempt->pg);
    attempt->host = PQhost(attempt->pg);
    attempt->address_started = clock_monotonic();
}

/* libpq leaves timeouts to a caller who polls, and offers no way to go on to the next host. A
 * connect that is shut down fails inside libpq, which then does just that. */
static void skip_silent_address(Attempt *attempt)
{
    if (PQstatus(attempt->pg) == CONNECTION_STARTED &&
        clock_monotonic() - attempt->address_started >= attempt->address_timeout)
        shutdown(PQsocket(attempt->pg), SHUT_RDWR);
}

static gint64 attempt_pause(const Attempt *attempt, gint64 now)
{
    gint64 until = attempt->deadline ? attempt->deadline : G_MAXINT64;

    if (PQstatus(attempt->pg) == CONNECTION_STARTED)
        until = MIN(until, attempt->address_started + attempt->address_timeout);
    return until == G_MAXINT64 ? -1 : MAX(until - now, 0);
}

static void attempt_timed_out(const Attempt *attempt, GError **error)
{
    g_autofree char *target = describe(attempt->pg);
    double seconds = (double)(clock_monotonic() - attempt->started) / G_USEC_PER_SEC;
    const char *hint = login_error_network_hint(attempt->pg);

    error_set(error, ERROR_UNREACHABLE, "no answer from %s within %.1f s", target, seconds);
    error_set_hint(error, "%s",
                   hint ? hint
                        : "check host and port in the URL, and whether a firewall drops the "
                          "packets");
}

/* Waits until libpq can go on (*is_ready) or it is time to look at the clock again. */
static gboolean attempt_wait(Attempt *attempt, PostgresPollingStatusType wanted, gboolean *is_ready,
                             GError **error)
{
    struct pollfd fds[] = {
        {.fd = PQsocket(attempt->pg), .events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT},
        {.fd = cancel_fd(attempt->cancel), .events = POLLIN},
    };
    gint64 now = clock_monotonic();
    gint64 pause = attempt_pause(attempt, now);
    struct timespec limit = {pause / G_USEC_PER_SEC, pause % G_USEC_PER_SEC * 1000};

    if (cancel_is_triggered(attempt->cancel)) {
        error_set(error, ERROR_CANCELLED, "interrupted while connecting");
        return FALSE;
    }
    if (attempt->deadline && now >= attempt->deadline) {
        attempt_timed_out(attempt, error);
        return FALSE;
    }
    if (ppoll(fds, G_N_ELEMENTS(fds), pause < 0 ? NULL : &limit, NULL) < 0 && errno != EINTR) {
        error_set(error, ERROR_INTERNAL, "poll: %s", g_strerror(errno));
        return FALSE;
    }
    *is_ready = fds[0].revents != 0;
    if (!*is_ready)
        skip_silent_address(attempt);
    return TRUE;
}

static gboolean attempt_run(Attempt *attempt, GError **error)
{
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;

    while (PQstatus(attempt->pg) != CONNECTION_BAD && status != PGRES_POLLING_OK) {
        gboolean is_ready;

        notice_address(attempt);
        if (!attempt_wait(attempt, status, &is_ready, error))
            return FALSE;
        if (is_ready)
            status = PQconnectPoll(attempt->pg);
    }
    if (status == PGRES_POLLING_OK)
        return TRUE;
    login_error_set(error, attempt->pg);
    return FALSE;
}

static gint64 address_timeout(const Dsn *dsn)
{
    const char *seconds = dsn_get(dsn, "connect_timeout");
    gint64 given = seconds ? g_ascii_strtoll(seconds, NULL, 10) * G_USEC_PER_SEC : 0;

    return given > 0 ? given : ADDRESS_TIMEOUT;
}

/* Takes over `pg` and `dsn`. */
static Conn *conn_new(PGconn *pg, Dsn *dsn, Cancel *cancel)
{
    Conn *conn = g_new0(Conn, 1);

    conn->pg = pg;
    conn->dsn = dsn;
    conn->cancel = cancel;
    conn->description = describe(pg);
    conn->server_version = PQserverVersion(pg);
    conn->backend_pid = PQbackendPID(pg);
    PQsetnonblocking(pg, 1);
    PQsetNoticeReceiver(pg, receive_notice, conn);
    return conn;
}

static Conn *open_once(const Dsn *dsn, const char *application_name, gint64 timeout, Cancel *cancel,
                       GError **error)
{
    g_autoptr(Dsn) complete = complete_dsn(dsn, application_name);
    Attempt attempt = {.cancel = cancel, .socket = -1};
    g_autoptr(PGconn) pg = NULL;

    if (cancel_is_triggered(cancel)) {
        error_set(error, ERROR_CANCELLED, "interrupted before connecting");
        return NULL;
    }
    attempt.started = clock_monotonic();
    attempt.deadline = timeout ? attempt.started + timeout : 0;
    attempt.address_timeout = address_timeout(dsn);
    pg = PQconnectStartParams(dsn_keywords(complete), dsn_values(complete), 0);
    if (!pg)
        g_error("libpq: out of memory");
    PQsetNoticeReceiver(pg, ignore_notice, NULL);
    /* The SQLSTATE of a refused login is told only in the text, and only when asked for. */
    PQsetErrorVerbosity(pg, PQERRORS_VERBOSE);
    attempt.pg = pg;
    if (!attempt_run(&attempt, error))
        return NULL;
    return conn_new(g_steal_pointer(&pg), g_steal_pointer(&complete), cancel);
}

static locale_t plain_locale(void)
{
    static gsize locale;

    if (g_once_init_enter(&locale))
        g_once_init_leave(&locale, (gsize)newlocale(LC_ALL_MASK, "C", NULL));
    return (locale_t)locale;
}

/* What became of an attempt is told in words only, which login_error.c must be able to read: this
 * thread gets them untranslated meanwhile. */
Conn *conn_open(const Dsn *dsn, const char *application_name, gint64 timeout, Cancel *cancel,
                GError **error)
{
    locale_t before = uselocale(plain_locale());
    Conn *conn = open_once(dsn, application_name, timeout, cancel, error);

    uselocale(before);
    return conn;
}

static gboolean is_worth_retrying(const GError *error)
{
    return error_is(error, ERROR_UNREACHABLE) || error_is(error, ERROR_NOT_PRIMARY);
}

Conn *conn_open_until(const Dsn *dsn, const char *application_name, gint64 deadline, Cancel *cancel,
                      ConnRetry on_retry, gpointer data, GError **error)
{
    Backoff backoff = {.initial = RETRY_INITIAL,
                       .ceiling = RETRY_CEILING,
                       .factor = 2.0,
                       .jitter = 0.3,
                       .deadline = deadline};
    gint64 attempt_timeout = MAX(ATTEMPT_TIMEOUT, 2 * address_timeout(dsn));

    for (unsigned tries = 1;; tries++) {
        g_autoptr(GError) failure = NULL;
        gint64 left = deadline ? MAX(deadline - clock_monotonic(), 1) : G_MAXINT64;
        Conn *conn = conn_open(dsn, application_name, MIN(left, attempt_timeout), cancel, &failure);
        gint64 pause;

        if (conn)
            return conn;
        pause = is_worth_retrying(failure) ? backoff_next(&backoff) : -1;
        if (pause < 0) {
            if (tries > 1 && is_worth_retrying(failure))
                g_prefix_error(&failure, "gave up after %u tries: ", tries);
            g_propagate_error(error, g_steal_pointer(&failure));
            return NULL;
        }
        if (on_retry)
            on_retry(failure, pause, data);
        if (!clock_wait(pause, cancel)) {
            error_set(error, ERROR_CANCELLED, "interrupted while connecting: %s", failure->message);
            return NULL;
        }
    }
}
