/* Running the program that prints the models. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/process.h"
#include "base/units.h"
#include "engine/models_private.h"

enum { PIECE = 64 * 1024 };
static const gint64 grace = 2 * G_USEC_PER_SEC; /* from SIGTERM to SIGKILL */

typedef struct {
    const ModelsSource *source;
    GPid pid;
    int output;
    gint64 deadline;
    GString *text;
} Program;

/* In the child, after fork. A group of its own can be ended as a whole. */
static void become_leader(G_GNUC_UNUSED gpointer data)
{
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
}

static gboolean start(Program *program, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (g_spawn_async_with_pipes(NULL, (char **)program->source->command, NULL,
                                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, become_leader,
                                 NULL, &program->pid, NULL, &program->output, NULL, &reason))
        return TRUE;
    error_set(error, ERROR_CONFIG, "%s", reason->message);
    error_set_hint(error, "install the program, or correct migrations.models_command");
    return FALSE;
}

/* *ended: there is no more. */
static gboolean read_piece(Program *program, gboolean *ended, GError **error)
{
    char piece[PIECE];
    gssize got = read(program->output, piece, sizeof piece);

    if (got < 0 && errno == EINTR)
        return TRUE;
    *ended = got <= 0;
    if (got > 0)
        g_string_append_len(program->text, piece, got);
    if (program->text->len <= MODELS_MAX)
        return TRUE;
    error_set(error, ERROR_CONFIG, "it prints more than %d MiB", MODELS_MAX / 1024 / 1024);
    return FALSE;
}

static gboolean give_up(const Program *program, Cancel *cancel, GError **error)
{
    g_autofree char *limit = duration_describe(program->source->timeout);

    if (cancel_is_triggered(cancel)) {
        error_set(error, ERROR_CANCELLED, "interrupted");
        return FALSE;
    }
    error_set(error, ERROR_CONFIG, "it was not done after %s, and ended", limit);
    error_set_hint(error, "raise migrations.models_timeout");
    return FALSE;
}

static gboolean read_output(Program *program, Cancel *cancel, GError **error)
{
    gboolean ended = FALSE;

    while (!ended) {
        struct pollfd waits[] = {{program->output, POLLIN, 0}, {cancel_fd(cancel), POLLIN, 0}};
        gint64 left = program->deadline - clock_monotonic();

        if (left <= 0 || cancel_is_triggered(cancel))
            return give_up(program, cancel, error);
        poll(waits, G_N_ELEMENTS(waits), (int)(left / 1000 + 1));
        if (waits[0].revents && !read_piece(program, &ended, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_status(int status, GError **error)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    if (WIFSIGNALED(status))
        error_set(error, ERROR_CONFIG, "it was ended by signal %d (%s)", WTERMSIG(status),
                  g_strsignal(WTERMSIG(status)));
    else
        error_set(error, ERROR_CONFIG, "it ended with exit status %d", WEXITSTATUS(status));
    error_set_hint(error, "its own message is above; run it by hand to see more");
    return FALSE;
}

/* What it has started may not outlive it. */
static int end_group(const Program *program)
{
    kill(-program->pid, SIGTERM);
    process_wait(program->pid, grace, NULL);
    kill(-program->pid, SIGKILL); /* before it is reaped: until then the group is ours */
    return process_reap(program->pid);
}

static gboolean converse(Program *program, Cancel *cancel, GError **error)
{
    gint64 left;

    if (!read_output(program, cancel, error)) {
        end_group(program);
        return FALSE;
    }
    left = MAX(program->deadline - clock_monotonic(), 1);
    if (process_wait(program->pid, left, cancel))
        return check_status(process_reap(program->pid), error);
    end_group(program);
    return give_up(program, cancel, error);
}

static gboolean check_text(const GString *text, GError **error)
{
    if (strlen(text->str) == text->len && g_utf8_validate(text->str, (gssize)text->len, NULL))
        return TRUE;
    error_set(error, ERROR_CONFIG, "what it prints is not UTF-8");
    return FALSE;
}

char *models_run_command(const ModelsSource *source, Cancel *cancel, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *words = g_strjoinv(" ", (char **)source->command);
    Program program = {.source = source,
                       .output = -1,
                       .deadline = clock_monotonic() + source->timeout,
                       .text = text};
    gboolean is_done = start(&program, error) && converse(&program, cancel, error);

    if (program.output >= 0)
        close(program.output);
    if (is_done && check_text(text, error))
        return g_string_free(g_steal_pointer(&text), FALSE);
    g_prefix_error(error, "migrations.models_command (%s): ", words);
    return NULL;
}
