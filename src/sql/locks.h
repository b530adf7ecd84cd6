/* Which locks a statement takes on which relations, and what it needs to be there. From the parse
 * tree alone, so without the indexes, children and referencing tables that only the catalog knows.
 * Pure. */
#pragma once

#include <glib.h>

/* PostgreSQL's table-level locks, weakest first. */
typedef enum {
    LOCK_NONE,
    LOCK_ACCESS_SHARE,
    LOCK_ROW_SHARE,
    LOCK_ROW_EXCLUSIVE,
    LOCK_SHARE_UPDATE_EXCLUSIVE,
    LOCK_SHARE,
    LOCK_SHARE_ROW_EXCLUSIVE,
    LOCK_EXCLUSIVE,
    LOCK_ACCESS_EXCLUSIVE,
} LockLevel;

/* "AccessExclusiveLock", as pg_locks has it; NULL for LOCK_NONE. */
const char *lock_level_name(LockLevel level);

typedef struct {
    char *schema; /* as written; NULL: by the search_path */
    char *name;
    LockLevel level;
    gboolean is_created;     /* by this statement, under this name */
    gboolean may_be_missing; /* IF EXISTS */
} Touch;

/* A column that ALTER TABLE or RENAME names. */
typedef struct {
    char *schema;
    char *relation;
    char *column;
    gboolean is_created;
    gboolean may_be_missing;
} ColumnTouch;

typedef struct {
    LockLevel level;    /* the strongest of all */
    gboolean is_known;  /* FALSE: it runs code (DO, CALL), or the grammar does not know it */
    GPtrArray *touches; /* Touch *, each relation once */
    GPtrArray *columns; /* ColumnTouch * */
} StatementLocks;

/* `sql` is one statement. Never NULL. */
StatementLocks *statement_locks(const char *sql);
void statement_locks_free(StatementLocks *locks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StatementLocks, statement_locks_free)
