/* Bearer tokens and their digests. Who may do what is the guard's business, not this file's. */
#include "http/auth.h"

#include <string.h>

static gboolean is_token_character(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("-._~+/=", c));
}

const char *auth_bearer_token(const char *authorization)
{
    static const char scheme[] = "Bearer ";
    const char *token;
    gsize length = 0;

    if (!authorization || g_ascii_strncasecmp(authorization, scheme, strlen(scheme)) != 0)
        return NULL;
    token = authorization + strlen(scheme);
    while (*token == ' ')
        token++;
    while (length <= AUTH_TOKEN_MAX && is_token_character(token[length]))
        length++;
    return length > 0 && length <= AUTH_TOKEN_MAX && token[length] == '\0' ? token : NULL;
}

gboolean auth_digest_parse(const char *hex, AuthDigest *digest)
{
    AuthDigest read;

    if (!hex || strlen(hex) != 2 * AUTH_DIGEST_SIZE)
        return FALSE;
    for (gsize i = 0; i < AUTH_DIGEST_SIZE; i++) {
        int high = g_ascii_xdigit_value(hex[2 * i]);
        int low = g_ascii_xdigit_value(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return FALSE;
        read.bytes[i] = (guint8)(high << 4 | low);
    }
    *digest = read;
    return TRUE;
}

AuthDigest auth_digest_of(const char *token)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize size = AUTH_DIGEST_SIZE;
    AuthDigest digest;

    g_checksum_update(checksum, (const guchar *)token, -1);
    g_checksum_get_digest(checksum, digest.bytes, &size);
    return digest;
}

gboolean auth_digest_equal(const AuthDigest *left, const AuthDigest *right)
{
    volatile guint8 difference = 0; /* volatile: the loop must not learn to stop early */

    for (gsize i = 0; i < AUTH_DIGEST_SIZE; i++)
        difference = (guint8)(difference | (left->bytes[i] ^ right->bytes[i]));
    return difference == 0;
}
