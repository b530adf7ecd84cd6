/* Reading URL, socket path and token. */
#include "client/endpoint.h"

#include <string.h>
#include <sys/un.h>

#include "base/error.h"
#include "base/slurp.h"

#define CREDENTIAL "pgsluice.token"

enum { TOKEN_MAX = 1024, TOKEN_FILE_MAX = 64 * 1024 };

static const gint64 timeout_default = 60 * G_TIME_SPAN_SECOND;

void endpoint_free(Endpoint *endpoint)
{
    if (!endpoint)
        return;
    g_free(endpoint->base);
    g_free(endpoint->socket);
    g_free(endpoint->name);
    secret_free(endpoint->token);
    g_free(endpoint->ca_file);
    g_free(endpoint->certificate_file);
    g_free(endpoint->key_file);
    g_free(endpoint);
}

static Endpoint *endpoint_new(char *base, char *socket)
{
    Endpoint *endpoint = g_new0(Endpoint, 1);

    endpoint->base = base;
    endpoint->socket = socket;
    endpoint->name = g_strdup(socket ? socket : base);
    endpoint->timeout = timeout_default;
    return endpoint;
}

/* What a URL may hold without an escape, roughly; the rest is GUri's business. */
static gboolean is_visible(const char *text)
{
    for (; *text; text++) {
        if (!g_ascii_isgraph(*text))
            return FALSE;
    }
    return TRUE;
}

/* Why it is none that can be asked, or NULL. */
static const char *find_fault(GUri *url)
{
    const char *scheme = url ? g_uri_get_scheme(url) : "";
    const char *host = url ? g_uri_get_host(url) : NULL;

    if (!g_str_equal(scheme, "http") && !g_str_equal(scheme, "https"))
        return "it is none that begins with http:// or https://";
    if (!host || !*host)
        return "it names no host";
    if (g_uri_get_userinfo(url))
        return "a name or password in it would be seen by everyone on this host; a token comes "
               "from --token-file or PGSLUICE_TOKEN";
    if (g_uri_get_query(url) || g_uri_get_fragment(url))
        return "it must end with the host, the port or a path";
    return NULL;
}

Endpoint *endpoint_new_url(const char *url, GError **error)
{
    g_autoptr(GUri) parsed = is_visible(url) ? g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL) : NULL;
    const char *fault = find_fault(parsed);
    char *base;

    if (fault) {
        error_set(error, ERROR_USAGE, "cannot use the URL \"%s\": %s", url, fault);
        error_set_hint(error, "for example: --url http://127.0.0.1:8081, or --socket "
                              "/run/pgsluice/admin.sock");
        return NULL;
    }
    base = g_uri_to_string(parsed);
    while (g_str_has_suffix(base, "/"))
        base[strlen(base) - 1] = '\0';
    return endpoint_new(base, NULL);
}

Endpoint *endpoint_new_socket(const char *path, GError **error)
{
    const char *file = g_str_has_prefix(path, "unix:") ? path + strlen("unix:") : path;
    gsize limit = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;

    if (*file && strlen(file) <= limit)
        return endpoint_new(g_strdup("http://localhost"), g_strdup(file));
    error_set(error, ERROR_USAGE, "the path of a socket has 1 to %" G_GSIZE_FORMAT " bytes", limit);
    error_set_hint(error, "for example: --socket /run/pgsluice/admin.sock");
    return NULL;
}

/* The text of the credential, or NULL. */
static gboolean read_credential(char **text, GError **error)
{
    const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
    g_autofree char *file = folder && *folder ? g_build_filename(folder, CREDENTIAL, NULL) : NULL;

    return !file || slurp(file, TOKEN_FILE_MAX, text, error) != SLURP_FAILED;
}

static gboolean read_token(const char *file, char **text, GError **error)
{
    const char *variable = g_getenv("PGSLUICE_TOKEN");

    if (!file && variable && *variable) {
        *text = g_strdup(variable);
        return TRUE;
    }
    if (!file)
        return read_credential(text, error);
    switch (slurp(file, TOKEN_FILE_MAX, text, error)) {
    case SLURP_DONE:
        return TRUE;
    case SLURP_MISSING:
        error_set(error, ERROR_CONFIG, "there is no file %s, which --token-file names", file);
        return FALSE;
    default:
        return FALSE;
    }
}

/* Anything else could end the header that it is sent in. */
static gboolean is_token(const char *text)
{
    gsize length = strlen(text);

    return is_visible(text) && length > 0 && length <= TOKEN_MAX;
}

gboolean endpoint_find_token(Endpoint *endpoint, const char *file, GError **error)
{
    g_autofree char *text = NULL;

    if (!read_token(file, &text, error))
        return FALSE;
    if (!text)
        return TRUE;
    g_strchomp(text);
    if (!is_token(text)) {
        error_set(error, ERROR_CONFIG, "the token%s%s is not one word of at most %d characters",
                  file ? " in " : "", file ? file : "", TOKEN_MAX);
        return FALSE;
    }
    secret_remember(text);
    secret_free(endpoint->token);
    endpoint->token = secret_new(text);
    return TRUE;
}

static gboolean is_this_host(const char *host)
{
    g_autoptr(GString) name = g_string_new(host);

    g_string_ascii_down(name);
    return g_str_equal(name->str, "localhost") || g_str_equal(name->str, "::1") ||
           (g_str_has_prefix(name->str, "127.") && strspn(name->str, "0123456789.") == name->len);
}

gboolean endpoint_exposes_token(const Endpoint *endpoint)
{
    g_autoptr(GUri) url = g_uri_parse(endpoint->base, G_URI_FLAGS_ENCODED, NULL);

    return endpoint->token && !endpoint->socket && g_str_equal(g_uri_get_scheme(url), "http") &&
           !is_this_host(g_uri_get_host(url));
}
