/* The last row of the journal is settled first; then the finished part is compared with the file.
 */
#include "engine/recover.h"

#include "base/error.h"
#include "base/failpoint.h"
#include "engine/journal.h"
#include "engine/probe.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

static gboolean has_step(const Plan *plan, const char *revision)
{
    for (guint i = 0; i < plan->steps->len; i++)
        if (g_str_equal(((const PlanStep *)g_ptr_array_index(plan->steps, i))->revision->id,
                        revision))
            return TRUE;
    return FALSE;
}

gboolean recover_allows(const DatabaseState *state, const Plan *plan, GError **error)
{
    gboolean goes_up = state->half_run_direction == PLAN_UPGRADE;

    if (!state->half_run ||
        (plan->direction == state->half_run_direction && has_step(plan, state->half_run)))
        return TRUE;
    error_set(error, ERROR_REFUSED, "revision %s is half %s, and this would leave it so",
              state->half_run, goes_up ? "applied" : "undone");
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error,
                   "finish it: pgsluice %s; or take back by hand what it has done, and say so: "
                   "pgsluice repair --not-applied %s:1",
                   goes_up ? "upgrade heads" : "downgrade", state->half_run);
    return FALSE;
}

static void notice(const EventSink *events, const Script *script, guint index, const char *text)
{
    g_autofree char *place = script_describe_place(script, index);
    g_autofree char *line = g_strdup_printf("%s: statement %u of %s: %s", place, index + 1,
                                            script->step->revision->id, text);
    EngineEvent event = {.kind = EVENT_NOTICE, .text = line};

    event_send(events, &event);
}

/* --- The statement in doubt ------------------------------------------------------------------- */

static gboolean refuse_unknown(const Script *script, const JournalRow *row, GError **error)
{
    const char *id = script->step->revision->id;
    guint number = row->first + 1;
    ErrorSite site = {.path = script->step->revision->path};
    g_autofree char *source = NULL;

    error_set(error, ERROR_REFUSED,
              row->sqlstate ? "statement %u of %s failed, and it may have committed something"
                            : "whether statement %u of %s has had its effect is not known",
              number, id);
    if (row->first < script->statements->len) {
        script_locate(script->section, g_ptr_array_index(script->statements, row->first), 0,
                      &site.line, &site.column, &source);
        site.source = source;
    }
    error_set_site(error, &site);
    error_set_outcome(error, "it was begun at %s, and nothing was changed since", row->started_at);
    error_set_hint(error,
                   "look, then say it: pgsluice repair --applied %s:%u, or pgsluice repair "
                   "--not-applied %s:%u; then run the same command again",
                   id, number, id, number);
    return FALSE;
}

static gboolean settle(Session *session, const Script *script, JournalRow *row, gboolean is_done,
                       GError **error)
{
    g_autofree char *sql = session_expand(session, sql_settle_segment);
    g_autofree char *number = g_strdup_printf("%u", row->first + 1);
    const char *const values[] = {script->step->revision->id, number, is_done ? "true" : "false"};

    if (!conn_exec_params(session->conn, sql, G_N_ELEMENTS(values), values, NULL, error))
        return FALSE;
    row->is_finished = is_done;
    FAILPOINT("segment-settled");
    return TRUE;
}

/* Also of an index that a repair like this one has begun to drop. */
static gboolean drop_leftovers(Session *session, const Script *script, const JournalRow *row,
                               const Probe *probe, const EventSink *events, GError **error)
{
    for (char **name = probe->leftovers; *name; name++) {
        g_autofree char *text = g_strdup_printf("it left the invalid index %s: dropping it", *name);
        g_autofree char *sql = g_strconcat("DROP INDEX CONCURRENTLY IF EXISTS ", *name, NULL);

        notice(events, script, row->first, text);
        if (!conn_exec(session->conn, "SET lock_timeout = 0", NULL, error) ||
            !conn_exec(session->conn, sql, NULL, error))
            return FALSE;
    }
    return TRUE;
}

