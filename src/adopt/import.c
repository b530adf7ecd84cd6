/* What a history is made of, from first to last. */
#include "adopt/import.h"

Import *import_new(void)
{
    Import *import = g_new0(Import, 1);

    import->arrivals = g_ptr_array_new_with_free_func((GDestroyNotify)arrival_free);
    import->left_out = g_ptr_array_new_with_free_func(g_free);
    return import;
}

void import_free(Import *import)
{
    if (!import)
        return;
    g_ptr_array_unref(import->arrivals);
    g_ptr_array_unref(import->left_out);
    g_free(import->version_table);
    g_free(import->version_table_schema);
    g_free(import);
}

void import_leave_out(Import *import, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(import->left_out, g_strdup_vprintf(format, args));
    va_end(args);
}
