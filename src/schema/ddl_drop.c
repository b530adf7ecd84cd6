/* DROP, for each kind. */
#include "schema/diff_private.h"
#include "schema/name.h"

static char *of_constraint(const Object *constraint)
{
    g_autofree char *name = name_quote(constraint->name);

    return g_strdup_printf("ALTER %s %s DROP CONSTRAINT %s", object_word(constraint->parent),
                           constraint->parent->reference, name);
}

/* An identity column has its sequence with it, and a constraint its index. */
char *ddl_drop(const Object *object)
{
    switch (object->kind) {
    case KIND_COLUMN:
    case KIND_DEFAULT_PRIVILEGE:
    case KIND_COUNT:
        return NULL;
    case KIND_SEQUENCE:
        if (((const Sequence *)object)->is_identity)
            return NULL;
        break;
    case KIND_INDEX:
        if (((const Index *)object)->is_of_constraint)
            return NULL;
        break;
    case KIND_TRIGGER:
        if (((const Trigger *)object)->is_cloned)
            return NULL;
        break;
    case KIND_CONSTRAINT:
        return of_constraint(object);
    default:
        break;
    }
    return g_strdup_printf("DROP %s %s", object_word(object), object->reference);
}
