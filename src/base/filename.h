/* The template for the names of new revision files: Alembic's file_template. Text with tokens
 * written as in Python:
 *
 *   %(rev)s  %(slug)s  %(epoch)s  %(year)d  %(month).2d  %(day).2d  %(hour).2d  %(minute).2d
 *   %(second).2d
 *
 * A number takes s or d, and a least width (%(month)02d) or a least count of digits
 * (%(month).2d); %% is a percent sign. */
#pragma once

#include <glib.h>

enum { FILENAME_MAX_BYTES = 255 }; /* what file systems allow */

typedef struct {
    const char *rev;
    const char *slug; /* may be empty */
    GDateTime *date;
} FilenameParts;

/* ERROR_CONFIG: an unknown token, a form that is none, or text that no name of a revision file can
 * have (a slash, a dot at the start). */
gboolean filename_check(const char *template, GError **error);

/* The name of the file, ".sql" included; g_free. When the slug is empty, so are the separators that
 * would have stood at an end of the name. `template` has passed filename_check. ERROR_USAGE when
 * the name would be longer than FILENAME_MAX_BYTES, or hidden, that is begin with a dot. */
char *filename_expand(const char *template, const FilenameParts *parts, GError **error);
