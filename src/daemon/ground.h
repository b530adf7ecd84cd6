/* The ground: what a decision about the database rests on, and what was tried on it. Pure. */
#pragma once

#include "engine/status.h"

/* All zero to begin with; fields are for ground.c. */
typedef struct {
    char *seen;         /* heads and hold as of the last look; NULL: not known */
    int holder;         /* pid of whoever had the migration lock then; 0 = nobody */
    gboolean has_tried; /* an upgrade, since the last look */
    char *settled;      /* `seen` at the first look after a try */
    char *failure;      /* of that try, or NULL */
} Ground;

void ground_clear(Ground *ground);

/* A look was taken, or failed and the next one must not be spared. */
void ground_remember(Ground *ground, const Status *status);
void ground_doubt(Ground *ground);

/* Whether another look is worth its while: heads, hold or the lock's holder are not as they were.
 */
gboolean ground_has_moved(const Ground *ground, const DatabaseState *state,
                          const LockHolder *holder);

/* An upgrade was tried; `failure` NULL: it went well. */
void ground_note_try(Ground *ground, const GError *failure);
/* Heads and hold are still what that try left: another one would end the same way. */
gboolean ground_is_settled(const Ground *ground);
/* What the last try met, while the ground is settled; NULL: nothing. */
const char *ground_failure(const Ground *ground);
/* A person wants another try. */
void ground_forget_tries(Ground *ground);
