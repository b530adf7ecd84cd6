/* Stepping through gate.def and drawing it. Nothing here acts: the caller does what a step returns.
 */
#include "daemon/gate.h"

static const GateRow rows[] = {
#define GATE_ROW(state, event, guard, next, action)                                                \
    {GATE_##state, GATE_EVENT_##event, GATE_GUARD_##guard, GATE_##next, GATE_ACTION_##action},
#include "daemon/gate.def"
};

static const char *const state_names[] = {
#define GATE_STATE(name, text) text,
#include "daemon/gate.def"
};

static const char *const event_names[] = {
#define GATE_EVENT(name, text) text,
#include "daemon/gate.def"
};

static const char *const guard_texts[] = {
    [GATE_GUARD_ALWAYS] = "",
    [GATE_GUARD_FIRST] = " [first]",
    [GATE_GUARD_AGAIN] = " [again]",
};

static const char *const action_texts[] = {
    [GATE_ACTION_REFUSE] = "",          [GATE_ACTION_TELL] = "",
    [GATE_ACTION_READY] = " / READY=1", [GATE_ACTION_DRAIN] = " / drain",
    [GATE_ACTION_EXIT] = " / exit",
};

static gboolean guard_holds(const Gate *gate, GateGuard guard)
{
    return guard == GATE_GUARD_ALWAYS || gate->has_opened == (guard == GATE_GUARD_AGAIN);
}

GateAction gate_step(Gate *gate, GateEvent event)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const GateRow *row = &rows[i];

        if (row->state != gate->state || row->event != event || !guard_holds(gate, row->guard))
            continue;
        gate->state = row->next;
        gate->has_opened |= row->next == GATE_OPEN;
        return row->action;
    }
    return GATE_ACTION_REFUSE;
}

const GateRow *gate_rows(gsize *count)
{
    *count = G_N_ELEMENTS(rows);
    return rows;
}

const char *gate_state_name(GateState state)
{
    g_assert(state < GATE_STATE_COUNT);
    return state_names[state];
}

const char *gate_event_name(GateEvent event)
{
    g_assert(event < GATE_EVENT_COUNT);
    return event_names[event];
}

char *gate_draw(void)
{
    GString *dot = g_string_new("digraph gate {\n"
                                "    rankdir = LR;\n"
                                "    node [shape = box, style = rounded, fontname = sans];\n"
                                "    edge [fontname = sans, fontsize = 10];\n");

    for (gsize i = 0; i < GATE_STATE_COUNT; i++)
        g_string_append_printf(dot, "    %s%s;\n", state_names[i],
                               i == GATE_OPEN ? " [style = \"rounded,bold\"]" : "");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_string_append_printf(dot, "    %s -> %s [label = \"%s%s%s\"];\n",
                               state_names[rows[i].state], state_names[rows[i].next],
                               event_names[rows[i].event], guard_texts[rows[i].guard],
                               action_texts[rows[i].action]);
    g_string_append(dot, "}\n");
    return g_string_free(dot, FALSE);
}
