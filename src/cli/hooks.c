/* Running the commands of migrations.post_write. */
#include "cli/hooks.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/process.h"
#include "cli/terminal.h"

#define PATH_WORD "REVISION_SCRIPT_FILENAME" /* Alembic's */

static const gint64 deadline = 5 * 60 * G_USEC_PER_SEC;
static const gint64 grace = 2 * G_USEC_PER_SEC; /* from SIGTERM to SIGKILL */

/* The words of a command that conf has found good; g_strfreev. */
static char **command_words(const char *command, const char *path)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_auto(GStrv) parsed = NULL;
    gboolean has_path = FALSE;

    g_shell_parse_argv(command, NULL, &parsed, NULL);
    for (char **word = parsed; word && *word; word++) {
        gboolean is_path = strcmp(*word, PATH_WORD) == 0;

        g_ptr_array_add(words, g_strdup(is_path ? path : *word));
        has_path |= is_path;
    }
    if (!has_path)
        g_ptr_array_add(words, g_strdup(path));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_steal(words, NULL);
}

/* In the child, after fork. A group of its own can be ended as a whole. */
static void become_leader(gpointer data)
{
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
}

static gboolean start(char **words, GPid *pid, GError **error)
{
    int output = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    g_autoptr(GError) reason = NULL;
    gboolean is_started =
        g_spawn_async_with_fds(NULL, words, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH,
                               become_leader, NULL, pid, -1, output, output, &reason);

    if (output >= 0)
        close(output);
    if (is_started)
        return TRUE;
    error_set(error, ERROR_HOOK, "%s", reason->message);
    error_set_hint(error, "install the program, or correct migrations.post_write");
    return FALSE;
}

/* The command has time to end well; what it has started may not outlive it. */
static void end_group(GPid pid)
{
    kill(-pid, SIGTERM);
    process_wait(pid, grace, NULL);
    kill(-pid, SIGKILL); /* before it is reaped: until then the group is ours */
    process_reap(pid);
}

static gboolean check_status(int status, GError **error)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    if (WIFSIGNALED(status))
        error_set(error, ERROR_HOOK, "ended by signal %d (%s)", WTERMSIG(status),
                  g_strsignal(WTERMSIG(status)));
    else
        error_set(error, ERROR_HOOK, "ended with exit status %d", WEXITSTATUS(status));
    return FALSE;
}

static gboolean wait_for(GPid pid, Cancel *cancel, GError **error)
{
    if (process_wait(pid, deadline, cancel))
        return check_status(process_reap(pid), error);
    end_group(pid);
    if (cancel_is_triggered(cancel))
        error_set(error, ERROR_CANCELLED, "interrupted");
    else
        error_set(error, ERROR_HOOK, "not done after %d minutes, and ended",
                  (int)(deadline / G_USEC_PER_SEC / 60));
    return FALSE;
}

static gboolean run(const char *command, const char *path, Cancel *cancel, GError **error)
{
    g_auto(GStrv) words = command_words(command, path);
    GPid pid;

    if (start(words, &pid, error) && wait_for(pid, cancel, error))
        return TRUE;
    g_prefix_error(error, "migrations.post_write: \"%s\": ", command);
    return FALSE;
}

gboolean hooks_run(const char *const *commands, const char *path, gboolean tells, Cancel *cancel,
                   GError **error)
{
    for (; *commands; commands++) {
        if (tells)
            terminal_note("Running %s\n", *commands);
        if (!run(*commands, path, cancel, error))
            return FALSE;
    }
    return TRUE;
}
