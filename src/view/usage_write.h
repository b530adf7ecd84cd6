/* Usage logs into JSON, and what became of those of one request. Pure. Free each text with g_free.
 */
#pragma once

#include "usage/record.h"

/* {"id","action_type","endpoint","ip_address","success","error_message","processing_time_ms",
 * "file_name","file_size","file_type","created_at"}; what is not set is null. */
char *usage_document(const UsageRecord *record);
/* {"id"} */
char *usage_id_document(const guint8 id[USAGE_ID_SIZE]);
/* [{"pointer","detail"}] of a GPtrArray of UsageFault. */
char *usage_faults_document(const GPtrArray *faults);

/* What became of one record of many. */
typedef struct {
    unsigned status; /* of HTTP: 201, 200 (it was there already), 202, 422, 503 */
    const guint8 *id;
    const GPtrArray *faults; /* of a 422 by us */
    const char *detail;      /* of a 422 by the database, and of a 503 */
} UsageVerdict;

/* Builds {"stored","repeated","refused","lost","results":[{"index","status","id"},
 * {"index","status","errors"}]}. `place` is the name of the first member: "index" (from 0) or
 * "line" (from 1). */
typedef struct UsageTally UsageTally;
enum { USAGE_LISTED_MAX = 1000 }; /* in a brief list; how many are not is told as "unlisted" */
/* `is_brief`: the list names only those that were refused or lost. */
UsageTally *usage_tally_new(const char *place, gboolean is_brief);
void usage_tally_add(UsageTally *tally, guint number, const UsageVerdict *verdict);
/* How many were stored or taken (201, 202). */
guint usage_tally_stored(const UsageTally *tally);
guint usage_tally_lost(const UsageTally *tally);
/* Frees the tally. */
char *usage_tally_finish(UsageTally *tally);
