/* The board: what the world is told. It owns the gate, the sentence that goes with its state and
 * the last status that was read, and publishes them to the HTTP API and the service manager. */
#pragma once

#include "api/api.h"
#include "daemon/report.h"

typedef struct Board Board;

/* `api` and `instance` must outlive it. Nothing is published yet. */
Board *board_new(Api *api, const char *instance);
void board_free(Board *board);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Board, board_free)

/* Whose controlled flag, required revision and folder are shown from now on. */
void board_set_bundle(Board *board, Bundle *bundle);

/* Moves the gate and publishes; progress within a state only marks the board stale, because a busy
 * engine reports more often than anybody reads. Takes report->reason, report->status and
 * report->operation. */
GateAction board_step(Board *board, Report *report);
/* The same for an event of the event loop's own. */
GateAction board_step_alone(Board *board, GateEvent event, const char *reason);

/* Publishes what the desk says of operations. */
void board_publish(Board *board);
/* Who is there, as seen since the last status; by reference. */
void board_set_instances(Board *board, GPtrArray *instances);

/* What the last comparison with the recorded schema has found; takes it. */
void board_set_drift(Board *board, Drift *drift);
/* What usage logs may have as action_type, or why none can be taken; takes both from the report. */
void board_take_usage(Board *board, Report *report);

/* Publishes if stale. */
void board_refresh(Board *board);

/* The gate as it is, and the sentence that goes with its state: good until the next step. */
const Gate *board_gate(const Board *board);
const char *board_reason(const Board *board);
