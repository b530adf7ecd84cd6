/* Reading the journal, and what people say about it. */
#include "engine/journal.h"

#include "base/error.h"
#include "engine/run.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"
#include "sql/nature.h"

typedef enum {
    ROW_REVISION,
    ROW_DIRECTION,
    ROW_CHECKSUM,
    ROW_FIRST,
    ROW_LAST,
    ROW_DIGEST,
    ROW_SQL,
    ROW_PROBE,
    ROW_OBJECT,
    ROW_PART,
    ROW_BEFORE,
    ROW_STARTED_AT,
    ROW_IS_FINISHED,
    ROW_SQLSTATE,
} JournalColumn; /* of read_journal.sql */

static void row_free(gpointer data)
{
    JournalRow *row = data;

    g_free(row->digest);
    g_free(row->sql);
    g_free(row->probe);
    g_free(row->object);
    g_free(row->part);
    g_free(row->before);
    g_free(row->started_at);
    g_free(row->sqlstate);
    g_free(row);
}

void journal_free(Journal *journal)
{
    if (!journal)
        return;
    g_free(journal->revision);
    g_free(journal->checksum);
    g_ptr_array_unref(journal->rows);
    g_free(journal);
}

static JournalRow *row_new(const Result *result, int row)
{
    JournalRow *entry = g_new(JournalRow, 1);

    *entry = (JournalRow){.first = (guint)result_int64(result, row, ROW_FIRST) - 1,
                          .last = (guint)result_int64(result, row, ROW_LAST) - 1,
                          .digest = g_strdup(result_text(result, row, ROW_DIGEST)),
                          .sql = g_strdup(result_text(result, row, ROW_SQL)),
                          .probe = g_strdup(result_text(result, row, ROW_PROBE)),
                          .object = g_strdup(result_text(result, row, ROW_OBJECT)),
                          .part = g_strdup(result_text(result, row, ROW_PART)),
                          .before = g_strdup(result_text(result, row, ROW_BEFORE)),
                          .started_at = g_strdup(result_text(result, row, ROW_STARTED_AT)),
                          .is_finished = result_boolean(result, row, ROW_IS_FINISHED),
                          .sqlstate = g_strdup(result_text(result, row, ROW_SQLSTATE))};
    return entry;
}

gboolean journal_read(Session *session, Journal **journal, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_read_journal);
    g_autoptr(Result) result = NULL;
    int last;

    *journal = NULL;
    if (!session->has_state)
        return TRUE;
    if (!conn_exec(session->conn, sql, &result, error))
        return FALSE;
    last = result_rows(result) - 1;
    if (last < 0)
        return TRUE;
    *journal = g_new(Journal, 1);
    **journal =
        (Journal){.revision = g_strdup(result_text(result, last, ROW_REVISION)),
                  .direction = g_strcmp0(result_text(result, last, ROW_DIRECTION), "downgrade") == 0
                                   ? PLAN_DOWNGRADE
                                   : PLAN_UPGRADE,
                  .checksum = g_strdup(result_text(result, last, ROW_CHECKSUM)),
                  .rows = g_ptr_array_new_with_free_func(row_free)};
    for (int row = 0; row <= last; row++)
        g_ptr_array_add((*journal)->rows, row_new(result, row));
    return TRUE;
}

guint journal_finished(const Journal *journal)
{
    guint finished = 0;

    for (guint i = 0; i < journal->rows->len; i++) {
        const JournalRow *row = g_ptr_array_index(journal->rows, i);

        if (row->is_finished)
            finished = row->last + 1;
    }
    return finished;
}

const JournalRow *journal_in_doubt(const Journal *journal)
{
    const JournalRow *last = g_ptr_array_index(journal->rows, journal->rows->len - 1);

    return last->is_finished ? NULL : last;
}

gboolean journal_row_commits(const JournalRow *row)
{
    g_autoptr(Nature) nature = row->sql ? nature_of(row->sql) : NULL;

    return nature && nature->kind != NATURE_ALONE;
}

gboolean journal_awaits_mark(const Journal *journal)
{
    const JournalRow *row = journal_in_doubt(journal);

    return row && row->sql && !row->probe && (!row->sqlstate || journal_row_commits(row));
}

/* --- What people say ----------------------------------------------------------------------------
 */

static gboolean refuse_mark(const Journal *journal, const char *revision, guint number,
                            gboolean is_applied, GError **error)
{
    const JournalRow *last;

    if (!journal || !g_str_equal(journal->revision, revision)) {
        error_set(error, ERROR_REFUSED, "revision %s is not half-run", revision);
        error_set_hint(error, "%s%s", journal ? "half-run is " : "no revision is half-run",
                       journal ? journal->revision : "");
        return FALSE;
    }
    last = g_ptr_array_index(journal->rows, journal->rows->len - 1);
    if (is_applied ? !last->is_finished && number == last->first + 1 : number <= last->last + 1)
        return TRUE;
    if (is_applied && !last->is_finished)
        error_set(error, ERROR_REFUSED, "of %s statement %u is in doubt, not %u", revision,
                  last->first + 1, number);
    else if (is_applied)
        error_set(error, ERROR_REFUSED, "no statement of %s is in doubt", revision);
    else
        error_set(error, ERROR_REFUSED, "statement %u of %s has not begun", number, revision);
    error_set_hint(error, "pgsluice status shows how far %s has come", revision);
    return FALSE;
}

static gboolean mark_locked(Session *session, const char *revision, guint number,
                            gboolean is_applied, const char *actor, const char *reason,
                            GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autofree char *sql = session_expand(session, sql_record_mark);
    g_autofree char *statement = g_strdup_printf("%u", number);
    g_autoptr(Journal) journal = NULL;
    g_autofree char *heads = NULL;
    g_autofree char *run = NULL;

    if (!state || !journal_read(session, &journal, error) ||
        !refuse_mark(journal, revision, number, is_applied, error))
        return FALSE;
    run = run_format(session, &(RunOrigin){NULL, actor, reason}, error);
    heads = text_array_format((const char *const *)state->heads);
    return run && conn_exec_params(session->conn, sql, 5,
                                   (const char *[]){revision, statement,
                                                    is_applied ? "true" : "false", heads, run},
                                   NULL, error);
}

gboolean journal_mark(Session *session, const char *revision, guint number, gboolean is_applied,
                      const char *actor, const char *reason, const EventSink *events,
                      GError **error)
{
    gboolean marked;
    gboolean taken;

    if (!session_lock(session, NULL, NULL, &taken, events, error))
        return FALSE;
    marked = mark_locked(session, revision, number, is_applied, actor, reason, error);
    return session_unlock(session, marked ? error : NULL) && marked;
}
