/* The words of a failed migration. */
#include "engine/failure.h"

#include "base/error.h"

static const struct {
    const char *sqlstate;
    const char *hint;
} remedies[] = {
    {"25001", "this statement cannot run in a transaction: put it into a revision of its own with "
              "\"-- Transaction: none\" in the header"},
    {"55P04",
     "PostgreSQL cannot use a new enum value in the transaction that adds it: use it in the "
     "next revision"},
    {"55P03",
     "somebody held a lock on the table all the time: find out who with pg_stat_activity, or raise "
     "execution.lock_timeout or execution.retry_deadline, then run the same command again"},
    {"57014",
     "execution.statement_timeout ended it: raise it or make the statement smaller, then run "
     "the same command again"},
    {"42501",
     "the role that migrates lacks this privilege: GRANT it, or migrate as the owner of the "
     "object, then run the same command again"},
    {"PS001", "run the same command again: it takes the lock anew and continues where it stopped"},
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
    if (kind == ERROR_CANCELLED || kind == ERROR_CONNECTION_LOST)
        return kind;
    return ERROR_MIGRATION;
}

static void add_site(const FailurePlace *place, GError **error)
{
    const Script *script = place->script;
    g_autofree char *source = NULL;
    ErrorSite site = {.path = script->step->revision->path};

    if (place->phase == PHASE_STATEMENT) {
        script_locate(script, g_ptr_array_index(script->statements, place->statement),
                      place->position, &site.line, &site.column, &source);
        site.source = source;
    }
    error_set_site(error, &site);
}

static void add_prefix(const FailurePlace *place, GError **error)
{
    const Revision *revision = place->script->step->revision;
    const char *verb = place->script->direction == PLAN_UPGRADE ? "applying" : "undoing";
    const char *open = *revision->message ? " (" : "", *close = *revision->message ? ")" : "";

    switch (place->phase) {
    case PHASE_STATEMENT:
        g_prefix_error(error, "%s %s%s%s%s, statement %u of %u: ", verb, revision->id, open,
                       revision->message, close, place->statement + 1,
                       place->script->statements->len);
        break;
    case PHASE_COMMIT:
        g_prefix_error(error, "%s %s%s%s%s, at COMMIT: ", verb, revision->id, open,
                       revision->message, close);
        break;
    case PHASE_BEGIN:
    case PHASE_RECORD:
        g_prefix_error(error, "%s %s%s%s%s: ", verb, revision->id, open, revision->message, close);
        break;
    }
}

static void add_outcome(const FailurePlace *place, GError **error)
{
    const Script *script = place->script;
    const char *id = script->step->revision->id;
    g_autofree char *heads = g_strjoinv(", ", script->step->heads_before);
    g_autofree char *stands = g_strdup_printf("the database is at %s (%u of this run's revisions "
                                              "committed before the failure)",
                                              *heads ? heads : "base", place->before);

    if (error_is(*error, ERROR_CONNECTION_LOST))
        error_set_outcome(error,
                          "%s; whether %s was committed is not known: `pgsluice current` tells",
                          stands, id);
    else if (script->is_transactional)
        error_set_outcome(error, "nothing of %s is in the database; %s", id, stands);
    else if (place->phase == PHASE_STATEMENT && place->statement == 0)
        error_set_outcome(error,
                          "the first statement of %s failed outside a transaction: what it "
                          "did by itself may remain; %s",
                          id, stands);
    else
        error_set_outcome(error,
                          "statements 1 to %u of %s are in the database, the revision is not "
                          "recorded; %s",
                          place->phase == PHASE_STATEMENT ? place->statement
                                                          : script->statements->len,
                          id, stands);
}

static void add_hint(const FailurePlace *place, GError **error)
{
    const char *sqlstate = error_sqlstate(*error);

    if (error_hint(*error))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(remedies); i++) {
        if (g_strcmp0(sqlstate, remedies[i].sqlstate) == 0 && !error_is(*error, ERROR_CANCELLED)) {
            error_set_hint(error, "%s", remedies[i].hint);
            return;
        }
    }
    if (error_is(*error, ERROR_MIGRATION))
        error_set_hint(error, "correct %s, then run the same command again",
                       place->script->step->revision->path);
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
