/* What the database has recorded of the revisions that it has applied: the rows of `applied`
 * without their texts. */
#pragma once

#include "engine/session.h"

typedef struct {
    char *revision;
    char *up_checksum;
    char *down_checksum; /* "": it had no down section */
    char **down_revisions;
    char **depends_on; /* ids or labels, as they were written */
} Record;

/* All of them (Record *, with free function), sorted by revision; none without a state schema. A
 * record may have outlived what it tells of: another tool that shares the version table undoes a
 * revision without it. */
GPtrArray *records_read(Session *session, GError **error);

/* By binary search; NULL when there is none. */
const Record *records_find(const GPtrArray *records, const char *revision);
