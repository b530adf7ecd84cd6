/* Who may call the admin listener: an immutable set of rules, shared by reference. */
#pragma once

#include "api/api.h"
#include "http/respond.h"

typedef struct Access Access;

/* Copies. A token whose sha256 is not 64 hex digits lets nobody in. */
Access *access_new(gboolean anonymous_read, const ApiToken *tokens, gsize count);
Access *access_ref(Access *access);
void access_unref(Access *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Access, access_unref)

/* NULL: may pass, and the request says who it is ("token:NAME"; nothing for anonymous reads).
 * Otherwise 401 (who are you?) or 403 (not with this token). */
HttpResponse *access_check(const Access *access, HttpRequest *request, const HttpRoute *route);
