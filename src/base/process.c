/* Waiting for the end of a process without being stopped by anything but that, time or a cancel. */
#include "base/process.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

gboolean process_wait(int pid, gint64 timeout, Cancel *cancel)
{
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    gint64 end = timeout < 0 ? G_MAXINT64 : clock_monotonic() + timeout;
    struct pollfd fds[] = {{.fd = process, .events = POLLIN},
                           {.fd = cancel_fd(cancel), .events = POLLIN}};
    gboolean is_gone = process < 0 && errno == ESRCH;

    while (!is_gone && process >= 0 && !cancel_is_triggered(cancel)) {
        gint64 left = end - clock_monotonic();
        struct timespec limit = {left / G_USEC_PER_SEC, left % G_USEC_PER_SEC * 1000};

        if (left <= 0)
            break;
        if (ppoll(fds, G_N_ELEMENTS(fds), timeout < 0 ? NULL : &limit, NULL) < 0 && errno != EINTR)
            g_error("ppoll: %s", g_strerror(errno));
        is_gone = fds[0].revents != 0;
    }
    if (process >= 0)
        close(process);
    return is_gone;
}

int process_reap(int pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}
