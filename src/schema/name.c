/* When a name needs quotes. */
#include "schema/name.h"

#include <stdlib.h>
#include <string.h>

#include "base/quote.h"

static const char *const keywords[] = {
#define KEYWORD(word) word,
#include "schema/keywords.def"
#undef KEYWORD
};

static int compare_words(const void *word, const void *entry)
{
    return strcmp(word, *(const char *const *)entry);
}

static gboolean is_keyword(const char *name)
{
    return bsearch(name, keywords, G_N_ELEMENTS(keywords), sizeof *keywords, compare_words) != NULL;
}

/* Letters that only some locales fold are quoted. */
static gboolean is_plain(const char *name)
{
    if (!g_ascii_islower(*name) && *name != '_')
        return FALSE;
    for (; *name; name++)
        if (!g_ascii_islower(*name) && !g_ascii_isdigit(*name) && *name != '_')
            return FALSE;
    return TRUE;
}

char *name_quote(const char *name)
{
    return is_plain(name) && !is_keyword(name) ? g_strdup(name) : sql_quote_identifier(name);
}

void name_append(GString *sql, const char *name)
{
    g_autofree char *quoted = name_quote(name);

    g_string_append(sql, quoted);
}

char *name_qualify(const char *schema, const char *name)
{
    GString *text = g_string_new(NULL);

    if (schema) {
        name_append(text, schema);
        g_string_append_c(text, '.');
    }
    name_append(text, name);
    return g_string_free(text, FALSE);
}
