/* launch ready|exit COUNT SECONDS [-s SOCKET] [-o FILE] COMMAND [ARGUMENT...]
 *
 * Starts COUNT processes of one command at once and waits, for SECONDS at most, until each has told
 * its notify socket READY=1 (`ready`) or has ended (`exit`); then stops those that still run with
 * SIGTERM. Prints a line a process,
 *
 *   ready_ms end_ms cpu_ms rss_mib status stopped_status
 *
 * (-: never; end_ms and status are of those that ended by themselves, stopped_status of the
 * others), and with -s, the path of a Unix socket that the processes serve HTTP on, "http LIVEZ_MS
 * READYZ_MS": when GET /livez and /readyz first answered 200, looked at every 0.5 ms from the
 * start. All times count from just before the first fork. Output of the processes goes to FILE. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES_MAX = 200, STOP_SECONDS = 15 };

typedef struct {
    pid_t pid; /* 0: reaped */
    double ready_ms;
    double end_ms; /* by itself */
    double cpu_ms;
    double rss_mib;
    int status;
    int is_stopped;
} Process;

typedef struct {
    const char *path;
    const char *socket;
    double ok_ms;
    pthread_t thread;
} Probe;

static Process processes[PROCESSES_MAX];
static int process_count;
static double started_ms;
static atomic_int stops_probing;

static double now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static double elapsed(void)
{
    return now_ms() - started_ms;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* --- HTTP ---------------------------------------------------------------------------------------
 */

static int answers_200(const Probe *probe)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = 1};
    char request[128], status[16] = "";
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int is_ok = 0;
    int length =
        snprintf(request, sizeof request,
                 "GET %s HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n", probe->path);

    if (fd < 0)
        die("socket");
    strncpy(address.sun_path, probe->socket, sizeof address.sun_path - 1);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        send(fd, request, length, MSG_NOSIGNAL) == length &&
        recv(fd, status, sizeof status - 1, MSG_WAITALL) > 12)
        is_ok = memcmp(status + 8, " 200", 4) == 0;
    close(fd);
    return is_ok;
}

static void *probe_run(void *data)
{
    const struct timespec pause = {.tv_nsec = 500000};
    Probe *probe = data;

    while (!stops_probing) {
        if (answers_200(probe)) {
            probe->ok_ms = elapsed();
            break;
        }
        nanosleep(&pause, NULL);
    }
    return NULL;
}

/* --- The notify socket --------------------------------------------------------------------------
 */

/* An abstract address: no file to remove. */
static int open_notify_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int yes = 1;
    int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "pgsluice-bench-%d",
                          (int)getpid());
    char name[sizeof address.sun_path + 1];

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) < 0 ||
        bind(fd, (struct sockaddr *)&address,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) < 0)
        die("notify socket");
    snprintf(name, sizeof name, "@%s", address.sun_path + 1);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static Process *find_process(pid_t pid)
{
    for (int i = 0; i < process_count; i++)
        if (processes[i].pid == pid)
            return &processes[i];
    return NULL;
}

static void note(pid_t pid, const char *text)
{
    Process *process = find_process(pid);

    if (process && process->ready_ms < 0 &&
        (strncmp(text, "READY=1", 7) == 0 || strstr(text, "\nREADY=1")))
        process->ready_ms = elapsed();
}

/* Takes all that has arrived. */
static void read_notifications(int fd)
{
    for (;;) {
        char text[4096], control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int) * 8)];
        struct iovec vector = {text, sizeof text - 1};
        struct msghdr message = {.msg_iov = &vector,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t length = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);

        if (length < 0)
            return;
        text[length] = '\0';
        for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part;
             part = CMSG_NXTHDR(&message, part)) {
            if (part->cmsg_level != SOL_SOCKET)
                continue;
            if (part->cmsg_type == SCM_CREDENTIALS) {
                struct ucred sender;

                memcpy(&sender, CMSG_DATA(part), sizeof sender);
                note(sender.pid, text);
            } else if (part->cmsg_type == SCM_RIGHTS) {
                int sent;

                /* sd_notify_barrier() waits until its descriptor is closed. */
                memcpy(&sent, CMSG_DATA(part), sizeof sent);
                close(sent);
            }
        }
    }
}

/* --- Processes ----------------------------------------------------------------------------------
 */

static void start_process(char **command, const char *output, const sigset_t *signals)
{
    pid_t pid = fork();

    if (pid < 0)
        die("fork");
    if (pid == 0) {
        int fd = open(output, O_WRONLY | O_CREAT | O_APPEND, 0644);

        if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
            _exit(126);
        close(fd);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        sigprocmask(SIG_SETMASK, signals, NULL);
        execvp(command[0], command);
        _exit(127);
    }
    processes[process_count++] = (Process){.pid = pid, .ready_ms = -1, .end_ms = -1, .status = -1};
}

static double milliseconds(struct timeval time)
{
    return time.tv_sec * 1e3 + time.tv_usec / 1e3;
}