/* The first half has committed; what is left of it is a statement of its own. */
static gboolean finish_detach(Session *session, const JournalRow *row, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("ALTER TABLE %s DETACH PARTITION %s FINALIZE", row->object, row->part);

    return conn_exec(session->conn, "SET lock_timeout = 0", NULL, error) &&
           conn_exec(session->conn, sql, NULL, error);
}

/* An index that was invalid before the statement is not its own; of an unnamed one the question
 * leaves those out. */
static gboolean drops_leftovers(const JournalRow *row, const Probe *probe)
{
    return g_strcmp0(row->probe, "reindex") == 0 ||
           g_strcmp0(row->probe, "build unnamed index") == 0 ||
           (g_strcmp0(row->probe, "build index") == 0 && g_strcmp0(row->before, probe->state) != 0);
}

/* A statement that the server has refused has done nothing, where it cannot commit half of it. What
 * has run is asked, not what the file says now. */
static ProbeOutcome outcome_of(const JournalRow *row, const Probe *probe)
{
    if (row->sqlstate && !row->probe && !journal_row_commits(row))
        return OUTCOME_NOT_DONE;
    return probe_outcome(row->probe, row->before, probe->state);
}

static gboolean settle_last(Session *session, const Script *script, JournalRow *row,
                            const EventSink *events, GError **error)
{
    g_auto(Probe) probe = {0};

    if (!probe_ask(session, row->probe, row->object, row->part, &probe, error))
        return FALSE;
    switch (outcome_of(row, &probe)) {
    case OUTCOME_UNKNOWN:
        return refuse_unknown(script, row, error);
    case OUTCOME_DONE:
        notice(events, script, row->first, "it has had its effect: going on behind it");
        return settle(session, script, row, TRUE, error);
    case OUTCOME_HALF:
        notice(events, script, row->first, "it was cut off half-way: finishing it");
        return finish_detach(session, row, error) && settle(session, script, row, TRUE, error);
    case OUTCOME_REPEATABLE:
        notice(events, script, row->first, "how it ended is not known: running it again");
        break;
    case OUTCOME_NOT_DONE:
        break;
    }
    if (drops_leftovers(row, &probe) &&
        !drop_leftovers(session, script, row, &probe, events, error))
        return FALSE;
    return settle(session, script, row, FALSE, error);
}

/* --- The whole -------------------------------------------------------------------------------- */

static const JournalRow *last_finished(const Journal *journal)
{
    for (guint i = journal->rows->len; i > 0; i--) {
        const JournalRow *row = g_ptr_array_index(journal->rows, i - 1);

        if (row->is_finished)
            return row;
    }
    return NULL;
}

static gboolean refuse_changed(Script *script, const JournalRow *row, GError **error)
{
    const char *id = script->step->revision->id;
    g_autofree char *digest = script_digest(script, row->last + 1);
    ErrorSite site = {.path = script->step->revision->path};

    if (row->last < script->statements->len && g_str_equal(digest, row->digest))
        return TRUE;
    error_set(error, ERROR_REFUSED,
              "revision %s is half-run, and what has run of it, up to statement %u, was changed in "
              "the file since",
              id, row->last + 1);
    error_set_site(error, &site);
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error,
                   "put them back as they were (what follows may change); or take back by hand "
                   "what they did, and say so: pgsluice repair --not-applied %s:1",
                   id);
    return FALSE;
}

gboolean recover_script(Session *session, Script *script, const EventSink *events, GError **error)
{
    g_autoptr(Journal) journal = NULL;
    const JournalRow *finished;
    JournalRow *last;

    if (!journal_read(session, &journal, error))
        return FALSE;
    if (!journal || !g_str_equal(journal->revision, script->step->revision->id))
        return TRUE;
    last = g_ptr_array_index(journal->rows, journal->rows->len - 1);
    if (!last->is_finished && !settle_last(session, script, last, events, error))
        return FALSE;
    finished = last_finished(journal);
    if (!finished)
        return TRUE;
    if (!refuse_changed(script, finished, error))
        return FALSE;
    script_resume(script, finished->last + 1);
    return TRUE;
}
