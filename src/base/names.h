/* Names in a sentence. Pure. */
#pragma once

#include <glib.h>

/* "a, b and 3 more": the first `shown` of `names` (NULL-terminated); "" when there are none.
 * g_free. */
char *names_join(const char *const *names, guint shown);
