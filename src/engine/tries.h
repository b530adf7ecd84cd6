/* Tries: how long each try of a revision may wait for its locks, and when the next one begins. A
 * waiting ALTER TABLE makes every later reader wait behind it. So tries are short and pauses long;
 * a try may wait longer only when a round of short ones has failed without one and the same
 * transaction in the way, as on a table that is healthy and busy. */
#pragma once

#include "base/backoff.h"
#include "engine/session.h"
#include "engine/sight.h"

typedef struct {
    Backoff backoff;
    guint failures;
    guint doublings;
    Sight *first;  /* who was seen first in this round of tries; NULL: nobody yet */
    Sight *latest; /* who was seen last, in this round or before; NULL: nobody ever */
} Tries;

/* The first try is due; retries end settings->retry_deadline from now. For a Tries that is all zero
 * or was begun before. */
void tries_begin(Tries *tries, const EngineSettings *settings);
void tries_clear(Tries *tries);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tries, tries_clear)

/* Microseconds of lock_timeout for the next try; 0 = none. */
gint64 tries_lock_timeout(const Tries *tries, const EngineSettings *settings);
/* A try has met a lock; `sight` (may be NULL) is who was in its way. */
void tries_note_failure(Tries *tries, const Sight *sight);
/* The pause before the next try, microseconds; -1 at the deadline. */
gint64 tries_next_pause(Tries *tries);
