/* The partitions of usage_logs: made ahead of time, and retired when they are old. What stands in
 * the way of others is tried for a moment only, and again after a pause. */
#pragma once

#include "db/conn.h"

typedef struct {
    const char *schema;     /* of usage_logs */
    const char *width;      /* "hour", "day", "week" or "month" (UTC) */
    guint ahead;            /* how many periods to have after the one that rows may reach now */
    gint64 newest;          /* microseconds that created_at may lie in the future */
    gint64 retention;       /* microseconds after which a partition is retired; 0: never */
    gboolean keeps_retired; /* detached, but not dropped */
} PartitionPolicy;

/* Hears a sentence for each thing that was done. */
typedef void (*PartitionNews)(const char *sentence, gpointer data);

/* Does what is due; nothing when the table is not partitioned by created_at (or not there). The
 * session must be the table owner's and for nothing else: its settings are changed. The partition
 * without an end gets one first, which no row crosses; nothing that is stored moves. ERROR_SQL when
 * something stood in the way for longer than `patience` microseconds; what was done stays, and
 * another call goes on from there. */
gboolean partitions_keep(Conn *conn, const PartitionPolicy *policy, gint64 patience, Cancel *cancel,
                         PartitionNews news, gpointer data, GError **error);
