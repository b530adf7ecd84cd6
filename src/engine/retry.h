/* Trying again what met somebody else's lock: short tries, long pauses (tries.h), and the name of
 * who is in the way (watch.h). */
#pragma once

#include "engine/execution.h"

/* Runs scripts [next, end) as batch_run does, as often as it takes. TRUE too when the connection
 * broke and the run may go on. FALSE: *error is described, and says who was in the way. */
gboolean retry_run(Execution *execution, guint end, GError **error);
