/* Reading and proving the ledger. */
#include "engine/ledger.h"

#include "base/error.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

#define PAGE_ROWS "500"

/* The columns of read_ledger.sql. */
enum {
    COLUMN_ID,
    COLUMN_AT,
    COLUMN_EVENT,
    COLUMN_REVISION,
    COLUMN_HEADS_BEFORE,
    COLUMN_HEADS_AFTER,
    COLUMN_PLAN_DIGEST,
    COLUMN_UP_CHECKSUM,
    COLUMN_ROLE,
    COLUMN_ACTOR,
    COLUMN_PEER,
    COLUMN_REQUEST_ID,
    COLUMN_HOST,
    COLUMN_INSTANCE,
    COLUMN_REASON,
    COLUMN_SQLSTATE,
    COLUMN_MESSAGE,
    COLUMN_DURATION,
    COLUMN_SYSTEM_IDENTIFIER,
    COLUMN_TIMELINE,
    COLUMN_HASH,
};

/* Asks once whether there is a ledger at all. */
static gboolean has_ledger(Session *session, gboolean *has, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);

    if (state)
        *has = state->has_state;
    return state != NULL;
}

static void visit_row(const Result *page, int row, LedgerVisit visit, gpointer data)
{
    g_auto(GStrv) before = result_text_array(page, row, COLUMN_HEADS_BEFORE);
    g_auto(GStrv) after = result_text_array(page, row, COLUMN_HEADS_AFTER);
    const LedgerRow ledger_row = {
        .id = result_text(page, row, COLUMN_ID),
        .at = result_text(page, row, COLUMN_AT),
        .event = result_text(page, row, COLUMN_EVENT),
        .revision = result_text(page, row, COLUMN_REVISION),
        .heads_before = before,
        .heads_after = after,
        .plan_digest = result_text(page, row, COLUMN_PLAN_DIGEST),
        .up_checksum = result_text(page, row, COLUMN_UP_CHECKSUM),
        .role = result_text(page, row, COLUMN_ROLE),
        .actor = result_text(page, row, COLUMN_ACTOR),
        .peer = result_text(page, row, COLUMN_PEER),
        .request_id = result_text(page, row, COLUMN_REQUEST_ID),
        .host = result_text(page, row, COLUMN_HOST),
        .instance = result_text(page, row, COLUMN_INSTANCE),
        .reason = result_text(page, row, COLUMN_REASON),
        .sqlstate = result_text(page, row, COLUMN_SQLSTATE),
        .message = result_text(page, row, COLUMN_MESSAGE),
        .duration_us = result_text(page, row, COLUMN_DURATION),
        .system_identifier = result_text(page, row, COLUMN_SYSTEM_IDENTIFIER),
        .timeline = result_text(page, row, COLUMN_TIMELINE),
        .hash = result_text(page, row, COLUMN_HASH),
    };

    visit(&ledger_row, data);
}

gboolean ledger_read(Session *session, const char *since, LedgerVisit visit, gpointer data,
                     GError **error)
{
    g_autofree char *sql = session_expand(session, sql_read_ledger);
    g_autofree char *last = g_strdup("0");
    gboolean has_more;

    if (!has_ledger(session, &has_more, error))
        return FALSE;
    while (has_more) {
        g_autoptr(Result) page = NULL;
        int rows;

        if (!conn_exec_params(session->conn, sql, 3, (const char *[]){last, since, PAGE_ROWS},
                              &page, error))
            return FALSE;
        rows = result_rows(page);
        for (int i = 0; i < rows; i++)
            visit_row(page, i, visit, data);
        has_more = rows > 0;
        if (has_more) {
            g_free(last);
            last = g_strdup(result_text(page, rows - 1, COLUMN_ID));
        }
    }
    return TRUE;
}

gboolean ledger_read_end(Session *session, const char *since, guint limit, LedgerVisit visit,
                         gpointer data, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_read_ledger_end);
    g_autofree char *count = g_strdup_printf("%u", limit);
    g_autoptr(Result) rows = NULL;
    gboolean has;

    if (!has_ledger(session, &has, error))
        return FALSE;
    if (!has)
        return TRUE;
    if (!conn_exec_params(session->conn, sql, 2, (const char *[]){since, count}, &rows, error))
        return FALSE;
    for (int i = 0; i < result_rows(rows); i++)
        visit_row(rows, i, visit, data);
    return TRUE;
}

static LedgerProblem parse_problem(const char *text)
{
    if (!text)
        return LEDGER_INTACT;
    return g_str_equal(text, "changed")   ? LEDGER_CHANGED
           : g_str_equal(text, "missing") ? LEDGER_MISSING
                                          : LEDGER_UNLINKED;
}

gboolean ledger_verify(Session *session, LedgerProof *proof, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_verify_ledger);
    g_autoptr(Result) result = NULL;
    const char *hash;
    gboolean has;

    if (!has_ledger(session, &has, error))
        return FALSE;
    *proof = (LedgerProof){0};
    if (!has)
        return TRUE;
    if (!conn_exec(session->conn, sql, &result, error))
        return FALSE;
    hash = result_text(result, 0, 3);
    proof->rows = result_int64(result, 0, 0);
    proof->row = result_int64(result, 0, 1);
    proof->problem = parse_problem(result_text(result, 0, 2));
    g_strlcpy(proof->hash, hash ? hash : "", sizeof proof->hash);
    return TRUE;
}
