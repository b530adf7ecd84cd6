/* The .env reader on any bytes: it returns rows or an error, never both, and stays in its bounds.
 */
#include <string.h>

#include "base/error.h"
#include "conf/dotenv.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup(size > 0 ? (const char *)data : "", size);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) rows = dotenv_parse(text, ".env", &error);
    unsigned line = 0;

    g_assert_true((rows == NULL) == (error != NULL));
    for (guint i = 0; rows && i < rows->len; i++) {
        const DotenvEntry *entry = &g_array_index(rows, DotenvEntry, i);
        const char *value = dotenv_get(rows, entry->name);

        g_assert_true(*entry->name != '\0' && entry->line > line);
        g_assert_true(value == NULL || *value != '\0');
        g_assert_true(strlen(entry->value) <= size);
        line = entry->line;
    }
    if (error) {
        ErrorSite site;

        g_assert_true(error_site(error, &site));
        g_assert_cmpuint(site.line, >=, 1);
    }
    return 0;
}
