/* Lists that stay short however many names there are. */
#include "base/names.h"

char *names_join(const char *const *names, guint shown)
{
    guint count = g_strv_length((char **)names);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < MIN(count, shown); i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", names[i]);
    if (count > shown)
        g_string_append_printf(text, " and %u more", count - shown);
    return g_string_free(text, FALSE);
}
