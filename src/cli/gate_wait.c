/* Asking a daemon until it is ready. */
#include "cli/gate_wait.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "cli/terminal.h"
#include "client/problem.h"

enum { NO_CONTENT = 204, OK = 200, NOT_FOUND = 404, UNAVAILABLE = 503 };

typedef struct {
    Cli *cli;
    Client *client;
    const char *revision; /* NULL: any */
    char *path;
    char *seen; /* why it was not ready when it was asked last */
    gint64 deadline;
} GateWait;

static void gate_wait_clear(GateWait *wait)
{
    g_free(wait->path);
    g_free(wait->seen);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GateWait, gate_wait_clear)

static char *make_path(const char *revision)
{
    g_autofree char *escaped = revision ? g_uri_escape_string(revision, NULL, FALSE) : NULL;

    return revision ? g_strconcat("/gate?revision=", escaped, NULL) : g_strdup("/readyz");
}

static void remember(GateWait *wait, const GError *reason)
{
    char *seen = g_strdup(reason->message);

    if (g_strcmp0(wait->seen, seen) != 0 && !cli_options(wait->cli)->is_quiet)
        terminal_note("Waiting: %s\n", seen);
    g_free(wait->seen);
    wait->seen = seen;
}

/* One question. FALSE with an error that may be retryable: not ready. */
static gboolean ask(const GateWait *wait, GError **error)
{
    gint64 left = wait->deadline - clock_monotonic();
    ClientRequest request = {
        .method = "GET",
        .path = wait->path,
        .timeout = CLAMP(left, G_TIME_SPAN_SECOND, client_endpoint(wait->client)->timeout)};
    g_auto(ClientReply) reply = {0};

    if (!client_send(wait->client, &request, &reply, error))
        return FALSE;
    if (reply.status == OK || reply.status == NO_CONTENT)
        return TRUE;
    problem_set_error(client_endpoint(wait->client)->name, &reply, error);
    if (reply.status == UNAVAILABLE)
        error_reclassify(error, ERROR_BEHIND);
    else if (reply.status == NOT_FOUND && wait->revision)
        error_set_hint(error, "/gate is answered by the traffic listener (http.traffic.listen)");
    return FALSE;
}

static void explain_end(const GateWait *wait, GError **error)
{
    const char *name = client_endpoint(wait->client)->name;

    if (cancel_is_triggered(cli_cancel(wait->cli))) {
        error_set(error, ERROR_CANCELLED, "interrupted while waiting for the daemon at %s", name);
        return;
    }
    error_set(error, ERROR_BEHIND, "the daemon at %s was not ready in time: %s", name, wait->seen);
    error_set_hint(error, "pgsluice status --url URL (of its admin listener) tells what it does");
}

gboolean gate_wait(Cli *cli, Client *client, const char *revision, gint64 deadline, GError **error)
{
    g_auto(GateWait) wait = {cli, client, revision, make_path(revision), NULL, deadline};
    Backoff backoff = {.initial = 50 * G_TIME_SPAN_MILLISECOND,
                       .ceiling = G_TIME_SPAN_SECOND,
                       .factor = 1.5,
                       .jitter = 0.2,
                       .deadline = deadline};

    do {
        g_autoptr(GError) reason = NULL;

        if (ask(&wait, &reason))
            return TRUE;
        if (error_is(reason, ERROR_CANCELLED) || !error_kind_is_retryable(error_kind(reason))) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return FALSE;
        }
        remember(&wait, reason);
    } while (backoff_wait(&backoff, cli_cancel(cli)));
    explain_end(&wait, error);
    return FALSE;
}
