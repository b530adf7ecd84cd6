/* Polling until the database is where it should be. */
#include "cli/waiting.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "base/units.h"
#include "cli/change.h"
#include "cli/format.h"
#include "cli/terminal.h"
#include "engine/fence.h"
#include "engine/status.h"
#include "revision/spec.h"

void waiting_clear(Waiting *waiting)
{
    g_clear_pointer(&waiting->wanted, g_ptr_array_unref);
    g_clear_pointer(&waiting->session, session_close);
    g_clear_pointer(&waiting->seen, g_free);
}

gboolean waiting_begin(Waiting *waiting, Cli *cli, const char *revision, const char *timeout,
                       const char *option, GError **error)
{
    const EngineSettings *settings;
    gint64 patience;

    if (!duration_parse(timeout ? timeout : WAITING_TIMEOUT, &patience, error)) {
        g_prefix_error(error, "%s: ", option);
        return FALSE;
    }
    waiting->cli = cli;
    waiting->deadline = clock_monotonic() + patience;
    waiting->graph = cli_graph(cli, error);
    settings = waiting->graph ? cli_settings(cli, error) : NULL;
    if (!settings)
        return FALSE;
    waiting->settings = *settings;
    waiting->wanted =
        spec_resolve(waiting->graph, revision ? revision : "heads", NULL, SPEC_FOR_SHOW, error);
    return waiting->wanted != NULL;
}

/* A database ahead of the files names heads that they do not know; what it has applied is recorded.
 */
static gboolean is_there(const Waiting *waiting, const Status *status)
{
    g_autoptr(GHashTable) applied =
        graph_applied(waiting->graph, (const char *const *)status->heads);

    for (guint i = 0; i < waiting->wanted->len; i++) {
        const Revision *revision = waiting->wanted->pdata[i];

        if (!g_hash_table_contains(applied, revision) &&
            !(status->unknown[0] &&
              g_strv_contains((const char *const *)status->applied, revision->id)))
            return FALSE;
    }
    return TRUE;
}

static void remember(Waiting *waiting, char *seen)
{
    if (g_strcmp0(waiting->seen, seen) != 0 && !cli_options(waiting->cli)->is_quiet)
        terminal_note("Waiting: %s\n", seen);
    g_free(waiting->seen);
    waiting->seen = seen;
}

/* Takes the fence. What was seen before it stood is looked at again. */
static gboolean fence_in(Waiting *waiting, gboolean *reached, GError **error)
{
    g_auto(GStrv) ids = revision_ids(waiting->wanted);
    g_autoptr(Status) status = NULL;
    FenceOutcome outcome;

    if (!fence_take(waiting->session, (const char *const *)ids, &outcome, error))
        return FALSE;
    if (outcome == FENCE_HELD)
        return TRUE;
    if (outcome == FENCE_BARRED) {
        *reached = FALSE;
        remember(waiting, g_strdup("a rollback is running that undoes what is required here"));
        return TRUE;
    }
    status = status_read(waiting->session, waiting->graph, FALSE, error);
    if (!status)
        return FALSE;
    *reached = is_there(waiting, status);
    return *reached || fence_release(waiting->session, error);
}

gboolean waiting_look(Waiting *waiting, gboolean *reached, GError **error)
{
    gint64 left = waiting->deadline - clock_monotonic();
    g_autoptr(Status) status = NULL;
    g_autofree char *at = NULL;

    if (!waiting->session) {
        waiting->settings.connect_timeout =
            CLAMP(left, G_TIME_SPAN_SECOND, MAX(waiting->settings.connect_timeout, 1));
        waiting->session =
            session_open(&waiting->settings, FALSE, cli_cancel(waiting->cli), NULL, error);
    }
    status = waiting->session ? status_read(waiting->session, waiting->graph, FALSE, error) : NULL;
    if (!status)
        return FALSE;
    *reached = is_there(waiting, status);
    at = change_describe_heads(waiting->graph, (const char *const *)status->heads);
    if (!*reached)
        remember(waiting, g_strdup_printf("the database is at %s", at));
    return !*reached || !waiting->takes_fence || fence_in(waiting, reached, error);
}

/* Why the wait ended without success. */
static void explain_end(const Waiting *waiting, GError **error)
{
    g_autofree char *wanted = format_revisions(waiting->wanted);

    if (cancel_is_triggered(cli_cancel(waiting->cli))) {
        error_set(error, ERROR_CANCELLED, "interrupted while waiting for revision %s", wanted);
        return;
    }
    error_set(error, ERROR_BEHIND,
              waiting->wanted->len == 1 ? "revision %s was not reached in time: %s"
                                        : "revisions %s were not reached in time: %s",
              wanted, waiting->seen);
    error_set_hint(error, "pgsluice status tells what is pending, pgsluice upgrade applies it");
}

gboolean waiting_finish(Waiting *waiting, GError **error)
{
    Backoff backoff = {.initial = 50 * G_TIME_SPAN_MILLISECOND,
                       .ceiling = G_TIME_SPAN_SECOND,
                       .factor = 1.5,
                       .jitter = 0.2,
                       .deadline = waiting->deadline};
    gboolean reached = FALSE;

    do {
        g_autoptr(GError) reason = NULL;

        if (waiting_look(waiting, &reached, &reason)) {
            if (reached)
                return TRUE;
            continue;
        }
        g_clear_pointer(&waiting->session, session_close);
        if (error_is(reason, ERROR_CANCELLED) || !error_kind_is_retryable(error_kind(reason))) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return FALSE;
        }
        remember(waiting, error_describe_short(reason));
    } while (backoff_wait(&backoff, cli_cancel(waiting->cli)));
    explain_end(waiting, error);
    return FALSE;
}
