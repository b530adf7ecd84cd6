/* The table usage_logs as the database has it now: what a writer, and whoever checks records, must
 * know of it. */
#pragma once

#include "db/conn.h"
#include "usage/record.h"

typedef struct {
    char *table;                      /* with its schema, quoted */
    guint32 types[USAGE_FIELD_COUNT]; /* in which values are sent: OIDs */
    char *enum_type;                  /* of action_type, as SQL names it */
    char **action_types;              /* the enum's labels, NULL-terminated */
    gboolean is_direct;       /* the server process is that of the login: no pooler in between */
    char *synchronous_commit; /* as the session has it */
} UsageShape;

/* ERROR_SQL when the table is not there or does not have the columns of a usage log. */
UsageShape *usage_shape_read(Conn *conn, const char *schema, GError **error);
void usage_shape_free(UsageShape *shape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsageShape, usage_shape_free)
