/* pgsluice run: a program that starts when its revision is there, and that no rollback pulls it
 * from under. To whoever starts and stops it, pgsluice is that program: signals and exit status
 * pass. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/keeper.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"

enum { NAME_MAX_BYTES = 24 }; /* of the program's name in the instance's */

/* What the program gets when we do. The terminal sends SIGTSTP and SIGCONT to both by itself. */
static const int passed_on[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT, SIGWINCH};

/* How we were started, and so how the program is to be. */
typedef struct {
    struct sigaction interrupt; /* a shell ignores it for what runs in the background */
    struct sigaction terminate;
    sigset_t mask;
} Legacy;

/* One run of the program. */
typedef struct {
    GPid pid;
    gint is_lost; /* atomic: the fence was, and the program is to end for it */
    sigset_t awaited;
} Run;

static int loss_signal(void)
{
    return SIGRTMIN; /* not a constant */
}

static void remember_legacy(Legacy *legacy)
{
    sigaction(SIGINT, NULL, &legacy->interrupt);
    sigaction(SIGTERM, NULL, &legacy->terminate);
}

/* In the child, between fork and exec. */
static void restore_legacy(gpointer data)
{
    const Legacy *legacy = data;

    sigaction(SIGINT, &legacy->interrupt, NULL);
    sigaction(SIGTERM, &legacy->terminate, NULL);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &legacy->mask, NULL);
}

/* From now on signals wait until they are asked for; threads to come inherit that. */
static void block_signals(Run *run, Legacy *legacy)
{
    sigemptyset(&run->awaited);
    for (guint i = 0; i < G_N_ELEMENTS(passed_on); i++)
        sigaddset(&run->awaited, passed_on[i]);
    sigaddset(&run->awaited, SIGCHLD);
    sigaddset(&run->awaited, loss_signal());
    signal(SIGCHLD, SIG_DFL); /* ignored, it would take the exit status with it */
    sigprocmask(SIG_BLOCK, &run->awaited, &legacy->mask);
}

static gboolean find_program(const char *name, GError **error)
{
    g_autofree char *path = g_find_program_in_path(name);

    if (path)
        return TRUE;
    error_set(error, ERROR_USAGE, "there is no program \"%s\"", name);
    error_set_hint(error, "usage: pgsluice run [OPTION...] COMMAND [ARGUMENT...]");
    return FALSE;
}

static gboolean start(Run *run, char **words, Legacy *legacy, GError **error)
{
    GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH |
                        G_SPAWN_CHILD_INHERITS_STDIN | G_SPAWN_LEAVE_DESCRIPTORS_OPEN;
    g_autoptr(GError) reason = NULL;

    if (g_spawn_async(NULL, words, NULL, flags, restore_legacy, legacy, &run->pid, &reason))
        return TRUE;
    error_set(error, ERROR_USAGE, "%s", reason->message);
    return FALSE;
}

/* On the keeper's thread. */
static void end_for_loss(gpointer data)
{
    Run *run = data;

    g_atomic_int_set(&run->is_lost, TRUE);
    kill(getpid(), loss_signal());
}

/* The terminal has sent its signals to the whole group, and so to the program, too. */
static gboolean has_it_already(const siginfo_t *info)
{
    return info->si_code == SI_KERNEL;
}

static void pass_on(const Run *run, const siginfo_t *info)
{
    if (info->si_signo == loss_signal())
        kill(run->pid, SIGTERM);
    else if (!has_it_already(info))
        kill(run->pid, info->si_signo);
}

/* Until the program has ended; its wait status. It is reaped here only, so that its id stays its
 * own as long as signals go there. */
static int attend(const Run *run)
{
    for (;;) {
        siginfo_t info;
        int status;

        if (sigwaitinfo(&run->awaited, &info) < 0)
            continue; /* EINTR: we were stopped and go on */
        if (info.si_signo != SIGCHLD)
            pass_on(run, &info);
        else if (waitpid(run->pid, &status, WNOHANG) == run->pid)
            return status;
    }
}

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* "gunicorn@web1:812": who reads the list of instances knows the program. g_free. */
static char *name_instance(const char *program, const char *instance)
{
    g_autofree char *base = g_path_get_basename(program);

    return g_strdup_printf("%.*s@%s", NAME_MAX_BYTES, base, instance);
}

static gboolean refuse_interrupted(Cli *cli, GError **error)
{
    if (!cancel_is_triggered(cli_cancel(cli)))
        return TRUE;
    error_set(error, ERROR_CANCELLED, "interrupted before the program was started");
    return FALSE;
}

/* With the fence held. */
static gboolean run_program(Waiting *waiting, char **words, gboolean is_strict, Legacy *legacy,
                            GError **error)
{
    Run run = {0};
    Keeper *keeper;
    int status;

    block_signals(&run, legacy);
    if (!refuse_interrupted(waiting->cli, error) || !start(&run, words, legacy, error))
        return FALSE;
    keeper = keeper_start(waiting, words[0], is_strict ? end_for_loss : NULL, &run);
    status = attend(&run);
    keeper_stop(keeper);
    if (g_atomic_int_get(&run.is_lost)) {
        error_set(error, ERROR_CONNECTION_LOST, "%s was ended because the fence was lost",
                  words[0]);
        error_set_hint(error, "without --strict it goes on while the fence is taken again");
        return FALSE;
    }
    cli_set_status(waiting->cli, exit_status(status));
    return TRUE;
}

gboolean verb_run(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_autofree char *timeout = NULL;
    g_autofree char *required = NULL;
    gboolean is_strict = FALSE;
    const GOptionEntry entries[] = {
        {"required", 0, 0, OPTION_TEXT, &required,
         "The revision that the program requires (default: the heads of the files)", "REVISION"},
        {"wait", 0, 0, OPTION_TEXT, &timeout,
         "Wait so long for the database to be there (default: " WAITING_TIMEOUT ")", "DURATION"},
        {"strict", 0, 0, G_OPTION_ARG_NONE, &is_strict,
         "End the program when the fence is lost, even for a moment", NULL},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;
    g_autofree char *instance = NULL;
    g_auto(Waiting) waiting = {.takes_fence = TRUE};
    Legacy legacy;

    remember_legacy(&legacy);
    if (!options_parse(cli, verb, entries, words, &operands, error) ||
        !find_program(operands[0], error) ||
        !waiting_begin(&waiting, cli, required, timeout, "--wait", error))
        return FALSE;
    instance = name_instance(operands[0], waiting.settings.instance);
    waiting.settings.instance = instance;
    return waiting_finish(&waiting, error) &&
           run_program(&waiting, operands, is_strict, &legacy, error);
}
