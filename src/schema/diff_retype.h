/* A type or collation made anew under its name, with all columns that have it moved over. */
#pragma once

#include "schema/diff_private.h"

/* Adds the operation, and takes out of the way what else needs the type. `removed` are the labels
 * that an enum loses, NULL: none; rows that hold them stop the operation before it does anything.
 * ALTER_REFUSED: something that has the type cannot have another. */
AlterOutcome retype(DiffPlan *plan, const Object *from, const Object *to, char *const *removed,
                    GError **error);

/* Statements that alter a row type while no column has it: their values wait as text. */
void retype_around(DiffPlan *plan, const Object *from, const Object *to, GPtrArray *statements);

/* Whether the type can only be made anew to become the other. */
gboolean retype_is_needed(const DiffPlan *plan, const Object *from, const Object *to);
/* Whether something that the type contains is made anew: then so is the type, as the new side has
 * it, and nothing is left to be altered. */
gboolean retype_is_done(const DiffPlan *plan, const Object *type);

/* Whether the new domain refuses values that the old one takes. */
gboolean domain_is_stricter(const Object *from, const Object *to);
