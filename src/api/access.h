/* Who may call: an immutable set of rules, shared by reference. */
#pragma once

#include "api/api.h"
#include "api/logins.h"
#include "http/respond.h"

typedef struct Access Access;

/* Copies. A token whose sha256 is not 64 hex digits lets nobody in. */
Access *access_new(const ApiAccess *rules);
Access *access_ref(Access *access);
void access_unref(Access *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Access, access_unref)

/* NULL: may pass, and the request says who it is: "token:NAME", "cert:SUBJECT" or "uid:1000", the
 * first of them that the client presents; nothing for anonymous reads and routes without a scope.
 * Otherwise 401 (who are you?), 403 (not with this scope, host or page) or 429 (too many wrong
 * tokens). A 401 for a token that nobody has goes out later. */
HttpResponse *access_check(const Access *access, Logins *logins, ApiListener listener,
                           HttpRequest *request, const HttpRoute *route);
