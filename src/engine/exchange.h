/* One script in the pipeline: its next transaction's messages go out, their answers come back, both
 * by the list of step_messages. */
#pragma once

#include "engine/execution.h"

/* Queues the messages of script `index` and asks for their answers. From the first message on it
 * may be committed (execution->sent). */
gboolean exchange_send(Execution *execution, guint index, GError **error);

/* Takes the answers. FALSE with *error only when the connection is unusable. A statement that
 * failed sets *failure and *place; else the script has advanced. */
gboolean exchange_receive(Execution *execution, guint index, FailurePlace *place, GError **failure,
                          GError **error);
