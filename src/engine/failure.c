/* The words of a failed migration. */
#include "engine/failure.h"

#include "base/error.h"
#include "sql/copy.h"

static const struct {
    const char *sqlstate;
    const char *hint;
} remedies[] = {
    {"25001", "this statement cannot run in a transaction, which its text does not show: put it "
              "into a revision of its own with \"-- Transaction: none\" in the header"},
    {"2D000",
     "a procedure or DO block that commits cannot run in a transaction: put it into a revision "
     "of its own with \"-- Transaction: none\" in the header"},
    {"55P04",
     "PostgreSQL cannot use a new enum value in the transaction that adds it: use it in the "
     "next revision"},
    {"55P03",
     "somebody held a lock on the table all the time: find out who with pg_stat_activity, or raise "
     "execution.lock_timeout or execution.retry_deadline, then run the same command again"},
    {"42501",
     "the role that migrates lacks this privilege: GRANT it, or migrate as the owner of the "
     "object, then run the same command again"},
    {"57P01",
     "somebody ended the session (pg_terminate_backend), or the server was shut down: when that "
     "is over, run the same command again; it goes on from there"},
    {"PS001",
     "run the same command again: it takes the lock anew and continues where it stopped; when "
     "that fails here again, the revision itself gives the lock away: look for "
     "pg_advisory_unlock_all"},
    {"PS002",
     "somebody (Alembic, or a person) changed it meanwhile: see `pgsluice current`, then run "
     "the same command again"},
    {"PS003", "a pooler switched the server process: use the server's direct address"},
};

gboolean failure_is_retryable(const GError *error)
{
    const char *sqlstate = error_sqlstate(error);

    return g_strcmp0(sqlstate, "55P03") == 0 || g_strcmp0(sqlstate, "40P01") == 0;
}

static ErrorKind failure_kind(const GError *error)
{
    const char *sqlstate = error_sqlstate(error);
    ErrorKind kind = error_kind(error);

    if (g_strcmp0(sqlstate, "PS001") == 0)
        return ERROR_LOCK_LOST;
    if (g_strcmp0(sqlstate, "PS002") == 0)
        return ERROR_HEADS_MOVED;
    if (g_strcmp0(sqlstate, "PS003") == 0)
        return ERROR_POOLER;
    if (g_strcmp0(sqlstate, "PS005") == 0)
        return ERROR_REFUSED;
    if (kind == ERROR_CANCELLED || kind == ERROR_CONNECTION_LOST)
        return kind;
    return ERROR_MIGRATION;
}

static const Section *failed_section(const FailurePlace *place)
{
    return place->phase == PHASE_VERIFY ? &place->script->body->verify : place->script->section;
}

static void add_site(const FailurePlace *place, GError **error)
{
    g_autofree char *source = NULL;
    ErrorSite site = {.path = place->script->step->revision->path};

    guint64 row = place->statement && place->statement->data_line
                      ? copy_failed_line(error_context(*error))
                      : 0;

    if (row) {
        script_locate_row(failed_section(place), place->statement, row, &site.line, &site.column,
                          &source);
        site.source = source;
    } else if (place->statement) {
        script_locate(failed_section(place), place->statement, place->position, &site.line,
                      &site.column, &source);
        site.source = source;
    }
    error_set_site(error, &site);
}

static char *describe_phase(const FailurePlace *place)
{
    const Script *script = place->script;

    if (place->phase == PHASE_COMMIT)
        return g_strdup(", at COMMIT");
    if (place->phase == PHASE_RECORD || place->phase == PHASE_JOURNAL)
        return g_strdup(", recording it");
    if (!place->statement)
        return g_strdup("");
    if (place->phase == PHASE_VERIFY)
        return g_strdup_printf(", verify statement %u of %u", place->index + 1,
                               script->checks->len);
    return g_strdup_printf(", statement %u of %u", place->index + 1, script->statements->len);
}

static void add_prefix(const FailurePlace *place, GError **error)
{
    const Revision *revision = place->script->step->revision;
    const char *verb = place->script->direction == PLAN_UPGRADE ? "applying" : "undoing";
    const char *open = *revision->message ? " (" : "", *close = *revision->message ? ")" : "";
    g_autofree char *phase = describe_phase(place);

    g_prefix_error(error, "%s %s%s%s%s%s: ", verb, revision->id, open, revision->message, close,
                   phase);
}

/* What a revision of several segments has left: those before this one. */
static char *describe_segments_outcome(const FailurePlace *place, gboolean is_lost)
{
    const Script *script = place->script;
    const char *id = script->step->revision->id;
    const Segment *segment = script_segment(script);
    gboolean goes_up = script->direction == PLAN_UPGRADE;
    guint done = segment ? segment->first : script->statements->len;
    GString *text = g_string_new(NULL);

    if (done == 0)
        g_string_append_printf(text, "no statement of %s has ended", id);
    else
        g_string_append_printf(
            text, "%s %u of %s's %s section %s", done == 1 ? "statement" : "statements 1 to", done,
            id, goes_up ? "up" : "down", done == 1 ? "has run and stays" : "have run and stay");
    if (segment && !segment->is_transaction && place->phase == PHASE_STATEMENT)
        g_string_append_printf(text, "; what statement %u left by itself %s", done + 1,
                               is_lost ? "is not known" : "may remain");
    if (segment && segment->is_transaction && segment->end == segment->first + 1)
        g_string_append_printf(text, "; nothing of statement %u remains", segment->end);
    else if (segment && segment->is_transaction)
        g_string_append_printf(text, "; nothing of statements %u to %u remains", segment->first + 1,
                               segment->end);
    g_string_append_printf(text, "; %s %s", id,
                           goes_up ? "is not recorded as applied" : "is still recorded as applied");
    return g_string_free(text, FALSE);
}

