/* Pauses on a clock that the test turns by hand: nothing here waits. */
#include "base/backoff.h"

#include "base/clock.h"

static gint64 now;
static gint64 waited;

static gint64 read_clock(gpointer data)
{
    return now;
}

static gboolean pretend_to_wait(gint64 microseconds, Cancel *cancel, gpointer data)
{
    if (cancel_is_triggered(cancel))
        return FALSE;
    now += microseconds;
    waited += microseconds;
    return TRUE;
}

static const Clock clock_by_hand = {read_clock, read_clock, pretend_to_wait, NULL};

static void test_pauses_grow_to_the_ceiling(void)
{
    Backoff backoff = {.initial = 100, .ceiling = 500, .factor = 2.0};

    g_assert_cmpint(backoff_next(&backoff), ==, 100);
    g_assert_cmpint(backoff_next(&backoff), ==, 200);
    g_assert_cmpint(backoff_next(&backoff), ==, 400);
    g_assert_cmpint(backoff_next(&backoff), ==, 500);
    g_assert_cmpint(backoff_next(&backoff), ==, 500);
    backoff_reset(&backoff);
    g_assert_cmpint(backoff_next(&backoff), ==, 100);
}

static void test_jitter_spreads_both_ways_and_no_further(void)
{
    Backoff backoff = {.initial = 1000, .ceiling = 1000, .factor = 1.0, .jitter = 0.2};
    gint64 shortest = G_MAXINT64;
    gint64 longest = 0;

    for (int i = 0; i < 1000; i++) {
        gint64 pause = backoff_next(&backoff);

        shortest = MIN(shortest, pause);
        longest = MAX(longest, pause);
    }
    g_assert_cmpint(shortest, >=, 800);
    g_assert_cmpint(shortest, <, 900);
    g_assert_cmpint(longest, <=, 1200);
    g_assert_cmpint(longest, >, 1100);
}

static void test_the_deadline_cuts_the_last_pause(void)
{
    Backoff backoff = {.initial = 400, .ceiling = 400, .factor = 1.0};

    now = 10000;
    waited = 0;
    backoff.deadline = now + 1000;
    clock_replace(&clock_by_hand);
    g_assert_true(backoff_wait(&backoff, NULL));
    g_assert_true(backoff_wait(&backoff, NULL));
    g_assert_cmpint(backoff_next(&backoff), ==, 200);
    g_assert_true(backoff_wait(&backoff, NULL));
    g_assert_false(backoff_wait(&backoff, NULL));
    g_assert_cmpint(backoff_next(&backoff), ==, -1);
    g_assert_cmpint(waited, ==, 1000);
    clock_replace(NULL);
}

static void test_a_cancel_ends_the_wait(void)
{
    Backoff backoff = {.initial = 400, .ceiling = 400, .factor = 1.0};
    g_autoptr(Cancel) cancel = cancel_new();

    clock_replace(&clock_by_hand);
    waited = 0;
    cancel_trigger(cancel);
    g_assert_false(backoff_wait(&backoff, cancel));
    g_assert_cmpint(waited, ==, 0);
    clock_replace(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/backoff/grows", test_pauses_grow_to_the_ceiling);
    g_test_add_func("/backoff/jitter", test_jitter_spreads_both_ways_and_no_further);
    g_test_add_func("/backoff/deadline", test_the_deadline_cuts_the_last_pause);
    g_test_add_func("/backoff/cancel", test_a_cancel_ends_the_wait);
    return g_test_run();
}
