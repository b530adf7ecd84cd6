/* URLs as SQLAlchemy, asyncpg and others write them, turned into libpq's. Only what differs is
 * looked at; libpq reads the rest. */
#include <string.h>

#include "base/error.h"
#include "db/dsn_private.h"

/* Parameters that mean something to somebody else. Harmless ones tune a driver's cache: a URL that
 * is addressed to a driver ("+asyncpg") may carry them. */
static const struct {
    const char *name;
    const char *owner;
    const char *hint;
    gboolean is_harmless;
} foreign_parameters[] = {
    {"prepared_statement_cache_size", "SQLAlchemy", "drop it: nothing is prepared here", TRUE},
    {"prepared_statement_name_func", "SQLAlchemy", "drop it: nothing is prepared here", TRUE},
    {"async_fallback", "SQLAlchemy", "drop it", TRUE},
    {"statement_cache_size", "asyncpg", "drop it: nothing is prepared here", TRUE},
    {"max_cached_statement_lifetime", "asyncpg", "drop it: nothing is prepared here", TRUE},
    {"max_cacheable_statement_size", "asyncpg", "drop it: nothing is prepared here", TRUE},
    {"prepare_threshold", "psycopg", "drop it: nothing is prepared here", TRUE},
    {"command_timeout", "asyncpg",
     "drop it; execution.statement_timeout is what limits a statement", FALSE},
    {"server_settings", "asyncpg", "drop it, or use ALTER ROLE ... SET", FALSE},
    {"timeout", "asyncpg", "write connect_timeout=SECONDS", FALSE},
    {"direct_tls", "asyncpg", "drop it", FALSE},
    {"executemany_mode", "SQLAlchemy", "drop it", FALSE},
    {"isolation_level", "SQLAlchemy", "drop it", FALSE},
    {"pool_size", "SQLAlchemy", "drop it: there is no pool", FALSE},
    {"max_overflow", "SQLAlchemy", "drop it: there is no pool", FALSE},
    {"pool_timeout", "SQLAlchemy", "drop it: there is no pool", FALSE},
    {"pool_recycle", "SQLAlchemy", "drop it: there is no pool", FALSE},
    {"pool_pre_ping", "SQLAlchemy", "drop it: there is no pool", FALSE},
    {"pgbouncer", "Prisma", "drop it, and give the direct connection, not the pooler's", FALSE},
    {"connection_limit", "Prisma", "drop it: there is no pool", FALSE},
    {"schema", "Prisma", "drop it; database.version_table_schema is what you may mean", FALSE},
};

/* asyncpg's ?ssl= takes booleans and libpq's words. */
static const struct {
    const char *value;
    const char *sslmode;
} ssl_values[] = {
    {"true", "require"},        {"1", "require"},
    {"yes", "require"},         {"on", "require"},
    {"require", "require"},     {"false", "disable"},
    {"0", "disable"},           {"no", "disable"},
    {"off", "disable"},         {"disable", "disable"},
    {"allow", "allow"},         {"prefer", "prefer"},
    {"verify-ca", "verify-ca"}, {"verify-full", "verify-full"},
    {"verify_ca", "verify-ca"}, {"verify_full", "verify-full"},
};

/* The query of the URL that is being written. */
typedef struct {
    GString *parameters; /* "a=b&c=d" */
    GString *hosts;      /* of host=, comma separated; empty when there is none */
    GString *ports;
    gboolean
        has_driver; /* the URL is SQLAlchemy's: "+" is a blank, its drivers' caches are no error */
} Query;

