/* A set of applied versions must be the beginning of the line. */
#include "adopt/position.h"

#include "adopt/version.h"
#include "base/error.h"
#include "base/names.h"

enum { NAMED_MAX = 10 };

static gboolean is_known(const Import *import, const char *version)
{
    for (guint i = 0; version_is_valid(version) && i < import->arrivals->len; i++)
        if (version_compare(((const Arrival *)import->arrivals->pdata[i])->id, version) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_applied(const Arrival *arrival, const char *const *versions, const char *floor)
{
    if (floor && version_compare(arrival->id, floor) <= 0)
        return TRUE;
    for (; *versions; versions++)
        if (version_compare(arrival->id, *versions) == 0)
            return TRUE;
    return FALSE;
}

static char *name_all(GPtrArray *names)
{
    g_ptr_array_add(names, NULL);
    return names_join((const char *const *)names->pdata, NAMED_MAX);
}

static gboolean refuse_unknown(const Import *import, const char *const *versions, const char *floor,
                               GError **error)
{
    g_autoptr(GPtrArray) unknown = g_ptr_array_new();
    g_autofree char *names = NULL;

    for (; *versions; versions++)
        if (!is_known(import, *versions) && !(floor && version_compare(*versions, floor) < 0))
            g_ptr_array_add(unknown, (gpointer)*versions);
    if (unknown->len == 0)
        return TRUE;
    names = name_all(unknown);
    error_set(error, ERROR_REFUSED, "the database has applied what the files do not have: %s",
              names);
    error_set_hint(error, "bring the missing files, then import again");
    return FALSE;
}

/* Those below the last applied one that are not. */
static gboolean refuse_gaps(const Import *import, guint count, const char *const *versions,
                            const char *floor, GError **error)
{
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    g_autofree char *names = NULL;

    for (guint i = 0; i < count; i++) {
        const Arrival *arrival = import->arrivals->pdata[i];

        if (!is_applied(arrival, versions, floor))
            g_ptr_array_add(missing, arrival->id);
    }
    if (missing->len == 0)
        return TRUE;
    names = name_all(missing);
    error_set(error, ERROR_REFUSED, "not applied, though later ones are: %s", names);
    error_set_hint(error, "apply them with the old tool first, or take their files away");
    return FALSE;
}

gboolean position_find(const Import *import, const char *const *versions, const char *floor,
                       const char **head, GError **error)
{
    guint count = import->arrivals->len;

    if (!refuse_unknown(import, versions, floor, error))
        return FALSE;
    while (count > 0 && !is_applied(import->arrivals->pdata[count - 1], versions, floor))
        count--;
    if (!refuse_gaps(import, count, versions, floor, error))
        return FALSE;
    *head = count ? ((const Arrival *)import->arrivals->pdata[count - 1])->id : NULL;
    return TRUE;
}
