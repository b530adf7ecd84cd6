/* The inside of a DiffPlan, for the files that make one: not for those of the single kinds. */
#pragma once

#include "schema/diff_private.h"

typedef enum { FATE_SAME, FATE_CREATED, FATE_DROPPED, FATE_ALTERED, FATE_REBUILT } DiffFate;

/* What happens to one identity. */
typedef struct {
    const Object *from; /* NULL: created */
    const Object *to;   /* NULL: dropped */
    DiffFate fate;
    gboolean is_touched; /* uses a column that changes its type or goes */
    gboolean is_moved;   /* its rows move into a new table of the same name */
    gboolean is_bare;    /* created without its defaults, which come after */
    GHashTable
        *suspended; /* names of columns whose defaults, or of tables that, are away meanwhile */
    GPtrArray *slots[SLOT_COUNT]; /* of DiffOperation *; NULL: none */
} DiffChange;

/* An edge that somebody asked for. */
typedef struct {
    const DiffChange *first;
    DiffSlot first_slot;
    const DiffChange *second;
    DiffSlot second_slot;
} DiffPrecedence;

struct DiffPlan {
    const Catalog *from;
    const Catalog *to;
    const DiffOptions *options;
    GPtrArray *changes;      /* of DiffChange *, sorted by kind, then identity */
    GHashTable *by_identity; /* -> DiffChange */
    GHashTable *dependents; /* Object of the old side -> GArray of Dependent; NULL: not asked yet */
    GArray *precedences;    /* of DiffPrecedence */
};

/* NULL: no such object on either side. */
DiffChange *plan_change(const DiffPlan *plan, const Object *object);
DiffFate plan_fate(const DiffPlan *plan, const Object *object);
gboolean plan_is_dropped(const DiffPlan *plan, const Object *object); /* perhaps to be made again */
gboolean plan_is_made(const DiffPlan *plan, const Object *object);    /* perhaps after a drop */

/* Whether it inherits from the table, or is a partition of it. */
gboolean plan_is_child(const Object *object, const Object *table);
/* The foreign keys between the table and others are dropped and made again. */
void plan_disturb_keys(DiffPlan *plan, const Object *table);
/* Only those that refer to it. */
void plan_disturb_references(DiffPlan *plan, const Object *table);
/* What needs the column of the table, or of those that have it from there, is disturbed; `is_lost`:
 * even what the server would carry over. */
void plan_disturb_column(DiffPlan *plan, const Object *table, const char *column, gboolean is_lost);
/* The column's default, or the column when it is generated, is away while others change. */
void plan_suspend(DiffPlan *plan, const Object *table, const char *column);
gboolean plan_is_suspended(const DiffChange *change, const char *column);

/* diff_common.c: operations for owner, comment and privileges of an object and its inner parts. */
void diff_common(DiffPlan *plan, const Object *from, const Object *to);
/* Takes back the privileges of what exists only by them: default privileges. */
void diff_common_without(DiffPlan *plan, const Object *object);
/* Appends what takes from an object that is made what default privileges give it, and it shall not
 * have. */
void diff_common_settle(const DiffPlan *plan, const Object *object, GPtrArray *statements);

/* diff_make.c: the operations that drop and make what is dropped, created or rebuilt. */
void diff_make_drop(DiffPlan *plan, DiffChange *change);
void diff_make_create(DiffPlan *plan, DiffChange *change);
/* What `used` begins with takes the defaults that need it from a table that goes later. */
void diff_make_undefaulted(DiffPlan *plan, const DiffChange *table, DiffChange *used);
/* Moves the defaults of a created table into SLOT_AFTER. */
void diff_make_bare(DiffPlan *plan, DiffChange *change);

/* An empty operation: "create_table", "drop_index"... */
DiffOperation *diff_make_operation(DiffPlan *plan, const Object *object, DiffSlot slot);

/* Special forms, for tables that are in use; FALSE: the plain one will do. */
gboolean diff_constraint_create(DiffPlan *plan, const Object *constraint);
gboolean diff_index_create(DiffPlan *plan, const Object *index);
/* "CREATE UNIQUE INDEX CONCURRENTLY name ON ..."; a NULL name is its own. g_free. */
char *diff_index_definition(const Index *index, const char *name);
/* The table is no longer identified by the index, if it was. */
void diff_index_unmark(DiffPlan *plan, const Object *index);
gboolean diff_index_drop(DiffPlan *plan, const Object *object);
gboolean diff_table_create(DiffPlan *plan, const Object *table);

/* Whether the table becomes a partition only when its indexes are there: its parent is in use. */
gboolean diff_is_attached_late(const DiffPlan *plan, const Object *table);

/* diff_partition.c: the table that `table` is a partition or child of; NULL: none. */
const DiffChange *plan_parent_change(const DiffPlan *plan, const Object *table);
gboolean diff_is_same_partition(const Table *from, const Table *to);
/* Attaches the table, in SLOT_AFTER, to one that stays or is made: rows that belong to another
 * partition then are moved there. */
void diff_partition_attach(DiffPlan *plan, const Table *table);
/* What goes while others take its place leaves them its rows; FALSE: it is dropped like others. */
gboolean diff_partition_drop(DiffPlan *plan, const DiffChange *change);

/* diff_move.c: a table that no ALTER TABLE can change. */
AlterOutcome diff_move(DiffPlan *plan, const Object *from, const Object *to, GError **error);
/* Of the table, and of a former partition of it. */
void diff_move_operations(DiffPlan *plan, const DiffChange *change);
void diff_move_aside(DiffPlan *plan, const DiffChange *change);

/* diff_above.c: what an object has from the object of its table's parent; NULL: nothing. */
const Object *plan_index_above(const Object *index);
const Object *plan_constraint_of_index(const Object *index);
const Object *plan_constraint_above(const Catalog *catalog, const Object *constraint);

/* diff_attached.c: a partition's trigger fires again as that of the partitioned table does, if both
 * are still there. */
void diff_trigger_release(DiffPlan *plan, const Object *trigger);
/* Tables that are suspended leave the publication before they change, and come back after. */
void diff_publication_release(DiffPlan *plan, const DiffChange *change);

/* diff_table.c: the operations of a table that stays; what disturbs others is already known. */
void diff_table_operations(DiffPlan *plan, const DiffChange *change);

/* diff_column.c: what becomes of the columns of such a table, and whom that disturbs. */
void diff_columns_disturb(DiffPlan *plan, const Table *from, const Table *to);
void diff_columns_before(DiffPlan *plan, const DiffChange *change);
void diff_columns_operations(DiffPlan *plan, const DiffChange *change);
void diff_columns_after(DiffPlan *plan, const DiffChange *change);
/* diff_sequence.c: ALTER SEQUENCE with what differs; NULL: nothing. g_free. */
char *diff_sequence_numbers(const Sequence *from, const Sequence *to);
/* What moves a new sequence behind the values that its column has. g_free. */
char *diff_sequence_position(const Sequence *sequence);

/* diff_order.c: all operations in an order that applies; they belong to the array then. */
GPtrArray *diff_order(DiffPlan *plan);
/* What takes `object`, which is dropped, away with itself; NULL: nothing. `slot`: when. */
const DiffChange *diff_implied_by(const DiffPlan *plan, const Object *object, DiffSlot *slot);

void diff_operation_free(gpointer operation);

/* diff_rename.c: of DiffRename *. */
GPtrArray *diff_candidates(const DiffPlan *plan);
