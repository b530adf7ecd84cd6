/* The list of messages of one revision. */
#include "engine/step.h"

#include "db/result.h"
#include "engine/facts.h"
#include "engine/probe.h"

static void add_own(GArray *messages, ScriptPhase phase, const char *sql)
{
    StepMessage message = {.phase = phase, .sql = sql};

    g_array_append_val(messages, message);
}

/* `text` is that of the section, where the rows of a COPY stand. */
static void add_range(GArray *messages, ScriptPhase phase, const GPtrArray *statements,
                      const char *text, guint first, guint end)
{
    for (guint i = first; i < end; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);
        StepMessage message = {phase, statement, i, statement->sql, NULL, 0};

        if (statement->data_line) {
            message.rows = text + statement->data_offset;
            message.rows_length = statement->data_length;
        }
        g_array_append_val(messages, message);
    }
}

/* The verify section must succeed and leaves nothing. */
static void add_checks(GArray *messages, const Script *script)
{
    if (script->checks->len == 0)
        return;
    add_own(messages, PHASE_VERIFY, "SAVEPOINT pgsluice_verify");
    add_range(messages, PHASE_VERIFY, script->checks, script->body->verify.text, 0,
              script->checks->len);
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

/* What the session keeps beside parameters: a temporary table would stand before the next
 * revision's own of that name. What waits for the commit may be about such a table. */
static void add_discard(GArray *messages, const Script *script, const StepEnding *ending)
{
    add_own(messages, PHASE_COMMIT, "SET CONSTRAINTS ALL IMMEDIATE");
    add_own(messages, PHASE_COMMIT, "CLOSE ALL");
    add_own(messages, PHASE_COMMIT, "DEALLOCATE ALL");
    add_own(messages, PHASE_COMMIT, "DISCARD TEMP");
    if (script->may_keep_locks && ending->release_locks)
        add_own(messages, PHASE_COMMIT, ending->release_locks);
    if (script->may_listen)
        add_own(messages, PHASE_COMMIT, "UNLISTEN *");
    if (script->may_listen && ending->listen)
        add_own(messages, PHASE_COMMIT, ending->listen);
}

void step_add_session(GArray *messages, const Script *script, guint first)
{
    for (guint i = 0; script->natures && i < first; i++) {
        if (((const Nature *)g_ptr_array_index(script->natures, i))->kind == NATURE_SESSION)
            add_range(messages, PHASE_BEGIN, script->statements, script->section->text, i, i + 1);
    }
}

GArray *step_messages(const Script *script, const StepEnding *ending)
{
    GArray *messages = g_array_sized_new(FALSE, FALSE, sizeof(StepMessage), 12);
    const Segment *segment = script_segment(script);
    gboolean ends = script_ends_next(script);
    guint first = segment ? segment->first : script->statements->len;

    g_assert(!segment || segment->is_transaction);
    add_own(messages, PHASE_BEGIN, "BEGIN");
    step_add_session(messages, script, first);
    if (segment)
        add_range(messages, PHASE_STATEMENT, script->statements, script->section->text, first,
                  segment->end);
    if (ends)
        add_checks(messages, script);
    if (script->may_change_session)
        add_reset(messages);
    add_own(messages, ends ? PHASE_RECORD : PHASE_JOURNAL, NULL);
    if (script->may_change_session && ends)
        add_discard(messages, script, ending);
    if (ends && ending->settings)
        add_own(messages, PHASE_COMMIT, ending->settings);
    add_own(messages, PHASE_COMMIT, "COMMIT");
    return messages;
}

char *step_segment_facts(Script *script, const Segment *segment, SegmentState state,
                         const char *sqlstate)
{
    const Nature *nature = g_ptr_array_index(script->natures, segment->first);
    const Statement *statement = g_ptr_array_index(script->statements, segment->first);
    g_autofree char *first = g_strdup_printf("%u", segment->first + 1);
    g_autofree char *last = g_strdup_printf("%u", segment->end);
    g_autofree char *digest = script_digest(script, segment->end);
    g_autoptr(Pairs) pairs = pairs_new();

    pairs_add(pairs, "revision", script->step->revision->id);
    pairs_add(pairs, "first_statement", first);
    pairs_add(pairs, "last_statement", last);
    pairs_add(pairs, "direction", script->direction == PLAN_UPGRADE ? "upgrade" : "downgrade");
    pairs_add(pairs, "checksum", script->section->checksum);
    pairs_add(pairs, "digest", digest);
    pairs_add(pairs, "is_finished", state == SEGMENT_FINISHED ? "yes" : NULL);
    pairs_add(pairs, "sqlstate", state == SEGMENT_FAILED ? sqlstate : NULL);
    if (!segment->is_transaction) {
        pairs_add_redacted(pairs, "sql", statement->sql);
        pairs_add(pairs, "probe", probe_name(nature));
    }
    return pairs_format(pairs);
}

/* What the applied table and the ledger keep of a revision. */
static char *format_facts(const Script *script, gboolean is_last, const char *listing)
{
    g_autoptr(Pairs) pairs = pairs_new();

    pairs_add(pairs, "event", script->direction == PLAN_UPGRADE ? "upgrade" : "downgrade");
    pairs_add(pairs, "listing", listing);
    pairs_add(pairs, "is_journalled", script->is_transactional ? NULL : "yes");
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
