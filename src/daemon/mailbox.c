/* A GAsyncQueue next to an eventfd. */
#include "daemon/mailbox.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { CROWD = 1024 };

struct Mailbox {
    GAsyncQueue *letters;
    int fd;
};

Mailbox *mailbox_new(GDestroyNotify free_letter)
{
    Mailbox *mailbox = g_new0(Mailbox, 1);

    mailbox->letters = g_async_queue_new_full(free_letter);
    mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (mailbox->fd < 0)
        g_error("eventfd: %s", g_strerror(errno));
    return mailbox;
}

void mailbox_free(Mailbox *mailbox)
{
    if (!mailbox)
        return;
    g_async_queue_unref(mailbox->letters);
    close(mailbox->fd);
    g_free(mailbox);
}

void mailbox_post(Mailbox *mailbox, gpointer letter)
{
    uint64_t one = 1;

    g_async_queue_push(mailbox->letters, letter);
    if (write(mailbox->fd, &one, sizeof one) < 0) {
        /* EAGAIN: the counter is full, so the descriptor is readable already */
    }
}

gpointer mailbox_take(Mailbox *mailbox)
{
    return g_async_queue_try_pop(mailbox->letters);
}

int mailbox_fd(const Mailbox *mailbox)
{
    return mailbox->fd;
}

void mailbox_acknowledge(Mailbox *mailbox)
{
    uint64_t count;

    while (read(mailbox->fd, &count, sizeof count) > 0)
        continue;
}

gboolean mailbox_is_crowded(Mailbox *mailbox)
{
    return g_async_queue_length(mailbox->letters) > CROWD;
}
