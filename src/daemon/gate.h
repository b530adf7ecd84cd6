/* The gate as a pure state machine over gate.def: no clock, socket or database. */
#pragma once

#include <glib.h>

typedef enum {
#define GATE_STATE(name, text) GATE_##name,
#include "daemon/gate.def"
    GATE_STATE_COUNT,
} GateState;

typedef enum {
#define GATE_EVENT(name, text) GATE_EVENT_##name,
#include "daemon/gate.def"
    GATE_EVENT_COUNT,
} GateEvent;

typedef enum { GATE_GUARD_ALWAYS, GATE_GUARD_FIRST, GATE_GUARD_AGAIN } GateGuard;

typedef enum {
    GATE_ACTION_REFUSE, /* the event means nothing in this state; the gate did not change */
    GATE_ACTION_TELL,
    GATE_ACTION_READY,
    GATE_ACTION_DRAIN,
    GATE_ACTION_EXIT,
} GateAction;

/* {GATE_STARTING, FALSE} to begin with. */
typedef struct {
    GateState state;
    gboolean has_opened; /* at least once */
} Gate;

typedef struct {
    GateState state;
    GateEvent event;
    GateGuard guard;
    GateState next;
    GateAction action;
} GateRow;

/* Moves the gate along the row for `event` and says what the caller must do now. */
GateAction gate_step(Gate *gate, GateEvent event);

/* All rows of the table. */
const GateRow *gate_rows(gsize *count);

/* The names in gate.def; static. */
const char *gate_state_name(GateState state);
const char *gate_event_name(GateEvent event);

/* The table as a Graphviz digraph; g_free. */
char *gate_draw(void);
