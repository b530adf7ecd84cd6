/* Making, emptying and dropping scratch databases. Which of the three kinds it is shows only where
 * one is made and where it ends. */
#include "engine/scratch.h"

#include <string.h>

#include "base/error.h"
#include "db/cluster.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

#define CLUSTER_FOLDER ".pgsluice-scratch"
enum { LAST_WORDS = 10 * G_USEC_PER_SEC, TOKEN_DIGITS = 12 };

typedef enum { PLACE_SERVER, PLACE_URL, PLACE_CLUSTER } Place;

struct Scratch {
    Session *target;
    Place place;
    Cluster *cluster;   /* PLACE_CLUSTER, else NULL */
    EngineSettings own; /* of `admin`, when that is ours */
    Secret *own_url;
    Session *own_admin;      /* in the cluster; NULL: the target's session */
    char *database;          /* that we have made and must drop; NULL: none now */
    EngineSettings settings; /* of `session` */
    Secret *url;
    Session *session; /* in the scratch database; NULL: none now */
};

static Session *admin_of(const Scratch *scratch)
{
    return scratch->own_admin ? scratch->own_admin : scratch->target;
}

/* As the target's, but in another database: without its records and its password's limits. */
static EngineSettings settings_for(const Scratch *scratch, const Secret *url)
{
    EngineSettings settings = *scratch->target->settings;

    settings.url = url;
    settings.records_schema = FALSE;
    settings.failure_limit = 0;
    return settings;
}

static int major_of(const Session *session)
{
    return conn_server_version(session->conn) / 10000;
}

/* What crosses servers must mean the same on both. */
static gboolean require_same_major(const Scratch *scratch, int major, GError **error)
{
    if (major == major_of(scratch->target))
        return TRUE;
    error_set(error, ERROR_REFUSED,
              "the scratch database is on PostgreSQL %d, the target on PostgreSQL %d", major,
              major_of(scratch->target));
    error_set_hint(error,
                   "a schema is read back otherwise by another major version: give "
                   "migrations.scratch_url a database of the same one%s",
                   scratch->place == PLACE_CLUSTER ? ", or embedded.bindir its programs" : "");
    return FALSE;
}

/* --- On the target's server, or in the private cluster ---------------------------------------- */

static gboolean ask(Session *session, const char *sql, const char *value, Result **result,
                    GError **error)
{
    return conn_exec_params(session->conn, sql, value ? 1 : 0, &value, result, error);
}

static gboolean refuse_without_createdb(const Scratch *scratch, GError **error)
{
    error_set(error, ERROR_REFUSED,
              "role %s must not create databases, and pgsluice needs an empty one to load schemas "
              "into",
              scratch->target->facts.role);
    error_set_hint(error, "ALTER ROLE ... CREATEDB; or give it an empty database: "
                          "migrations.scratch_url = \"postgresql://...\"; or a private server "
                          "here: migrations.scratch_url = \"embedded\"");
    return FALSE;
}

/* The name tells whose it is, so that nothing has to be written to find left-overs. */
static char *new_name(const Session *admin, const char *started)
{
    g_autofree char *token = g_uuid_string_random();
    char *end = strrchr(token, '-') + 1;

    G_STATIC_ASSERT(TOKEN_DIGITS == 12); /* of a UUID behind its last dash */
    return g_strdup_printf("pgsluice_scratch_%s_%s_%s", admin->facts.backend_pid, started, end);
}

/* The statement depends on the name, and the name on what is asked with it. */
static gboolean create_database(Scratch *scratch, GError **error)
{
    Session *admin = admin_of(scratch);
    g_autoptr(Result) mine = NULL;
    g_autoptr(Result) like = NULL;
    g_autofree char *name = NULL;

    if (!ask(admin, sql_scratch_create, "", &mine, error))
        return FALSE;
    name = new_name(admin, result_text(mine, 0, 2));
    if (!ask(scratch->target, sql_scratch_create, name, &like, error))
        return FALSE;
    if (!result_boolean(mine, 0, 4))
        return refuse_without_createdb(scratch, error);
    scratch->database = g_steal_pointer(&name); /* to be dropped even when it is half made */
    if (conn_exec(admin->conn, result_text(like, 0, 0), NULL, error))
        return TRUE;
    g_prefix_error(error, "making a scratch database: ");
    return FALSE;
}

/* One that is in use, or that vanishes meanwhile, is somebody else's business. */
static void drop_database(Session *admin, const char *name, const char *how)
{
    g_autofree char *quoted = sql_quote_identifier(name);
    g_autofree char *sql = g_strdup_printf("DROP DATABASE IF EXISTS %s%s", quoted, how);

    conn_exec(admin->conn, sql, NULL, NULL);
}

static gboolean drop_left_overs(Session *admin, GError **error)
{
    g_autoptr(Result) left = NULL;

    if (!conn_exec(admin->conn, sql_scratch_left, &left, error))
        return FALSE;
    for (int i = 0; i < result_rows(left); i++)
        drop_database(admin, result_text(left, i, 0), "");
    return TRUE;
}

