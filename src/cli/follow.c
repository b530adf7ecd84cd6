/* Patience with a daemon at work. */
#include "cli/follow.h"

#include "base/backoff.h"
#include "base/clock.h"
#include "cli/remote.h"
#include "cli/terminal.h"
#include "client/line.h"

static const gint64 silence_max = 60 * G_TIME_SPAN_SECOND;

/* Pauses between questions to a daemon that answers: from the start again after each event. */
static Backoff looking(void)
{
    return (Backoff){.initial = 100 * G_TIME_SPAN_MILLISECOND,
                     .ceiling = G_TIME_SPAN_SECOND,
                     .factor = 1.5,
                     .jitter = 0.2};
}

static void note_lost(Cli *cli, const GError *reason, const char *what)
{
    if (!cli_options(cli)->is_quiet)
        terminal_note("%s; %s\n", reason->message, what);
}

static void explain_doubt(Client *client, GError **error)
{
    g_autofree char *daemon = remote_spell(client);

    if (!error_is(error ? *error : NULL, ERROR_DAEMON_UNREACHABLE) &&
        !error_is(error ? *error : NULL, ERROR_CANCELLED))
        return;
    error_set_outcome(error, "whether the daemon has begun the rollback is not known");
    error_set_hint(error, "look before anything else is done: pgsluice status %s", daemon);
}

RemoteOperation *follow_begin(Cli *cli, Client *client, const RollbackCall *call, GError **error)
{
    Backoff backoff = looking();
    GError *reason = NULL;

    backoff.deadline = clock_monotonic() + silence_max;
    for (gboolean has_told = FALSE;; has_told = TRUE) {
        RemoteOperation *operation = rollback_run(client, call, &reason);

        if (operation)
            return operation;
        if (!error_is(reason, ERROR_DAEMON_UNREACHABLE))
            break;
        if (!has_told)
            note_lost(cli, reason, "asking again, with the same key: it stays one rollback");
        if (!backoff_wait(&backoff, cli_cancel(cli)))
            break;
        g_clear_error(&reason);
    }
    if (cancel_is_triggered(cli_cancel(cli)))
        error_reclassify(&reason, ERROR_CANCELLED);
    explain_doubt(client, &reason);
    g_propagate_error(error, reason);
    return NULL;
}

/* --- Events ----------------------------------------------------------------------------------- */

static void tell_event(const RemoteEvent *event)
{
    const char *text = event->text ? event->text : event->event ? event->event : "";
    g_autofree char *line = line_of(text, LINE_MAX_MESSAGE);

    if (*line)
        terminal_note("%s\n", line);
}

/* A daemon that waits may say the same again and again. */
static gboolean repeats(const RemoteOperation *operation, gsize number)
{
    return number > 0 &&
           g_strcmp0(operation->events[number].text, operation->events[number - 1].text) == 0;
}

/* Those that are new; *told is the number of all that were, also of those that were dropped. TRUE
 * when there was any. */
static gboolean tell_events(Cli *cli, const RemoteOperation *operation, gint64 *told)
{
    gboolean has_new = FALSE;

    for (gsize i = 0; i < operation->event_count; i++) {
        gint64 number = operation->events_dropped + (gint64)i;

        if (number < *told)
            continue;
        if (!cli_options(cli)->is_quiet && !repeats(operation, i))
            tell_event(&operation->events[i]);
        *told = number + 1;
        has_new = TRUE;
    }
    return has_new;
}

/* --- To the end ------------------------------------------------------------------------------- */

typedef struct {
    Cli *cli;
    Client *client;
    const char *id;
    gint64 told;
    gint64 heard_at; /* when the daemon last answered */
    gboolean is_silent;
} Follow;

/* An end without knowing the end. */
static void explain_going_on(const Follow *follow, GError **error)
{
    g_autofree char *daemon = remote_spell(follow->client);

    if (!error_is(error ? *error : NULL, ERROR_CANCELLED) &&
        !error_is(error ? *error : NULL, ERROR_DAEMON_UNREACHABLE))
        return;
    error_set_outcome(error, "the rollback goes on in the daemon, whether anybody looks or not");
    error_set_hint(error, "pgsluice rollback --follow %s %s", follow->id, daemon);
}

/* One question. NULL without an error: the daemon is silent, but not for too long yet. */
static RemoteOperation *look(Follow *follow, GError **error)
{
    g_autoptr(GError) reason = NULL;
    RemoteOperation *operation = rollback_look(follow->client, follow->id, &reason);

    if (operation) {
        follow->heard_at = clock_monotonic();
        follow->is_silent = FALSE;
        return operation;
    }
    if (error_is(reason, ERROR_DAEMON_UNREACHABLE) &&
        clock_monotonic() - follow->heard_at < silence_max) {
        if (!follow->is_silent)
            note_lost(follow->cli, reason, "looking again");
        follow->is_silent = TRUE;
        return NULL;
    }
    g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
}

static RemoteOperation *wait_for_end(Follow *follow, RemoteOperation *operation, GError **error)
{
    Backoff backoff = looking();

    while (!operation || operation->state == REMOTE_RUNNING) {
        GError *reason = NULL;

        if (operation && tell_events(follow->cli, operation, &follow->told))
            backoff_reset(&backoff);
        g_clear_pointer(&operation, remote_operation_free);
        if (!backoff_wait(&backoff, cli_cancel(follow->cli)))
            error_set(&reason, ERROR_CANCELLED, "interrupted");
        else
            operation = look(follow, &reason);
        if (reason) {
            explain_going_on(follow, &reason);
            g_propagate_error(error, reason);
            return NULL;
        }
    }
    tell_events(follow->cli, operation, &follow->told);
    return operation;
}

RemoteOperation *follow_operation(Cli *cli, Client *client, const char *id,
                                  RemoteOperation *operation, GError **error)
{
    g_autofree char *own_id = g_strdup(operation ? operation->id : id);
    Follow follow = {cli, client, own_id, 0, clock_monotonic(), FALSE};
    g_autoptr(RemoteOperation) ended = NULL;

    if (!operation && !(operation = rollback_look(client, id, error)))
        return NULL;
    ended = wait_for_end(&follow, operation, error);
    if (!ended || ended->state == REMOTE_SUCCEEDED)
        return g_steal_pointer(&ended);
    g_propagate_error(error, g_steal_pointer(&ended->error));
    return NULL;
}
