/* Waiting for processes. */
#pragma once

#include <glib.h>

#include "base/cancel.h"

/* Waits until the process, which need not be a child, is gone (a child: until it can be reaped):
 * FALSE when `timeout` (microseconds; negative: none) passed or `cancel` (may be NULL) was
 * triggered first. */
gboolean process_wait(int pid, gint64 timeout, Cancel *cancel);

/* Waits, whatever comes between, until the child has ended and takes it off the system's table; its
 * wait status, see waitpid(2). */
int process_reap(int pid);
