/* Identifiers and literals in SQL text: the one place that quotes. */
#include "base/quote.h"

#include <string.h>

static void append_doubled(GString *text, const char *value, char quote)
{
    g_string_append_c(text, quote);
    for (; *value; value++) {
        if (*value == quote)
            g_string_append_c(text, quote);
        g_string_append_c(text, *value);
    }
    g_string_append_c(text, quote);
}

char *sql_quote_identifier(const char *name)
{
    GString *text = g_string_new(NULL);

    append_doubled(text, name, '"');
    return g_string_free(text, FALSE);
}

/* A backslash is doubled inside E'', which reads the same whatever standard_conforming_strings
 * says. */
char *sql_quote_literal(const char *value)
{
    GString *text = g_string_new(NULL);

    append_doubled(text, value, '\'');
    if (strchr(value, '\\')) {
        g_string_replace(text, "\\", "\\\\", 0);
        g_string_prepend(text, " E");
    }
    return g_string_free(text, FALSE);
}
