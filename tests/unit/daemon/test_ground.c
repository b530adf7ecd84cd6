/* The ground: when another look is due, and when another try makes sense. */
#include "daemon/ground.h"

#include "base/error.h"

static char *at_a[] = {(char *)"a", NULL};
static char *at_b[] = {(char *)"b", NULL};
static Hold hold = {.target = (char *)"a"};
static LockHolder holder = {.pid = 42};

static void remember(Ground *ground, char **heads, Hold *held, LockHolder *holding)
{
    Status status = {.heads = heads, .hold = held, .holder = holding};

    ground_remember(ground, &status);
}

static gboolean has_moved(const Ground *ground, char **heads, Hold *held, LockHolder *holding)
{
    DatabaseState state = {.heads = heads, .hold = held};

    return ground_has_moved(ground, &state, holding);
}

static void test_movement(void)
{
    Ground ground = {0};

    g_assert_true(has_moved(&ground, at_a, NULL, NULL)); /* nothing is known yet */
    remember(&ground, at_a, NULL, NULL);
    g_assert_false(has_moved(&ground, at_a, NULL, NULL));
    g_assert_true(has_moved(&ground, at_b, NULL, NULL));
    g_assert_true(has_moved(&ground, at_a, &hold, NULL));
    g_assert_true(has_moved(&ground, at_a, NULL, &holder));
    remember(&ground, at_a, &hold, &holder);
    g_assert_false(has_moved(&ground, at_a, &hold, &holder));
    g_assert_true(has_moved(&ground, at_a, &hold, NULL));
    ground_doubt(&ground);
    g_assert_true(has_moved(&ground, at_a, &hold, &holder));
    ground_clear(&ground);
}

static void test_one_try_on_the_same_ground(void)
{
    g_autoptr(GError) error = NULL;
    Ground ground = {0};

    error_set(&error, ERROR_MIGRATION, "boom");
    remember(&ground, at_a, NULL, NULL);
    g_assert_false(ground_is_settled(&ground));
    ground_note_try(&ground, error);
    remember(&ground, at_b, NULL, NULL); /* part of it was committed: its own doing */
    g_assert_true(ground_is_settled(&ground));
    g_assert_cmpstr(ground_failure(&ground), ==, "boom");
    remember(&ground, at_b, NULL, &holder); /* somebody has the lock, nothing moved */
    g_assert_true(ground_is_settled(&ground));
    remember(&ground, at_a, NULL, NULL); /* somebody moved the heads */
    g_assert_false(ground_is_settled(&ground));
    g_assert_null(ground_failure(&ground));
    ground_clear(&ground);
}

static void test_a_lifted_hold_and_a_reload(void)
{
    Ground ground = {0};

    ground_note_try(&ground, NULL);
    remember(&ground, at_a, &hold, NULL);
    g_assert_true(ground_is_settled(&ground));
    remember(&ground, at_a, NULL, NULL);
    g_assert_false(ground_is_settled(&ground));
    ground_note_try(&ground, NULL);
    remember(&ground, at_a, NULL, NULL);
    g_assert_true(ground_is_settled(&ground));
    ground_forget_tries(&ground);
    g_assert_false(ground_is_settled(&ground));
    ground_clear(&ground);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/daemon/ground/movement", test_movement);
    g_test_add_func("/daemon/ground/one-try-on-the-same-ground", test_one_try_on_the_same_ground);
    g_test_add_func("/daemon/ground/a-lifted-hold-and-a-reload", test_a_lifted_hold_and_a_reload);
    return g_test_run();
}
