/* Reading the records. */
#include "engine/record.h"

#include <string.h>

#include "engine/session_private.h"
#include "engine/sql_engine.h"

static void record_free(gpointer data)
{
    Record *record = data;

    g_free(record->revision);
    g_free(record->up_checksum);
    g_free(record->down_checksum);
    g_strfreev(record->down_revisions);
    g_strfreev(record->depends_on);
    g_free(record);
}

static Record *record_of_row(const Result *result, int row)
{
    Record *record = g_new(Record, 1);

    *record = (Record){g_strdup(result_text(result, row, 0)), g_strdup(result_text(result, row, 1)),
                       g_strdup(result_text(result, row, 2)), result_text_array(result, row, 3),
                       result_text_array(result, row, 4)};
    return record;
}

GPtrArray *records_read(Session *session, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_read_applied);
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(record_free);
    g_autoptr(Result) result = NULL;

    if (!session->has_state)
        return g_steal_pointer(&records);
    if (!ahead_ask(session, AHEAD_APPLIED, sql, &result, error))
        return NULL;
    for (int row = 0; row < result_rows(result); row++)
        g_ptr_array_add(records, record_of_row(result, row));
    return g_steal_pointer(&records);
}

const Record *records_find(const GPtrArray *records, const char *revision)
{
    guint low = 0;
    guint high = records->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const Record *record = g_ptr_array_index(records, middle);
        int order = strcmp(revision, record->revision);

        if (order == 0)
            return record;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
