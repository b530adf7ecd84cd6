/* From options to a connection. */
#include "cli/remote.h"

#include <string.h>

#include "base/units.h"
#include "cli/terminal.h"

void remote_options_clear(RemoteOptions *options)
{
    g_free(options->url);
    g_free(options->socket);
    g_free(options->token_file);
    g_free(options->ca_file);
    g_free(options->certificate_file);
    g_free(options->key_file);
    g_free(options->timeout);
    *options = (RemoteOptions){0};
}

gboolean remote_is_meant(const RemoteOptions *options)
{
    return options->url || options->socket || options->token_file || options->ca_file ||
           options->certificate_file || options->key_file || options->timeout;
}

static Endpoint *choose_endpoint(const RemoteOptions *options, GError **error)
{
    if (options->url && options->socket) {
        error_set(error, ERROR_USAGE, "there are two daemons, --url and --socket: name one");
        return NULL;
    }
    if (options->socket)
        return endpoint_new_socket(options->socket, error);
    if (options->url)
        return endpoint_new_url(options->url, error);
    error_set(error, ERROR_USAGE, "the daemon to ask is not named");
    error_set_hint(error, "--url http://127.0.0.1:8081, or --socket /run/pgsluice/admin.sock: "
                          "what http.admin.listen of its configuration says");
    return NULL;
}

static gboolean complete_endpoint(Endpoint *endpoint, const RemoteOptions *options, GError **error)
{
    if (options->timeout && !duration_parse(options->timeout, &endpoint->timeout, error)) {
        g_prefix_error(error, "--answer-timeout: ");
        return FALSE;
    }
    endpoint->timeout = CLAMP(endpoint->timeout, G_TIME_SPAN_SECOND, G_TIME_SPAN_DAY);
    endpoint->ca_file = g_strdup(options->ca_file);
    endpoint->certificate_file = g_strdup(options->certificate_file);
    endpoint->key_file = g_strdup(options->key_file);
    return endpoint_find_token(endpoint, options->token_file, error);
}

Client *remote_connect(Cli *cli, const RemoteOptions *options, GError **error)
{
    g_autoptr(Endpoint) endpoint = choose_endpoint(options, error);

    if (!endpoint || !complete_endpoint(endpoint, options, error))
        return NULL;
    if (endpoint_exposes_token(endpoint) && !cli_options(cli)->is_quiet)
        terminal_note("Note: the token goes to %s in clear text; https would hide it\n",
                      endpoint->name);
    return client_new(g_steal_pointer(&endpoint), cli_cancel(cli), error);
}

char *remote_quote(const char *word)
{
    return *word && !strpbrk(word, " \t\n'\"\\$`!*?[](){}<>|&;#~") ? g_strdup(word)
                                                                   : g_shell_quote(word);
}

char *remote_spell(const Client *client)
{
    const Endpoint *endpoint = client_endpoint(client);
    g_autofree char *quoted = remote_quote(endpoint->name);

    return g_strdup_printf("%s %s", endpoint->socket ? "--socket" : "--url", quoted);
}
