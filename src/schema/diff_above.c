/* Parts of a partition or a child that it has because its parent has them. */
#include <string.h>

#include "schema/diff_plan.h"
#include "schema/name.h"

const Object *plan_constraint_of_index(const Object *index)
{
    const GPtrArray *needs = index->needs;

    for (guint i = 0; needs && i < needs->len; i++) {
        const Object *need = needs->pdata[i];

        if (need->kind == KIND_CONSTRAINT && strcmp(need->name, index->name) == 0)
            return need;
    }
    return NULL;
}

const Object *plan_index_above(const Object *index)
{
    const GPtrArray *needs = index->needs;

    for (guint i = 0; needs && i < needs->len; i++) {
        const Object *need = needs->pdata[i];

        if (need->kind == KIND_INDEX && ((const Index *)need)->is_partitioned)
            return need;
    }
    return NULL;
}

static const Object *find_constraint(const Catalog *catalog, const char *name, const Object *table)
{
    g_autofree char *quoted = name_quote(name);
    g_autofree char *identity = g_strdup_printf("%s %s ON %s", kind_traits(KIND_CONSTRAINT)->slug,
                                                quoted, table->reference);

    return catalog_find(catalog, identity);
}

/* The check of a parent that a child has got. */
static const Object *check_above(const Catalog *catalog, const Object *check)
{
    const GPtrArray *tables = check->parent->needs;

    for (guint i = 0; tables && i < tables->len; i++) {
        const Object *table = tables->pdata[i];
        const Object *above =
            table->kind == KIND_TABLE ? find_constraint(catalog, check->name, table) : NULL;

        if (above)
            return above;
    }
    return NULL;
}

/* The key of a partitioned table that its partition has got. */
static const Object *key_above(const Object *key)
{
    const GPtrArray *needs = key->needs;

    for (guint i = 0; needs && i < needs->len; i++) {
        const Object *need = needs->pdata[i];

        if (need->kind == KIND_CONSTRAINT &&
            ((const Constraint *)need)->type == ((const Constraint *)key)->type)
            return need;
    }
    return NULL;
}

const Object *plan_constraint_above(const Catalog *catalog, const Object *object)
{
    const Constraint *constraint = (const Constraint *)object;

    if (!constraint->is_inherited || constraint->type == 'f')
        return NULL;
    if (constraint->type == 'c')
        return constraint->is_local ? NULL : check_above(catalog, object);
    return key_above(object);
}
