/* Waiting for a process, which need not be a child. */
#pragma once

#include <glib.h>

#include "base/cancel.h"

/* Waits until the process is gone (a child: until it can be reaped): FALSE when `timeout`
 * (microseconds; negative: none) passed or `cancel` (may be NULL) was triggered first. */
gboolean process_wait(int pid, gint64 timeout, Cancel *cancel);
