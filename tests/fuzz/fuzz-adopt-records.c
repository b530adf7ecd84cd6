/* The records of an Alembic project on any bytes, and what becomes of the arrivals: a revision file
 * that can be read back, or an error. */
#include <string.h>

#include "adopt/records.h"
#include "base/error.h"
#include "revision/file.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_arrival(Arrival *arrival)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = arrival_file_name(arrival);
    g_autofree char *text = NULL;

    arrival_inspect(arrival);
    text = arrival_format(arrival, "x.sql", &error);
    g_assert_true((text == NULL) == (error != NULL));
    if (text) {
        g_autoptr(Revision) revision =
            revision_parse_header(text, strlen(text), "x.sql", NULL, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(revision->id, ==, arrival->id);
        g_assert_null(strchr(name, '/'));
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Import) import = records_parse((const char *)data, size, &error);

    g_assert_true((import == NULL) == (error != NULL));
    for (guint i = 0; import && i < import->arrivals->len; i++)
        check_arrival(import->arrivals->pdata[i]);
    return 0;
}
