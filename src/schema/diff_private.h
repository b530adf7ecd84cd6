/* What the files of diff share. A DiffPlan has, for each object of either side, what happens to it:
 * made, dropped, altered in place, rebuilt, or nothing. diff.c pairs the objects and orders what
 * happens (diff_order.c); a file a family of kinds says how one object becomes the other. */
#pragma once

#include "schema/diff.h"

typedef struct DiffPlan DiffPlan;

typedef enum {
    ALTER_IN_PLACE, /* operations were added with diff_operation, possibly none */
    ALTER_REBUILD,  /* drop and create it, with all that needs it; it holds no data of its own */
    ALTER_REFUSED,  /* there is no way; the error is set */
} AlterOutcome;

/* How `from` becomes `to`: objects of one kind and identity whose texts differ. Owner, comment and
 * privileges are not its business: diff_common.c compares them for every kind. */
typedef AlterOutcome (*DiffAlter)(DiffPlan *plan, const Object *from, const Object *to,
                                  GError **error);

/* One function a kind, in the order of objects.def. */
extern const DiffAlter diff_alters[KIND_COUNT];

/* A new operation on `object`, behind those that it has; the plan owns it. `subject` is a printf
 * format. */
G_GNUC_PRINTF(4, 5)
DiffOperation *diff_operation(DiffPlan *plan, const Object *object, const char *verb,
                              const char *subject, ...);
G_GNUC_PRINTF(2, 3) void diff_statement(DiffOperation *operation, const char *format, ...);
G_GNUC_PRINTF(2, 3) void diff_set_loss(DiffOperation *operation, const char *format, ...);
G_GNUC_PRINTF(2, 3) void diff_set_hazard(DiffOperation *operation, const char *format, ...);

/* What needs `object` (an object of the old side; of a table or view: `column`, NULL: any of it)
 * must be out of the way while the operations of `object` run: it is dropped before and made again
 * after, even where both sides have the same. Tables never are. */
void diff_disturb(DiffPlan *plan, const Object *object, const char *column);

/* Whether the table, or the table that the object is part of, is made by this very diff: nobody
 * reads it, so the plain forms will do. */
gboolean diff_is_new(const DiffPlan *plan, const Object *object);
const DiffOptions *diff_options(const DiffPlan *plan);
const Catalog *diff_from(const DiffPlan *plan);
const Catalog *diff_to(const DiffPlan *plan);

/* What drops the object alone: DROP TABLE public.t. Never with CASCADE. NULL: goes with what it
 * belongs to. g_free. */
char *ddl_drop(const Object *object);
