/* The statements of a section of a revision file. Pure. */
#pragma once

#include "base/variables.h"
#include "revision/revision.h"
#include "sql/split.h"

/* The section's statements (Statement *, with free function) with the values of `variables` (NULL:
 * none are set) in them; none when it is absent. What sql_split_expanded refuses, BEGIN or COMMIT
 * and the like, DISCARD ALL and COPY TO STDOUT are ERROR_REVISION_FILE with the place in `path`;
 * `id` is for messages. */
GPtrArray *section_split(const Section *section, const Variables *variables, const char *id,
                         const char *path, GError **error);

/* Whether it would do so with the right values, whichever these are. */
gboolean section_check(const Section *section, const char *id, const char *path, GError **error);
