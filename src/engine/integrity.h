/* Whether the files still say what the database has applied: their SQL, and the order in which they
 * follow each other. Values in, values out; a revision without a record (another tool ran it) is
 * nothing that could be compared. */
#pragma once

#include "engine/record.h"
#include "revision/file.h"
#include "revision/graph.h"

typedef enum {
    MISMATCH_CHANGED,      /* another up section */
    MISMATCH_UNREADABLE,   /* the file cannot be read any more */
    MISMATCH_REPARENTED,   /* it revises or depends on others than when it was applied */
    MISMATCH_MISSING,      /* no file, though later revisions that have one were applied on it */
    MISMATCH_DOWN_CHANGED, /* another down section: no harm, but it was not reviewed with the up */
} MismatchKind;

typedef struct {
    MismatchKind kind;
    char *revision;
    char *file_checksum; /* of the section now; "" where there is no such file or section */
    char *applied_checksum;
    char *path;   /* "" when missing */
    char *detail; /* what the order was and is; NULL with the other kinds */
} Mismatch;
void mismatch_free(gpointer mismatch);
/* "changed", "unreadable", ... for documents. */
const char *mismatch_kind_name(MismatchKind kind);
/* A sentence without a full stop; g_free. */
char *mismatch_describe(const Mismatch *mismatch);
/* The same as an error of the kind MISMATCH, with place and what to type next. */
GError *mismatch_error(const Mismatch *mismatch);

typedef struct Integrity Integrity;

/* Compares the order at once; the bodies as they are shown to it. `records` (records_read's) and
 * the graph must outlive it. */
Integrity *integrity_new(const Graph *graph, const char *const *heads, const GPtrArray *records);
void integrity_free(Integrity *integrity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Integrity, integrity_free)

/* Applied, and recorded: its body is worth a look. */
gboolean integrity_wants(const Integrity *integrity, const Revision *revision);
/* `body` NULL: it cannot be read. */
void integrity_look(Integrity *integrity, const Revision *revision, const RevisionBody *body);
/* Reads and looks at every body that is worth it. */
void integrity_look_at_files(Integrity *integrity);

/* Mismatch *, parents first, those of the order before the others. All but MISMATCH_DOWN_CHANGED,
 * which has a list of its own. */
const GPtrArray *integrity_mismatches(const Integrity *integrity);
const GPtrArray *integrity_edited_downs(const Integrity *integrity);

/* Both lists; the caller's. Empty from then on. */
void integrity_take(Integrity *integrity, GPtrArray **mismatches, GPtrArray **edited_downs);

/* Refuses a change, of which nothing has run, when there is any mismatch. */
gboolean integrity_require(const Integrity *integrity, GError **error);
