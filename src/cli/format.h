/* How revisions are written for people: Alembic's forms, which scripts and fingers know. Pure. */
#pragma once

#include "revision/plan.h"

/* What many lines of one listing share. */
typedef struct {
    const Graph *graph;
    GHashTable *real_heads; /* a set of Revision *: "(head)", not "(effective head)" */
    GHashTable *current;    /* a set of ids to mark "(current)" */
} Listing;

/* `current`: the ids to mark, which must outlive the Listing; NULL: none. */
Listing listing_new(const Graph *graph, const char *const *current);
void listing_clear(Listing *listing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, listing_clear)

typedef enum {
    ENTRY_PARENTS = 1 << 0, /* "a, b -> " in front, dependencies in brackets */
    ENTRY_LABELS = 1 << 1,
    ENTRY_TREE = 1 << 2, /* (branchpoint) (mergepoint) */
    ENTRY_MESSAGE = 1 << 3,
    ENTRY_ALL = ENTRY_PARENTS | ENTRY_LABELS | ENTRY_TREE | ENTRY_MESSAGE,
} EntryParts;

/* One line without its end: "a -> b (label) (head) (current) (mergepoint), message"; g_free. */
char *format_entry(const Listing *listing, const Revision *revision, EntryParts parts);

/* The long form of -v and `show`: several lines with their ends and an empty one at the end.
 * `facts` (may be NULL) are whole lines that follow the path. g_free. */
char *format_long_entry(const Listing *listing, const Revision *revision, const char *facts);

/* "a, b", or `empty` when there are none; g_free. */
char *format_ids(const char *const *ids, const char *empty);

/* The ids of an array of Revisions, comma separated; g_free. */
char *format_revisions(const GPtrArray *revisions);

/* "1 revision", "3 revisions"; g_free. */
char *format_count(guint count, const char *noun);
