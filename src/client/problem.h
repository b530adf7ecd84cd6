/* What a daemon answers when it does not do what was asked, as a GError of ours. */
#pragma once

#include "base/error.h"
#include "client/client.h"

/* `name` is the daemon for people. Detail (or title) and hint are the problem's, each on one line;
 * an answer that is no problem document is described by its status. */
void problem_set_error(const char *name, const ClientReply *reply, GError **error);

/* "urn:pgsluice:problem:SLUG" (or NULL) and the HTTP status (0: unknown) as a kind; `fallback` when
 * they say nothing. */
ErrorKind problem_kind(const char *type, unsigned status, ErrorKind fallback);
