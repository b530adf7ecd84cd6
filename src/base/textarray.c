/* Array literals. */
#include "base/textarray.h"

/* Reads one item that starts at `text` into `item`; returns where it ends. */
static const char *read_item(const char *text, GString *item)
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

char **text_array_parse(const char *text)
{
    g_autoptr(GStrvBuilder) items = g_strv_builder_new();

    g_assert(text[0] == '{');
    text++;
    while (*text && *text != '}') {
        g_autoptr(GString) item = g_string_new(NULL);

        text = read_item(text, item);
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
