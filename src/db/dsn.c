/* A parsed connection string: libpq's keywords and values. libpq does the reading; what it would
 * notice only when it connects is checked here. */
#include "db/dsn.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/error.h"
#include "db/dsn_private.h"

enum { HOSTS_MAX = 32 }; /* libpq looks up each of them, however long that takes */

/* Both arrays end with a NULL that is part of them. */
struct Dsn {
    GPtrArray *keywords;
    GPtrArray *values;
};

/* Values that libpq would refuse at connect time, when they look like an unreachable server. A
 * NULL list: a whole number. */
static const struct {
    const char *keyword;
    const char *const *allowed;
} checked[] = {
    {"sslmode", (const char *const[]){"disable", "allow", "prefer", "require", "verify-ca",
                                      "verify-full", NULL}},
    {"gssencmode", (const char *const[]){"disable", "prefer", "require", NULL}},
    {"channel_binding", (const char *const[]){"disable", "prefer", "require", NULL}},
    {"target_session_attrs", (const char *const[]){"any", "read-write", "read-only", "primary",
                                                   "standby", "prefer-standby", NULL}},
    {"connect_timeout", NULL},
    {"keepalives", NULL},
    {"keepalives_idle", NULL},
    {"keepalives_interval", NULL},
    {"keepalives_count", NULL},
    {"tcp_user_timeout", NULL},
};

static Dsn *dsn_new(void)
{
    Dsn *dsn = g_new(Dsn, 1);

    dsn->keywords = g_ptr_array_new_with_free_func(g_free);
    dsn->values = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(dsn->keywords, NULL);
    g_ptr_array_add(dsn->values, NULL);
    return dsn;
}

void dsn_free(Dsn *dsn)
{
    if (!dsn)
        return;
    g_ptr_array_unref(dsn->keywords);
    g_ptr_array_unref(dsn->values);
    g_free(dsn);
}

static void dsn_add(Dsn *dsn, const char *keyword, const char *value)
{
    int end = (int)dsn->keywords->len - 1;

    g_ptr_array_insert(dsn->keywords, end, g_strdup(keyword));
    g_ptr_array_insert(dsn->values, end, g_strdup(value));
}

const char *const *dsn_keywords(const Dsn *dsn)
{
    return (const char *const *)dsn->keywords->pdata;
}

const char *const *dsn_values(const Dsn *dsn)
{
    return (const char *const *)dsn->values->pdata;
}

const char *dsn_get(const Dsn *dsn, const char *keyword)
{
    for (guint i = 0; i + 1 < dsn->keywords->len; i++)
        if (g_str_equal(dsn->keywords->pdata[i], keyword))
            return dsn->values->pdata[i];
    return NULL;
}

Dsn *dsn_with(const Dsn *dsn, const char *keyword, const char *value)
{
    Dsn *copy = dsn_new();

    for (guint i = 0; i + 1 < dsn->keywords->len; i++)
        if (!g_str_equal(dsn->keywords->pdata[i], keyword))
            dsn_add(copy, dsn->keywords->pdata[i], dsn->values->pdata[i]);
    if (value)
        dsn_add(copy, keyword, value);
    return copy;
}

Secret *dsn_secret(const Dsn *dsn)
{
    g_autoptr(GString) conninfo = g_string_new(NULL);
    Secret *secret;

    for (guint i = 0; i + 1 < dsn->keywords->len; i++) {
        g_string_append_printf(conninfo, "%s%s='", i ? " " : "",
                               (const char *)dsn->keywords->pdata[i]);
        for (const char *at = dsn->values->pdata[i]; *at; at++) {
            if (*at == '\'' || *at == '\\')
                g_string_append_c(conninfo, '\\');
            g_string_append_c(conninfo, *at);
        }
        g_string_append_c(conninfo, '\'');
    }
    secret = secret_new(conninfo->str);
    explicit_bzero(conninfo->str, conninfo->len);
    return secret;
}

