/* Secrets: a type that prints as ***, and the one redactor that every text on its way to a
 * terminal, a log, a ledger or a client passes. */
#pragma once

#include <glib.h>

/* An opaque password, token or URL with a password in it. */
typedef struct Secret Secret;

/* Copies `value` (NULL gives NULL). secret_free wipes it before it is freed. */
Secret *secret_new(const char *value);
void secret_free(Secret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_free)

/* The bare value, for handing to libpq and nothing else. Belongs to the secret. */
const char *secret_reveal(const Secret *secret);

/* Adds a literal that must never be shown (a password out of a parsed URL): from now on
 * secret_redact hides it wherever it occurs. Values under 4 bytes are not remembered (they would
 * blot out ordinary text). Pieces of at least 4 bytes are hidden where the server has cut the
 * value: at a "...". Safe from any thread. At most 256 are kept, the oldest give way. */
void secret_remember(const char *value);

/* A copy of `text` in which the passwords of URLs (scheme://user:PASSWORD@), of conninfo strings
 * (password=..., also quoted), of SQL (PASSWORD '...'), bearer tokens, pgsluice's own tokens
 * (pgs_...) wherever they stand and all remembered values read ***. NULL gives NULL. Free with
 * g_free. */
char *secret_redact(const char *text);
