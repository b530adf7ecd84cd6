/* From http.* keys and inherited sockets to the api's listeners. */
#include "daemon/listeners.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "daemon/notify.h"

static const struct {
    const char *name;     /* of sockets that are handed over, too */
    const char *tls_name; /* of those that speak TLS */
    ConfKey addresses;
    ConfKey plaintext;
} listeners[] = {
    [API_TRAFFIC] = {"traffic", "traffic-tls", CONF_TRAFFIC_LISTEN, CONF_TRAFFIC_PLAINTEXT},
    [API_ADMIN] = {"admin", "admin-tls", CONF_ADMIN_LISTEN, CONF_ADMIN_PLAINTEXT},
};

/* Whether clients send tokens there. */
static gboolean takes_tokens(const Conf *conf, ApiListener listener)
{
    gsize count = 0;

    if (listener == API_TRAFFIC)
        return conf_boolean(conf, CONF_TRAFFIC_TOKENS_REQUIRED);
    conf_grants(conf, CONF_ADMIN_TOKENS, &count);
    return count > 0;
}

static gboolean open_one(Api *api, const Bundle *bundle, ApiListener listener, const char *address,
                         GError **error)
{
    const Conf *conf = bundle->conf;
    ApiListenOptions options = {
        .listener = listener,
        .address = address,
        .threads = (unsigned)conf_integer(conf, CONF_HTTP_THREADS),
        .connections_max = (unsigned)conf_integer(conf, CONF_HTTP_CONNECTIONS_MAX),
        .idle_timeout = conf_duration(conf, CONF_HTTP_IDLE_TIMEOUT),
        .request_timeout = conf_duration(conf, CONF_HTTP_REQUEST_TIMEOUT),
        .body_max = conf_size(conf, CONF_HTTP_BODY_MAX),
        .header_max = conf_size(conf, CONF_HTTP_HEADER_MAX),
        .tls = admission_tls(bundle->admission),
        .is_private = takes_tokens(conf, listener),
        .plaintext = conf_list(conf, listeners[listener].plaintext),
    };

    return api_listen(api, &options, error);
}

static gboolean is_of(const NotifySocket *socket, ApiListener listener)
{
    return g_str_equal(socket->name, listeners[listener].name) ||
           g_str_equal(socket->name, listeners[listener].tls_name);
}

static gboolean check_names(GPtrArray *sockets, GError **error)
{
    for (guint i = 0; i < sockets->len; i++) {
        const NotifySocket *socket = g_ptr_array_index(sockets, i);

        if (is_of(socket, API_TRAFFIC) || is_of(socket, API_ADMIN))
            continue;
        error_set(error, ERROR_CONFIG, "the service manager passed a socket named \"%s\"",
                  socket->name);
        error_set_hint(error, "set FileDescriptorName=traffic or FileDescriptorName=admin in the "
                              "socket unit (traffic-tls and admin-tls for TLS)");
        return FALSE;
    }
    return TRUE;
}

static gboolean open_inherited(Api *api, const Bundle *bundle, ApiListener listener,
                               GPtrArray *sockets, gboolean *any, GError **error)
{
    *any = FALSE;
    for (guint i = 0; i < sockets->len; i++) {
        const NotifySocket *socket = g_ptr_array_index(sockets, i);
        gboolean speaks_tls = g_str_equal(socket->name, listeners[listener].tls_name);
        g_autofree char *address = g_strdup_printf("%sfd:%d", speaks_tls ? "tls:" : "", socket->fd);

        if (!is_of(socket, listener))
            continue;
        if (!open_one(api, bundle, listener, address, error))
            return FALSE;
        *any = TRUE;
    }
    return TRUE;
}

/* A developer's machine has no /run/pgsluice, and nobody asked for that socket there. */
static gboolean is_forgiven(const Conf *conf, ApiListener listener, const char *address)
{
    g_autofree char *folder = NULL;

    if (conf_origin(conf, listeners[listener].addresses) != CONF_FROM_DEFAULT ||
        !g_str_has_prefix(address, "unix:"))
        return FALSE;
    folder = g_path_get_dirname(address + strlen("unix:"));
    if (g_file_test(folder, G_FILE_TEST_IS_DIR))
        return FALSE;
    log_info("%s: %s is not served because %s does not exist", listeners[listener].name, address,
             folder);
    return TRUE;
}

static gboolean open_configured(Api *api, const Bundle *bundle, ApiListener listener,
                                GError **error)
{
    const Conf *conf = bundle->conf;
    const char *const *addresses = conf_list(conf, listeners[listener].addresses);

    for (gsize i = 0; addresses[i]; i++) {
        if (is_forgiven(conf, listener, addresses[i]))
            continue;
        if (!open_one(api, bundle, listener, addresses[i], error)) {
            g_prefix_error(error, "http.%s.listen: ", listeners[listener].name);
            return FALSE;
        }
    }
    return TRUE;
}

static void log_urls(Api *api, ApiListener listener)
{
    const char *const *urls = api_urls(api, listener);

    for (gsize i = 0; urls[i]; i++)
        log_info("listening: %s %s", listeners[listener].name, urls[i]);
}

gboolean listeners_open(Api *api, const Bundle *bundle, GError **error)
{
    g_autoptr(GPtrArray) sockets = notify_take_sockets(error);

    if (!sockets || !check_names(sockets, error))
        return FALSE;
    for (ApiListener listener = API_TRAFFIC; listener <= API_ADMIN; listener++) {
        gboolean any = FALSE;

        if (!open_inherited(api, bundle, listener, sockets, &any, error))
            return FALSE;
        if (!any && !open_configured(api, bundle, listener, error))
            return FALSE;
        log_urls(api, listener);
    }
    return TRUE;
}

gboolean listeners_check(Api *api, const Conf *conf, GError **error)
{
    for (ApiListener listener = API_TRAFFIC; listener <= API_ADMIN; listener++) {
        if (takes_tokens(conf, listener) &&
            !api_check_private(api, listener, conf_list(conf, listeners[listener].plaintext),
                               error))
            return FALSE;
    }
    return TRUE;
}

void listeners_set_access(Api *api, const Admission *admission)
{
    HttpTls *tls = admission_tls(admission);

    api_set_access(api, admission_access(admission));
    if (tls)
        api_set_tls(api, tls);
}
