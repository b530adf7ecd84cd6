/* psql's variables in SQL text. */
#include <string.h>

#include "db/conn.h"

static gboolean starts_name(char c)
{
    return g_ascii_isalpha(c) || c == '_';
}

static gsize name_length(const char *text)
{
    gsize length = 0;

    while (starts_name(text[length]) || (length && g_ascii_isdigit(text[length])))
        length++;
    return length;
}

/* The length of "$tag$", or 0. */
static gsize dollar_tag_length(const char *text)
{
    gsize length = 1 + name_length(text + 1);

    return text[length] == '$' ? length + 1 : 0;
}

static gsize length_through(const char *text, gsize opening, const char *closing)
{
    const char *end = strstr(text + opening, closing);

    return end ? (gsize)(end - text) + strlen(closing) : strlen(text);
}

/* The length of the string, quoted name or comment that starts here; 0 when none does. */
static gsize opaque_length(const char *text)
{
    gsize tag_length;
    g_autofree char *tag = NULL;

    if (*text == '\'')
        return length_through(text, 1, "'");
    if (*text == '"')
        return length_through(text, 1, "\"");
    if (g_str_has_prefix(text, "--"))
        return length_through(text, 2, "\n");
    if (g_str_has_prefix(text, "/*"))
        return length_through(text, 2, "*/");
    tag_length = *text == '$' ? dollar_tag_length(text) : 0;
    tag = g_strndup(text, tag_length);
    return tag_length ? length_through(text, tag_length, tag) : 0;
}

static const char *look_up(const char *name, gsize length, const char *const *pairs)
{
    for (; *pairs; pairs += 2)
        if (strlen(pairs[0]) == length && strncmp(pairs[0], name, length) == 0)
            return pairs[1];
    g_error("sql_expand: no variable %.*s", (int)length, name);
}

/* Expands the variable that starts at `text`, a colon; returns its length, 0 when it is none. */
static gsize expand_variable(GString *expanded, const char *text, const char *const *pairs)
{
    char quote = text[1] == '"' || text[1] == '\'' ? text[1] : '\0';
    const char *name = text + (quote ? 2 : 1);
    gsize length = name_length(name);
    g_autofree char *value = NULL;

    if (!length || (quote && name[length] != quote))
        return 0;
    value = g_strdup(look_up(name, length, pairs));
    if (quote) {
        g_autofree char *plain = g_steal_pointer(&value);

        value = quote == '"' ? sql_quote_identifier(plain) : sql_quote_literal(plain);
    }
    g_string_append(expanded, value);
    return (gsize)(name - text) + length + (quote ? 1 : 0);
}

char *sql_expand(const char *sql, const char *const *pairs)
{
    GString *expanded = g_string_new(NULL);

    while (*sql) {
        gsize length = opaque_length(sql);

        if (g_str_has_prefix(sql, "::"))
            length = 2;
        if (!length && *sql == ':') {
            gsize variable = expand_variable(expanded, sql, pairs);

            sql += variable;
            if (variable)
                continue;
        }
        length = MAX(length, 1);
        g_string_append_len(expanded, sql, (gssize)length);
        sql += length;
    }
    return g_string_free(expanded, FALSE);
}
