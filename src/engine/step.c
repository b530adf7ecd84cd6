/* The list of messages of one revision. */
#include "engine/step.h"

#include "db/result.h"
#include "engine/facts.h"

static void add_own(GArray *messages, ScriptPhase phase, const char *sql)
{
    StepMessage message = {.phase = phase, .sql = sql};

    g_array_append_val(messages, message);
}

static void add_section(GArray *messages, ScriptPhase phase, const GPtrArray *statements)
{
    for (guint i = 0; i < statements->len; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);
        StepMessage message = {phase, statement, i, statement->sql};

        g_array_append_val(messages, message);
    }
}

/* The verify section must succeed and leaves nothing. */
static void add_checks(GArray *messages, const Script *script)
{
    if (script->checks->len == 0)
        return;
    add_own(messages, PHASE_VERIFY, "SAVEPOINT pgsluice_verify");
    add_section(messages, PHASE_VERIFY, script->checks);
    add_own(messages, PHASE_VERIFY, "ROLLBACK TO SAVEPOINT pgsluice_verify");
}

/* The record is written by the role that logged in, and nothing that the revision set reaches the
 * next one; the record statement itself sets the session's parameters again. */
static void add_reset(GArray *messages)
{
    add_own(messages, PHASE_RECORD, "RESET SESSION AUTHORIZATION");
    add_own(messages, PHASE_RECORD, "RESET ROLE");
    add_own(messages, PHASE_RECORD, "RESET ALL");
    /* A role's own limit, back since the reset, must not end the record. */
    add_own(messages, PHASE_RECORD, "SET statement_timeout = 0");
}

GArray *step_messages(const Script *script, gboolean only_record, const char *durability)
{
    GArray *messages = g_array_sized_new(FALSE, FALSE, sizeof(StepMessage), 12);

    add_own(messages, PHASE_BEGIN, "BEGIN");
    if (!only_record)
        add_section(messages, PHASE_STATEMENT, script->statements);
    add_checks(messages, script);
    if (script->may_change_session)
        add_reset(messages);
    add_own(messages, PHASE_RECORD, NULL);
    if (durability)
        add_own(messages, PHASE_COMMIT, durability);
    add_own(messages, PHASE_COMMIT, "COMMIT");
    return messages;
}

/* What the applied table and the ledger keep of a revision. */
static char *format_facts(const Script *script, gboolean is_last, const char *listing)
{
    g_autoptr(Pairs) pairs = pairs_new();

    pairs_add(pairs, "event", script->direction == PLAN_UPGRADE ? "upgrade" : "downgrade");
    pairs_add(pairs, "listing", listing);
    pairs_add(pairs, "is_last", is_last ? "yes" : NULL);
    pairs_add(pairs, "asks_lock_table", is_last || script->may_change_session ? "yes" : NULL);
    if (script->direction == PLAN_UPGRADE) {
        facts_add(pairs, script->step->revision, script->body);
    } else {
        pairs_add(pairs, "revision", script->step->revision->id);
        pairs_add(pairs, "up_checksum", script->body->up.checksum);
    }
    return pairs_format(pairs);
}

static char *format_heads(char **heads)
{
    return text_array_format((const char *const *)heads);
}

GPtrArray *step_arguments(const Script *script, const char *version_table, gboolean is_last,
                          const char *listing, const char *run)
{
    const PlanStep *step = script->step;
    g_autofree char **before = step_heads_before(step);
    g_autofree char **after = step_heads_after(step);
    GPtrArray *arguments = g_ptr_array_new_full(7, g_free);

    g_ptr_array_add(arguments, g_strdup(version_table));
    g_ptr_array_add(arguments, format_heads(before));
    g_ptr_array_add(arguments, format_heads(after));
    g_ptr_array_add(arguments, format_heads(step->removed_heads));
    g_ptr_array_add(arguments, format_heads(step->added_heads));
    g_ptr_array_add(arguments, format_facts(script, is_last, listing));
    g_ptr_array_add(arguments, g_strdup(run));
    return arguments;
}
