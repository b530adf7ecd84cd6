/* An aside: a second connection to the server of a Conn, to look at what that one is waiting for.
 * It never blocks and has no thread: whoever waits on the first one drives it. Nothing may depend
 * on it, so its failures are a state and not errors. */
#pragma once

#include "db/conn.h"

typedef enum {
    ASIDE_CONNECTING,
    ASIDE_IDLE,
    ASIDE_ASKED,
    ASIDE_BROKEN, /* for good: free it */
} AsideState;

typedef struct Aside Aside;

/* Begins to connect to the very server that `conn` is on (by its address: no name is resolved) with
 * the same login. `opening` is SQL that goes out before the first question. */
Aside *aside_open(const Conn *conn, const char *application_name, const char *opening);
void aside_free(Aside *aside);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Aside, aside_free)

/* Goes on as far as it can without waiting. */
AsideState aside_step(Aside *aside);
/* What the next step waits for. */
void aside_await(const Aside *aside, ConnWake *wake);

/* Sends a question; only when idle. */
void aside_ask(Aside *aside, const char *sql);
/* The last answer, the caller's, once; NULL: there is none, or the question failed. */
Result *aside_take(Aside *aside);
