/* Fuzzes the splitting of SQL: statements are in order, inside the text, and do not overlap, nor
 * do the rows behind them. */
#include <string.h>

#include "sql/split.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup(size > 0 ? (const char *)data : "", size);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) statements = NULL;
    gsize end = 0;

    if (!g_utf8_validate(text, -1, NULL)) /* revision/lines.c lets nothing else through */
        return 0;
    statements = sql_split(text, "fuzz.sql", 1, &error);
    g_assert_true((statements == NULL) == (error != NULL));
    for (guint i = 0; statements && i < statements->len; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);

        g_assert_cmpuint(statement->offset, >=, end);
        g_assert_cmpuint(statement->length, >, 0);
        end = statement->offset + statement->length;
        g_assert_cmpuint(end, <=, strlen(text));
        g_assert_cmpmem(text + statement->offset, statement->length, statement->sql,
                        strlen(statement->sql));
        if (statement->data_line) {
            g_assert_cmpuint(statement->data_offset, >, end);
            end = statement->data_offset + statement->data_length;
            g_assert_true(g_str_has_prefix(text + end, "\\."));
        }
    }
    return 0;
}
