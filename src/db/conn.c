/* What a connection knows about itself, and how it ends. Opening, running and waiting are in the
 * other conn_*.c files. */
#include "db/conn.h"

#include "db/conn_private.h"

void conn_free(Conn *conn)
{
    if (!conn)
        return;
    PQfinish(conn->pg);
    dsn_free(conn->dsn);
    g_free(conn->description);
    g_free(conn->last_words);
    g_free(conn);
}

void conn_give_up(Conn *conn)
{
    PQfinish(conn->pg);
    conn->pg = NULL;
}

gboolean conn_is_alive(const Conn *conn)
{
    return conn->pg && PQstatus(conn->pg) == CONNECTION_OK;
}

gboolean conn_in_transaction(const Conn *conn)
{
    PGTransactionStatusType status = PQtransactionStatus(conn->pg);

    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

int conn_server_version(const Conn *conn)
{
    return conn->server_version;
}

int conn_backend_pid(const Conn *conn)
{
    return conn->backend_pid;
}

const char *conn_describe(const Conn *conn)
{
    return conn->description;
}

const char *conn_parameter(const Conn *conn, const char *name)
{
    return PQparameterStatus(conn->pg, name);
}

const Dsn *conn_dsn(const Conn *conn)
{
    return conn->dsn;
}

unsigned conn_error_position(const Conn *conn)
{
    return conn->error_position;
}

gboolean conn_counts_bytes(const Conn *conn)
{
    return g_strcmp0(PQparameterStatus(conn->pg, "server_encoding"), "SQL_ASCII") == 0;
}

void conn_set_cancel(Conn *conn, Cancel *cancel)
{
    conn->cancel = cancel;
    conn_forget_cancel(conn);
}

gint64 conn_set_timeout(Conn *conn, gint64 timeout)
{
    gint64 before = conn->timeout;

    conn->timeout = timeout;
    return before;
}

void conn_set_notice_sink(Conn *conn, ConnNotice notice, gpointer data)
{
    conn->notice = notice;
    conn->notice_data = data;
}

void conn_set_idle(Conn *conn, ConnIdle idle, gpointer data)
{
    conn->idle = idle;
    conn->idle_data = data;
}
