/* The lifeline: what keeps the service manager patient. It extends the start's time limit while
 * there is headway, and answers the watchdog while the worker is sound. */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/board.h"
#include "daemon/worker.h"

typedef struct Lifeline Lifeline;

/* Adds its timers to `loop`; NULL with *status a negative errno when it cannot. All must outlive
 * it. */
Lifeline *lifeline_new(sd_event *loop, const Board *board, Worker *worker, int *status);
void lifeline_free(Lifeline *lifeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lifeline, lifeline_free)

/* The worker has reported `event`, other than a statement that does not get on; `settings` say how
 * long a statement may take. */
void lifeline_hear(Lifeline *lifeline, GateEvent event, const EngineSettings *settings);
