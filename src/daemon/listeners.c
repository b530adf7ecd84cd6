/* From http.* keys and inherited sockets to the api's listeners. */
#include "daemon/listeners.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "daemon/notify.h"

static const struct {
    const char *name;
    ConfKey addresses;
} listeners[] = {
    [API_TRAFFIC] = {"traffic", CONF_TRAFFIC_LISTEN},
    [API_ADMIN] = {"admin", CONF_ADMIN_LISTEN},
};

static gboolean open_one(Api *api, const Conf *conf, ApiListener listener, const char *address,
                         GError **error)
{
    ApiListenOptions options = {
        .listener = listener,
        .address = address,
        .threads = (unsigned)conf_integer(conf, CONF_HTTP_THREADS),
        .connections_max = (unsigned)conf_integer(conf, CONF_HTTP_CONNECTIONS_MAX),
        .idle_timeout = conf_duration(conf, CONF_HTTP_IDLE_TIMEOUT),
        .request_timeout = conf_duration(conf, CONF_HTTP_REQUEST_TIMEOUT),
        .body_max = conf_size(conf, CONF_HTTP_BODY_MAX),
        .header_max = conf_size(conf, CONF_HTTP_HEADER_MAX),
    };

    return api_listen(api, &options, error);
}

static gboolean check_names(GPtrArray *sockets, GError **error)
{
    for (guint i = 0; i < sockets->len; i++) {
        const NotifySocket *socket = g_ptr_array_index(sockets, i);

        if (g_str_equal(socket->name, "traffic") || g_str_equal(socket->name, "admin"))
            continue;
        error_set(error, ERROR_CONFIG, "the service manager passed a socket named \"%s\"",
                  socket->name);
        error_set_hint(error, "set FileDescriptorName=traffic or FileDescriptorName=admin in the "
                              "socket unit");
        return FALSE;
    }
    return TRUE;
}

static gboolean open_inherited(Api *api, const Conf *conf, ApiListener listener, GPtrArray *sockets,
                               gboolean *any, GError **error)
{
    *any = FALSE;
    for (guint i = 0; i < sockets->len; i++) {
        const NotifySocket *socket = g_ptr_array_index(sockets, i);
        g_autofree char *address = g_strdup_printf("fd:%d", socket->fd);

        if (!g_str_equal(socket->name, listeners[listener].name))
            continue;
        if (!open_one(api, conf, listener, address, error))
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

static gboolean open_configured(Api *api, const Conf *conf, ApiListener listener, GError **error)
{
    const char *const *addresses = conf_list(conf, listeners[listener].addresses);

    for (gsize i = 0; addresses[i]; i++) {
        if (is_forgiven(conf, listener, addresses[i]))
            continue;
        if (!open_one(api, conf, listener, addresses[i], error)) {
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

gboolean listeners_open(Api *api, const Conf *conf, GError **error)
{
    g_autoptr(GPtrArray) sockets = notify_take_sockets(error);

    if (!sockets || !check_names(sockets, error))
        return FALSE;
    for (ApiListener listener = API_TRAFFIC; listener <= API_ADMIN; listener++) {
        gboolean any = FALSE;

        if (!open_inherited(api, conf, listener, sockets, &any, error))
            return FALSE;
        if (!any && !open_configured(api, conf, listener, error))
            return FALSE;
        log_urls(api, listener);
    }
    return TRUE;
}

void listeners_set_access(Api *api, const Conf *conf)
{
    gsize count = 0;
    const ConfToken *tokens = conf_tokens(conf, &count);
    g_autofree ApiToken *allowed = g_new0(ApiToken, count);

    for (gsize i = 0; i < count; i++)
        allowed[i] =
            (ApiToken){tokens[i].name, tokens[i].sha256, (const char *const *)tokens[i].scopes};
    api_set_access(api, conf_boolean(conf, CONF_ADMIN_ANONYMOUS_READ), allowed, count);
}
