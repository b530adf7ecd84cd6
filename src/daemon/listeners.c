/* From http.* keys and inherited sockets to the api's listeners. */
#include "daemon/listeners.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "daemon/notify.h"
#include "http/server.h"

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
                         int socket, GError **error)
{
    const Conf *conf = bundle->conf;
    ApiListenOptions options = {
        .listener = listener,
        .address = address,
        .socket = socket,
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

static gboolean is_kept(const NotifySocket *socket)
{
    return g_str_equal(socket->name, NOTIFY_KEPT);
}

static gboolean check_names(GPtrArray *sockets, GError **error)
{
    for (guint i = 0; i < sockets->len; i++) {
        const NotifySocket *socket = g_ptr_array_index(sockets, i);

        if (is_of(socket, API_TRAFFIC) || is_of(socket, API_ADMIN) || is_kept(socket))
            continue;
        error_set(error, ERROR_CONFIG, "the service manager passed a socket named \"%s\"",
                  socket->name);
        error_set_hint(error, "set FileDescriptorName=traffic or FileDescriptorName=admin in the "
                              "socket unit (traffic-tls and admin-tls for TLS)");
        return FALSE;
    }
    return TRUE;
}

/* The manager has sockets for it, which replace its addresses. */
static gboolean is_inherited(ApiListener listener, const GPtrArray *sockets)
{
    for (guint i = 0; i < sockets->len; i++) {
        if (is_of(g_ptr_array_index(sockets, i), listener))
            return TRUE;
    }
    return FALSE;
}

static gboolean open_inherited(Api *api, const Bundle *bundle, ApiListener listener,
                               const GPtrArray *sockets, GError **error)
{
    for (guint i = 0; i < sockets->len; i++) {
        const NotifySocket *socket = g_ptr_array_index(sockets, i);
        gboolean speaks_tls = g_str_equal(socket->name, listeners[listener].tls_name);
        g_autofree char *address = g_strdup_printf("%sfd:%d", speaks_tls ? "tls:" : "", socket->fd);

        if (!is_of(socket, listener))
            continue;
        if (!open_one(api, bundle, listener, address, 0, error))
            return FALSE;
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
                                GHashTable *kept, GError **error)
{
    const Conf *conf = bundle->conf;
    const char *const *addresses = conf_list(conf, listeners[listener].addresses);

    for (gsize i = 0; addresses[i]; i++) {
        gpointer socket = NULL;

        if (is_forgiven(conf, listener, addresses[i]))
            continue;
        g_hash_table_steal_extended(kept, addresses[i], NULL, &socket);
        if (!open_one(api, bundle, listener, addresses[i], GPOINTER_TO_INT(socket), error)) {
            g_prefix_error(error, "http.%s.listen: ", listeners[listener].name);
            return FALSE;
        }
    }
    return TRUE;
}

static void claim_kept(GHashTable *kept, const char *const *addresses, GArray *fds)
{
    for (gsize i = 0; addresses[i]; i++) {
        int index = http_socket_find(addresses[i], (const int *)fds->data, fds->len);

        if (index < 0 || g_hash_table_contains(kept, addresses[i]))
            continue;
        g_hash_table_insert(kept, (gpointer)addresses[i],
                            GINT_TO_POINTER(g_array_index(fds, int, index)));
        g_array_index(fds, int, index) = -1;
    }
}

/* Address -> socket for those that the daemon before this one has left to the manager and that are
 * wanted still. The others are shut now: one of them may be in the way of an address that is new.
 */
static GHashTable *sort_kept(const Conf *conf, const GPtrArray *sockets)
{
    g_autoptr(GArray) fds = g_array_new(FALSE, FALSE, sizeof(int));
    GHashTable *kept = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < sockets->len; i++) {
        const NotifySocket *socket = g_ptr_array_index(sockets, i);

        if (is_kept(socket))
            g_array_append_val(fds, socket->fd);
    }
    for (ApiListener listener = API_TRAFFIC; listener <= API_ADMIN; listener++) {
        if (!is_inherited(listener, sockets))
            claim_kept(kept, conf_list(conf, listeners[listener].addresses), fds);
    }
    for (guint i = 0; i < fds->len; i++) {
        if (g_array_index(fds, int, i) >= 0)
            http_socket_retire(g_array_index(fds, int, i));
    }
    return kept;
}

static void log_urls(Api *api, ApiListener listener)
{
    const char *const *urls = api_urls(api, listener);

    for (gsize i = 0; urls[i]; i++)
        log_info("listening: %s %s", listeners[listener].name, urls[i]);
}

/* So that a restart refuses nobody who calls an address of the configuration, either. */
static void leave_to_manager(Api *api)
{
    g_autoptr(GArray) fds = g_array_new(FALSE, FALSE, sizeof(int));

    if (!notify_keeps_sockets())
        return;
    api_share_sockets(api, fds);
    notify_keep_sockets(fds);
}

gboolean listeners_open(Api *api, const Bundle *bundle, GError **error)
{
    g_autoptr(GPtrArray) sockets = notify_take_sockets(error);
    g_autoptr(GHashTable) kept = NULL;

    if (!sockets || !check_names(sockets, error))
        return FALSE;
    kept = sort_kept(bundle->conf, sockets);
    for (ApiListener listener = API_TRAFFIC; listener <= API_ADMIN; listener++) {
        gboolean is_open = is_inherited(listener, sockets)
                               ? open_inherited(api, bundle, listener, sockets, error)
                               : open_configured(api, bundle, listener, kept, error);

        if (!is_open)
            return FALSE;
        log_urls(api, listener);
    }
    leave_to_manager(api);
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
