/* Reading what the database holds, and creating pgsluice's own tables under the lock. */
#include <string.h>

#include "base/error.h"
#include "base/failpoint.h"
#include "engine/server.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

void hold_free(Hold *hold)
{
    if (!hold)
        return;
    g_free(hold->target);
    g_free(hold->reason);
    g_free(hold->actor);
    g_free(hold->since);
    g_free(hold->failed_revision);
    g_free(hold->failed_checksum);
    g_free(hold);
}

void database_state_free(DatabaseState *state)
{
    if (!state)
        return;
    g_strfreev(state->heads);
    hold_free(state->hold);
    g_free(state->half_run);
    g_free(state->listing);
    g_free(state->environment);
    g_free(state);
}

Hold *hold_copy(const Hold *hold)
{
    Hold *copy = NULL;

    if (hold) {
        copy = g_new(Hold, 1);
        *copy = (Hold){g_strdup(hold->target),
                       g_strdup(hold->reason),
                       g_strdup(hold->actor),
                       g_strdup(hold->since),
                       g_strdup(hold->failed_revision),
                       g_strdup(hold->failed_checksum),
                       hold->is_void};
    }
    return copy;
}

static gboolean look_for_tables(Session *session, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_presence);
    g_autoptr(Result) result = NULL;

    if (!ahead_ask(session, AHEAD_PRESENCE, sql, &result, error))
        return FALSE;
    session->has_version_table = result_boolean(result, 0, 0);
    session->has_state = result_boolean(result, 0, 1);
    return TRUE;
}

static DatabaseState *state_from_row(Session *session, const Result *result)
{
    DatabaseState *state = g_new0(DatabaseState, 1);

    state->has_version_table = TRUE;
    state->has_state = session->has_state;
    state->heads = result_text_array(result, 0, 0);
    if (!session->has_state)
        return state;
    state->state_version = (int)result_int64(result, 0, 1);
    state->listing = g_strdup(result_text(result, 0, 6));
    state->environment = g_strdup(result_text(result, 0, 8));
    session->has_environment = state->environment != NULL;
    state->half_run = g_strdup(result_text(result, 0, 11));
    state->half_run_direction =
        g_strcmp0(result_text(result, 0, 12), "downgrade") == 0 ? PLAN_DOWNGRADE : PLAN_UPGRADE;
    if (result_text(result, 0, 2)) {
        state->hold = g_new(Hold, 1);
        *state->hold = (Hold){g_strdup(result_text(result, 0, 2)),
                              g_strdup(result_text(result, 0, 3)),
                              g_strdup(result_text(result, 0, 4)),
                              g_strdup(result_text(result, 0, 5)),
                              g_strdup(result_text(result, 0, 9)),
                              g_strdup(result_text(result, 0, 10)),
                              FALSE};
    }
    return state;
}

/* The records of two projects in one schema would undo each other. */
static gboolean refuse_foreign_layout(const Session *session, const Result *result, GError **error)
{
    const EngineSettings *settings = session->settings;
    g_autofree char *ours =
        g_strconcat(settings->version_table_schema, ".", settings->version_table, NULL);
    const char *theirs = result_text(result, 0, 7);

    if (g_strcmp0(theirs, ours) == 0)
        return TRUE;
    error_set(error, ERROR_REFUSED,
              "schema \"%s\" keeps the records of version table %s, not of %s",
              settings->state_schema, theirs ? theirs : "(none)", ours);
    error_set_outcome(error, "nothing was changed");
    error_set_hint(
        error, "give each project in a database a schema of its own: set database.state_schema");
    return FALSE;
}

static gboolean refuse_newer_layout(const DatabaseState *state, const Session *session,
                                    GError **error)
{
    if (state->state_version <= STATE_LAYOUT)
        return TRUE;
    error_set(error, ERROR_REFUSED,
              "schema \"%s\" has layout %d, this pgsluice knows layouts up to %d",
              session->settings->state_schema, state->state_version, STATE_LAYOUT);
    error_set_hint(error,
                   "a newer pgsluice has worked on this database: install that version here");
    return FALSE;
}

/* Plans the question once in a session that asks it again and again. */
static gboolean prepare_and_ask(Session *session, Result **result, GError **error)
{
    g_autofree char *name = g_strdup_printf("pgsluice_state_%u", session->prepared++);
    g_autofree char *sql =
        g_strdup_printf("PREPARE %s AS %s; EXECUTE %s", name, session->read_state_sql, name);

    if (!conn_exec(session->conn, sql, result, error))
        return FALSE;
    g_free(session->prepared_state);
    session->prepared_state = g_steal_pointer(&name);
    return TRUE;
}

