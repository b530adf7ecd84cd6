/* Renames as values, for who lists them and who looks one up. Inside of the diff. */
#pragma once

#include "schema/diff.h"

/* Whether ALTER ... RENAME is for such an object. */
gboolean rename_is_possible(const Object *object);
/* Of an object, a column, a constraint... of the old side. */
DiffRename *rename_of_object(const Object *object, const char *to);
DiffRename *rename_of_label(const Enum *type, const char *from, const char *to);
