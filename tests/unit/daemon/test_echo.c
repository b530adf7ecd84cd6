/* What is news, on a clock that only moves when told. */
#include "daemon/echo.h"

#include "base/clock.h"

static gint64 now;

static gint64 read_clock(gpointer data)
{
    return now;
}

static const Clock stopped = {.monotonic = read_clock};

static void test_repetition(void)
{
    Echo echo = {0};

    clock_replace(&stopped);
    now = 1000;
    g_assert_true(echo_is_news(&echo, "a"));
    g_assert_false(echo_is_news(&echo, "a"));
    now += 5 * 60 * G_USEC_PER_SEC - 1;
    g_assert_false(echo_is_news(&echo, "a"));
    now += 1;
    g_assert_true(echo_is_news(&echo, "a"));
    g_assert_false(echo_is_news(&echo, "a"));
    echo_forget(&echo);
    clock_replace(NULL);
}

static void test_change(void)
{
    Echo echo = {0};

    g_assert_true(echo_is_news(&echo, "a"));
    g_assert_true(echo_is_news(&echo, "b"));
    g_assert_true(echo_is_news(&echo, "a"));
    echo_forget(&echo);
    g_assert_true(echo_is_news(&echo, "a"));
    echo_forget(&echo);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/daemon/echo/repetition", test_repetition);
    g_test_add_func("/daemon/echo/change", test_change);
    return g_test_run();
}
