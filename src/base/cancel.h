/* A cancellation: one thread or signal handler asks, another that waits in poll() notices. */
#pragma once

#include <glib.h>

typedef struct Cancel Cancel;

/* Never NULL: aborts when the process has no file descriptor left. */
Cancel *cancel_new(void);
void cancel_free(Cancel *cancel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cancel, cancel_free)

/* Asks the work to stop. Async-signal-safe and thread-safe; asking twice is the same as once. */
void cancel_trigger(Cancel *cancel);

/* Both accept NULL (work that cannot be cancelled): FALSE and -1. */
gboolean cancel_is_triggered(const Cancel *cancel);
/* Readable once triggered, for poll(); belongs to the Cancel. */
int cancel_fd(const Cancel *cancel);

/* Makes it usable again. Only while nobody waits on it. */
void cancel_reset(Cancel *cancel);
