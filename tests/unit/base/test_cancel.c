/* A cancellation wakes whoever polls or waits, from a thread or a signal handler. */
#include "base/cancel.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "base/clock.h"

static Cancel *for_handler;

static gboolean is_readable(const Cancel *cancel)
{
    struct pollfd wake = {.fd = cancel_fd(cancel), .events = POLLIN};

    return poll(&wake, 1, 0) == 1;
}

static void test_triggering_wakes_a_poll(void)
{
    g_autoptr(Cancel) cancel = cancel_new();

    g_assert_false(cancel_is_triggered(cancel));
    g_assert_false(is_readable(cancel));
    cancel_trigger(cancel);
    cancel_trigger(cancel);
    g_assert_true(cancel_is_triggered(cancel));
    g_assert_true(is_readable(cancel));
}

static void test_reset_makes_it_usable_again(void)
{
    g_autoptr(Cancel) cancel = cancel_new();

    cancel_trigger(cancel);
    cancel_reset(cancel);
    g_assert_false(cancel_is_triggered(cancel));
    g_assert_false(is_readable(cancel));
    cancel_trigger(cancel);
    g_assert_true(is_readable(cancel));
}

static void test_no_cancel_is_never_triggered(void)
{
    g_assert_false(cancel_is_triggered(NULL));
    g_assert_cmpint(cancel_fd(NULL), ==, -1);
    cancel_free(NULL);
}

static void trigger(int signal_number)
{
    cancel_trigger(for_handler);
}

static void test_a_signal_handler_may_trigger(void)
{
    g_autoptr(Cancel) cancel = cancel_new();
    void (*before)(int) = signal(SIGUSR1, trigger);

    for_handler = cancel;
    errno = E2BIG;
    raise(SIGUSR1);
    g_assert_cmpint(errno, ==, E2BIG);
    g_assert_true(cancel_is_triggered(cancel));
    signal(SIGUSR1, before);
}

static gpointer trigger_in_thread(gpointer data)
{
    cancel_trigger(data);
    return NULL;
}

static void test_a_thread_ends_a_wait_early(void)
{
    g_autoptr(Cancel) cancel = cancel_new();
    GThread *thread = g_thread_new("trigger", trigger_in_thread, cancel);

    g_assert_false(clock_wait(60 * G_USEC_PER_SEC, cancel));
    g_thread_join(thread);
}

static void test_a_wait_without_cancel_ends_by_itself(void)
{
    g_autoptr(Cancel) cancel = cancel_new();
    gint64 start = clock_monotonic();

    g_assert_true(clock_wait(2000, cancel));
    g_assert_true(clock_wait(0, NULL));
    g_assert_cmpint(clock_monotonic() - start, >=, 2000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cancel/poll", test_triggering_wakes_a_poll);
    g_test_add_func("/cancel/reset", test_reset_makes_it_usable_again);
    g_test_add_func("/cancel/none", test_no_cancel_is_never_triggered);
    g_test_add_func("/cancel/signal", test_a_signal_handler_may_trigger);
    g_test_add_func("/cancel/thread", test_a_thread_ends_a_wait_early);
    g_test_add_func("/cancel/wait", test_a_wait_without_cancel_ends_by_itself);
    return g_test_run();
}
