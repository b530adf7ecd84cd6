/* Rows as libpq holds them, read as text. Array literals are read and written here too. */
#include "db/result.h"

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

const char *result_text(const Result *result, int row, int column)
{
    g_assert(row >= 0 && row < PQntuples(result->answer));
    g_assert(column >= 0 && column < PQnfields(result->answer));
    if (PQgetisnull(result->answer, row, column))
        return NULL;
    return PQgetvalue(result->answer, row, column);
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

/* Reads one item that starts at `text` into `item`; returns where it ends. */
static const char *read_array_item(const char *text, GString *item)
{
    gboolean is_quoted = *text == '"';

    if (is_quoted)
        text++;
    for (; *text; text++) {
        if (is_quoted ? *text == '"' : *text == ',' || *text == '}')
            break;
        if (*text == '\\' && text[1])
            text++;
        g_string_append_c(item, *text);
    }
    if (!is_quoted && g_ascii_strcasecmp(item->str, "NULL") == 0)
        g_string_truncate(item, 0);
    return is_quoted && *text ? text + 1 : text;
}

char **result_text_array(const Result *result, int row, int column)
{
    const char *text = result_text(result, row, column);
    g_autoptr(GStrvBuilder) items = g_strv_builder_new();

    if (!text)
        return NULL;
    g_assert(text[0] == '{');
    text++;
    while (*text && *text != '}') {
        g_autoptr(GString) item = g_string_new(NULL);

        text = read_array_item(text, item);
        g_strv_builder_add(items, item->str);
        if (*text == ',')
            text++;
    }
    return g_strv_builder_end(items);
}

char *text_array_format(const char *const *items)
{
    GString *text = g_string_new("{");

    for (; *items; items++) {
        if (text->len > 1)
            g_string_append_c(text, ',');
        g_string_append_c(text, '"');
        for (const char *at = *items; *at; at++) {
            if (*at == '"' || *at == '\\')
                g_string_append_c(text, '\\');
            g_string_append_c(text, *at);
        }
        g_string_append_c(text, '"');
    }
    g_string_append_c(text, '}');
    return g_string_free(text, FALSE);
}

const char *result_tag(const Result *result)
{
    return PQcmdStatus(result->answer);
}

guint64 result_affected(const Result *result)
{
    return g_ascii_strtoull(PQcmdTuples(result->answer), NULL, 10);
}
