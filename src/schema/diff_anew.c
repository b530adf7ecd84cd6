/* Which changes of a type or collation no ALTER can make. */
#include <string.h>

#include "schema/diff_retype.h"
#include "schema/diff_use.h"

/* Labels can be added, but none can go or change its place. */
static gboolean keeps_labels(const Enum *old, const Enum *new)
{
    char *const *next = new->labels;

    for (char *const *label = old->labels; label && *label; label++) {
        while (next && *next && strcmp(*next, *label) != 0)
            next++;
        if (!next || !*next)
            return FALSE;
        next++;
    }
    return TRUE;
}

static gboolean keeps_base(const Domain *old, const Domain *new)
{
    return strcmp(old->type, new->type) == 0 && g_strcmp0(old->collation, new->collation) == 0;
}

static gboolean keeps_parameters(const Range *old, const Range *new)
{
    return strcmp(old->subtype, new->subtype) == 0 &&
           g_strcmp0(old->operator_class, new->operator_class) == 0 &&
           g_strcmp0(old->collation, new->collation) == 0 &&
           g_strcmp0(old->canonical, new->canonical) == 0 &&
           g_strcmp0(old->subtype_diff, new->subtype_diff) == 0;
}

static gboolean keeps_collation(const Collation *old, const Collation *new)
{
    return old->provider == new->provider &&
           old->is_deterministic == new->is_deterministic &&g_strcmp0(old->locale, new->locale) ==
               0 &&
           g_strcmp0(old->lc_collate, new->lc_collate) == 0 &&
           g_strcmp0(old->lc_ctype, new->lc_ctype) == 0 && g_strcmp0(old->rules, new->rules) == 0;
}

/* An array, a row or a range of the domain cannot be looked through by the server: nothing that its
 * values have to pass can be added to it then. */
static gboolean is_hidden(const DiffPlan *plan, const Object *domain)
{
    g_autoptr(TypeUse) use = type_use_find(diff_from(plan), domain);

    for (guint i = 0; i < use->columns->len; i++) {
        const ColumnUse *found = &g_array_index(use->columns, ColumnUse, i);

        if (found->type->kind != KIND_DOMAIN || g_str_has_suffix(found->column->type, "]"))
            return TRUE;
    }
    return FALSE;
}

/* Whether the attributes that both have are in the same order, and new ones behind them. */
static gboolean has_same_order(const Object *from, const Object *to)
{
    guint next = 0;
    gboolean is_behind = FALSE;

    for (guint i = 0; to->parts && i < to->parts->len; i++) {
        const Object *attribute = to->parts->pdata[i];

        if (!object_column(from, attribute->name)) {
            is_behind = TRUE;
            continue;
        }
        while (strcmp(((const Object *)from->parts->pdata[next])->name, attribute->name) != 0)
            if (++next == from->parts->len)
                return FALSE;
        if (is_behind)
            return FALSE;
    }
    return TRUE;
}

/* A row type in use keeps the order of what both sides have, as tables do. */
static gboolean keeps_order(const DiffPlan *plan, const Object *from, const Object *to)
{
    g_autoptr(TypeUse) use = NULL;

    if (has_same_order(from, to))
        return TRUE;
    use = type_use_find(diff_from(plan), from);
    return use->columns->len > 0 || use->rows->len > 0;
}

gboolean retype_is_needed(const DiffPlan *plan, const Object *from, const Object *to)
{
    switch (from->kind) {
    case KIND_ENUM:
        return !keeps_labels((const Enum *)from, (const Enum *)to);
    case KIND_DOMAIN:
        return !keeps_base((const Domain *)from, (const Domain *)to) ||
               (domain_is_stricter(from, to) && is_hidden(plan, from));
    case KIND_COMPOSITE:
        return !keeps_order(plan, from, to);
    case KIND_RANGE:
        return !keeps_parameters((const Range *)from, (const Range *)to);
    case KIND_COLLATION:
        return !keeps_collation((const Collation *)from, (const Collation *)to);
    default:
        return FALSE;
    }
}

static gboolean is_type(const Object *object)
{
    switch (object->kind) {
    case KIND_ENUM:
    case KIND_DOMAIN:
    case KIND_COMPOSITE:
    case KIND_RANGE:
    case KIND_COLLATION:
        return TRUE;
    default:
        return FALSE;
    }
}

gboolean retype_is_done(const DiffPlan *plan, const Object *type)
{
    for (guint i = 0; type->needs && i < type->needs->len; i++) {
        const Object *need = type->needs->pdata[i];
        const Object *new = catalog_find(diff_to(plan), need->identity);

        if (is_type(need) &&
            ((new &&retype_is_needed(plan, need, new)) || retype_is_done(plan, need)))
            return TRUE;
    }
    return FALSE;
}
