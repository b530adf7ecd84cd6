/* The pipeline of revisions. One batch is: BEGIN, the statements, record_step, COMMIT for each of
 * its revisions and one sync at the end, so that the server skips everything behind a failure. */
#pragma once

#include "engine/execution.h"

/* Behind the last script of the batch that begins with the next one: transactional ones, and not
 * more than a batch may have. */
guint batch_end(const Execution *execution);

/* Runs scripts [next, end) in one pipeline; of one that is not transactional, its next transaction.
 * execution->next counts what is committed, on failure too. A failure is not yet described: *place
 * says where it was. */
gboolean batch_run(Execution *execution, guint end, FailurePlace *place, GError **error);
