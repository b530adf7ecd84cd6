/* Flyway: V1.2__Name.sql, U1.2__Name.sql, and R__Name.sql, which has no place in a line of
 * versions. V1.2__Name.sql.conf may switch the transaction and the placeholders off. */
#include <string.h>

#include "adopt/filetool_private.h"
#include "adopt/version.h"

enum { PLACEHOLDERS_SHOWN = 5 };

/* "1_2" and "1.2" are one version. */
static gboolean take_version(const char *start, const char *end, HistoryFile *entry)
{
    g_autofree char *version = g_strdelimit(g_strndup(start, (gsize)(end - start)), "_", '.');

    if (!version_is_valid(version))
        return FALSE;
    entry->version = g_steal_pointer(&version);
    return TRUE;
}

static gboolean leave_out(HistoryFile *entry, const char *why)
{
    entry->kind = HISTORY_LEFT_OUT;
    entry->why = why;
    return TRUE;
}

static gboolean recognise(const char *file, HistoryFile *entry)
{
    const char *separator = strstr(file, "__");

    if (!g_str_has_suffix(file, ".sql") || !separator)
        return FALSE;
    if (*file == 'R' && separator == file + 1)
        return leave_out(entry, "a repeatable migration: put what it creates into a revision");
    if (*file == 'B')
        return leave_out(entry, "a baseline: the versions below it are imported instead");
    if ((*file != 'V' && *file != 'U') || !take_version(file + 1, separator, entry))
        return FALSE;
    entry->kind = *file == 'V' ? HISTORY_UP : HISTORY_DOWN;
    entry->title = g_strndup(separator + 2, strlen(separator + 2) - strlen(".sql"));
    return TRUE;
}

/* "executeInTransaction=false" and the like, one a line. */
static gboolean is_switched_off(const char *settings, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(settings ? settings : "", "\n", -1);

    for (char **line = lines; *line; line++) {
        g_auto(GStrv) parts = g_strsplit(*line, "=", 2);

        if (parts[0] && parts[1] && strcmp(g_strstrip(parts[0]), key) == 0 &&
            g_ascii_strcasecmp(g_strstrip(parts[1]), "false") == 0)
            return TRUE;
    }
    return FALSE;
}

/* The names of ${placeholders}, each once, comma separated; NULL: none. g_free. */
static char *find_placeholders(const char *text)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (const char *at = strstr(text, "${"); at && names->len < PLACEHOLDERS_SHOWN;
         at = strstr(at + 2, "${")) {
        gsize length = strspn(at + 2, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_.:-");
        g_autofree char *name = g_strndup(at, length + 3);

        if (length > 0 && at[2 + length] == '}' &&
            !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
    if (names->len == 0)
        return NULL;
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

/* Flyway puts values there; sent as it is, it would be an error at best. */
static void block_placeholders(ArrivalSection *section, const char *name, const char *settings)
{
    g_autofree char *placeholders = NULL;

    if (!section->sql || is_switched_off(settings, "placeholderReplacement"))
        return;
    placeholders = find_placeholders(section->sql);
    if (!placeholders)
        return;
    section->blocked =
        g_strdup_printf("%s has placeholders of Flyway, where pgsluice has variables such as "
                        ":{name}: %s",
                        name, placeholders);
}

static gboolean fill(Arrival *arrival, const HistoryFile *entry, const char *text,
                     const char *settings, const char *path, GError **error)
{
    gboolean is_up = entry->kind == HISTORY_UP;

    if (is_up)
        arrival->up.sql = g_strdup(text);
    else
        arrival_set_down(arrival, g_strdup(text));
    block_placeholders(is_up ? &arrival->up : &arrival->down, is_up ? "up" : "down", settings);
    if (is_switched_off(settings, "executeInTransaction"))
        arrival->leaves_transaction = TRUE;
    return TRUE;
}

const FileTool tool_flyway = {"flyway", recognise, fill};
