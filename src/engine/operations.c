/* Rows of the table "operation". */
#include "engine/operations.h"

#include "engine/session_private.h"
#include "engine/sql_engine.h"

void operation_row_free(OperationRow *row)
{
    if (!row)
        return;
    g_free(row->id);
    g_free(row->principal);
    g_free(row->key);
    g_free(row->body_digest);
    g_strfreev(row->from);
    g_strfreev(row->to);
    g_free(row->answer);
    g_free(row->document);
    g_free(row);
}

static OperationRow *row_of(const Result *result, int i)
{
    OperationRow *row = g_new(OperationRow, 1);

    *row = (OperationRow){
        .id = g_strdup(result_text(result, i, 0)),
        .principal = g_strdup(result_text(result, i, 1)),
        .key = g_strdup(result_text(result, i, 2)),
        .body_digest = g_strdup(result_text(result, i, 3)),
        .from = result_text_array(result, i, 4),
        .to = result_text_array(result, i, 5),
        .answer = g_strdup(result_text(result, i, 6)),
        .document = g_strdup(result_text(result, i, 7)),
    };
    return row;
}

static gboolean find(Session *session, const char *const *values, OperationRow **row,
                     GError **error)
{
    g_autofree char *sql = session_expand(session, sql_operation_find);
    g_autoptr(Result) result = NULL;

    *row = NULL;
    if (!session->has_state)
        return TRUE;
    if (!conn_exec_params(session->conn, sql, 3, values, &result, error))
        return FALSE;
    if (result_rows(result) > 0)
        *row = row_of(result, 0);
    return TRUE;
}

gboolean operations_find(Session *session, const char *id, OperationRow **row, GError **error)
{
    return find(session, (const char *[]){id, NULL, NULL}, row, error);
}

gboolean operations_find_key(Session *session, const char *principal, const char *key,
                             OperationRow **row, GError **error)
{
    return find(session, (const char *[]){NULL, principal, key}, row, error);
}

GPtrArray *operations_running(Session *session, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)operation_row_free);
    g_autofree char *sql = session_expand(session, sql_operations_running);
    g_autoptr(Result) result = NULL;

    if (!session->has_state)
        return g_steal_pointer(&rows);
    if (!conn_exec(session->conn, sql, &result, error))
        return NULL;
    for (int i = 0; i < result_rows(result); i++)
        g_ptr_array_add(rows, row_of(result, i));
    return g_steal_pointer(&rows);
}

gboolean operations_begin(Session *session, const OperationRow *row, GError **error)
{
    g_autofree char *expire = session_expand(session, sql_operations_expire);
    g_autofree char *begin = session_expand(session, sql_operation_begin);
    g_autofree char *from = text_array_format((const char *const *)row->from);
    g_autofree char *to = text_array_format((const char *const *)row->to);
    const char *values[] = {row->id, row->principal, row->key, row->body_digest, from,
                            to,      row->answer};

    return session_prepare_state(session, NULL, error) &&
           conn_exec(session->conn, expire, NULL, error) &&
           conn_exec_params(session->conn, begin, G_N_ELEMENTS(values), values, NULL, error);
}

static gboolean end(Session *session, const char *id, const char *document, const char *is_guess,
                    GError **error)
{
    g_autofree char *sql = session_expand(session, sql_operation_end);

    return conn_exec_params(session->conn, sql, 3, (const char *[]){id, document, is_guess}, NULL,
                            error);
}

gboolean operations_end(Session *session, const char *id, const char *document, GError **error)
{
    return end(session, id, document, "false", error);
}

gboolean operations_settle(Session *session, const char *id, const char *document, GError **error)
{
    return end(session, id, document, "true", error);
}
