/* The pulse, on a clock of the test's own. */
#include "daemon/pulse.h"

#include <time.h>

#include "base/clock.h"

static gint64 now;

static gint64 read_monotonic(gpointer data)
{
    return now;
}

static gint64 read_wall(gpointer data)
{
    return 0;
}

static gboolean wait(gint64 microseconds, Cancel *cancel, gpointer data)
{
    now += microseconds;
    return TRUE;
}

static void test_promise(void)
{
    g_autoptr(Pulse) pulse = pulse_new();

    now = G_USEC_PER_SEC;
    pulse_beat(pulse, 2 * G_USEC_PER_SEC);
    g_assert_true(pulse_is_alive(pulse));
    now += 2 * G_USEC_PER_SEC;
    g_assert_true(pulse_is_alive(pulse)); /* within its promise */
    now += 60 * G_USEC_PER_SEC;
    g_assert_false(pulse_is_alive(pulse));
    pulse_beat(pulse, 2 * G_USEC_PER_SEC); /* and back */
    g_assert_true(pulse_is_alive(pulse));
}

static void test_waiting_for_the_server(void)
{
    g_autoptr(Pulse) pulse = pulse_new();

    pulse_attach(pulse);
    pulse_await_server(pulse);
    for (int hour = 0; hour < 5; hour++) {
        g_assert_true(pulse_is_alive(pulse));
        now += G_TIME_SPAN_HOUR;
    }
    g_assert_true(pulse_is_alive(pulse));
}

static gint64 processor_time(void)
{
    struct timespec spent;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return (gint64)spent.tv_sec * G_USEC_PER_SEC + spent.tv_nsec / 1000;
}

/* Computes for a while; the test's clock moves just as far. */
static void test_endless_loop(void)
{
    g_autoptr(Pulse) pulse = pulse_new();
    gint64 start, spent = 0;

    pulse_attach(pulse);
    pulse_await_server(pulse);
    g_assert_true(pulse_is_alive(pulse));
    start = processor_time();
    while (spent < 20000)
        spent = processor_time() - start;
    now += spent;
    g_assert_false(pulse_is_alive(pulse));
    pulse_await_server(pulse); /* it came back after all */
    now += G_USEC_PER_SEC;
    g_assert_true(pulse_is_alive(pulse));
}

int main(int argc, char **argv)
{
    static const Clock fake = {read_monotonic, read_wall, wait, NULL};

    g_test_init(&argc, &argv, NULL);
    clock_replace(&fake);
    g_test_add_func("/daemon/pulse/promise", test_promise);
    g_test_add_func("/daemon/pulse/waiting-for-the-server", test_waiting_for_the_server);
    g_test_add_func("/daemon/pulse/endless-loop", test_endless_loop);
    return g_test_run();
}