/* A revision may have dropped the prepared statement (DISCARD ALL), or changed what it returns. */
static gboolean ask_again(Session *session, Result **result, GError **error)
{
    g_autofree char *sql = g_strconcat("EXECUTE ", session->prepared_state, NULL);
    g_autoptr(GError) reason = NULL;
    const char *sqlstate;

    if (conn_exec(session->conn, sql, result, &reason))
        return TRUE;
    sqlstate = error_sqlstate(reason);
    if (g_strcmp0(sqlstate, "26000") == 0 || g_strcmp0(sqlstate, "0A000") == 0)
        return prepare_and_ask(session, result, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

static gboolean ask_state(Session *session, Result **result, GError **error)
{
    g_autofree char *heads_only = NULL;

    if (!ahead_ask(session, AHEAD_STATE, NULL, result, error))
        return FALSE;
    if (*result)
        return TRUE;
    if (session->has_state)
        return session->prepared_state ? ask_again(session, result, error)
                                       : prepare_and_ask(session, result, error);
    heads_only = session_expand(session, sql_read_heads);
    return conn_exec(session->conn, heads_only, result, error);
}

static DatabaseState *read_tables(Session *session, GError **error)
{
    g_autoptr(DatabaseState) state = NULL;
    g_autoptr(Result) result = NULL;

    if (!session->has_version_table) {
        state = g_new0(DatabaseState, 1);
        state->heads = g_new0(char *, 1);
        return g_steal_pointer(&state);
    }
    if (!ask_state(session, &result, error))
        return NULL;
    if (session->has_state && !result_text(result, 0, 1)) {
        error_set(error, ERROR_SQL, "table \"%s\".layout has lost its row",
                  session->settings->state_schema);
        return NULL;
    }
    if (session->has_state && !refuse_foreign_layout(session, result, error))
        return NULL;
    state = state_from_row(session, result);
    if (!refuse_newer_layout(state, session, error))
        return NULL;
    return g_steal_pointer(&state);
}

DatabaseState *session_read_state(Session *session, GError **error)
{
    gboolean knows_tables =
        (session->has_version_table && session->has_state) || session->just_looked;
    g_autoptr(GError) reason = NULL;
    DatabaseState *state;

    /* Tables that were there a moment ago rarely go: ask for them only until they have been seen.
     */
    session->just_looked = FALSE;
    if (!knows_tables && !look_for_tables(session, error))
        return NULL;
    state = read_tables(session, &reason);
    if (!state && g_strcmp0(error_sqlstate(reason), "42P01") == 0) {
        if (!look_for_tables(session, error))
            return NULL;
        g_clear_error(&reason);
        state = read_tables(session, &reason);
    }
    if (!state) {
        g_prefix_error(&reason, "reading the state of the database: ");
        if (error_is(reason, ERROR_PRIVILEGE))
            error_set_hint(
                &reason,
                "GRANT SELECT ON \"%s\".\"%s\" TO \"%s\"; GRANT USAGE ON SCHEMA "
                "\"%s\" TO \"%s\"; GRANT SELECT ON ALL TABLES IN SCHEMA \"%s\" TO \"%s\"",
                session->settings->version_table_schema, session->settings->version_table,
                session->facts.role, session->settings->state_schema, session->facts.role,
                session->settings->state_schema, session->facts.role);
        g_propagate_error(error, g_steal_pointer(&reason));
    }
    return state;
}

typedef enum {
    HAS_VERSION_SCHEMA,
    MAY_CREATE_SCHEMA,
    MAY_CREATE_TABLE,
    MAY_MOVE_HEADS,
    MAY_RECORD,
} PrivilegeColumn; /* of privileges.sql */

static void lack_version_table(const Session *session, const Result *result, GError **error)
{
    const EngineSettings *settings = session->settings;

    if (!result_boolean(result, 0, HAS_VERSION_SCHEMA)) {
        error_set(error, ERROR_CONFIG, "schema \"%s\" for the version table does not exist",
                  settings->version_table_schema);
        error_set_hint(error, "CREATE SCHEMA \"%s\"; or set database.version_table_schema",
                       settings->version_table_schema);
        return;
    }
    error_set(error, ERROR_PRIVILEGE,
              "role \"%s\" may not create table \"%s\" in schema \"%s\" of database \"%s\"",
              session->facts.role, settings->version_table, settings->version_table_schema,
              session->facts.database);
    error_set_hint(error,
                   "as the owner of the database run: GRANT CREATE ON SCHEMA \"%s\" TO \"%s\"",
                   settings->version_table_schema, session->facts.role);
}

static void lack_state_schema(const Session *session, GError **error)
{
    error_set(error, ERROR_PRIVILEGE, "role \"%s\" may not create schema \"%s\" in database \"%s\"",
              session->facts.role, session->settings->state_schema, session->facts.database);
    error_set_hint(error,
                   "as the owner of the database run: GRANT CREATE ON DATABASE \"%s\" TO \"%s\"",
                   session->facts.database, session->facts.role);
}

static void lack_rights(const Session *session, gboolean on_state, GError **error)
{
    const EngineSettings *settings = session->settings;
    const char *schema = on_state ? settings->state_schema : settings->version_table_schema;

    error_set(error, ERROR_PRIVILEGE, "role \"%s\" may not change %s of schema \"%s\"",
              session->facts.role, on_state ? "the tables" : settings->version_table, schema);
    error_set_hint(
        error,
        "as their owner run: GRANT USAGE ON SCHEMA \"%s\" TO \"%s\"; GRANT SELECT, INSERT, "
        "UPDATE, DELETE ON ALL TABLES IN SCHEMA \"%s\" TO \"%s\"; or migrate as that owner",
        schema, session->facts.role, schema, session->facts.role);
}

/* Asked beforehand, so that the answer is a GRANT to run and not a statement that failed half-way.
 */
static gboolean check_privileges(Session *session, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_privileges);
    g_autoptr(Result) result = NULL;

    if (!ahead_ask(session, AHEAD_PRIVILEGES, sql, &result, error)) {
        error_set_outcome(error, "nothing was changed");
        return FALSE;
    }
    if (!session->has_version_table && !result_boolean(result, 0, MAY_CREATE_TABLE))
        lack_version_table(session, result, error);
    else if (!session->has_state && !result_boolean(result, 0, MAY_CREATE_SCHEMA))
        lack_state_schema(session, error);
    else if (session->has_version_table && !result_boolean(result, 0, MAY_MOVE_HEADS))
        lack_rights(session, FALSE, error);
    else if (session->has_state && !result_boolean(result, 0, MAY_RECORD))
        lack_rights(session, TRUE, error);
    else
        return TRUE;
    error_set_outcome(error, "nothing was changed");
    return FALSE;
}

static gboolean create_tables(Session *session, const EventSink *events, GError **error)
{
    g_autoptr(GString) sql = g_string_new("BEGIN;");
    g_autofree char *what = NULL;
    g_autofree char *version_table = session_expand(session, sql_create_version_table);
    g_autofree char *layout = session_expand(session, sql_layout_1);
    g_autofree char *claim = session_expand(session, sql_claim_environment);
    EngineEvent event = {.kind = EVENT_STATE_CREATED};

    if (!session->has_version_table)
        g_string_append_printf(sql, "%s;", version_table);
    if (!session->has_state)
        g_string_append_printf(sql, "%s;%s;", layout, claim);
    g_string_append(sql, "COMMIT");
    FAILPOINT("state-creating");
    if (!conn_exec(session->conn, sql->str, NULL, error)) {
        g_prefix_error(error, "creating pgsluice's own tables: ");
        if (conn_is_alive(session->conn) && conn_in_transaction(session->conn))
            conn_exec(session->conn, "ROLLBACK", NULL, NULL);
        error_set_outcome(error, conn_is_alive(session->conn)
                                     ? "nothing was changed"
                                     : "whether they are there is not known: the next run sees");
        return FALSE;
    }
    what = g_strdup_printf("%s%s%s%s%s", session->has_version_table ? "" : "table ",
                           session->has_version_table ? "" : session->settings->version_table,
                           !session->has_version_table && !session->has_state ? " and " : "",
                           session->has_state ? "" : "schema ",
                           session->has_state ? "" : session->settings->state_schema);
    session->has_new_ledger = !session->has_state;
    session->has_version_table = session->has_state = session->has_environment = TRUE;
    FAILPOINT("state-created");
    event.text = what;
    event_send(events, &event);
    return TRUE;
}

/* A script made the tables, or somebody emptied the one for the name. */
static gboolean claim_environment(Session *session, GError **error)
{
    g_autofree char *claim = session_expand(session, sql_claim_environment);

    if (session->has_environment)
        return TRUE;
    session->has_environment = conn_exec(session->conn, claim, NULL, error);
    return session->has_environment;
}

gboolean session_prepare_state(Session *session, const EventSink *events, GError **error)
{
    g_assert(session->has_lock);
    if (!check_privileges(session, error) || !server_require_recorded(session, error))
        return FALSE;
    if (session->has_version_table && session->has_state)
        return claim_environment(session, error);
    return create_tables(session, events, error);
}