static gboolean require_createdb(Scratch *scratch, GError **error)
{
    g_autoptr(Result) result = NULL;

    if (!ask(admin_of(scratch), sql_scratch_create, "", &result, error))
        return FALSE;
    return result_boolean(result, 0, 4) ? TRUE : refuse_without_createdb(scratch, error);
}

/* --- The private cluster ---------------------------------------------------------------------- */

/* Roles as on the target; those that an earlier run has made are there already. */
static gboolean copy_roles(Scratch *scratch, Session *cluster, GError **error)
{
    g_autoptr(Result) roles = NULL;

    if (!ask(scratch->target, sql_scratch_roles, scratch->target->facts.role, &roles, error))
        return FALSE;
    for (int i = 0; i < result_rows(roles); i++) {
        g_autoptr(GError) reason = NULL;

        if (conn_exec(cluster->conn, result_text(roles, i, 0), NULL, &reason) ||
            g_strcmp0(error_sqlstate(reason), "42710") == 0)
            continue;
        g_propagate_prefixed_error(error, g_steal_pointer(&reason), "making the target's roles: ");
        return FALSE;
    }
    return TRUE;
}

/* A session in the cluster as `user`, NULL: its superuser. */
static Session *open_in_cluster(Scratch *scratch, const char *user, GError **error)
{
    g_autoptr(Dsn) dsn = dsn_parse(cluster_url(scratch->cluster), error);
    g_autoptr(Dsn) as_user = dsn && user ? dsn_with(dsn, "user", user) : NULL;

    if (!dsn)
        return NULL;
    secret_free(scratch->own_url);
    scratch->own_url = dsn_secret(as_user ? as_user : dsn);
    scratch->own = settings_for(scratch, scratch->own_url);
    return session_open(&scratch->own, FALSE, scratch->target->cancel, NULL, error);
}

static gboolean start_cluster(Scratch *scratch, GError **error)
{
    const EngineSettings *settings = scratch->target->settings;
    const ClusterOptions options = {.directory = CLUSTER_FOLDER,
                                    .bindir = settings->embedded_bindir,
                                    .user = settings->embedded_user,
                                    .is_throwaway = TRUE,
                                    .is_owned = TRUE};
    gboolean was_running;

    scratch->cluster = cluster_new(&options, error);
    return scratch->cluster &&
           cluster_start(scratch->cluster, scratch->target->cancel, &was_running, error) &&
           require_same_major(scratch, cluster_server_major(scratch->cluster), error);
}

static gboolean open_cluster(Scratch *scratch, GError **error)
{
    g_autoptr(Session) superuser = NULL;

    if (!start_cluster(scratch, error))
        return FALSE;
    superuser = open_in_cluster(scratch, NULL, error);
    if (!superuser || !copy_roles(scratch, superuser, error))
        return FALSE;
    g_clear_pointer(&superuser, session_close); /* before its settings change */
    scratch->own_admin = open_in_cluster(scratch, scratch->target->facts.role, error);
    return scratch->own_admin && drop_left_overs(scratch->own_admin, error);
}

/* --- The database of scratch_url -------------------------------------------------------------- */

