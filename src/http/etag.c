/* The lists of If-None-Match and If-Match. */
#include "http/etag.h"

#include <string.h>

static gboolean search(const char *list, const char *etag, gboolean is_strong)
{
    const char *next = list;
    gsize length = strlen(etag);

    if (!list)
        return FALSE;
    for (;;) {
        next += strspn(next, " \t,");
        if (*next == '*')
            return !is_strong;
        gboolean is_weak = g_str_has_prefix(next, "W/");
        if (is_weak)
            next += 2;
        const char *end = *next == '"' ? strchr(next + 1, '"') : NULL;
        if (!end)
            return FALSE;
        if ((gsize)(end + 1 - next) == length && memcmp(next, etag, length) == 0 &&
            !(is_strong && is_weak))
            return TRUE;
        next = end + 1;
    }
}

gboolean etag_list_has(const char *list, const char *etag)
{
    return search(list, etag, FALSE);
}

gboolean etag_list_names(const char *list, const char *etag)
{
    return search(list, etag, TRUE);
}
