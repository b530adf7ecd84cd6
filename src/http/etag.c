/* The list of an If-None-Match field. */
#include "http/etag.h"

#include <string.h>

gboolean etag_list_has(const char *list, const char *etag)
{
    const char *next = list;
    gsize length = strlen(etag);

    if (!list)
        return FALSE;
    for (;;) {
        next += strspn(next, " \t,");
        if (*next == '*')
            return TRUE;
        if (g_str_has_prefix(next, "W/"))
            next += 2;
        const char *end = *next == '"' ? strchr(next + 1, '"') : NULL;
        if (!end)
            return FALSE;
        if ((gsize)(end + 1 - next) == length && memcmp(next, etag, length) == 0)
            return TRUE;
        next = end + 1;
    }
}
