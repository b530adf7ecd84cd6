/* Asking a server which of a run's revisions it has committed. */
#include "engine/doubt.h"

#include <string.h>

#include "base/error.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

typedef struct {
    char **heads;
    char **moves; /* "upgrade aaaa1111": the ledger since the run began */
    char **durations;
    char **applied;
    gboolean is_same_history;
} Evidence;

static void evidence_clear(Evidence *evidence)
{
    g_strfreev(evidence->heads);
    g_strfreev(evidence->moves);
    g_strfreev(evidence->durations);
    g_strfreev(evidence->applied);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Evidence, evidence_clear)

void ledger_end_clear(LedgerEnd *end)
{
    g_free(end->hash);
    *end = (LedgerEnd){0};
}

void ledger_end_read(LedgerEnd *end, const Result *result)
{
    ledger_end_clear(end);
    if (result_rows(result) == 0)
        return;
    end->id = result_int64(result, 0, 0);
    end->hash = g_strdup(result_text(result, 0, 1));
}

static const Script *script_at(const GPtrArray *scripts, guint index)
{
    return g_ptr_array_index(scripts, index);
}

static char *format_revisions(const GPtrArray *scripts)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();

    for (guint i = 0; i < scripts->len; i++)
        g_ptr_array_add(ids, script_at(scripts, i)->step->revision->id);
    g_ptr_array_add(ids, NULL);
    return text_array_format((const char *const *)ids->pdata);
}

static gboolean ask(Session *session, const GPtrArray *scripts, const LedgerEnd *end,
                    Evidence *evidence, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_doubt);
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, end->id);
    g_autofree char *revisions = format_revisions(scripts);
    const char *values[] = {id, end->hash ? end->hash : "", revisions};
    g_autoptr(Result) result = NULL;

    if (!conn_exec_params(session->conn, sql, G_N_ELEMENTS(values), values, &result, error))
        return FALSE;
    evidence->heads = result_text_array(result, 0, 0);
    evidence->is_same_history = result_boolean(result, 0, 1);
    evidence->moves = result_text_array(result, 0, 2);
    evidence->durations = result_text_array(result, 0, 3);
    evidence->applied = result_text_array(result, 0, 4);
    return TRUE;
}

/* Whether `heads` are those before script `index`; after the last one when it is the length. */
static gboolean stands_at(const GPtrArray *scripts, guint index, char **heads)
{
    g_autofree char **expected = index < scripts->len
                                     ? step_heads_before(script_at(scripts, index)->step)
                                     : step_heads_after(script_at(scripts, scripts->len - 1)->step);

    return g_strv_equal((const char *const *)expected, (const char *const *)heads);
}

/* A run never comes to the same heads twice. */
static gboolean find_position(const GPtrArray *scripts, char **heads, guint *position)
{
    for (guint i = 0; i <= scripts->len; i++) {
        if (stands_at(scripts, i, heads)) {
            *position = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* The ledger must tell of exactly these revisions, in order, and of nothing else. */
static gboolean ledger_agrees(const GPtrArray *scripts, guint position, char **moves)
{
    if (g_strv_length(moves) != position)
        return FALSE;
    for (guint i = 0; i < position; i++) {
        const Script *script = script_at(scripts, i);
        g_autofree char *expected =
            g_strdup_printf("%s %s", script->direction == PLAN_UPGRADE ? "upgrade" : "downgrade",
                            script->step->revision->id);

        if (!g_str_equal(moves[i], expected))
            return FALSE;
    }
    return TRUE;
}

/* Committed upgrades are in the table, committed downgrades are not. */
static gboolean applied_agrees(const GPtrArray *scripts, guint position, char **applied)
{
    g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; applied[i]; i++)
        g_hash_table_add(found, applied[i]);
    for (guint i = 0; i < position; i++) {
        const Script *script = script_at(scripts, i);
        gboolean is_there = g_hash_table_contains(found, script->step->revision->id);

        if (is_there != (script->direction == PLAN_UPGRADE))
            return FALSE;
    }
    return TRUE;
}

/* `what` goes after "it is at HEADS, ". */
static gboolean disbelieve(const Session *session, const Evidence *evidence, const char *what,
                           GError **error)
{
    g_autofree char *heads = g_strjoinv(", ", evidence->heads);

    error_set(error, ERROR_HEADS_MOVED, "%s answers again and is at %s, %s",
              conn_describe(session->conn), *heads ? heads : "base", what);
    return FALSE;
}

static gboolean weigh(const Session *session, const GPtrArray *scripts, const Evidence *evidence,
                      guint *position, GError **error)
{
    if (!evidence->is_same_history)
        return disbelieve(
            session, evidence,
            "but the ledger row that this run began after is not there: it is another "
            "database, or one that has lost commits",
            error);
    if (!find_position(scripts, evidence->heads, position))
        return disbelieve(session, evidence, "where this run never was: somebody moved it", error);
    if (!ledger_agrees(scripts, *position, evidence->moves))
        return disbelieve(session, evidence,
                          "but the ledger does not tell of this run's revisions up to there and of "
                          "nothing else: somebody moved it",
                          error);
    if (!applied_agrees(scripts, *position, evidence->applied))
        return disbelieve(session, evidence,
                          "but the table of applied revisions does not agree with that", error);
    return TRUE;
}

/* While another one has the lock: nothing is left to do when all that was sent is in. */
static gboolean is_complete(const DatabaseState *state, gpointer data)
{
    const GPtrArray *scripts = data;

    return stands_at(scripts, scripts->len, state->heads);
}

static gint64 *read_durations(char **texts, guint count)
{
    gint64 *durations = g_new0(gint64, count + 1);

    for (guint i = 0; i < count; i++)
        durations[i] = g_ascii_strtoll(texts[i], NULL, 10);
    return durations;
}

gboolean doubt_settle(Session *session, GPtrArray *scripts, const LedgerEnd *end,
                      const EventSink *events, Recovery *recovery, GError **error)
{
    g_auto(Evidence) evidence = {0};
    guint position = 0;
    gboolean taken;

    if (!session_reconnect(session, events, error) ||
        !session_lock(session, is_complete, scripts, &taken, events, error) ||
        !ask(session, scripts, end, &evidence, error) ||
        !weigh(session, scripts, &evidence, &position, error))
        return FALSE;
    recovery->committed = position;
    recovery->durations = read_durations(evidence.durations, position);
    return TRUE;
}
