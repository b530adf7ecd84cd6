/* Reading revision files (format: pgsluice-revision(5)). */
#pragma once

#include "revision/revision.h"

enum {
    REVISION_FILE_MAX = 64 * 1024 * 1024, /* bytes; a larger file is refused */
    REVISION_HEADER_MAX = 64 * 1024,
};

/* Parses a header from memory (need not be NUL-terminated). Errors: ERROR_REVISION_FILE with
 * path:line:column, the line, and for an unknown key the nearest known one.
 * `is_complete` NULL: the bytes are a whole file. Otherwise they are its beginning; when they end
 * inside the header the result is NULL, no error is set and *is_complete is FALSE: read more. */
Revision *revision_parse_header(const char *bytes, gsize length, const char *path,
                                gboolean *is_complete, GError **error);
/* Parses the sections of a whole file. */
RevisionBody *revision_parse_body(const char *bytes, gsize length, const char *path,
                                  GError **error);

/* Opens `name` in the folder `directory_fd` (path is for messages) and reads only as much as the
 * header needs. */
Revision *revision_read_header(int directory_fd, const char *name, const char *path,
                               GError **error);
RevisionBody *revision_read_body(const Revision *revision, GError **error);

/* ERROR_REVISION_FILE when the file is called after another revision than its header says: it was
 * copied and got only a new name, or only a new ID, and is not what it seems. */
gboolean revision_check_name(const char *name, const Revision *revision, GError **error);

/* A downgrade is possible: the section is there, and has SQL or the line "-- nothing to undo". */
gboolean revision_body_is_reversible(const RevisionBody *body);
