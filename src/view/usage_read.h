/* Usage logs out of JSON: every value checked, every fault named by a JSON pointer (RFC 6901).
 * Pure.
 */
#pragma once

#include "usage/record.h"

/* What holds for all records of one request. */
typedef struct {
    gint64 now;    /* microseconds since 1970 */
    gint64 oldest; /* what created_at may be */
    gint64 newest;
    const char *const *action_types; /* the enum's labels, NULL-terminated */
    const UsageAddress *address;     /* where the body names none; NULL: stays unknown */
} UsageRules;

/* One thing that is wrong with a record. */
typedef struct {
    char *
        pointer; /* "" is the whole, "/file_size" a member; after an array's index "/7/file_size" */
    char *detail; /* a sentence without a full stop */
} UsageFault;

enum {
    USAGE_FAULTS_MAX = 16,     /* of one record */
    USAGE_EXPLAINED_MAX = 100, /* records that are refused with all of their faults */
};

/* Reads one JSON object. The record is the caller's (g_free). NULL with at least one fault
 * otherwise; `faults` is a GPtrArray of UsageFault with free function that is added to, each
 * pointer under `prefix`. */
UsageRecord *usage_read_record(const char *text, gsize length, const UsageRules *rules,
                               const char *prefix, GPtrArray *faults);
GPtrArray *usage_faults_new(void);
/* Copies. */
void usage_faults_add(GPtrArray *faults, const char *pointer, const char *detail);

/* What became of each element of an array, or each line of NDJSON. */
typedef struct {
    UsageRecord *record; /* NULL: refused; the reader's until it is taken */
    GPtrArray *faults;   /* of a refusal; else NULL */
    guint number;        /* the index, or the line from 1 */
} UsageItem;

/* An empty GArray of UsageItem with clear function. */
GArray *usage_items_new(void);
/* Adds a record, or the faults for which there is none. Takes both. `refused` counts the latter:
 * only the first fault of those behind USAGE_EXPLAINED_MAX is kept. */
void usage_items_add(GArray *items, guint number, UsageRecord *record, GPtrArray *faults,
                     guint *refused);

/* Reads a JSON array of objects: a GArray of UsageItem with clear function. An element that is not
 * valid is refused alone, also where it is not valid JSON. NULL with one fault when it is no array,
 * or has none or more than `maximum` elements. */
GArray *usage_read_array(const char *text, gsize length, const UsageRules *rules, guint maximum,
                         GPtrArray *faults);
