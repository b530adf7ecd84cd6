/* The rows of a COPY ... FROM STDIN on their way to the server. */
#include "base/failpoint.h"
#include "db/conn_private.h"

enum { PART = 64 * 1024 }; /* bytes that are handed to libpq at once: so much is in its buffer */

/* Without `reason` (may be NULL) the rows are complete. */
static gboolean end_rows(Conn *conn, const char *reason, GError **error)
{
    if (PQputCopyEnd(conn->pg, reason) != 1) {
        connection_lost_set(error, conn);
        return FALSE;
    }
    return conn_write_all(conn, error);
}

gboolean conn_send_rows(Conn *conn, const char *rows, gsize length, GError **error)
{
    while (length > 0) {
        gsize part = MIN(length, PART);

        /* The server does not look for a cancellation while it waits for rows. */
        if (cancel_is_triggered(conn->cancel))
            return end_rows(conn, "interrupted", error);
        if (PQputCopyData(conn->pg, rows, (int)part) != 1) {
            connection_lost_set(error, conn);
            return FALSE;
        }
        if (!conn_write_all(conn, error))
            return FALSE;
        FAILPOINT("rows-sent");
        rows += part;
        length -= part;
    }
    return end_rows(conn, NULL, error);
}

gboolean conn_refuse_rows(Conn *conn, GError **error)
{
    return end_rows(conn, "refused by pgsluice", error);
}