/* Whether `token` stands before a = in `text` (or is that): a name, not a part of a secret. */
static gboolean is_name_in(const char *text, const char *token)
{
    gsize length = strlen(token);

    if (g_str_equal(token, "="))
        return TRUE;
    if (strspn(token, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_") != length)
        return FALSE;
    for (const char *at = text; length && (at = strstr(at, token)); at++) {
        const char *after = at + length + strspn(at + length, " ");

        if (*after == '=' && (at == text || strchr(" ?&\t", at[-1])))
            return TRUE;
    }
    return FALSE;
}

/* As much of the text as cannot be a piece of a password that was written without quotes or
 * percent-encoding. */
static char *innocent_part(const char *text)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);
    const char *question = strchr(text, '?');
    const char *password = strstr(lower, "pass");

    if (dsn_url_is_url(text))
        return g_strdup(question && strchr(question, '@') ? "" : text);
    return g_strndup(text, password ? (gsize)(password - lower) : strlen(text));
}

static char *mask_all_quoted(const char *message)
{
    const char *first = strchr(message, '"');
    const char *last = strrchr(message, '"');

    return first ? g_strdup_printf("%.*s\"***%s", (int)(first - message), message, last)
                 : g_strdup(message);
}

/* libpq quotes what it could not read, which may be a piece of the password. */
static char *mask_quoted(const char *message, const char *innocent)
{
    g_auto(GStrv) parts = g_strsplit(message, "\"", -1);
    GString *masked = g_string_new(NULL);

    for (guint i = 0; parts[i]; i++) {
        gboolean is_quoted = i % 2 == 1;

        if (is_quoted)
            g_string_append_printf(masked, "\"%s\"",
                                   is_name_in(innocent, parts[i]) ? parts[i] : "***");
        else
            g_string_append(masked, parts[i]);
    }
    return g_string_free(masked, FALSE);
}

/* What libpq says of `text`, fit to be shown. With quotes in the text itself nobody can tell where
 * libpq's end. */
static char *mask_message(const char *message, const char *text)
{
    g_autofree char *innocent = innocent_part(text);
    gboolean has_quotes = strchr(text, '"') || strstr(text, "%22");

    return g_strchomp(has_quotes ? mask_all_quoted(message) : mask_quoted(message, innocent));
}

static gboolean is_whole_number(const char *text)
{
    gsize digits = strspn(text, "0123456789");

    return digits > 0 && digits < 10 && text[digits] == '\0';
}

static gboolean check_ports(const char *ports, GError **error)
{
    g_auto(GStrv) list = g_strsplit(ports, ",", -1);

    for (char **port = list; *port; port++) {
        guint64 number = g_ascii_strtoull(*port, NULL, 10);

        if (!**port || (is_whole_number(*port) && number > 0 && number <= 65535))
            continue;
        /* Not quoted: behind a slash in a password this is a part of it. */
        error_set(error, ERROR_CONFIG,
                  "the port in the database's URL is no number from 1 to 65535");
        error_set_hint(error,
                       "in a password / : @ # and %% are written %%2F %%3A %%40 %%23 and %%25");
        return FALSE;
    }
    return TRUE;
}

static guint count_list(const char *list)
{
    guint count = 1;

    for (const char *at = list; (at = strchr(at, ',')) != NULL; at++)
        count++;
    return count;
}

static gboolean check_count(const char *ports, const char *hosts, GError **error)
{
    /* libpq makes "," of two hosts without ports. */
    gboolean is_default = strspn(ports, ",") == strlen(ports);

    if (!hosts || is_default || count_list(ports) == 1 || count_list(ports) == count_list(hosts))
        return TRUE;
    error_set(error, ERROR_CONFIG, "the database's URL has %u ports for %u hosts",
              count_list(ports), count_list(hosts));
    error_set_hint(error, "give one port, or one for each host");
    return FALSE;
}

