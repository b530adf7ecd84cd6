/* Making the status document. */
#include "cli/snapshot.h"

#include "cli/terminal.h"
#include "engine/status.h"
#include "setup/setup.h"
#include "view/document.h"

char *snapshot_read(Cli *cli, GError **error)
{
    const Graph *graph = cli_graph(cli, error);
    Session *session = graph ? cli_session(cli, FALSE, error) : NULL;
    g_autoptr(Status) status = session ? status_read(session, graph, TRUE, error) : NULL;
    const Conf *conf = cli_conf(cli, NULL);
    ServiceView service = {.version = PACKAGE_VERSION};
    GateView gate = {.state = NULL}; /* what is configured, but nobody stands at it */

    if (!status)
        return NULL;
    service.instance = session_settings(session)->instance;
    gate.is_controlled = conf_boolean(conf, CONF_ENVIRONMENT_CONTROLLED);
    gate.required_revision = conf_string(conf, CONF_GATE_REQUIRED_REVISION);
    return status_document(&service, &gate, status, graph, setup_script_directory(conf), NULL);
}

gboolean snapshot_print(Cli *cli, GError **error)
{
    g_autofree char *document = snapshot_read(cli, error);

    if (document)
        terminal_print_document(document);
    return document != NULL;
}
