/* What a failed statement or a broken connection means: from SQLSTATE and libpq's state to an error
 * kind and a hint. */
#include <string.h>

#include "base/error.h"
#include "db/conn_private.h"

/* An internal query (the body of a function) is shown up to here. */
#define INTERNAL_QUERY_MAX 200
/* Each text that a server sends is shown up to here: a function may raise megabytes. */
#define SERVER_TEXT_MAX (8 * 1024)

static const struct {
    const char *sqlstate; /* a whole code or its class */
    ErrorKind kind;
    const char *hint;
} states[] = {
    {"42501", ERROR_PRIVILEGE, NULL},
    {"25006", ERROR_NOT_PRIMARY,
     "the session is read-only: connect to the primary, or see default_transaction_read_only"},
    {"55P03", ERROR_BLOCKED,
     "see who holds it: SELECT pid, state, query FROM pg_stat_activity WHERE state <> 'idle'; then "
     "try again"},
    {"25P03", ERROR_CONNECTION_LOST, "raise idle_in_transaction_session_timeout"},
    {"57P05", ERROR_CONNECTION_LOST, "raise idle_session_timeout"},
    {"57P0", ERROR_CONNECTION_LOST, NULL},
    {"08", ERROR_CONNECTION_LOST, NULL},
};

char *server_text(const char *text)
{
    gsize length = text ? strlen(text) : 0;
    gsize end = SERVER_TEXT_MAX;

    if (length <= SERVER_TEXT_MAX)
        return g_strdup(text);
    while (end > 0 && ((guchar)text[end] & 0xC0) == 0x80)
        end--;
    return g_strdup_printf("%.*s... (%" G_GSIZE_FORMAT " bytes)", (int)end, text, length);
}

/* libpq's text without the line ends that it puts there. */
static char *first_line(const char *text)
{
    g_autofree char *line = g_strndup(text, strcspn(text, "\n"));

    return server_text(g_strstrip(line));
}

static const char *lost_reason(const Conn *conn, char **storage)
{
    if (conn->last_words)
        return conn->last_words;
    *storage = first_line(PQerrorMessage(conn->pg));
    return **storage ? *storage : "the connection was closed";
}

static void add_last_sqlstate(GError **error, const Conn *conn)
{
    if (conn->last_words && *conn->last_sqlstate)
        error_set_sql(error, conn->last_sqlstate, NULL, NULL, NULL);
}

void connection_lost_set(GError **error, Conn *conn)
{
    g_autofree char *storage = NULL;

    if (conn->pg) {
        error_set(error, ERROR_CONNECTION_LOST, "the connection to %s broke: %s", conn->description,
                  lost_reason(conn, &storage));
        add_last_sqlstate(error, conn);
        conn_give_up(conn);
    } else {
        error_set(error, ERROR_CONNECTION_LOST, "the connection to %s is closed",
                  conn->description);
    }
}

static char *full_context(const PGresult *answer)
{
    g_autofree char *context = server_text(PQresultErrorField(answer, PG_DIAG_CONTEXT));
    const char *query = PQresultErrorField(answer, PG_DIAG_INTERNAL_QUERY);
    g_autofree char *cut = NULL;

    if (!query)
        return g_steal_pointer(&context);
    cut = g_utf8_make_valid(query, (gssize)strnlen(query, INTERNAL_QUERY_MAX));
    return g_strdup_printf("%s%sin the query: %s", context ? context : "", context ? "\n" : "",
                           cut);
}

static ErrorKind kind_of(const Conn *conn, const char *sqlstate, const char **hint)
{
    if (g_str_equal(sqlstate, "57014") && cancel_is_triggered(conn->cancel))
        return ERROR_CANCELLED;
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        if (g_str_has_prefix(sqlstate, states[i].sqlstate)) {
            *hint = states[i].hint;
            return states[i].kind;
        }
    }
    return ERROR_SQL;
}

/* An answer that libpq made up itself: the connection broke, or the call was wrong. */
static void local_error_set(GError **error, Conn *conn, const PGresult *answer)
{
    g_autofree char *reason = first_line(PQresultErrorMessage(answer));

    if (PQstatus(conn->pg) == CONNECTION_OK) {
        error_set(error, ERROR_SQL, "%s", reason);
        return;
    }
    error_set(error, ERROR_CONNECTION_LOST, "the connection to %s broke: %s", conn->description,
              conn->last_words ? conn->last_words : reason);
    add_last_sqlstate(error, conn);
}

void sql_error_set(GError **error, Conn *conn, const PGresult *answer)
{
    const char *sqlstate = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    g_autofree char *message = server_text(PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY));
    g_autofree char *detail = server_text(PQresultErrorField(answer, PG_DIAG_MESSAGE_DETAIL));
    g_autofree char *server_hint = server_text(PQresultErrorField(answer, PG_DIAG_MESSAGE_HINT));
    const char *position = PQresultErrorField(answer, PG_DIAG_STATEMENT_POSITION);
    g_autofree char *context = full_context(answer);
    const char *hint = NULL;
    ErrorKind kind;

    if (!sqlstate) {
        local_error_set(error, conn, answer);
        return;
    }
    conn->error_position = position ? (unsigned)g_ascii_strtoull(position, NULL, 10) : 0;
    kind = kind_of(conn, sqlstate, &hint);
    if (kind == ERROR_CONNECTION_LOST)
        error_set(error, kind, "the connection to %s broke: %s", conn->description, message);
    else if (kind == ERROR_CANCELLED)
        error_set(error, kind, "interrupted: the server cancelled the statement");
    else
        error_set(error, kind, "%s", message);
    error_set_sql(error, sqlstate, detail, server_hint, context);
    if (hint)
        error_set_hint(error, "%s", hint);
}
