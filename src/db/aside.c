/* Driving a second connection step by step. */
#include "db/aside.h"

#include <poll.h>

#include "db/conn_private.h"

struct Aside {
    PGconn *pg;
    AsideState state;
    PostgresPollingStatusType wanted; /* while connecting */
    char *opening;                    /* NULL once it has gone out */
    PGresult *answer;
};

static void ignore_notice(void *data, const PGresult *answer)
{
}

static Dsn *same_server(const Conn *conn, const char *application_name)
{
    const char *address = PQhostaddr(conn->pg);
    const char *pairs[][2] = {{"host", PQhost(conn->pg)},
                              {"hostaddr", address && *address ? address : NULL},
                              {"port", PQport(conn->pg)},
                              {"target_session_attrs", "any"},
                              {"application_name", application_name}};
    Dsn *dsn = dsn_with(conn->dsn, pairs[0][0], pairs[0][1]);

    for (gsize i = 1; i < G_N_ELEMENTS(pairs); i++) {
        Dsn *more = dsn_with(dsn, pairs[i][0], pairs[i][1]);

        dsn_free(dsn);
        dsn = more;
    }
    return dsn;
}

Aside *aside_open(const Conn *conn, const char *application_name, const char *opening)
{
    g_autoptr(Dsn) dsn = same_server(conn, application_name);
    Aside *aside = g_new0(Aside, 1);

    aside->pg = PQconnectStartParams(dsn_keywords(dsn), dsn_values(dsn), 0);
    if (!aside->pg)
        g_error("libpq: out of memory");
    PQsetNoticeReceiver(aside->pg, ignore_notice, NULL);
    aside->state = PQstatus(aside->pg) == CONNECTION_BAD ? ASIDE_BROKEN : ASIDE_CONNECTING;
    aside->wanted = PGRES_POLLING_WRITING;
    aside->opening = g_strdup(opening);
    return aside;
}

void aside_free(Aside *aside)
{
    if (!aside)
        return;
    PQclear(aside->answer);
    PQfinish(aside->pg);
    g_free(aside->opening);
    g_free(aside);
}

/* libpq wants to be called only when the socket is ready. */
static gboolean is_ready(const Aside *aside)
{
    ConnWake wake;
    struct pollfd fd;

    aside_await(aside, &wake);
    fd = (struct pollfd){.fd = wake.fd, .events = wake.events};
    return poll(&fd, 1, 0) > 0;
}

static void go_on_connecting(Aside *aside)
{
    while (aside->state == ASIDE_CONNECTING && is_ready(aside)) {
        aside->wanted = PQconnectPoll(aside->pg);
        if (aside->wanted == PGRES_POLLING_FAILED) {
            aside->state = ASIDE_BROKEN;
        } else if (aside->wanted == PGRES_POLLING_OK) {
            PQsetnonblocking(aside->pg, 1);
            aside->state = ASIDE_IDLE;
        }
    }
}

/* Keeps the rows of the last statement; a failed one leaves none. */
static void keep(Aside *aside, PGresult *answer)
{
    PQclear(aside->answer);
    aside->answer = answer;
    if (PQresultStatus(answer) != PGRES_TUPLES_OK)
        g_clear_pointer(&aside->answer, PQclear);
}

static void go_on_reading(Aside *aside)
{
    if (PQflush(aside->pg) < 0 || !PQconsumeInput(aside->pg)) {
        aside->state = ASIDE_BROKEN;
        return;
    }
    while (!PQisBusy(aside->pg)) {
        PGresult *answer = PQgetResult(aside->pg);

        if (!answer) {
            aside->state = PQstatus(aside->pg) == CONNECTION_OK ? ASIDE_IDLE : ASIDE_BROKEN;
            return;
        }
        keep(aside, answer);
    }
}

AsideState aside_step(Aside *aside)
{
    if (aside->state == ASIDE_CONNECTING)
        go_on_connecting(aside);
    else if (aside->state == ASIDE_ASKED)
        go_on_reading(aside);
    return aside->state;
}

void aside_await(const Aside *aside, ConnWake *wake)
{
    gboolean waits = aside->state == ASIDE_CONNECTING || aside->state == ASIDE_ASKED;

    wake->fd = waits ? PQsocket(aside->pg) : -1;
    if (aside->state == ASIDE_CONNECTING)
        wake->events = aside->wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    else
        wake->events = POLLIN;
}

void aside_ask(Aside *aside, const char *sql)
{
    g_autofree char *text = g_strconcat(aside->opening ? aside->opening : "", sql, NULL);

    g_clear_pointer(&aside->opening, g_free);
    g_clear_pointer(&aside->answer, PQclear);
    aside->state = PQsendQuery(aside->pg, text) ? ASIDE_ASKED : ASIDE_BROKEN;
    if (aside->state == ASIDE_ASKED)
        go_on_reading(aside);
}

Result *aside_take(Aside *aside)
{
    return aside->answer ? result_new(g_steal_pointer(&aside->answer)) : NULL;
}
