/* The gate: every pair of state and event, the one READY, and the drawing. */
#include "daemon/gate.h"

#include <string.h>

/* The row that applies, or NULL. */
static const GateRow *find_row(GateState state, GateEvent event, gboolean has_opened)
{
    gsize count;
    const GateRow *rows = gate_rows(&count);

    for (gsize i = 0; i < count; i++) {
        gboolean holds =
            rows[i].guard == GATE_GUARD_ALWAYS || (rows[i].guard == GATE_GUARD_AGAIN) == has_opened;

        if (rows[i].state == state && rows[i].event == event && holds)
            return &rows[i];
    }
    return NULL;
}

static void test_every_pair(void)
{
    for (GateState state = 0; state < GATE_STATE_COUNT; state++)
        for (GateEvent event = 0; event < GATE_EVENT_COUNT; event++)
            for (gboolean has_opened = FALSE; has_opened <= TRUE; has_opened++) {
                Gate gate = {state, has_opened};
                const GateRow *row = find_row(state, event, has_opened);
                GateAction action = gate_step(&gate, event);

                if (row) {
                    g_assert_cmpint(action, ==, row->action);
                    g_assert_cmpint(gate.state, ==, row->next);
                    g_assert_cmpint(gate.has_opened, ==, has_opened || row->next == GATE_OPEN);
                } else {
                    g_assert_cmpint(action, ==, GATE_ACTION_REFUSE);
                    g_assert_cmpint(gate.state, ==, state);
                    g_assert_cmpint(gate.has_opened, ==, has_opened);
                }
            }
}

static void test_no_row_is_shadowed(void)
{
    gsize count;
    const GateRow *rows = gate_rows(&count);

    for (gsize i = 0; i < count; i++)
        for (gsize j = i + 1; j < count; j++) {
            gboolean same_pair = rows[i].state == rows[j].state && rows[i].event == rows[j].event;
            gboolean apart = rows[i].guard != GATE_GUARD_ALWAYS &&
                             rows[j].guard != GATE_GUARD_ALWAYS && rows[i].guard != rows[j].guard;

            g_assert_true(!same_pair || apart);
        }
}

static void test_ready_once(void)
{
    gsize count;
    const GateRow *rows = gate_rows(&count);

    for (gsize i = 0; i < count; i++) {
        if (rows[i].action == GATE_ACTION_READY) {
            g_assert_cmpint(rows[i].guard, ==, GATE_GUARD_FIRST);
            g_assert_cmpint(rows[i].next, ==, GATE_OPEN);
        }
        /* and no first entry to open without it */
        if (rows[i].next == GATE_OPEN && rows[i].state != GATE_OPEN &&
            rows[i].guard != GATE_GUARD_AGAIN)
            g_assert_cmpint(rows[i].action, ==, GATE_ACTION_READY);
    }
}

static void test_life_of_a_boot(void)
{
    static const struct {
        GateEvent event;
        GateState state;
        GateAction action;
    } steps[] = {
        {GATE_EVENT_CONNECT, GATE_CONNECTING, GATE_ACTION_TELL},
        {GATE_EVENT_RETRY, GATE_CONNECTING, GATE_ACTION_TELL},
        {GATE_EVENT_CONNECTED, GATE_CHECKING, GATE_ACTION_TELL},
        {GATE_EVENT_CHECK, GATE_CHECKING, GATE_ACTION_TELL},
        {GATE_EVENT_LOCK_WAIT, GATE_WAITING_FOR_LOCK, GATE_ACTION_TELL},
        {GATE_EVENT_LOCKED, GATE_CHECKING, GATE_ACTION_TELL},
        {GATE_EVENT_MIGRATE, GATE_MIGRATING, GATE_ACTION_TELL},
        {GATE_EVENT_PROGRESS, GATE_MIGRATING, GATE_ACTION_TELL},
        {GATE_EVENT_FINISHED, GATE_CHECKING, GATE_ACTION_TELL},
        {GATE_EVENT_SATISFIED, GATE_OPEN, GATE_ACTION_READY},
        {GATE_EVENT_LOST, GATE_CLOSED, GATE_ACTION_TELL},
        {GATE_EVENT_RETRY, GATE_CLOSED, GATE_ACTION_TELL},
        {GATE_EVENT_CONNECTED, GATE_CHECKING, GATE_ACTION_TELL},
        {GATE_EVENT_SATISFIED, GATE_OPEN, GATE_ACTION_TELL},
        {GATE_EVENT_FAIL, GATE_OPEN, GATE_ACTION_TELL},
        {GATE_EVENT_STOP, GATE_DRAINING, GATE_ACTION_DRAIN},
        {GATE_EVENT_SATISFIED, GATE_DRAINING, GATE_ACTION_REFUSE},
    };
    Gate gate = {GATE_STARTING, FALSE};

    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_assert_cmpint(gate_step(&gate, steps[i].event), ==, steps[i].action);
        g_assert_cmpint(gate.state, ==, steps[i].state);
    }
}

static void test_stop_is_always_obeyed(void)
{
    for (GateState state = 0; state < GATE_STATE_COUNT; state++) {
        Gate gate = {state, FALSE};

        if (state == GATE_DRAINING || state == GATE_FAILED)
            continue;
        g_assert_cmpint(gate_step(&gate, GATE_EVENT_STOP), ==, GATE_ACTION_DRAIN);
    }
}

/* Before the first opening a failure ends the start; after it traffic is protected, never killed.
 */
static void test_failure(void)
{
    for (GateState state = 0; state < GATE_STATE_COUNT; state++) {
        Gate before = {state, FALSE};
        Gate after = {state, TRUE};

        if (gate_step(&before, GATE_EVENT_FAIL) == GATE_ACTION_EXIT)
            g_assert_cmpint(before.state, ==, GATE_FAILED);
        if (state != GATE_STARTING && state != GATE_CONNECTING)
            g_assert_cmpint(gate_step(&after, GATE_EVENT_FAIL), !=, GATE_ACTION_EXIT);
    }
}

static guint count_lines(const char *text, const char *part)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint count = 0;

    for (char **line = lines; *line; line++)
        count += strstr(*line, part) != NULL;
    return count;
}

static void test_drawing(void)
{
    g_autofree char *dot = gate_draw();
    gsize count;
    const GateRow *rows = gate_rows(&count);

    g_assert_true(g_str_has_prefix(dot, "digraph gate {\n"));
    g_assert_true(g_str_has_suffix(dot, "}\n"));
    g_assert_cmpuint(count_lines(dot, " -> "), ==, count);
    for (gsize i = 0; i < count; i++) {
        g_autofree char *edge =
            g_strdup_printf("    %s -> %s [label = \"%s", gate_state_name(rows[i].state),
                            gate_state_name(rows[i].next), gate_event_name(rows[i].event));

        g_assert_nonnull(strstr(dot, edge));
    }
    g_assert_cmpuint(count_lines(dot, "READY=1"), ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/daemon/gate/every-pair", test_every_pair);
    g_test_add_func("/daemon/gate/no-row-is-shadowed", test_no_row_is_shadowed);
    g_test_add_func("/daemon/gate/ready-once", test_ready_once);
    g_test_add_func("/daemon/gate/life-of-a-boot", test_life_of_a_boot);
    g_test_add_func("/daemon/gate/stop-is-always-obeyed", test_stop_is_always_obeyed);
    g_test_add_func("/daemon/gate/failure", test_failure);
    g_test_add_func("/daemon/gate/drawing", test_drawing);
    return g_test_run();
}
