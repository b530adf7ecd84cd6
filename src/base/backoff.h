/* Backoff: how long to wait before the next try, as plain data. */
#pragma once

#include <glib.h>

#include "base/cancel.h"

typedef struct {
    gint64 initial;  /* microseconds before the second try */
    gint64 ceiling;  /* the longest pause */
    double factor;   /* each pause is this many times the one before; 1.0 keeps it fixed */
    double jitter;   /* a share: 0.2 spreads a pause evenly over 80 % to 120 % of it */
    gint64 deadline; /* on clock_monotonic(); 0 = never */
    gint64 pause;    /* the last pause before jitter; 0 = none yet */
} Backoff;

/* The next pause in microseconds, cut so that it does not pass the deadline; -1 when the deadline
 * has been reached. */
gint64 backoff_next(Backoff *backoff);

/* Waits for the next pause. FALSE when the deadline has been reached or `cancel` was triggered (ask
 * cancel_is_triggered which). */
gboolean backoff_wait(Backoff *backoff, Cancel *cancel);

/* Starts again with the initial pause; the deadline stays. */
void backoff_reset(Backoff *backoff);
