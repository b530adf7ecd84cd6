/* URLs as SQLAlchemy, asyncpg and others write them, turned into libpq's. Only what differs is
 * looked at; libpq reads the rest. */
#include <string.h>

#include "base/error.h"
#include "db/dsn_private.h"

/* Parameters that mean something to somebody else. */
static const struct {
    const char *name;
    const char *owner;
    const char *hint;
} foreign_parameters[] = {
    {"prepared_statement_cache_size", "SQLAlchemy", "drop it: nothing is prepared here"},
    {"prepared_statement_name_func", "SQLAlchemy", "drop it: nothing is prepared here"},
    {"statement_cache_size", "asyncpg", "drop it: nothing is prepared here"},
    {"max_cached_statement_lifetime", "asyncpg", "drop it: nothing is prepared here"},
    {"max_cacheable_statement_size", "asyncpg", "drop it: nothing is prepared here"},
    {"command_timeout", "asyncpg",
     "drop it; execution.statement_timeout is what limits a statement"},
    {"server_settings", "asyncpg", "drop it, or use ALTER ROLE ... SET"},
    {"timeout", "asyncpg", "write connect_timeout=SECONDS"},
    {"direct_tls", "asyncpg", "drop it"},
    {"async_fallback", "SQLAlchemy", "drop it"},
    {"executemany_mode", "SQLAlchemy", "drop it"},
    {"isolation_level", "SQLAlchemy", "drop it"},
    {"pool_size", "SQLAlchemy", "drop it: there is no pool"},
    {"max_overflow", "SQLAlchemy", "drop it: there is no pool"},
    {"pool_timeout", "SQLAlchemy", "drop it: there is no pool"},
    {"pool_recycle", "SQLAlchemy", "drop it: there is no pool"},
    {"pool_pre_ping", "SQLAlchemy", "drop it: there is no pool"},
    {"pgbouncer", "Prisma", "drop it, and give the direct connection, not the pooler's"},
    {"connection_limit", "Prisma", "drop it: there is no pool"},
    {"schema", "Prisma", "drop it; database.version_table_schema is what you may mean"},
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
};

/* The query of the URL that is being written. */
typedef struct {
    GString *parameters; /* "a=b&c=d" */
    GString *hosts;      /* of host=, comma separated; empty when there is none */
    GString *ports;
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

/* The part from the user name to the last @ holds the password, however wrong the URL is. */
static void remember_password(const char *authority)
{
    const char *at = strrchr(authority, '@');
    const char *colon = at ? memchr(authority, ':', (gsize)(at - authority)) : NULL;
    g_autofree char *raw = colon ? g_strndup(colon + 1, (gsize)(at - colon - 1)) : NULL;
    g_autofree char *decoded = raw ? g_uri_unescape_string(raw, NULL) : NULL;

    if (raw)
        secret_remember(raw);
    if (decoded)
        secret_remember(decoded);
}

/* "5432" or "5432,h2:5433": the colon before it was a port's, not a password's. */
static gboolean is_port_list(const char *text, gsize length)
{
    gsize digits = strspn(text, "0123456789");

    return digits == length || (digits < length && text[digits] == ',');
}

/* A character of the password that the URL's own syntax takes for itself. */
static gboolean check_password(const char *authority, GError **error)
{
    gsize length = strcspn(authority, "/?");
    const char *at = memchr(authority, '@', length);
    const char *colon = memchr(authority, ':', length);
    const char *culprit = NULL;

    if (at && memchr(at + 1, '@', length - (gsize)(at + 1 - authority)))
        culprit = "@ is written as %40";
    else if (!at && strchr(authority + length, '@') && colon &&
             !is_port_list(colon + 1, length - (gsize)(colon + 1 - authority)))
        culprit = "/ is written as %2F and ? as %3F";
    if (!culprit)
        return TRUE;
    error_set(error, ERROR_CONFIG,
              "the URL's user or password holds a character that must be "
              "percent-encoded");
    error_set_hint(error, "in a password %s", culprit);
    return FALSE;
}

static void append_parameter(Query *query, const char *name, const char *raw_value)
{
    if (query->parameters->len)
        g_string_append_c(query->parameters, '&');
    g_string_append_printf(query->parameters, "%s=%s", name, raw_value);
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
    gboolean has_port = colon && !strchr(colon + 1, ':');
    gsize length = has_port ? (gsize)(colon - value) : strlen(value);

    if (query->hosts->len) {
        g_string_append_c(query->hosts, ',');
        g_string_append_c(query->ports, ',');
    }
    g_string_append_len(query->hosts, value, (gssize)length);
    if (has_port)
        g_string_append(query->ports, colon + 1);
}

static gboolean refuse_foreign(const char *name, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(foreign_parameters); i++) {
        if (g_str_equal(name, foreign_parameters[i].name)) {
            error_set(error, ERROR_CONFIG, "the URL's parameter \"%s\" belongs to %s", name,
                      foreign_parameters[i].owner);
            error_set_hint(error, "%s", foreign_parameters[i].hint);
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean take_parameter(Query *query, const char *part, GError **error)
{
    const char *equals = strchr(part, '=');
    g_autofree char *raw_name = g_strndup(part, equals ? (gsize)(equals - part) : strlen(part));
    g_autofree char *name = g_uri_unescape_string(raw_name, NULL);
    g_autofree char *value = equals ? g_uri_unescape_string(equals + 1, NULL) : NULL;

    if (!name || !value) {
        error_set(error, ERROR_CONFIG, "the URL's parameter \"%s\" is not NAME=VALUE", raw_name);
        error_set_hint(error, "write a per cent sign in a value as %%25");
        return FALSE;
    }
    if (refuse_foreign(name, error))
        return FALSE;
    if (g_str_equal(name, "ssl"))
        return take_ssl(query, value, error);
    if (g_str_equal(name, "host"))
        take_host(query, value);
    else
        append_parameter(query, g_str_equal(name, "database") ? "dbname" : raw_name, equals + 1);
    if (g_str_has_suffix(name, "password"))
        secret_remember(value);
    return TRUE;
}

static void finish_hosts(Query *query)
{
    g_autofree char *hosts = g_uri_escape_string(query->hosts->str, ",", TRUE);

    if (!query->hosts->len)
        return;
    append_parameter(query, "host", hosts);
    if (strspn(query->ports->str, ",") < query->ports->len)
        append_parameter(query, "port", query->ports->str);
}

char *dsn_url_normalise(const char *text, GError **error)
{
    gsize scheme = scheme_length(text);
    const char *authority = text + scheme + strlen("://");
    const char *question;
    g_auto(Query) query = {g_string_new(NULL), g_string_new(NULL), g_string_new(NULL)};
    g_auto(GStrv) parts = NULL;

    remember_password(authority);
    if (!check_scheme(text, scheme, error) || !check_password(authority, error))
        return NULL;
    question = authority + strcspn(authority, "?");
    parts = g_strsplit(*question ? question + 1 : "", "&", -1);
    for (char **part = parts; *part; part++)
        if (**part && !take_parameter(&query, *part, error))
            return NULL;
    finish_hosts(&query);
    return g_strdup_printf("postgresql://%.*s%s%s", (int)(question - authority), authority,
                           query.parameters->len ? "?" : "", query.parameters->str);
}