static gboolean refuse_url(const char *hint, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
static gboolean refuse_url(const char *hint, GError **error, const char *format, ...)
{
    g_autofree char *reason = NULL;
    va_list arguments;

    va_start(arguments, format);
    reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    error_set(error, ERROR_REFUSED, "migrations.scratch_url: %s", reason);
    error_set_hint(error, "%s", hint);
    return FALSE;
}

/* The mark is in it as long as what else is there is ours. */
static gboolean require_empty(Scratch *scratch, gboolean *is_marked, GError **error)
{
    g_autoptr(Result) target = NULL;
    g_autoptr(Result) look = NULL;
    const char *values[2];

    if (!ask(scratch->target, sql_scratch_create, "", &target, error))
        return FALSE;
    values[0] = result_text(target, 0, 1);
    values[1] = result_text(target, 0, 3);
    if (!conn_exec_params(scratch->session->conn, sql_scratch_look, 2, values, &look, error))
        return FALSE;
    *is_marked = result_boolean(look, 0, 0);
    if (result_boolean(look, 0, 2))
        return refuse_url("make a database of its own for it: CREATE DATABASE scratch", error,
                          "that is the very database that is migrated");
    if (!result_boolean(look, 0, 3))
        return refuse_url("try again when that has ended, or give each run a database of its own",
                          error, "another run uses this database now");
    if (!*is_marked && result_text(look, 0, 1))
        return refuse_url("it is emptied before and after use, so it must belong to nobody: give "
                          "it an empty database",
                          error, "the database %s is not empty: %s",
                          scratch->session->facts.database, result_text(look, 0, 1));
    return require_same_major(scratch, major_of(scratch->session), error);
}

static gboolean empty_marked(Scratch *scratch, GError **error)
{
    if (conn_exec(scratch->session->conn, sql_scratch_empty, NULL, error))
        return TRUE;
    g_prefix_error(error, "emptying the database of migrations.scratch_url: ");
    return FALSE;
}

static gboolean take_url(Scratch *scratch, GError **error)
{
    gboolean is_marked;

    return require_empty(scratch, &is_marked, error) &&
           (!is_marked || empty_marked(scratch, error)) &&
           conn_exec(scratch->session->conn, "CREATE SCHEMA pgsluice_scratch", NULL, error);
}

/* --- Opening and closing ---------------------------------------------------------------------- */

static Place choose_place(const Secret *url)
{
    if (!url)
        return PLACE_SERVER;
    return g_str_equal(secret_reveal(url), "embedded") ? PLACE_CLUSTER : PLACE_URL;
}

Scratch *scratch_open(Session *target, GError **error)
{
    g_autoptr(Scratch) scratch = g_new0(Scratch, 1);
    gboolean is_open = TRUE;

    scratch->target = target;
    scratch->place = choose_place(target->settings->scratch_url);
    if (scratch->place == PLACE_CLUSTER)
        is_open = open_cluster(scratch, error);
    else if (scratch->place == PLACE_SERVER)
        is_open = drop_left_overs(target, error) && require_createdb(scratch, error);
    return is_open ? g_steal_pointer(&scratch) : NULL;
}

/* Only what has our mark is emptied: the session may have been refused. The lock goes at once, and
 * not when the server process has noticed that we have left. */
static void empty_for_good(Session *session)
{
    static const char guarded[] = "SELECT pg_catalog.to_regnamespace('pgsluice_scratch') IS NULL";
    g_autoptr(Result) result = NULL;
    Conn *conn = session->conn;

    if (!conn_is_alive(conn))
        return;
    conn_set_cancel(conn, NULL);
    conn_set_timeout(conn, LAST_WORDS);
    if (conn_in_transaction(conn))
        conn_exec(conn, "ROLLBACK", NULL, NULL);
    if (conn_exec(conn, guarded, &result, NULL) && !result_boolean(result, 0, 0))
        conn_exec(conn, sql_scratch_empty, NULL, NULL);
    conn_exec(conn, "SELECT pg_catalog.pg_advisory_unlock_all()", NULL, NULL);
}

/* Also after a cancellation, which may have left a transaction open: nobody else would drop it
 * before the next run. */
static void drop_own(Scratch *scratch)
{
    Session *admin = admin_of(scratch);

    if (!scratch->database)
        return;
    conn_set_cancel(admin->conn, NULL);
    conn_set_timeout(admin->conn, LAST_WORDS);
    if (conn_is_alive(admin->conn) && conn_in_transaction(admin->conn))
        conn_exec(admin->conn, "ROLLBACK", NULL, NULL);
    drop_database(admin, scratch->database, " WITH (FORCE)");
    conn_set_timeout(admin->conn, 0);
    conn_set_cancel(admin->conn, admin->cancel);
    g_clear_pointer(&scratch->database, g_free);
}

static void end_database(Scratch *scratch)
{
    if (scratch->session && scratch->place == PLACE_URL)
        empty_for_good(scratch->session);
    g_clear_pointer(&scratch->session, session_close);
    g_clear_pointer(&scratch->url, secret_free);
    drop_own(scratch);
}

static Secret *database_url(const Scratch *scratch, GError **error)
{
    g_autoptr(Dsn) dsn = NULL;
    g_autoptr(Dsn) other = NULL;

    if (scratch->place == PLACE_URL)
        return secret_new(secret_reveal(scratch->target->settings->scratch_url));
    dsn = dsn_parse(secret_reveal(admin_of(scratch)->settings->url), error);
    other = dsn ? dsn_with(dsn, "dbname", scratch->database) : NULL;
    return other ? dsn_secret(other) : NULL;
}

/* Nothing of it has to survive a crash of the server. */
static gboolean forget_quickly(Session *session, GError **error)
{
    return conn_exec(session->conn, "SET synchronous_commit = off", NULL, error);
}

static gboolean open_session(Scratch *scratch, GError **error)
{
    scratch->url = database_url(scratch, error);
    if (!scratch->url)
        return FALSE;
    scratch->settings = settings_for(scratch, scratch->url);
    scratch->session =
        session_open(&scratch->settings, FALSE, scratch->target->cancel, NULL, error);
    if (scratch->session && forget_quickly(scratch->session, error))
        return TRUE;
    g_prefix_error(error, "opening the scratch database: ");
    return FALSE;
}

Session *scratch_renew(Scratch *scratch, GError **error)
{
    end_database(scratch);
    if (scratch->place != PLACE_URL && !create_database(scratch, error))
        return NULL;
    if (!open_session(scratch, error))
        return NULL;
    if (scratch->place == PLACE_URL && !take_url(scratch, error)) {
        g_clear_pointer(&scratch->session, session_close);
        return NULL;
    }
    return scratch->session;
}

void scratch_close(Scratch *scratch)
{
    if (!scratch)
        return;
    end_database(scratch);
    g_clear_pointer(&scratch->own_admin, session_close);
    if (scratch->cluster)
        cluster_stop(scratch->cluster, NULL);
    g_clear_pointer(&scratch->cluster, cluster_free);
    secret_free(scratch->own_url);
    g_free(scratch);
}