/* To libpq a single colon is a part of the name, which then nobody finds. */
static gboolean check_hosts(const char *hosts, GError **error)
{
    g_auto(GStrv) list = g_strsplit(hosts, ",", HOSTS_MAX + 1);

    if (g_strv_length(list) > HOSTS_MAX) {
        error_set(error, ERROR_CONFIG, "the database's URL has more than %d hosts", HOSTS_MAX);
        error_set_hint(error, "name the primary, and the standbys that may take its place");
        return FALSE;
    }
    for (char **host = list; *host; host++) {
        const char *colon = strchr("/@", **host) ? NULL : strchr(*host, ':');

        if (!colon || strchr(colon + 1, ':'))
            continue;
        error_set(error, ERROR_CONFIG, "a host in the database's URL has a colon in its name");
        error_set_hint(error, "write the port as port=, one for all hosts or one for each");
        return FALSE;
    }
    return TRUE;
}

/* A URL in dbname= is psql's habit; as a name it would be shown, password and all. */
static gboolean check_database(const char *name, GError **error)
{
    if (!name || !strstr(name, "://"))
        return TRUE;
    error_set(error, ERROR_CONFIG, "a URL stands where the database's name is expected");
    error_set_hint(error, "write the URL alone, without dbname=");
    return FALSE;
}

static gboolean check_values(const Dsn *dsn, GError **error)
{
    const char *ports = dsn_get(dsn, "port");
    const char *names = dsn_get(dsn, "host");
    const char *hosts = dsn_get(dsn, "hostaddr");

    for (gsize i = 0; i < G_N_ELEMENTS(checked); i++) {
        const char *value = dsn_get(dsn, checked[i].keyword);
        g_autofree char *words = NULL;

        if (!value || (checked[i].allowed ? g_strv_contains(checked[i].allowed, value)
                                          : is_whole_number(value)))
            continue;
        words = checked[i].allowed ? g_strjoinv(", ", (char **)checked[i].allowed)
                                   : g_strdup("a whole number");
        error_set(error, ERROR_CONFIG, "the database's URL has a %s that is not understood",
                  checked[i].keyword);
        error_set_hint(error, "use %s", words);
        return FALSE;
    }
    if ((names && !check_hosts(names, error)) || !check_database(dsn_get(dsn, "dbname"), error))
        return FALSE;
    if (!hosts)
        hosts = names;
    return !ports || (check_ports(ports, error) && check_count(ports, hosts, error));
}

/* `text` is what was written, `conninfo` what libpq is to read. */
static Dsn *read_with_libpq(const char *text, const char *conninfo, GError **error)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &message);
    Dsn *dsn;

    if (!options) {
        g_autofree char *masked = mask_message(message ? message : "out of memory", text);

        PQfreemem(message);
        error_set(error, ERROR_CONFIG, "the database's URL is not understood: %s", masked);
        error_set_hint(error, DSN_FORM_HINT);
        return NULL;
    }
    dsn = dsn_new();
    for (const PQconninfoOption *option = options; option->keyword; option++) {
        if (!option->val)
            continue;
        if (*option->dispchar == '*')
            secret_remember(option->val);
        dsn_add(dsn, option->keyword, option->val);
    }
    PQconninfoFree(options);
    return dsn;
}

/* What comes through a shell, a container's environment or a copy from elsewhere unfinished. */
static gboolean check_finished(const char *text, GError **error)
{
    const char *scheme = strstr(text, "://");
    gboolean names_scheme = scheme && strcspn(text, " =") > (gsize)(scheme - text);

    if (g_regex_match_simple("\\$\\{\\w+\\}", text, 0, 0)) {
        error_set(error, ERROR_CONFIG,
                  "the database's URL has a ${...} in it, which nobody has replaced");
        error_set_hint(error, "write the value itself: variables are not expanded here; in a "
                              "password ${ is written as %%24%%7B");
    } else if (names_scheme && strchr("\"'`<", *text)) {
        error_set(error, ERROR_CONFIG, "the database's URL begins with a quote");
        error_set_hint(error, "take the quotes off: docker --env-file and systemd credentials "
                              "keep them as a part of the value");
    } else if (names_scheme && !dsn_url_is_url(text)) {
        error_set(error, ERROR_CONFIG, "the database's URL is not that of a PostgreSQL server");
        error_set_hint(error, g_str_has_prefix(text, "jdbc:") ? "leave out jdbc:" : DSN_FORM_HINT);
    } else {
        return TRUE;
    }
    return FALSE;
}

