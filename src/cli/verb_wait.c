/* pgsluice wait: polls until the database is at the wanted revision, also through an absent server;
 * or until a daemon's gate is open. */
#include "base/clock.h"
#include "base/units.h"
#include "cli/gate_wait.h"
#include "cli/options.h"
#include "cli/remote.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "cli/waiting.h"
#include "view/answer.h"

static void print_document(const char *const *ids)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    answer_add_boolean(answer, "reached", TRUE);
    answer_add_texts(answer, "revisions", ids);
    document = answer_format(answer);
    terminal_print_document(document);
}

/* `revision` NULL: the heads of the files. */
static gboolean wait_for_database(Cli *cli, const char *revision, const char *timeout,
                                  GError **error)
{
    g_auto(Waiting) waiting = {0};

    if (!waiting_begin(&waiting, cli, revision, timeout, "--timeout", error) ||
        !waiting_finish(&waiting, error))
        return FALSE;
    if (cli_options(cli)->wants_json) {
        g_auto(GStrv) ids = revision_ids(waiting.wanted);

        print_document((const char *const *)ids);
    }
    return TRUE;
}

/* `revision` NULL: whatever the daemon itself requires. */
static gboolean wait_for_daemon(Cli *cli, const RemoteOptions *remote, const char *revision,
                                const char *timeout, GError **error)
{
    g_autoptr(Client) client = NULL;
    const char *const ids[] = {revision, NULL};
    gint64 patience;

    if (!duration_parse(timeout ? timeout : WAITING_TIMEOUT, &patience, error)) {
        g_prefix_error(error, "--timeout: ");
        return FALSE;
    }
    client = remote_connect(cli, remote, error);
    if (!client || !gate_wait(cli, client, revision, clock_monotonic() + patience, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_document(ids);
    return TRUE;
}

gboolean verb_wait(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *timeout = NULL;
    g_autofree char *revision = NULL;
    g_auto(RemoteOptions) remote = {0};
    const GOptionEntry entries[] = {
        {"timeout", 0, 0, OPTION_TEXT, &timeout, "Give up after this long (default: 5min)",
         "DURATION"},
        {"revision", 0, 0, OPTION_TEXT, &revision,
         "Wait for this revision (default: the heads of the files)", "REVISION"},
        REMOTE_ENTRIES(&remote),
        {NULL},
    };
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    return remote_is_meant(&remote) ? wait_for_daemon(cli, &remote, revision, timeout, error)
                                    : wait_for_database(cli, revision, timeout, error);
}
