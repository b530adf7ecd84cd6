/* What the daemon counts of its own work: gate, database and migrations into the metrics. */
#pragma once

#include "daemon/gate.h"
#include "engine/drift.h"
#include "engine/event.h"
#include "engine/status.h"

/* The gate as it is at the start, and what runs. */
void tally_begin(const Gate *gate);
/* The gate was in `before`. `wall`: now, since 1970. */
void tally_gate(GateState before, const Gate *gate, gint64 wall);
/* The database and the files, as they were read last. */
void tally_status(const Status *status);
void tally_drift(const Drift *drift);

/* What must be known of the past on the thread that talks to the database. Zeroes begin it. */
typedef struct {
    gboolean is_connected;
    const char *direction; /* of the plan that runs */
    gint64 asked_at;       /* since when the statement that runs has been running */
} Tally;

/* A session was opened; it broke (said twice, it counts once); a try to open one failed. */
void tally_connected(Tally *tally);
void tally_lost(Tally *tally);
void tally_connect_failed(void);
void tally_event(Tally *tally, const EngineEvent *event);
