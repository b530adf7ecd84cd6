/* A queue next to an eventfd. Its lock is a pthread_mutex_t and not GLib's (nor GAsyncQueue's)
 * because ThreadSanitizer does not see those at work and would report every letter. */
#include "daemon/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { CROWD = 1024 };

struct Mailbox {
    pthread_mutex_t lock;
    GQueue letters;
    GDestroyNotify free_letter;
    int fd;
};

Mailbox *mailbox_new(GDestroyNotify free_letter)
{
    Mailbox *mailbox = g_new0(Mailbox, 1);

    pthread_mutex_init(&mailbox->lock, NULL);
    g_queue_init(&mailbox->letters);
    mailbox->free_letter = free_letter;
    mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (mailbox->fd < 0)
        g_error("eventfd: %s", g_strerror(errno));
    return mailbox;
}

void mailbox_free(Mailbox *mailbox)
{
    if (!mailbox)
        return;
    if (mailbox->free_letter)
        g_queue_clear_full(&mailbox->letters, mailbox->free_letter);
    else
        g_queue_clear(&mailbox->letters);
    pthread_mutex_destroy(&mailbox->lock);
    close(mailbox->fd);
    g_free(mailbox);
}

void mailbox_post(Mailbox *mailbox, gpointer letter)
{
    uint64_t one = 1;

    pthread_mutex_lock(&mailbox->lock);
    g_queue_push_tail(&mailbox->letters, letter);
    pthread_mutex_unlock(&mailbox->lock);
    if (write(mailbox->fd, &one, sizeof one) < 0) {
        /* EAGAIN: the counter is full, so the descriptor is readable already */
    }
}

gpointer mailbox_take(Mailbox *mailbox)
{
    gpointer letter;

    pthread_mutex_lock(&mailbox->lock);
    letter = g_queue_pop_head(&mailbox->letters);
    pthread_mutex_unlock(&mailbox->lock);
    return letter;
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
    guint length;

    pthread_mutex_lock(&mailbox->lock);
    length = g_queue_get_length(&mailbox->letters);
    pthread_mutex_unlock(&mailbox->lock);
    return length > CROWD;
}