Dsn *dsn_parse(const char *text, GError **error)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    g_autofree char *conninfo = NULL;
    g_autoptr(Dsn) dsn = NULL;

    if (!*trimmed) {
        error_set(error, ERROR_CONFIG, "the database's URL is empty");
        error_set_hint(error, DSN_FORM_HINT);
        return NULL;
    }
    if (!check_finished(trimmed, error))
        return NULL;
    conninfo = dsn_url_is_url(trimmed) ? dsn_url_normalise(trimmed, error) : g_strdup(trimmed);
    if (!conninfo)
        return NULL;
    dsn = read_with_libpq(trimmed, conninfo, error);
    if (!dsn || !check_values(dsn, error))
        return NULL;
    return g_steal_pointer(&dsn);
}

/* Before the path of a URL there is no place for a socket's folder, nor for what is no host; then,
 * and when no host is named, host and port are written as parameters. */
static gboolean has_authority(const Dsn *dsn)
{
    const char *hosts = dsn_get(dsn, "host");

    return hosts && *hosts &&
           g_regex_match_simple("^[\\w.:,%-]*$", hosts, G_REGEX_DOLLAR_ENDONLY, 0);
}

/* One host as a URL writes it. */
static void append_host(GString *url, const char *host, const char *port)
{
    gboolean is_address = strchr(host, ':') != NULL;

    g_string_append(url, is_address ? "[" : "");
    g_string_append_uri_escaped(url, host, ":", FALSE);
    g_string_append(url, is_address ? "]" : "");
    if (port && *port)
        g_string_append_printf(url, ":%s", port);
}

static void append_hosts(GString *url, const Dsn *dsn)
{
    const char *hosts = dsn_get(dsn, "host");
    const char *ports = dsn_get(dsn, "port");
    g_auto(GStrv) host = g_strsplit(hosts, ",", -1);
    g_auto(GStrv) port = g_strsplit(ports ? ports : "", ",", -1);
    guint port_count = g_strv_length(port);

    for (guint i = 0; host[i]; i++) {
        if (i)
            g_string_append_c(url, ',');
        /* a single port is that of every host */
        append_host(url, host[i], i < port_count ? port[i] : port_count ? port[0] : NULL);
    }
}

static gboolean is_in_url(const Dsn *dsn, const char *keyword)
{
    static const char *const placed[] = {"user", "password", "dbname", NULL};

    if (g_str_equal(keyword, "host") || g_str_equal(keyword, "port"))
        return has_authority(dsn);
    return g_strv_contains(placed, keyword);
}

char *dsn_describe(const Dsn *dsn)
{
    GString *url = g_string_new("postgresql://");
    const char *user = dsn_get(dsn, "user");
    const char *name = dsn_get(dsn, "dbname");
    char separator = '?';

    if (user || dsn_get(dsn, "password")) {
        g_string_append_uri_escaped(url, user ? user : "", NULL, TRUE);
        g_string_append(url, dsn_get(dsn, "password") ? ":***@" : "@");
    }
    if (has_authority(dsn))
        append_hosts(url, dsn);
    g_string_append_c(url, '/');
    g_string_append_uri_escaped(url, name ? name : "", NULL, TRUE);
    for (guint i = 0; i + 1 < dsn->keywords->len; i++) {
        const char *keyword = dsn->keywords->pdata[i];

        if (is_in_url(dsn, keyword))
            continue;
        g_string_append_printf(url, "%c%s=", separator, keyword);
        if (g_str_has_suffix(keyword, "password"))
            g_string_append(url, "***");
        else
            g_string_append_uri_escaped(url, dsn->values->pdata[i], "/,", TRUE);
        separator = '&';
    }
    return g_string_free(url, FALSE);
}
