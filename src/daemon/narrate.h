/* Engine events as the sentences that STATUS= and the status document show, and as log lines. Pure.
 */
#pragma once

#include "daemon/gate.h"
#include "engine/event.h"

typedef struct {
    GateEvent event; /* what it means to the gate; GATE_EVENT_COUNT: nothing */
    char *reason;    /* a sentence for STATUS=, or NULL */
    char *line;      /* a line for the log at info, or NULL */
    const char
        *revision; /* for the log's PGSLUICE_REVISION field; borrowed from the event, or NULL */
    gboolean is_warning; /* the line, which is then for the log at warning */
} Narration;

/* narration_clear frees what it gives. */
Narration narrate(const EngineEvent *event);
void narration_clear(Narration *narration);
