/* Comparing versions of any length: no part has to fit a number type. */
#include "adopt/version.h"

#include <stdio.h>
#include <string.h>

gboolean version_is_valid(const char *version)
{
    for (const char *at = version; *at; at++) {
        if (g_ascii_isdigit(*at))
            continue;
        if (*at != '.' || at == version || !g_ascii_isdigit(at[-1]) || !g_ascii_isdigit(at[1]))
            return FALSE;
    }
    return *version != '\0';
}

/* Moves *at past the next part; returns it without leading zeros. */
static const char *next_part(const char **at, gsize *length)
{
    const char *start = *at + strspn(*at, "0");

    *length = strspn(start, "0123456789");
    *at = start + *length;
    *at += **at != '\0'; /* the dot */
    return start;
}

int version_compare(const char *a, const char *b)
{
    while (*a || *b) {
        gsize a_length, b_length;
        const char *a_part = next_part(&a, &a_length);
        const char *b_part = next_part(&b, &b_length);
        int order = a_length == b_length ? memcmp(a_part, b_part, a_length)
                                         : (a_length < b_length ? -1 : 1);

        if (order != 0)
            return order;
    }
    return 0;
}

char *version_create_date(const char *version)
{
    int year, month, day, hour, minute, second;
    g_autoptr(GDateTime) date = NULL;

    if (strlen(version) != 14 || strspn(version, "0123456789") != 14)
        return g_strdup("");
    if (sscanf(version, "%4d%2d%2d%2d%2d%2d", &year, &month, &day, &hour, &minute, &second) != 6)
        return g_strdup("");
    date = g_date_time_new_utc(year, month, day, hour, minute, second);
    return date ? g_date_time_format(date, "%Y-%m-%d %H:%M:%S+00:00") : g_strdup("");
}
