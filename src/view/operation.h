/* An operation: where a migration that runs has got to, kept from the engine's last event about it.
 */
#pragma once

#include "engine/event.h"

typedef struct Operation Operation;

/* NULL: the event says nothing of that kind. */
Operation *operation_new(const EngineEvent *event);
void operation_free(Operation *operation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Operation, operation_free)
