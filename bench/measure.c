/* measure [-t SECONDS] [-o FILE] COMMAND [ARGUMENT...]: runs a command and prints
 * "wall_ms cpu_ms rss_mib status". CPU is user + system time of the process and of the children
 * that it has waited for; RSS is the peak of the largest of them; status is 128 + N for signal N. A
 * command that is still running after SECONDS (default 60) is killed. Its output goes to FILE
 * (default /dev/null).
 *
 * Stays small on purpose: a process inherits the peak RSS of the one that forked it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static double milliseconds(struct timeval time)
{
    return time.tv_sec * 1e3 + time.tv_usec / 1e3;
}

static void run(const char *output, char **command, const sigset_t *signals)
{
    int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
        _exit(126);
    close(fd);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_SETMASK, signals, NULL);
    execvp(command[0], command);
    _exit(127);
}

int main(int argc, char **argv)
{
    const char *output = "/dev/null";
    struct timespec limit = {.tv_sec = 60};
    struct rusage usage;
    sigset_t child_ends, before;
    double started;
    pid_t pid;
    int option, status;

    while ((option = getopt(argc, argv, "+t:o:")) != -1) {
        if (option == 't')
            limit.tv_sec = strtol(optarg, NULL, 10);
        else if (option == 'o')
            output = optarg;
        else
            return 2;
    }
    if (optind == argc || limit.tv_sec <= 0) {
        fprintf(stderr, "usage: measure [-t SECONDS] [-o FILE] COMMAND [ARGUMENT...]\n");
        return 2;
    }
    sigemptyset(&child_ends);
    sigaddset(&child_ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_ends, &before);

    started = now_ms();
    pid = fork();
    if (pid == 0)
        run(output, argv + optind, &before);
    if (pid < 0) {
        perror("measure: fork");
        return 1;
    }
    if (sigtimedwait(&child_ends, NULL, &limit) < 0 && errno == EAGAIN)
        kill(pid, SIGKILL);
    if (wait4(pid, &status, 0, &usage) < 0) {
        perror("measure: wait4");
        return 1;
    }
    printf("%.2f %.2f %.1f %d\n", now_ms() - started,
           milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime), usage.ru_maxrss / 1024.0,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
