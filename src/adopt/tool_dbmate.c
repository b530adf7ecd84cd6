/* dbmate: 20240101120000_name.sql with the sections -- migrate:up and -- migrate:down, each of
 * which may say transaction:false. */
#include <string.h>

#include "adopt/filetool_private.h"
#include "base/error.h"
#include "sql/classify.h"
#include "sql/place.h"

static gboolean recognise(const char *file, HistoryFile *entry)
{
    gsize digits = strspn(file, "0123456789");

    if (digits == 0 || !g_str_has_suffix(file, ".sql"))
        return FALSE;
    entry->kind = HISTORY_WHOLE;
    entry->version = g_strndup(file, digits);
    entry->title = g_strndup(file + digits, strlen(file + digits) - strlen(".sql"));
    return TRUE;
}

/* A line that begins a section, and where the SQL after it begins. */
typedef struct {
    const char *line;    /* NULL: there is none */
    const char *options; /* what follows the marker in its line */
    const char *sql;
} SectionStart;

static SectionStart find_section(const char *text, const char *marker)
{
    SectionStart start = {NULL, NULL, NULL};
    const char *line = text;

    while (line && !start.line) {
        const char *after = line;

        after += strspn(after, " \t");
        if (g_str_has_prefix(after, "--")) {
            after += 2 + strspn(after + 2, " \t");
            if (g_str_has_prefix(after, marker) && !g_ascii_isalnum(after[strlen(marker)])) {
                start.line = line;
                start.options = after + strlen(marker);
                start.sql = start.options + strcspn(start.options, "\n");
                start.sql += *start.sql == '\n';
            }
        }
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return start;
}

static gboolean leaves_transaction(const SectionStart *start)
{
    g_autofree char *options = NULL;

    if (!start->line)
        return FALSE;
    options = g_strndup(start->options, (gsize)(start->sql - start->options));
    return strstr(options, "transaction:false") != NULL;
}

static gboolean refuse_form(const char *path, const char *text, const char *at, const char *what,
                            GError **error)
{
    const PlaceText place = {path, text, strlen(text), 1};

    place_error(error, &place, (gsize)(at - text), "%s", what);
    error_set_hint(error, "a file of dbmate has -- migrate:up and below it -- migrate:down");
    return FALSE;
}

/* dbmate itself refuses SQL above the first marker. */
static gboolean check_form(const char *text, const SectionStart *up, const SectionStart *down,
                           const char *path, GError **error)
{
    g_autofree char *above = NULL;

    if (!up->line)
        return refuse_form(path, text, text, "there is no line -- migrate:up", error);
    if (down->line && down->line < up->line)
        return refuse_form(path, text, down->line, "-- migrate:down stands above -- migrate:up",
                           error);
    above = g_strndup(text, (gsize)(up->line - text));
    if (!sql_is_empty(above))
        return refuse_form(path, text, text, "there is SQL above -- migrate:up", error);
    return TRUE;
}

static gboolean fill(Arrival *arrival, const HistoryFile *entry, const char *text,
                     const char *settings, const char *path, GError **error)
{
    SectionStart up = find_section(text, "migrate:up");
    SectionStart down = find_section(text, "migrate:down");

    if (!check_form(text, &up, &down, path, error))
        return FALSE;
    arrival->up.sql =
        down.line ? g_strndup(up.sql, (gsize)(MAX(down.line, up.sql) - up.sql)) : g_strdup(up.sql);
    if (down.line)
        arrival_set_down(arrival, g_strdup(down.sql));
    arrival->leaves_transaction = leaves_transaction(&up) || leaves_transaction(&down);
    return TRUE;
}

const FileTool tool_dbmate = {"dbmate", recognise, fill};
