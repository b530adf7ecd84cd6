/* What a failure has left: a transaction that is rolled back, or a connection that broke and took
 * the answers to commits with it. Then the server is asked (doubt.h), over a new one. */
#pragma once

#include "engine/execution.h"

/* After a failure of the scripts from execution->next on, *error and *place say which. TRUE with
 * *error cleared when the run may go on, with execution->next as the server knows it, or has
 * committed all. FALSE: *error is described. */
gboolean breakage_settle(Execution *execution, FailurePlace *place, GError **error);
