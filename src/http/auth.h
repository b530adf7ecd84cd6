/* Bearer tokens (RFC 6750): reading the field, comparing without telling how far it got. */
#pragma once

#include <glib.h>

enum { AUTH_DIGEST_SIZE = 32, AUTH_TOKEN_MAX = 1024 };

/* The SHA-256 of a token. */
typedef struct {
    guint8 bytes[AUTH_DIGEST_SIZE];
} AuthDigest;

/* The token in "Bearer TOKEN" (scheme in any case); a pointer into `authorization`, or NULL when
 * the field is NULL, of another scheme, malformed, or longer than AUTH_TOKEN_MAX. */
const char *auth_bearer_token(const char *authorization);
/* Reads 64 hex digits. */
gboolean auth_digest_parse(const char *hex, AuthDigest *digest);
AuthDigest auth_digest_of(const char *token);
/* Takes the same time wherever they differ. */
gboolean auth_digest_equal(const AuthDigest *left, const AuthDigest *right);
