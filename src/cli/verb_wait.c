/* pgsluice wait: polls until the database is at the wanted revision, also through an absent server.
 */
#include "base/backoff.h"
#include "base/clock.h"
#include "base/units.h"
#include "cli/change.h"
#include "cli/format.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/status.h"
#include "revision/spec.h"
#include "view/answer.h"

static const char timeout_default[] = "5min";

/* One wait: what is waited for and what was seen last. */
typedef struct {
    Cli *cli;
    const Graph *graph;
    GPtrArray *wanted; /* const Revision * */
    Session *session;  /* NULL while the server cannot be reached */
    EngineSettings settings;
    gint64 deadline;
    char *seen; /* the last answer, or why there was none */
} Waiting;

static void waiting_clear(Waiting *waiting)
{
    g_clear_pointer(&waiting->wanted, g_ptr_array_unref);
    g_clear_pointer(&waiting->session, session_close);
    g_clear_pointer(&waiting->seen, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Waiting, waiting_clear)

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

/* One look. FALSE with an error when it failed; *reached otherwise. */
static gboolean look(Waiting *waiting, gboolean *reached, GError **error)
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
    return TRUE;
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

static gboolean wait_until_there(Waiting *waiting, GError **error)
{
    Backoff backoff = {.initial = 50 * G_TIME_SPAN_MILLISECOND,
                       .ceiling = G_TIME_SPAN_SECOND,
                       .factor = 1.5,
                       .jitter = 0.2,
                       .deadline = waiting->deadline};
    gboolean reached = FALSE;

    do {
        g_autoptr(GError) reason = NULL;

        if (look(waiting, &reached, &reason)) {
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

static void print_document(GPtrArray *reached)
{
    g_auto(GStrv) ids = revision_ids(reached);
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    answer_add_boolean(answer, "reached", TRUE);
    answer_add_texts(answer, "revisions", (const char *const *)ids);
    document = answer_format(answer);
    terminal_print_document(document);
}

gboolean verb_wait(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *timeout = NULL;
    g_autofree char *revision = NULL;
    const GOptionEntry entries[] = {
        {"timeout", 0, 0, OPTION_TEXT, &timeout, "Give up after this long (default: 5min)",
         "DURATION"},
        {"revision", 0, 0, OPTION_TEXT, &revision,
         "Wait for this revision (default: the heads of the files)", "REVISION"},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_auto(Waiting) waiting = {.cli = cli};
    const EngineSettings *settings;
    gint64 patience;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    if (!duration_parse(timeout ? timeout : timeout_default, &patience, error)) {
        g_prefix_error(error, "--timeout: ");
        return FALSE;
    }
    waiting.deadline = clock_monotonic() + patience;
    waiting.graph = cli_graph(cli, error);
    settings = waiting.graph ? cli_settings(cli, error) : NULL;
    if (!settings)
        return FALSE;
    waiting.settings = *settings;
    waiting.wanted =
        spec_resolve(waiting.graph, revision ? revision : "heads", NULL, SPEC_FOR_SHOW, error);
    if (!waiting.wanted || !wait_until_there(&waiting, error))
        return FALSE;
    if (cli_options(cli)->wants_json)
        print_document(waiting.wanted);
    return TRUE;
}
