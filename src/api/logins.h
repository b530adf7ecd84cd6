/* Logins as they go right and wrong: who has to wait, what is logged and counted. Outlives the
 * rules of access.h. Thread-safe. */
#pragma once

#include "api/api.h"
#include "http/respond.h"

typedef struct Logins Logins;

/* Nobody has failed yet. */
Logins *logins_new(void);
void logins_free(Logins *logins);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Logins, logins_free)

typedef enum {
    LOGIN_CHALLENGED, /* nothing was presented */
    LOGIN_FAILED,     /* a token that is none */
    LOGIN_EXPIRED,    /* a token of yesterday */
    LOGIN_LIMITED,    /* too many have failed before: not looked at */
    LOGIN_FORBIDDEN,  /* a principal without the scope */
} LoginResult;

/* Seconds, rounded up, for which the peer's tokens are not looked at; 0: they are. */
guint logins_wait(Logins *logins, const HttpRequest *request);
/* Counts it; a failure makes the peer's next ones wait, and the log tells of those that went wrong,
 * a line for each peer and minute. */
void logins_note(Logins *logins, const HttpRequest *request, LoginResult result);
