/* From one schema to another: operations, in an order that applies as it is. Going back is the same
 * question the other way around. Pure: it only compares values; engine/autogenerate proves the
 * result on a server. */
#pragma once

#include "schema/catalog.h"

typedef struct {
    gboolean is_offline_ok; /* the plain forms, also for tables that are in use */
} DiffOptions;

/* One thing that is done, in Alembic's words where it has them. */
typedef struct {
    char *verb;              /* "add_column", "alter_column", "create_index", "drop_table" ... */
    char *subject;           /* "public.usage_logs.success", as a comment and a report name it */
    GPtrArray *statements;   /* char *, without a semicolon; at least one */
    char *loss;              /* what is lost: "the values of public.t.c"; NULL: nothing */
    char *hazard;            /* what it does to a database in use: a sentence without its full stop;
                                NULL: nothing worth saying */
    gboolean commits_before; /* takes long, under a lock that keeps nobody out: those of what comes
                                before it must be gone */
    char *guard;         /* a query that must find no row, else `statements` cannot work, or would
                            lose what the revision promises to keep; NULL: none */
    char *guard_message; /* "rows of public.t have the removed value 'x' in column c" */
} DiffOperation;

/* Something that is gone and something new of the same shape: perhaps one thing renamed. */
typedef struct {
    ObjectKind kind; /* KIND_TABLE, KIND_COLUMN, KIND_ENUM ... */
    char *from;      /* what --rename has on its left side: "public.orders.old" */
    char *to;        /* and on its right side: "new" */
    char *statement; /* ALTER ... RENAME ... */
} DiffRename;

typedef struct {
    GPtrArray *operations; /* DiffOperation *, in the order to apply them */
    GPtrArray *candidates; /* DiffRename *, best first, each object in at most one */
} Diff;

void diff_free(Diff *diff);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diff, diff_free)

/* Both catalogs are only read. Fails with ERROR_REFUSED, naming the object and the reason, when no
 * statements can lead from one to the other without losing what both have. */
Diff *diff_schemas(const Catalog *from, const Catalog *to, const DiffOptions *options,
                   GError **error);
/* The rename that `hint`, "TABLE.OLD=NEW", "TABLE=NEW" or "TYPE.OLD=NEW" (a label of an enum),
 * asks for in `from`: NEW must be in `to`. Names may be quoted, and qualified with a schema.
 * ERROR_USAGE when there is no such thing. The caller applies its statement and reads the schema
 * again: the server knows best what else a new name changes. */
DiffRename *diff_find_rename(const Catalog *from, const Catalog *to, const char *hint,
                             GError **error);
void diff_rename_free(DiffRename *rename);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiffRename, diff_rename_free)