static void query_clear(Query *query)
{
    g_string_free(query->parameters, TRUE);
    g_string_free(query->hosts, TRUE);
    g_string_free(query->ports, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Query, query_clear)

static gsize scheme_length(const char *text)
{
    gsize length = 0;

    while (g_ascii_isalnum(text[length]) ||
           (length && strchr("+-._", text[length]) && text[length]))
        length++;
    return g_str_has_prefix(text + length, "://") ? length : 0;
}

gboolean dsn_url_is_url(const char *text)
{
    return scheme_length(text) > 0;
}

static gboolean check_scheme(const char *text, gsize length, GError **error)
{
    g_autofree char *scheme = g_ascii_strdown(text, (gssize)length);
    g_autofree char *base = g_strndup(scheme, strcspn(scheme, "+"));

    if (g_str_equal(base, "postgresql") || g_str_equal(base, "postgres"))
        return TRUE;
    error_set(error, ERROR_CONFIG, "\"%s://\" is not the URL of a PostgreSQL server", scheme);
    error_set_hint(error, DSN_FORM_HINT);
    return FALSE;
}

/* User and password with every character percent-encoded that means something else to libpq. A %
 * that begins no hexadecimal number is itself, as SQLAlchemy has it. */
static char *encode(const char *raw)
{
    GString *encoded = g_string_new(NULL);

    for (; *raw; raw++) {
        gboolean is_escape = *raw == '%' && g_ascii_isxdigit(raw[1]) && g_ascii_isxdigit(raw[2]);

        if (is_escape || g_ascii_isalnum(*raw) || strchr("-._~!$&'()*+,;=:", *raw))
            g_string_append_c(encoded, *raw);
        else
            g_string_append_printf(encoded, "%%%02X", (guchar)*raw);
    }
    return g_string_free(encoded, FALSE);
}

/* Remembers what stands between the first colon and `at`, as it is and decoded. */
static void remember_up_to(const char *authority, const char *at)
{
    const char *colon = at ? memchr(authority, ':', (gsize)(at - authority)) : NULL;
    g_autofree char *raw = colon ? g_strndup(colon + 1, (gsize)(at - colon - 1)) : NULL;
    g_autofree char *encoded = raw ? encode(raw) : NULL;
    g_autofree char *decoded = encoded ? g_uri_unescape_string(encoded, NULL) : NULL;

    secret_remember(raw);
    secret_remember(decoded);
}

/* However wrong the URL is: the password ends at its first @, or at its last. */
static void remember_password(const char *authority)
{
    remember_up_to(authority, strchr(authority, '@'));
    remember_up_to(authority, strrchr(authority, '@'));
}

/* "5432" or "5432,h2:5433": the colon before it is a port's, or a password's that looks like one.
 */
static gboolean is_port_list(const char *text, const char *end)
{
    const char *after = text + strspn(text, "0123456789");

    return after >= end || *after == ',';
}

static gboolean refuse_two_readings(GError **error)
{
    error_set(error, ERROR_CONFIG,
              "the database's URL can be read in two ways: its @ may end a password or belong to "
              "what stands there");
    error_set_hint(error, "in a password / is written as %%2F, ? as %%3F and @ as %%40; elsewhere "
                          "@ is written as %%40, too");
    return FALSE;
}

/* Finds the @ behind user and password (*at NULL: there is none). libpq looks for it before the
 * path only; SQLAlchemy takes a / in the password as it is. Where both are right by their own rules
 * and do not agree, a guess could send a password to a stranger. */
static gboolean find_at(const char *authority, const char **at, GError **error)
{
    const char *end = authority + strcspn(authority, "/?");
    const char *colon = memchr(authority, ':', (gsize)(end - authority));
    const char *first = strchr(authority, '@');
    gboolean is_behind = first && first > end;

    *at = NULL;
    if (!first || (is_behind && *authority == '['))
        return TRUE;
    if (is_behind && !colon)
        return *end == '/' || refuse_two_readings(error);
    if (is_behind && is_port_list(colon + 1, end))
        return refuse_two_readings(error);
    *at = first;
    return TRUE;
}

/* One more @ is a part of the password that the URL's own syntax takes for its end. */
static gboolean check_after(const char *at, GError **error)
{
    if (!memchr(at + 1, '@', strcspn(at + 1, "?")))
        return TRUE;
    error_set(error, ERROR_CONFIG,
              "the URL's user or password holds a character that must be percent-encoded");
    error_set_hint(error, "in a password @ is written as %%40");
    return FALSE;
}

/* "user:password@" as libpq reads it. */
static void append_login(GString *url, const char *authority, const char *at)
{
    g_autofree char *login = at ? g_strndup(authority, (gsize)(at - authority)) : NULL;
    g_autofree char *encoded = login ? encode(login) : NULL;

    if (encoded)
        g_string_append_printf(url, "%s@", encoded);
}

/* Hosts, ports and the path. The % before the zone of an IPv6 address is %25, which few know. */
static void append_place(GString *url, const char *place, gsize length)
{
    gboolean expects_zone = FALSE;

    for (const char *end = place + length; place < end; place++) {
        g_string_append_c(url, *place);
        if (expects_zone && *place == '%' && !g_str_has_prefix(place, "%25"))
            g_string_append(url, "25");
        expects_zone = *place == '[' || (expects_zone && !strchr("]%", *place));
    }
}

static void append_parameter(Query *query, const char *name, const char *value)
{
    if (query->parameters->len)
        g_string_append_c(query->parameters, '&');
    g_string_append_uri_escaped(query->parameters, name, NULL, FALSE);
    g_string_append_c(query->parameters, '=');
    g_string_append_uri_escaped(query->parameters, value, NULL, FALSE);
}

static gboolean take_ssl(Query *query, const char *value, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ssl_values); i++) {
        if (g_ascii_strcasecmp(value, ssl_values[i].value) == 0) {
            append_parameter(query, "sslmode", ssl_values[i].sslmode);
            return TRUE;
        }
    }
    error_set(error, ERROR_CONFIG, "the URL's ssl parameter is not understood");
    error_set_hint(error, "use sslmode= with disable, prefer, require, verify-ca or verify-full");
    return FALSE;
}

