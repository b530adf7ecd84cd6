/* Running a revision that one transaction cannot hold: segment after segment, from where the
 * journal says that it stands. */
#pragma once

#include "engine/execution.h"

/* Runs the next script, which is not transactional, to its record. FALSE: *error is described. */
gboolean segmented_run(Execution *execution, GError **error);
