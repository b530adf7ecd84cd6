/* Running a program and reading from two pipes until the answer ends. */
#include "adopt/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/process.h"
#include "base/units.h"

enum { SAID_MAX = 16 * 1024, PIECE = 64 * 1024 };

typedef struct {
    const ChildOptions *options;
    GPid pid;
    int process_fd; /* readable once it has ended; -1 where the kernel has no such thing */
    int answer_fd;
    int said_fd;
    GByteArray *answer;
    GString *said;
    gint64 last_word; /* when it last wrote something */
} Child;

static gboolean open_pipe(int ends[2], GError **error)
{
    if (pipe2(ends, O_CLOEXEC) == 0)
        return TRUE;
    error_set(error, ERROR_FILE, "cannot make a pipe: %s", g_strerror(errno));
    return FALSE;
}

static gboolean spawn(Child *child, int answer, int said, GError **error)
{
    const ChildOptions *options = child->options;
    const int target = CHILD_DESCRIPTOR;
    g_autoptr(GError) reason = NULL;

    if (g_spawn_async_with_pipes_and_fds(options->directory, options->argv, options->environment,
                                         G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, said, said,
                                         &answer, &target, 1, &child->pid, NULL, NULL, NULL,
                                         &reason))
        return TRUE;
    error_set(error, ERROR_FILE, "cannot run %s: %s", options->argv[0], reason->message);
    return FALSE;
}

/* Both pipes with their near ends in the child; the far ends are closed here once it has them. */
static gboolean start(Child *child, GError **error)
{
    int answer[2];
    int said[2];
    gboolean is_started;

    if (!open_pipe(answer, error))
        return FALSE;
    if (!open_pipe(said, error)) {
        close(answer[0]);
        close(answer[1]);
        return FALSE;
    }
    is_started = spawn(child, answer[1], said[1], error);
    close(answer[1]);
    close(said[1]);
    child->answer_fd = answer[0];
    child->said_fd = said[0];
    fcntl(said[0], F_SETFL, O_NONBLOCK);
    return is_started;
}

/* What a program prints is kept for when it fails: the end of it says most. */
static void hear(Child *child)
{
    char piece[PIECE];
    gssize got;

    while ((got = read(child->said_fd, piece, sizeof piece)) > 0) {
        child->last_word = clock_monotonic();
        g_string_append_len(child->said, piece, got);
        if (child->said->len > SAID_MAX)
            g_string_erase(child->said, 0, (gssize)(child->said->len - SAID_MAX));
    }
    if (got == 0) { /* nobody can print any more */
        close(child->said_fd);
        child->said_fd = -1;
    }
}

/* *ended: the answer is all there. */
static gboolean take_answer(Child *child, gboolean *ended, GError **error)
{
    guint8 piece[PIECE];
    gssize got = read(child->answer_fd, piece, sizeof piece);

    if (got < 0 && errno == EINTR)
        return TRUE;
    *ended = got <= 0;
    if (*ended)
        return TRUE;
    child->last_word = clock_monotonic();
    g_byte_array_append(child->answer, piece, (guint)got);
    if (child->answer->len <= child->options->answer_max)
        return TRUE;
    error_set(error, ERROR_FILE, "the answer of %s is larger than %" G_GSIZE_FORMAT " MiB",
              child->options->argv[0], child->options->answer_max / (1024 * 1024));
    return FALSE;
}

static gboolean check_patience(const Child *child, GError **error)
{
    g_autofree char *patience = duration_describe(child->options->patience);

    if (clock_monotonic() - child->last_word < child->options->patience)
        return TRUE;
    error_set(error, ERROR_FILE, "%s said nothing for %s", child->options->argv[0], patience);
    return FALSE;
}

/* One wait and what came of it. */
static gboolean attend(Child *child, Cancel *cancel, gboolean *ended, GError **error)
{
    struct pollfd polled[] = {{child->answer_fd, POLLIN, 0},
                              {cancel_fd(cancel), POLLIN, 0},
                              {child->said_fd, POLLIN, 0},
                              {child->process_fd, POLLIN, 0}};
    gint64 left = child->last_word + child->options->patience - clock_monotonic();

    poll(polled, G_N_ELEMENTS(polled), (int)(MAX(left, 0) / 1000 + 1));
    if (cancel_is_triggered(cancel)) {
        error_set(error, ERROR_CANCELLED, "interrupted");
        return FALSE;
    }
    if (polled[2].revents)
        hear(child);
    if (polled[0].revents)
        return take_answer(child, ended, error) && check_patience(child, error);
    /* What it has left behind may hold the pipe open for ever. */
    *ended = polled[3].revents != 0;
    return *ended || check_patience(child, error);
}

/* It has nothing more to say that counts. */
static void end(Child *child)
{
    kill(child->pid, SIGKILL);
    process_reap(child->pid);
    g_spawn_close_pid(child->pid);
}

static gboolean converse(Child *child, Cancel *cancel, GError **error)
{
    gboolean ended = FALSE;

    child->last_word = clock_monotonic();
    child->process_fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    while (!ended)
        if (!attend(child, cancel, &ended, error))
            return FALSE;
    return TRUE;
}

GByteArray *child_run(const ChildOptions *options, Cancel *cancel, char **said, GError **error)
{
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_autoptr(GString) text = g_string_new(NULL);
    Child child = {.options = options,
                   .process_fd = -1,
                   .answer_fd = -1,
                   .said_fd = -1,
                   .answer = answer,
                   .said = text};
    gboolean is_started = start(&child, error);
    gboolean is_done = is_started && converse(&child, cancel, error);

    if (is_started && child.said_fd >= 0)
        hear(&child);
    if (is_started)
        end(&child);
    if (child.process_fd >= 0)
        close(child.process_fd);
    if (child.answer_fd >= 0)
        close(child.answer_fd);
    if (child.said_fd >= 0)
        close(child.said_fd);
    *said = g_utf8_make_valid(text->str, (gssize)text->len);
    return is_done ? g_steal_pointer(&answer) : NULL;
}
