/* A cancellation is an eventfd, so that it can wake a poll() next to a socket. */
#include "base/cancel.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct Cancel {
    int fd;
    atomic_int is_triggered;
};

Cancel *cancel_new(void)
{
    Cancel *cancel = g_new0(Cancel, 1);

    cancel->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (cancel->fd < 0)
        g_error("eventfd: %s", g_strerror(errno));
    return cancel;
}

void cancel_free(Cancel *cancel)
{
    if (!cancel)
        return;
    close(cancel->fd);
    g_free(cancel);
}

void cancel_trigger(Cancel *cancel)
{
    int saved = errno; /* a signal handler must not disturb what it interrupted */
    uint64_t one = 1;

    if (write(cancel->fd, &one, sizeof one) < 0) {
        /* EAGAIN: the counter is full, so the descriptor is readable already */
    }
    atomic_store(&cancel->is_triggered, TRUE); /* last: whoever sees the flag finds it readable */
    errno = saved;
}

gboolean cancel_is_triggered(const Cancel *cancel)
{
    return cancel && atomic_load(&cancel->is_triggered);
}

int cancel_fd(const Cancel *cancel)
{
    return cancel ? cancel->fd : -1;
}

void cancel_reset(Cancel *cancel)
{
    uint64_t count;

    /* In this order a trigger that comes in between leaves the flag set: it is obeyed, not lost. */
    atomic_store(&cancel->is_triggered, FALSE);
    while (read(cancel->fd, &count, sizeof count) > 0)
        continue;
}
