/* Renames: what may be one, and what a hint asks for. */
#include <string.h>

#include "base/error.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

void diff_rename_free(DiffRename *rename)
{
    if (!rename)
        return;
    g_free(rename->from);
    g_free(rename->to);
    g_free(rename->statement);
    g_free(rename);
}

static void rename_free(gpointer rename)
{
    diff_rename_free(rename);
}

GPtrArray *diff_candidates(const DiffPlan *plan)
{
    return g_ptr_array_new_with_free_func(rename_free);
}

DiffRename *diff_find_rename(const Catalog *from, const Catalog *to, const char *hint,
                             GError **error)
{
    error_set(error, ERROR_USAGE, "%s renames nothing", hint);
    return NULL;
}
