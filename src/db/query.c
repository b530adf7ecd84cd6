/* Cutting queries down for people. */
#include "db/query.h"

#include "base/secret.h"

#define QUERY_SHOWN_MAX 200

char *query_shorten(const char *query)
{
    g_autofree char *redacted = secret_redact(query);
    g_autofree char *valid = redacted ? g_utf8_make_valid(redacted, -1) : NULL;

    if (!valid)
        return NULL;
    g_strdelimit(valid, "\r\n\t", ' ');
    return g_utf8_strlen(valid, -1) > QUERY_SHOWN_MAX ? g_utf8_substring(valid, 0, QUERY_SHOWN_MAX)
                                                      : g_steal_pointer(&valid);
}