static char *describe_doubt(const FailurePlace *place)
{
    const char *id = place->script->step->revision->id;
    const char *why = place->why_in_doubt;
    g_autofree char *which =
        place->in_doubt == 1
            ? g_strdup_printf("whether %s was committed", id)
            : g_strdup_printf("whether %s and the %u after it were committed (or some of them)", id,
                              place->in_doubt - 1);

    return g_strdup_printf("%s is not known%s%s", which, why ? ", because " : "", why ? why : "");
}

static void add_outcome(const FailurePlace *place, GError **error)
{
    const Script *script = place->script;
    const char *id = script->step->revision->id;
    gboolean is_lost = error_is(*error, ERROR_CONNECTION_LOST) || place->in_doubt > 0;
    g_autofree char **before = step_heads_before(script->step);
    g_autofree char *heads = g_strjoinv(", ", before);
    g_autofree char *stands = g_strdup_printf("the database is at %s (%u of this run's revisions "
                                              "committed before the failure)",
                                              *heads ? heads : "base", place->before);

    if (error_is(*error, ERROR_HEADS_MOVED)) {
        error_set_outcome(
            error, "nothing of %s was recorded; `pgsluice current` tells where the database is",
            id);
    } else if (!script->is_transactional) {
        g_autofree char *segments = describe_segments_outcome(place, is_lost);

        error_set_outcome(error, "%s; %s", segments, stands);
    } else if (place->in_doubt > 0) {
        g_autofree char *doubt = describe_doubt(place);

        error_set_outcome(error, "%s; `pgsluice current` tells; before %s %s", doubt, id, stands);
    } else {
        error_set_outcome(error, "nothing of %s is in the database; %s", id, stands);
    }
}

static const char *remedy_of(const char *sqlstate)
{
    for (gsize i = 0; i < G_N_ELEMENTS(remedies); i++)
        if (g_strcmp0(sqlstate, remedies[i].sqlstate) == 0)
            return remedies[i].hint;
    return NULL;
}

/* A statement that ran without a transaction, and may have committed before it failed. */
static gboolean may_have_committed(const FailurePlace *place)
{
    const Script *script = place->script;
    const Segment *segment = script_segment(script);

    return !script->is_transactional && place->phase == PHASE_STATEMENT && segment &&
           !segment->is_transaction &&
           ((const Nature *)g_ptr_array_index(script->natures, segment->first))->kind ==
               NATURE_COMMITS;
}

static void add_doubt_hint(const FailurePlace *place, GError **error)
{
    const char *id = place->script->step->revision->id;
    guint number = place->index + 1;

    error_set_hint(error,
                   "it may have committed something: look, correct %s, then pgsluice repair "
                   "--applied %s:%u, or --not-applied %s:%u, and the same command again",
                   place->script->step->revision->path, id, number, id, number);
}

/* The journal has what has run: the next run goes on behind it. */
static void add_segments_hint(const FailurePlace *place, GError **error)
{
    const Script *script = place->script;
    const Segment *segment = script_segment(script);

    if (segment && error_is(*error, ERROR_MIGRATION))
        error_set_hint(error,
                       "correct %s from statement %u on, then run the same command again: it goes "
                       "on there",
                       script->step->revision->path, segment->first + 1);
    else
        error_set_hint(error, "run the same command again: it goes on where this one stopped");
}

static void add_hint(const FailurePlace *place, GError **error)
{
    const char *path = place->script->step->revision->path;
    const char *remedy = remedy_of(error_sqlstate(*error));
    gboolean was_ended = g_strcmp0(error_sqlstate(*error), "57014") == 0;

    if (error_hint(*error) && error_is(*error, ERROR_MIGRATION) && !remedy)
        return;
    if (may_have_committed(place))
        add_doubt_hint(place, error);
    else if (!error_is(*error, ERROR_CANCELLED) && remedy)
        error_set_hint(error, "%s", remedy);
    else if (error_is(*error, ERROR_MIGRATION) && was_ended)
        error_set_hint(
            error, place->has_time_limit
                       ? "execution.statement_timeout ended it, or somebody cancelled it: "
                         "run the same command again, with a longer limit"
                       : "somebody cancelled it (pg_cancel_backend): run the same command again");
    else if (!place->script->is_transactional && place->phase != PHASE_BEGIN)
        add_segments_hint(place, error);
    else if (error_is(*error, ERROR_MIGRATION) && place->phase == PHASE_RECORD)
        error_set_hint(
            error,
            "did %s change pgsluice's own tables, or may the role not write them? Nothing "
            "of it was kept",
            path);
    else if (error_is(*error, ERROR_MIGRATION) && place->script->is_stored)
        error_set_hint(error,
                       "this is the down section that the database keeps: install the file of %s "
                       "with one that works, then run the same command again",
                       place->script->step->revision->id);
    else if (error_is(*error, ERROR_MIGRATION))
        error_set_hint(error, "correct %s, then run the same command again", path);
    else
        error_set_hint(error, "run the same command again: it continues where this one stopped");
}

void failure_describe(const FailurePlace *place, GError **error)
{
    error_reclassify(error, failure_kind(*error));
    add_prefix(place, error);
    add_site(place, error);
    add_outcome(place, error);
    add_hint(place, error);
}

void failure_name_blockers(GError *error, const Sight *sight)
{
    g_autofree char *who = sight_describe_blockers(sight);
    g_autofree char *remedy = sight_remedy(sight);
    g_autofree char *message = error->message;

    error->message = g_strdup_printf("%s; in its way: %s", message, who);
    error_set_hint(&error,
                   "wait for whoever is in its way, or end that: %s; then run the same command "
                   "again. execution.retry_deadline says how long it is tried",
                   remedy);
}
