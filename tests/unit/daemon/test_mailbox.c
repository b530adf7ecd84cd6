/* The mailbox: order, wake-up, and no letter lost when it is thrown away. */
#include "daemon/mailbox.h"

#include <poll.h>

enum { LETTERS = 10000 };

static gboolean is_readable(const Mailbox *mailbox, int timeout)
{
    struct pollfd fd = {.fd = mailbox_fd(mailbox), .events = POLLIN};

    return poll(&fd, 1, timeout) == 1;
}

static gpointer write_letters(gpointer data)
{
    for (int i = 1; i <= LETTERS; i++)
        mailbox_post(data, GINT_TO_POINTER(i));
    return NULL;
}

static void test_order_across_threads(void)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(NULL);
    GThread *writer = g_thread_new("writer", write_letters, mailbox);
    int expected = 1;

    while (expected <= LETTERS) {
        gpointer letter;

        g_assert_true(is_readable(mailbox, 10000));
        mailbox_acknowledge(mailbox);
        while ((letter = mailbox_take(mailbox)) != NULL)
            g_assert_cmpint(GPOINTER_TO_INT(letter), ==, expected++);
    }
    g_thread_join(writer);
}

static void test_quiet_when_empty(void)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(g_free);

    g_assert_false(is_readable(mailbox, 0));
    g_assert_null(mailbox_take(mailbox));
    mailbox_post(mailbox, g_strdup("left behind"));
    g_assert_true(is_readable(mailbox, 0));
    mailbox_acknowledge(mailbox);
    g_assert_false(is_readable(mailbox, 0));
}

static void test_crowd(void)
{
    g_autoptr(Mailbox) mailbox = mailbox_new(NULL);

    g_assert_false(mailbox_is_crowded(mailbox));
    write_letters(mailbox);
    g_assert_true(mailbox_is_crowded(mailbox));
    while (mailbox_take(mailbox))
        continue;
    g_assert_false(mailbox_is_crowded(mailbox));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/daemon/mailbox/order-across-threads", test_order_across_threads);
    g_test_add_func("/daemon/mailbox/quiet-when-empty", test_quiet_when_empty);
    g_test_add_func("/daemon/mailbox/crowd", test_crowd);
    return g_test_run();
}
