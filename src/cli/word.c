/* Options as they are typed. */
#include "cli/word.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"

gboolean word_is_relative(const char *word)
{
    return (word[0] == '-' || word[0] == '+') && word[1] &&
           strspn(word + 1, "0123456789") == strlen(word + 1);
}

gboolean word_is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && !word_is_relative(word);
}

gboolean word_takes_value(const GOptionEntry *entry)
{
    return entry->arg != G_OPTION_ARG_NONE && !(entry->flags & G_OPTION_FLAG_NO_ARG);
}

static gboolean is_long(const char *word)
{
    return word[0] == '-' && word[1] == '-' && word[2] != '\0';
}

/* Adds what begins with the first `length` bytes of `name` to `found`; when one is exactly that, it
 * alone. TRUE when there is such a one. */
static gboolean match_long(const GOptionEntry *entries, const char *name, gsize length,
                           GPtrArray *found)
{
    for (const GOptionEntry *entry = entries; entry && entry->long_name; entry++) {
        if (strncmp(entry->long_name, name, length) != 0)
            continue;
        if (entry->long_name[length] == '\0')
            g_ptr_array_set_size(found, 0);
        g_ptr_array_add(found, (gpointer)entry);
        if (entry->long_name[length] == '\0')
            return TRUE;
    }
    return FALSE;
}

/* The options that a long word may be. Container only. */
static GPtrArray *find_long(const OptionTable *table, const char *word)
{
    GPtrArray *found = g_ptr_array_new();
    gsize length = strcspn(word + 2, "=");

    if (!match_long(table->own, word + 2, length, found))
        match_long(table->common, word + 2, length, found);
    return found;
}

static const GOptionEntry *find_short(const GOptionEntry *entries, char name)
{
    for (const GOptionEntry *entry = entries; entry && entry->long_name; entry++)
        if (entry->short_name == name)
            return entry;
    return NULL;
}

const GOptionEntry *word_find_option(const OptionTable *table, const char *word)
{
    const GOptionEntry *entry;

    if (is_long(word)) {
        g_autoptr(GPtrArray) found = find_long(table, word);

        return found->len == 1 ? found->pdata[0] : NULL;
    }
    if (!word_is_option(word) || word[1] == '-')
        return NULL;
    entry = find_short(table->own, word[1]);
    return entry ? entry : find_short(table->common, word[1]);
}

gboolean word_has_value(const char *word)
{
    return is_long(word) ? strchr(word, '=') != NULL : word[1] && word[2] != '\0';
}

static void refuse_ambiguous(const char *word, const GPtrArray *found, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < found->len; i++)
        g_string_append_printf(names, "%s--%s", i ? ", " : "",
                               ((const GOptionEntry *)found->pdata[i])->long_name);
    error_set(error, ERROR_USAGE, "the option %.*s may be each of %s", (int)strcspn(word, "="),
              word, names->str);
}

static void add_names(const GOptionEntry *entries, GPtrArray *names)
{
    for (const GOptionEntry *entry = entries; entry && entry->long_name; entry++)
        g_ptr_array_add(names, (gpointer)entry->long_name);
}

static void refuse_unknown(const OptionTable *table, const char *word, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *name = g_strndup(word + 2, strcspn(word + 2, "="));
    const char *near;

    add_names(table->own, names);
    add_names(table->common, names);
    g_ptr_array_add(names, NULL);
    near = nearest_word(name, (const char *const *)names->pdata, 2);
    error_set(error, ERROR_USAGE, "Unknown option --%s%s%s%s", name,
              near ? ", did you mean --" : "", near ? near : "", near ? "?" : "");
}

char *word_expand(const OptionTable *table, const char *word, GError **error)
{
    g_autoptr(GPtrArray) found = NULL;

    if (!is_long(word))
        return g_strdup(word);
    found = find_long(table, word);
    if (found->len == 0) {
        refuse_unknown(table, word, error);
        return NULL;
    }
    if (found->len == 1)
        return g_strdup_printf("--%s%s", ((const GOptionEntry *)found->pdata[0])->long_name,
                               word + strcspn(word, "="));
    refuse_ambiguous(word, found, error);
    return NULL;
}
