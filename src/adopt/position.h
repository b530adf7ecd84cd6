/* Where a database stands in a line of arrivals, from what the other tool recorded in it. Pure. */
#pragma once

#include "adopt/import.h"

/* `versions` (NULL-terminated) are recorded as applied, and so is everything up to `floor` (NULL:
 * none). *head is the id of the last one that is applied, NULL when none is; it belongs to the
 * import. Refused, with the versions named: applied ones that the files do not have, and gaps (a
 * version below an applied one that is not applied). */
gboolean position_find(const Import *import, const char *const *versions, const char *floor,
                       const char **head, GError **error);
