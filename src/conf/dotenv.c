/* The .env reader: one pass over the text. What the names mean is environment.c's business. */
#include "conf/dotenv.h"

#include <string.h>

#include "base/error.h"
#include "base/slurp.h"

enum { DOTENV_MAX = 64 * 1024 };

typedef struct {
    const char *at;
    const char *path;
    unsigned line;
} Reader;

static void clear_entry(gpointer data)
{
    DotenvEntry *entry = data;

    g_free(entry->name);
    g_free(entry->value);
}

static gboolean fail(const Reader *reader, unsigned line, const char *message, const char *hint,
                     GError **error)
{
    ErrorSite site = {.path = reader->path, .line = line};

    error_set(error, ERROR_CONFIG, "%s", message);
    error_set_hint(error, "%s", hint);
    error_set_site(error, &site);
    return FALSE;
}

static void skip_blanks(Reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\t')
        reader->at++;
}

static gboolean is_line_end(const char *at)
{
    return *at == '\0' || *at == '\n' || (*at == '\r' && (at[1] == '\n' || at[1] == '\0'));
}

/* The file is the whole project's: names that no shell would take are somebody's, too. */
static gboolean is_name_character(char c)
{
    return c && !g_ascii_isspace(c) && !strchr("=#'\"", c);
}

static gboolean end_line(Reader *reader, GError **error)
{
    skip_blanks(reader);
    if (*reader->at == '#')
        reader->at += strcspn(reader->at, "\n");
    if (!is_line_end(reader->at))
        return fail(reader, reader->line, "something follows the closing quote",
                    "escape a quote inside of double quotes as \\\", or begin a comment with #",
                    error);
    reader->at += strcspn(reader->at, "\n");
    if (*reader->at == '\n') {
        reader->at++;
        reader->line++;
    }
    return TRUE;
}

static char *read_name(Reader *reader, GError **error)
{
    const char *start;
    g_autofree char *name = NULL;

    if (g_str_has_prefix(reader->at, "export") && (reader->at[6] == ' ' || reader->at[6] == '\t')) {
        reader->at += strlen("export");
        skip_blanks(reader);
    }
    start = reader->at;
    while (is_name_character(*reader->at))
        reader->at++;
    name = g_strndup(start, (gsize)(reader->at - start));
    skip_blanks(reader);
    if (*name == '\0' || *reader->at != '=') {
        fail(reader, reader->line, "this line is not NAME=value",
             "write NAME=value, or begin a comment with #", error);
        return NULL;
    }
    reader->at++;
    return g_steal_pointer(&name);
}

/* The character that a backslash and `c` stand for between these quotes, or 0: then both are kept.
 */
static char unescape(char quote, char c)
{
    static const char letters[] = "abfnrtv";
    static const char controls[] = "\a\b\f\n\r\t\v";
    const char *letter = strchr(letters, c);

    if (c == '\\' || c == '\'')
        return c;
    if (quote == '\'')
        return '\0';
    return letter && c ? controls[letter - letters] : c == '"' || c == '$' ? c : '\0';
}

static char *read_quoted(Reader *reader, GError **error)
{
    char quote = *reader->at++;
    unsigned opened = reader->line;
    g_autoptr(GString) value = g_string_new(NULL);

    for (; *reader->at && *reader->at != quote; reader->at++) {
        char escaped = *reader->at == '\\' ? unescape(quote, reader->at[1]) : '\0';

        if (escaped) {
            g_string_append_c(value, escaped);
            reader->at++;
        } else if (*reader->at != '\r' || reader->at[1] != '\n') {
            reader->line += *reader->at == '\n';
            g_string_append_c(value, *reader->at);
        }
    }
    if (*reader->at != quote) {
        fail(reader, opened, "the quote that opens here is never closed",
             quote == '"' ? "close it with \"" : "close it with '", error);
        return NULL;
    }
    reader->at++;
    return g_string_free(g_steal_pointer(&value), FALSE);
}

/* A comment begins only after blanks: KEY=a#b holds a number sign, and so does KEY=#b. */
static char *read_bare(Reader *reader)
{
    const char *start = reader->at;
    const char *end;

    while (!is_line_end(reader->at)) {
        if (*reader->at == '#' && strchr(" \t", reader->at[-1]))
            break;
        reader->at++;
    }
    end = reader->at;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return g_strndup(start, (gsize)(end - start));
}

static gboolean read_entry(Reader *reader, GArray *rows, GError **error)
{
    DotenvEntry entry = {.line = reader->line};
    g_autofree char *name = read_name(reader, error);
    g_autofree char *value = NULL;

    if (!name)
        return FALSE;
    skip_blanks(reader);
    value =
        *reader->at == '"' || *reader->at == '\'' ? read_quoted(reader, error) : read_bare(reader);
    if (!value || !end_line(reader, error))
        return FALSE;
    entry.name = g_steal_pointer(&name);
    entry.value = g_steal_pointer(&value);
    g_array_append_val(rows, entry);
    return TRUE;
}

static GArray *new_rows(void)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(DotenvEntry));

    g_array_set_clear_func(rows, clear_entry);
    return rows;
}

GArray *dotenv_parse(const char *text, const char *path, GError **error)
{
    Reader reader = {.at = text, .path = path, .line = 1};
    g_autoptr(GArray) rows = new_rows();

    if (g_str_has_prefix(text, "\xef\xbb\xbf"))
        reader.at += 3;
    while (*reader.at) {
        skip_blanks(&reader);
        if (*reader.at == '#' || is_line_end(reader.at)) {
            if (!end_line(&reader, error))
                return NULL;
        } else if (!read_entry(&reader, rows, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&rows);
}

GArray *dotenv_read(const char *path, GError **error)
{
    g_autofree char *text = NULL;

    switch (slurp(path, DOTENV_MAX, &text, error)) {
    case SLURP_DONE:
        return dotenv_parse(text, path, error);
    case SLURP_MISSING:
        return new_rows();
    default:
        return NULL;
    }
}

const char *dotenv_get(const GArray *rows, const char *name)
{
    for (guint i = rows->len; i > 0; i--) {
        const DotenvEntry *entry = &g_array_index(rows, DotenvEntry, i - 1);

        if (strcmp(entry->name, name) == 0)
            return *entry->value ? entry->value : NULL;
    }
    return NULL;
}
