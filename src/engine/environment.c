/* Guarding and renaming the environment marker. */
#include "engine/environment.h"

#include "base/error.h"
#include "engine/run.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

static void refuse_other(const char *stored, const char *configured, GError **error)
{
    error_set(error, ERROR_REFUSED,
              "the database belongs to environment \"%s\", and environment.name is \"%s\"", stored,
              configured);
    error_set_hint(error,
                   "is this the database you mean? For this one command: --environment \"%s\"; to "
                   "give it another name for good: pgsluice repair --environment \"%s\" --reason "
                   "TEXT",
                   stored, configured);
}

static void refuse_acknowledged(const char *stored, const char *acknowledged, GError **error)
{
    if (stored)
        error_set(error, ERROR_REFUSED,
                  "the database belongs to environment \"%s\", not to \"%s\" as --environment says",
                  stored, acknowledged);
    else
        error_set(error, ERROR_REFUSED,
                  "the database belongs to no environment yet, so it cannot be \"%s\" as "
                  "--environment says",
                  acknowledged);
    error_set_hint(error, "pgsluice status says which database this is");
}

gboolean environment_require(const Session *session, const DatabaseState *state,
                             const char *acknowledged, GError **error)
{
    const char *configured = session->settings->environment;
    const char *expected = state->environment ? state->environment : configured;

    if (g_strcmp0(expected, acknowledged ? acknowledged : configured) == 0)
        return TRUE;
    if (acknowledged)
        refuse_acknowledged(state->environment, acknowledged, error);
    else
        refuse_other(state->environment, configured, error);
    error_set_outcome(error, "nothing was changed");
    return FALSE;
}

static gboolean rename_locked(Session *session, const char *name, const char *actor,
                              const char *reason, char **former, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autofree char *sql = session_expand(session, sql_record_environment);
    g_autoptr(Result) result = NULL;
    g_autofree char *heads = NULL;
    g_autofree char *run = NULL;

    if (!state)
        return FALSE;
    if (!state->has_state) {
        error_set(error, ERROR_REFUSED,
                  "the database has no name to change: nothing of pgsluice's "
                  "is in it yet");
        error_set_hint(error, "its first change gives it environment.name; or: pgsluice "
                              "ensure_version");
        return FALSE;
    }
    run = run_format(session, &(RunOrigin){NULL, actor, reason}, error);
    heads = text_array_format((const char *const *)state->heads);
    if (!run || !conn_exec_params(session->conn, sql, 3, (const char *[]){name, heads, run},
                                  &result, error))
        return FALSE;
    *former = g_strdup(result_text(result, 0, 0));
    return TRUE;
}

gboolean environment_rename(Session *session, const char *name, const char *actor,
                            const char *reason, const EventSink *events, char **former,
                            GError **error)
{
    g_autofree char *then = NULL;
    gboolean renamed;
    gboolean taken;

    if (!session_lock(session, NULL, NULL, &taken, events, error))
        return FALSE;
    renamed = rename_locked(session, name, actor, reason, &then, error);
    if (!session_unlock(session, renamed ? error : NULL) || !renamed)
        return FALSE;
    *former = g_steal_pointer(&then);
    return TRUE;
}