static void reap(void)
{
    struct rusage usage;
    int status;
    pid_t pid;

    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
        Process *process = find_process(pid);

        if (!process)
            continue;
        if (!process->is_stopped)
            process->end_ms = elapsed();
        process->pid = 0;
        process->cpu_ms = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
        process->rss_mib = usage.ru_maxrss / 1024.0;
        process->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

static int runs(const Process *process)
{
    return process->pid != 0;
}

static int runs_and_is_not_ready(const Process *process)
{
    return process->pid != 0 && process->ready_ms < 0;
}

/* Serves the notify socket and SIGCHLD while any process is still `like` that, or until `deadline`.
 */
static void serve_while(int (*like)(const Process *process), int notify_fd, int child_fd,
                        double deadline)
{
    for (;;) {
        struct pollfd files[] = {{.fd = notify_fd, .events = POLLIN},
                                 {.fd = child_fd, .events = POLLIN}};
        struct signalfd_siginfo ignored;
        int left = 0;

        for (int i = 0; i < process_count; i++)
            left += like(&processes[i]);
        if (!left || elapsed() > deadline)
            return;
        if (poll(files, 2, 100) < 0 && errno != EINTR)
            die("poll");
        read_notifications(notify_fd);
        while (read(child_fd, &ignored, sizeof ignored) > 0)
            ;
        reap();
    }
}

static void stop_all(int notify_fd, int child_fd)
{
    for (int i = 0; i < process_count; i++) {
        if (!processes[i].pid)
            continue;
        processes[i].is_stopped = 1;
        kill(processes[i].pid, SIGTERM);
    }
    serve_while(runs, notify_fd, child_fd, elapsed() + STOP_SECONDS * 1e3);
    for (int i = 0; i < process_count; i++)
        if (processes[i].pid)
            kill(processes[i].pid, SIGKILL);
    serve_while(runs, notify_fd, child_fd, elapsed() + STOP_SECONDS * 1e3);
}

static void print_ms(double value)
{
    if (value < 0)
        printf("- ");
    else
        printf("%.1f ", value);
}

static void print_process(const Process *process)
{
    print_ms(process->ready_ms);
    print_ms(process->end_ms);
    printf("%.1f %.1f ", process->cpu_ms, process->rss_mib);
    if (process->is_stopped)
        printf("- %d\n", process->status);
    else
        printf("%d -\n", process->status);
}

/* Gives the probes the rest of the time until `deadline`. */
static void finish_probes(Probe *probes, int count, double deadline)
{
    const struct timespec pause = {.tv_nsec = 1000000};

    for (int i = 0; i < count; i++)
        while (pthread_tryjoin_np(probes[i].thread, NULL) == EBUSY) {
            if (elapsed() > deadline)
                stops_probing = 1;
            nanosleep(&pause, NULL);
        }
}

static int usage(void)
{
    fprintf(stderr, "usage: launch ready|exit COUNT SECONDS [-s SOCKET] [-o FILE] COMMAND...\n");
    return 2;
}

int main(int argc, char **argv)
{
    Probe probes[] = {{.path = "/livez", .ok_ms = -1}, {.path = "/readyz", .ok_ms = -1}};
    const char *http_socket = NULL, *output = "/dev/null";
    int count, option, notify_fd, child_fd, waits_for_exit;
    double deadline;
    sigset_t child_ends, before;

    if (argc < 5)
        return usage();
    waits_for_exit = strcmp(argv[1], "exit") == 0;
    count = atoi(argv[2]);
    deadline = atof(argv[3]) * 1e3;
    optind = 4;
    while ((option = getopt(argc, argv, "+s:o:")) != -1) {
        if (option == 's')
            http_socket = optarg;
        else if (option == 'o')
            output = optarg;
        else
            return usage();
    }
    if (optind >= argc || count < 1 || count > PROCESSES_MAX || deadline <= 0)
        return usage();

    notify_fd = open_notify_socket();
    sigemptyset(&child_ends);
    sigaddset(&child_ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_ends, &before);
    child_fd = signalfd(-1, &child_ends, SFD_CLOEXEC | SFD_NONBLOCK);
    started_ms = now_ms();
    for (int i = 0; i < count; i++)
        start_process(argv + optind, output, &before);
    for (int i = 0; http_socket && i < 2; i++) {
        probes[i].socket = http_socket;
        if (pthread_create(&probes[i].thread, NULL, probe_run, &probes[i]) != 0)
            die("pthread_create");
    }
    serve_while(waits_for_exit ? runs : runs_and_is_not_ready, notify_fd, child_fd, deadline);
    if (http_socket)
        finish_probes(probes, 2, deadline);
    stop_all(notify_fd, child_fd);

    for (int i = 0; i < process_count; i++)
        print_process(&processes[i]);
    if (http_socket) {
        printf("http ");
        print_ms(probes[0].ok_ms);
        print_ms(probes[1].ok_ms);
        printf("\n");
    }
    return 0;
}
