/* The text of a new revision file, made from a template: text with tokens @{name}, see
 * pgsluice-revision(5). Pure. */
#pragma once

#include "revision/revision.h"

enum { TEMPLATE_MAX = 256 * 1024 }; /* bytes; who reads one sees to it */

/* What the tokens stand for. Of the revision only id, message, down_revisions, depends_on, labels,
 * create_date and transaction are used; each of them, and each of the others, may be NULL, which is
 * empty. A message of several lines becomes message and doc. */
typedef struct {
    const Revision *revision;
    const char *up; /* what stands in the section; NULL: what a new or a merged revision needs */
    const char *down;
    const char *year;
    const char *user;
} TemplateValues;

/* `text` with its tokens replaced; g_free. `path` is for messages. NULL when a token is unknown or
 * not closed, ERROR_REVISION_FILE with path:line:column, or when more than 16 MiB would come of it.
 * The result is not parsed: see template_check. */
char *template_expand(const char *text, const char *path, const TemplateValues *values,
                      GError **error);

/* `text`, a whole revision file, with the line "Review: REVIEW" at the end of its header; g_free.
 */
char *template_with_review(const char *text, const char *review);

/* Whether `text`, a whole revision file, reads back as `revision`: the same id, parents,
 * dependencies, labels and transaction mode, and sections that can be read. ERROR_REVISION_FILE
 * says what is missing or wrong; a place in it is one in `text`, called `path`. */
gboolean template_check(const char *text, const char *path, const Revision *revision,
                        GError **error);

/* The template that is used where a script directory has none, and the header in it. */
extern const char template_builtin[];
extern const char template_header[];