/* SQLAlchemy writes several hosts as host=a:1&host=b:2; libpq as host=a,b&port=1,2. */
static void take_host(Query *query, const char *value)
{
    const char *colon = *value == '/' ? NULL : strchr(value, ':');
    gboolean has_port = colon && !strpbrk(value, ",/") && !strchr(colon + 1, ':');
    gsize length = has_port ? (gsize)(colon - value) : strlen(value);

    if (query->hosts->len) {
        g_string_append_c(query->hosts, ',');
        g_string_append_c(query->ports, ',');
    }
    g_string_append_len(query->hosts, value, (gssize)length);
    if (has_port)
        g_string_append(query->ports, colon + 1);
}

/* The row of foreign_parameters, or -1. */
static int find_foreign(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(foreign_parameters); i++)
        if (g_str_equal(name, foreign_parameters[i].name))
            return (int)i;
    return -1;
}

static gboolean take_foreign(const Query *query, int row, GError **error)
{
    if (query->has_driver && foreign_parameters[row].is_harmless)
        return TRUE;
    error_set(error, ERROR_CONFIG, "the URL's parameter \"%s\" belongs to %s",
              foreign_parameters[row].name, foreign_parameters[row].owner);
    error_set_hint(error, "%s", foreign_parameters[row].hint);
    return FALSE;
}

static void take_known(Query *query, const char *name, const char *value)
{
    if (g_str_has_suffix(name, "password"))
        secret_remember(value);
    if (g_str_equal(name, "host"))
        take_host(query, value);
    else
        append_parameter(query, g_str_equal(name, "database") ? "dbname" : name, value);
}

/* A name or a value. SQLAlchemy reads its query as a form, libpq as a URL. NULL: no such text. */
static char *decode(const Query *query, const char *raw, gsize length)
{
    g_autofree char *text = g_strndup(raw, length);

    return g_uri_unescape_string(query->has_driver ? g_strdelimit(text, "+", ' ') : text, NULL);
}

static gboolean take_parameter(Query *query, const char *part, GError **error)
{
    gsize length = strcspn(part, "=");
    g_autofree char *name = decode(query, part, length);
    g_autofree char *value =
        part[length] ? decode(query, part + length + 1, strlen(part + length + 1)) : NULL;
    int foreign = name ? find_foreign(name) : -1;

    if (!name || !value) {
        /* Not quoted: behind a question mark in a password this is a part of it. */
        error_set(error, ERROR_CONFIG, "a parameter of the URL is not NAME=VALUE");
        error_set_hint(error, "write a per cent sign in a value as %%25, and a ? in a password "
                              "as %%3F");
        return FALSE;
    }
    if (foreign >= 0)
        return take_foreign(query, foreign, error);
    if (g_str_equal(name, "ssl"))
        return take_ssl(query, value, error);
    take_known(query, name, value);
    return TRUE;
}

static void finish_hosts(Query *query)
{
    if (!query->hosts->len)
        return;
    append_parameter(query, "host", query->hosts->str);
    if (strspn(query->ports->str, ",") < query->ports->len)
        append_parameter(query, "port", query->ports->str);
}

/* Without its "?". */
static gboolean read_query(Query *query, const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, "&", -1);

    for (char **part = parts; *part; part++)
        if (**part && !take_parameter(query, *part, error))
            return FALSE;
    finish_hosts(query);
    return TRUE;
}

char *dsn_url_normalise(const char *text, GError **error)
{
    gsize scheme = scheme_length(text);
    const char *authority = text + scheme + strlen("://");
    const char *at = NULL;
    const char *place;
    const char *question;
    g_auto(Query) query = {g_string_new(NULL), g_string_new(NULL), g_string_new(NULL),
                           memchr(text, '+', scheme) != NULL};
    g_autoptr(GString) url = g_string_new("postgresql://");

    remember_password(authority);
    if (!check_scheme(text, scheme, error) || !find_at(authority, &at, error) ||
        (at && !check_after(at, error)))
        return NULL;
    place = at ? at + 1 : authority;
    question = place + strcspn(place, "?");
    if (!read_query(&query, *question ? question + 1 : "", error))
        return NULL;
    append_login(url, authority, at);
    append_place(url, place, (gsize)(question - place));
    if (query.parameters->len)
        g_string_append_printf(url, "?%s", query.parameters->str);
    return g_string_free(g_steal_pointer(&url), FALSE);
}
