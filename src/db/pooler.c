/* Supabase's names: where its poolers are, and the direct host that belongs to one. */
#include "db/pooler.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/error.h"

#define POOLER_HOSTS ".pooler.supabase.com"
#define DIRECT_HOSTS ".supabase.co"
#define TRANSACTION_PORT "6543"
#define DEFAULT_PORT "5432"

enum { PROJECT_LENGTH = 20 }; /* of a project's reference: letters and digits */

typedef enum { NO_POOLER, SESSION_POOLER, TRANSACTION_POOLER } PoolerMode;

/* As libpq completes a URL. */
static const char *value_of(const Dsn *dsn, const char *keyword, const char *variable)
{
    const char *value = dsn_get(dsn, keyword);

    return value && *value ? value : g_getenv(variable);
}

/* What a service file adds; dsn_free. libpq has no call that only reads one: a start with a mode
 * that it must refuse reads it, and connects nowhere. A service that is not found is the login's to
 * tell. */
static Dsn *with_service(const Dsn *dsn)
{
    static const char *const added[] = {"host", "port", "user", "dbname", NULL};
    g_autoptr(Dsn) refused = dsn_with(dsn, "sslmode", "none");
    Dsn *complete = dsn_with(dsn, "sslmode", dsn_get(dsn, "sslmode"));
    PGconn *pg;
    PQconninfoOption *options;

    if (!value_of(dsn, "service", "PGSERVICE"))
        return complete;
    pg = PQconnectStartParams(dsn_keywords(refused), dsn_values(refused), 0);
    options = pg ? PQconninfo(pg) : NULL;
    for (const PQconninfoOption *option = options; option && option->keyword; option++) {
        Dsn *more;

        if (!option->val || !g_strv_contains(added, option->keyword))
            continue;
        more = dsn_with(complete, option->keyword, option->val);
        dsn_free(complete);
        complete = more;
    }
    PQconninfoFree(options);
    PQfinish(pg);
    return complete;
}

/* The project in "ROLE.PROJECT", a login that only Supabase's pooler understands, or NULL. */
static const char *project_of_user(const char *user)
{
    const char *dot = user ? strrchr(user, '.') : NULL;

    if (!dot || dot == user || strlen(dot + 1) != PROJECT_LENGTH ||
        strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz0123456789") != PROJECT_LENGTH)
        return NULL;
    return dot + 1;
}

/* Case and a final dot do not count in a name. */
static gboolean is_under(const char *host, const char *domain)
{
    g_autofree char *name = g_ascii_strdown(host, -1);

    if (g_str_has_suffix(name, "."))
        name[strlen(name) - 1] = '\0';
    return g_str_has_suffix(name, domain);
}

gboolean pooler_is_direct_host(const char *host)
{
    return is_under(host, DIRECT_HOSTS);
}

static PoolerMode judge(const char *host, const char *port, const char *user)
{
    gboolean is_direct = pooler_is_direct_host(host);
    gboolean is_pooler =
        is_under(host, POOLER_HOSTS) || (!is_direct && *host != '/' && project_of_user(user));
    gboolean is_transaction = g_str_equal(port, TRANSACTION_PORT);

    if (is_transaction && (is_pooler || is_direct))
        return TRANSACTION_POOLER;
    return is_pooler ? SESSION_POOLER : NO_POOLER;
}

/* The worst that the hosts of `dsn` hold, and "host:port" of it; g_free. */
static PoolerMode find_pooler(const Dsn *dsn, char **where)
{
    const char *hosts = value_of(dsn, "host", "PGHOST");
    const char *ports = value_of(dsn, "port", "PGPORT");
    const char *user = value_of(dsn, "user", "PGUSER");
    g_auto(GStrv) host = g_strsplit(hosts ? hosts : "", ",", -1);
    g_auto(GStrv) port = g_strsplit(ports ? ports : "", ",", -1);
    guint port_count = g_strv_length(port);
    PoolerMode worst = NO_POOLER;

    *where = NULL;
    for (guint i = 0; host[i]; i++) {
        const char *given = i < port_count ? port[i] : port_count ? port[0] : "";
        const char *its_port = *given ? given : DEFAULT_PORT;
        PoolerMode mode = judge(host[i], its_port, user);

        if (mode <= worst)
            continue;
        worst = mode;
        g_free(*where);
        *where = g_strdup_printf("%s:%s", host[i], its_port);
    }
    return worst;
}

/* From the user, or from db.PROJECT.supabase.co; g_free. */
static char *find_project(const Dsn *dsn)
{
    const char *of_user = project_of_user(value_of(dsn, "user", "PGUSER"));
    const char *hosts = value_of(dsn, "host", "PGHOST");
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GRegex) direct =
        g_regex_new("\\bdb\\.([a-z0-9]+)\\.supabase\\.co\\b", G_REGEX_CASELESS, 0, NULL);

    if (of_user)
        return g_strdup(of_user);
    if (hosts && g_regex_match(direct, hosts, 0, &match))
        return g_match_info_fetch(match, 1);
    return g_strdup("PROJECTREF");
}

/* `dsn` is complete. */
static char *direct_url(const Dsn *dsn)
{
    const char *user = value_of(dsn, "user", "PGUSER");
    const char *name = value_of(dsn, "dbname", "PGDATABASE");
    g_autofree char *where = NULL;
    g_autofree char *project = find_project(dsn);
    g_autofree char *host = g_strdup_printf("db.%s" DIRECT_HOSTS, project);
    g_autofree char *role = project_of_user(user)
                                ? g_strndup(user, (gsize)(strrchr(user, '.') - user))
                                : g_strdup(user ? user : "postgres");
    const char *const values[][2] = {{"user", role},
                                     {"password", "***"},
                                     {"host", host},
                                     {"port", DEFAULT_PORT},
                                     {"dbname", name ? name : "postgres"},
                                     {"sslmode", "require"}};
    g_autoptr(Dsn) direct = NULL;

    if (find_pooler(dsn, &where) == NO_POOLER)
        return NULL;
    direct = dsn_parse("postgresql://", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        Dsn *more = dsn_with(direct, values[i][0], values[i][1]);

        dsn_free(direct);
        direct = more;
    }
    return dsn_describe(direct);
}

char *pooler_direct_url(const Dsn *dsn)
{
    g_autoptr(Dsn) complete = with_service(dsn);

    return direct_url(complete);
}

gboolean pooler_refuse(const Dsn *dsn, gboolean accepts_session, GError **error)
{
    g_autoptr(Dsn) complete = with_service(dsn);
    g_autofree char *where = NULL;
    PoolerMode mode = find_pooler(complete, &where);
    g_autofree char *direct = NULL;

    if (mode == NO_POOLER || (mode == SESSION_POOLER && accepts_session))
        return TRUE;
    direct = direct_url(complete);
    error_set(error, ERROR_POOLER,
              "%s is a connection pooler of Supabase's (%s mode): the migration lock would not be "
              "safe behind it",
              where, mode == SESSION_POOLER ? "session" : "transaction");
    error_set_hint(error,
                   "use the direct connection: %s; where there is no IPv6, port 5432 of the "
                   "pooler's host together with database.pooler = \"session\"",
                   direct);
    error_set_outcome(error, "no connection was tried, nothing was changed");
    return FALSE;
}
