/* What the files of diff share. A DiffPlan has, for each object of either side, what happens to it:
 * made, dropped, altered in place, rebuilt, or nothing. diff.c pairs the objects and decides;
 * diff_order.c orders what happens; a file a family of kinds says how one object becomes the other.
 */
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

/* When something happens to an object; each before the next. */
typedef enum {
    SLOT_BEFORE, /* it is dropped; or what must be out of the way while others change */
    SLOT_ALTER,
    SLOT_CREATE, /* it is made; or what was out of the way comes back */
    SLOT_AFTER,  /* when its own parts are there, too */
    SLOT_COUNT,
} DiffSlot;

/* A new operation on `object` (of either side), behind those that it has in the slot; the plan owns
 * it. `subject` is a printf format. diff_operation is for SLOT_ALTER. Operations on an object that
 * turns out to be rebuilt, or that is dropped, are forgotten. */
G_GNUC_PRINTF(5, 6)
DiffOperation *diff_operation_in(DiffPlan *plan, const Object *object, DiffSlot slot,
                                 const char *verb, const char *subject, ...);
G_GNUC_PRINTF(4, 5)
DiffOperation *diff_operation(DiffPlan *plan, const Object *object, const char *verb,
                              const char *subject, ...);
/* One more statement, without its semicolon; what is lost; what it does to a database in use (a
 * sentence without its full stop). The operation keeps the text; a second loss or hazard takes the
 * place of the first. */
G_GNUC_PRINTF(2, 3) void diff_statement(DiffOperation *operation, const char *format, ...);
G_GNUC_PRINTF(2, 3) void diff_set_loss(DiffOperation *operation, const char *format, ...);
G_GNUC_PRINTF(2, 3) void diff_set_hazard(DiffOperation *operation, const char *format, ...);

/* What needs `object` (an object of the old side; of a table or view: `column`, NULL: any of it)
 * must be out of the way while the operations of `object` run: it is dropped before and made again
 * after, even where both sides have the same. Types never are. Nor are tables: they lose the
 * defaults and generated columns that need it, and get them again. Nor are indexes and constraints
 * of a column, which the server carries over. */
void diff_disturb(DiffPlan *plan, const Object *object, const char *column);
/* What happens to one in a slot comes before what happens to the other. */
void diff_precede(DiffPlan *plan, const Object *first, DiffSlot first_slot, const Object *second,
                  DiffSlot second_slot);

/* Whether the table, or the table that the object is part of, is made by this very diff: nobody
 * reads it, so the plain forms will do. */
gboolean diff_is_new(const DiffPlan *plan, const Object *object);
/* Whether the object of the old side is not there on the new one; and the other way around. */
gboolean diff_is_gone(const DiffPlan *plan, const Object *object);
/* What the plan was made with; all belong to diff_schemas' caller. */
const DiffOptions *diff_options(const DiffPlan *plan);
const Catalog *diff_from(const DiffPlan *plan);
const Catalog *diff_to(const DiffPlan *plan);

/* A name for something that is there only for a while: "NAME_SUFFIX", shortened, that neither side
 * has for a relation, type or collation of the object's schema, or for a constraint of a table;
 * quoted. g_free. */
char *diff_free_name(const DiffPlan *plan, const Object *object, const char *name,
                     const char *suffix);

/* Lists of texts, NULL for none: whether they are the same, and whether one has a text. */
gboolean diff_same_texts(char *const *from, char *const *to);
gboolean diff_has_text(char *const *texts, const char *text);
/* "`alter` SET (a='1')" and "`alter` RESET (b)", as far as they are needed. */
void diff_storage_options(DiffOperation *operation, const char *alter, char *const *from,
                          char *const *to);
/* "`alter` OPTIONS (ADD a '1', SET b '2', DROP c)" */
void diff_server_options(DiffOperation *operation, const char *alter, char *const *from,
                         char *const *to);

/* What drops the object alone: DROP TABLE public.t. Never with CASCADE. NULL: goes with what it
 * belongs to. g_free. */
char *ddl_drop(const Object *object);

/* One function a kind, of the type DiffAlter; none for columns, which their tables see to. */
#define OBJECT(Type, KIND, slug, word)                                                             \
    AlterOutcome diff_##slug(DiffPlan *plan, const Object *from, const Object *to, GError **error);
#include "schema/objects.def"
