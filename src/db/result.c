/* Rows as libpq holds them, read as text. */
#include "db/result.h"

#include "base/textarray.h"
#include "db/conn_private.h"

struct Result {
    PGresult *answer;
};

Result *result_new(PGresult *answer)
{
    Result *result = g_new(Result, 1);

    result->answer = answer;
    return result;
}

void result_free(Result *result)
{
    if (!result)
        return;
    PQclear(result->answer);
    g_free(result);
}

int result_rows(const Result *result)
{
    return PQntuples(result->answer);
}

int result_columns(const Result *result)
{
    return PQnfields(result->answer);
}

const char *result_column_name(const Result *result, int column)
{
    return PQfname(result->answer, column);
}

const char *result_text(const Result *result, int row, int column)
{
    g_assert(row >= 0 && row < PQntuples(result->answer));
    g_assert(column >= 0 && column < PQnfields(result->answer));
    if (PQgetisnull(result->answer, row, column))
        return NULL;
    return PQgetvalue(result->answer, row, column);
}

const guint8 *result_bytes(const Result *result, int row, int column, gsize *length)
{
    const PGresult *answer = result->answer;

    g_assert(row >= 0 && row < PQntuples(answer));
    g_assert(column >= 0 && column < PQnfields(answer));
    *length = (gsize)PQgetlength(answer, row, column);
    if (*length == 0 && PQgetisnull(answer, row, column))
        return NULL;
    return (const guint8 *)PQgetvalue(answer, row, column);
}

gint64 result_int64(const Result *result, int row, int column)
{
    const char *text = result_text(result, row, column);

    return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

gboolean result_boolean(const Result *result, int row, int column)
{
    const char *text = result_text(result, row, column);

    return text && text[0] == 't';
}

char **result_text_array(const Result *result, int row, int column)
{
    const char *text = result_text(result, row, column);

    return text ? text_array_parse(text) : NULL;
}
