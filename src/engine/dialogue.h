/* A transaction whose messages are sent one by one, each when the one before has been answered:
 * what a revision needs whose rows (COPY ... FROM STDIN) no pipeline can carry. */
#pragma once

#include "engine/execution.h"

/* Runs the next script, of one that is not transactional its next transaction. As batch_run in all
 * else: a failure is not yet described, *place says where it was. */
gboolean dialogue_run(Execution *execution, FailurePlace *place, GError **error);
