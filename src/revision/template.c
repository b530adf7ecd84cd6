/* Templates of revision files: one pass over the lines, each token looked up in one table. */
#include "revision/template.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "revision/file.h"
#include "revision/lines.h"

#define OPENING "@{"
#define ESCAPED "@@{"
#define REMARK "@#"
#define RESULT_MAX (16 * 1024 * 1024) /* bytes */

enum { NAME_SHOWN = 40 }; /* bytes of an unknown token's name in a message */

/* In the order of `names`. */
typedef enum {
    TOKEN_MESSAGE,
    TOKEN_REVISION_ID,
    TOKEN_REVISES,
    TOKEN_CREATE_DATE,
    TOKEN_BRANCH_LABELS,
    TOKEN_DEPENDS_ON,
    TOKEN_TRANSACTION,
    TOKEN_YEAR,
    TOKEN_USER,
    TOKEN_UP,
    TOKEN_DOWN,
    TOKEN_COUNT,
} Token;

static const char *const names[] = {
    "message",     "revision_id", "revises", "create_date", "branch_labels", "depends_on",
    "transaction", "year",        "user",    "up",          "down",          NULL,
};
G_STATIC_ASSERT(G_N_ELEMENTS(names) == TOKEN_COUNT + 1);

#define HEADER                                                                                     \
    "-- @{message}\n"                                                                              \
    "--\n"                                                                                         \
    "-- Revision ID: @{revision_id}\n"                                                             \
    "-- Revises: @{revises}\n"                                                                     \
    "-- Create Date: @{create_date}\n"                                                             \
    "-- Branch Labels: @{branch_labels}\n"                                                         \
    "-- Depends On: @{depends_on}\n"                                                               \
    "-- Transaction: @{transaction}\n"

const char template_header[] = HEADER;
const char template_builtin[] = HEADER "\n"
                                       "-- migrate:up\n"
                                       "@{up}\n"
                                       "\n"
                                       "-- migrate:down\n"
                                       "@{down}\n";

static const char new_down[] = "-- Undo the above. Nothing to undo? Say so in a line \"-- nothing "
                               "to undo\".\n-- Cannot be undone? Delete this section.\n";
static const char merge_down[] = "-- nothing to undo";

/* --- Values ----------------------------------------------------------------------------------- */

static gboolean is_merge(const Revision *revision)
{
    char **parents = revision->down_revisions;

    return parents && parents[0] && parents[1];
}

/* A line that the parser would take for a key or a marker loses its colon. */
static char *make_prose(const char *line)
{
    char *plain = g_strdup(line);

    for (char *at = plain; *at; at++) {
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    }
    g_strstrip(plain);
    if (!header_line_is_prose(plain))
        *strchr(plain, ':') = ' ';
    return plain;
}

static char *make_message(const char *message)
{
    g_autofree char *stripped = g_strstrip(g_strdup(message ? message : ""));
    g_auto(GStrv) lines = g_strsplit(stripped, "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        char *plain = make_prose(lines[i]);

        g_free(lines[i]);
        lines[i] = plain;
    }
    return g_strjoinv("\n", lines);
}

static char *join(char **list)
{
    return list ? g_strjoinv(", ", list) : g_strdup("");
}

static char *copy(const char *text)
{
    return g_strdup(text ? text : "");
}

static const char *default_down(const Revision *revision)
{
    return is_merge(revision) ? merge_down : new_down;
}

static void make_values(const TemplateValues *given, char *values[TOKEN_COUNT])
{
    const Revision *revision = given->revision;

    values[TOKEN_MESSAGE] = make_message(revision->message);
    values[TOKEN_REVISION_ID] = g_strdup(revision->id);
    values[TOKEN_REVISES] = join(revision->down_revisions);
    values[TOKEN_CREATE_DATE] = copy(revision->create_date);
    values[TOKEN_BRANCH_LABELS] = join(revision->labels);
    values[TOKEN_DEPENDS_ON] = join(revision->depends_on);
    values[TOKEN_TRANSACTION] = g_strdup(revision->transaction == TRANSACTION_NONE ? "none" : "");
    values[TOKEN_YEAR] = copy(given->year);
    values[TOKEN_USER] = make_prose(given->user ? given->user : "");
    values[TOKEN_UP] = copy(given->up);
    values[TOKEN_DOWN] = g_strdup(given->down ? given->down : default_down(revision));
}

/* --- Expanding -------------------------------------------------------------------------------- */

typedef struct {
    PlaceText file;
    char *values[TOKEN_COUNT];
    GString *text;
} Expansion;

/* Their lines say nothing when they are empty, so those are left out. */
static gboolean is_optional(Token token)
{
    return token == TOKEN_BRANCH_LABELS || token == TOKEN_DEPENDS_ON ||
           token == TOKEN_TRANSACTION || token == TOKEN_CREATE_DATE;
}

static gboolean refuse_token(const Expansion *expansion, const char *at, const char *name,
                             GError **error)
{
    gsize offset = (gsize)(at - expansion->file.bytes);
    const char *near = name ? nearest_slip(name, names) : NULL;
    g_autofree char *all = g_strjoinv(" ", (char **)names);

    if (!name)
        place_error(error, &expansion->file, offset, "The token is not closed by }");
    else
        place_error(error, &expansion->file, offset, "Unknown token '" OPENING "%.*s}'", NAME_SHOWN,
                    name);
    if (near)
        error_set_hint(error, "did you mean " OPENING "%s}?", near);
    else
        error_set_hint(error, "the tokens are %s; a " OPENING " that is none is written " ESCAPED,
                       all);
    return FALSE;
}

/* Reads the token at `*at`, which begins with OPENING, and moves `*at` behind it. */
static gboolean read_token(const Expansion *expansion, Slice line, const char **at, Token *token,
                           GError **error)
{
    const char *start = *at + strlen(OPENING);
    const char *end = memchr(start, '}', (gsize)(line.at + line.length - start));
    g_autofree char *name = end ? g_utf8_make_valid(start, end - start) : NULL;

    for (guint i = 0; name && names[i]; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *token = (Token)i;
        *at = end + 1;
        return TRUE;
    }
    return refuse_token(expansion, *at, name, error);
}

/* Each line of the value begins as the first one does. */
static void append_lines(GString *out, gsize start, const char *value)
{
    const char *newline = memrchr(out->str + start, '\n', out->len - start);
    g_autofree char *before = g_strdup(newline ? newline + 1 : out->str + start);
    g_auto(GStrv) lines = g_strsplit(value, "\n", -1);

    for (guint i = 0; lines[i] && out->len <= RESULT_MAX; i++) {
        if (i > 0)
            g_string_append_printf(out, "\n%s", before);
        g_string_append(out, lines[i]);
    }
}

/* `start`: where the line of the template began. */
static gboolean append_value(Expansion *expansion, gsize start, const char *value, GError **error)
{
    GString *out = expansion->text;

    if (strchr(value, '\n'))
        append_lines(out, start, value);
    else
        g_string_append(out, value);
    if (out->len <= RESULT_MAX)
        return TRUE;
    error_set(error, ERROR_REVISION_FILE, "%s makes a file of more than %d MiB",
              expansion->file.path, RESULT_MAX / 1024 / 1024);
    error_set_hint(error, "use each token once");
    return FALSE;
}

/* Drops the blanks at the ends of the lines from `start` on: "-- " may have stood before nothing.
 */
static void strip_lines(GString *out, gsize start)
{
    g_autofree char *lines_text = g_strdup(out->str + start);
    g_auto(GStrv) lines = g_strsplit(lines_text, "\n", -1);

    g_string_truncate(out, start);
    for (guint i = 0; lines[i]; i++)
        g_string_append_printf(out, "%s%s", i ? "\n" : "", g_strchomp(lines[i]));
}

static gboolean begins(const char *at, const char *end, const char *word)
{
    gsize length = strlen(word);

    return (gsize)(end - at) >= length && memcmp(at, word, length) == 0;
}

/* *is_left_out: the whole line is, because the token is empty and optional. */
static gboolean expand_token(Expansion *expansion, Slice line, gsize start, const char **at,
                             gboolean *is_left_out, GError **error)
{
    Token token;

    if (!read_token(expansion, line, at, &token, error))
        return FALSE;
    *is_left_out = is_optional(token) && !*expansion->values[token];
    return *is_left_out || append_value(expansion, start, expansion->values[token], error);
}

static gboolean expand_line(Expansion *expansion, Slice line, GError **error)
{
    GString *out = expansion->text;
    gsize start = out->len;
    gboolean has_token = FALSE;
    gboolean is_left_out = FALSE;

    for (const char *at = line.at, *end = at + line.length; at < end && !is_left_out;) {
        if (begins(at, end, ESCAPED)) {
            g_string_append(out, OPENING);
            at += strlen(ESCAPED);
        } else if (!begins(at, end, OPENING)) {
            g_string_append_c(out, *at++);
        } else if (expand_token(expansion, line, start, &at, &is_left_out, error)) {
            has_token = TRUE;
        } else {
            return FALSE;
        }
    }
    if (has_token)
        strip_lines(out, start);
    if (is_left_out)
        g_string_truncate(out, start);
    else
        g_string_append_c(out, '\n');
    return TRUE;
}

static gboolean expand_lines(Expansion *expansion, GError **error)
{
    const char *cursor = expansion->file.bytes;
    const char *end = cursor + expansion->file.length;
    Slice line;

    while (slice_next_line(&cursor, end, &line, NULL)) {
        if (begins(line.at, line.at + line.length, REMARK))
            continue;
        if (!expand_line(expansion, line, error))
            return FALSE;
    }
    return TRUE;
}

char *template_expand(const char *text, const char *path, const TemplateValues *values,
                      GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    Expansion expansion = {.file = {path, text, strlen(text), 1}, .text = out};
    gboolean is_good;

    text_skip_bom(&expansion.file);
    make_values(values, expansion.values);
    is_good = expand_lines(&expansion, error);
    for (guint i = 0; i < TOKEN_COUNT; i++)
        g_free(expansion.values[i]);
    return is_good ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

/* --- Review ----------------------------------------------------------------------------------- */

/* A line of the header that has a key. */
static gboolean is_key_line(Slice line)
{
    g_autofree char *text = NULL;

    line = slice_trim(line);
    if (line.length < 2 || memcmp(line.at, "--", 2) != 0)
        return FALSE;
    text = g_strstrip(g_strndup(line.at + 2, line.length - 2));
    return !header_line_is_prose(text) && strchr(text, ':');
}

char *template_with_review(const char *text, const char *review)
{
    const char *cursor = text;
    const char *end = text + strlen(text);
    const PlaceText file = {.bytes = text, .length = strlen(text), .first_line = 1};
    const char *behind = text;
    Slice line;
    Marker marker = MARKER_NONE;

    while (slice_next_line(&cursor, end, &line, NULL)) {
        if (!marker_parse(&file, line, &marker, NULL) || marker != MARKER_NONE)
            break;
        if (is_key_line(line))
            behind = cursor;
    }
    return g_strdup_printf("%.*s-- Review: %s\n%s", (int)(behind - text), text, review, behind);
}

/* --- Reading back ----------------------------------------------------------------------------- */

/* Whether the header's value is the one that was wanted; takes both. */
static gboolean require(const char *key, char *read, char *wanted, const char *path, GError **error)
{
    g_autofree char *found = read;
    g_autofree char *value = wanted;
    ErrorSite site = {.path = path};

    if (strcmp(found, value) == 0)
        return TRUE;
    error_set(error, ERROR_REVISION_FILE, "The header says '%s:%s%s', but must say '%s:%s%s'", key,
              *found ? " " : "", found, key, *value ? " " : "", value);
    error_set_site(error, &site);
    return FALSE;
}

static const char *mode_name(const Revision *revision)
{
    return revision->transaction == TRANSACTION_NONE ? "none" : "auto";
}

gboolean template_check(const char *text, const char *path, const Revision *revision,
                        GError **error)
{
    gsize length = strlen(text);
    g_autoptr(Revision) read = revision_parse_header(text, length, path, NULL, error);
    g_autoptr(RevisionBody) body = read ? revision_parse_body(text, length, path, error) : NULL;

    return body &&
           require("Revision ID", g_strdup(read->id), g_strdup(revision->id), path, error) &&
           require("Revises", join(read->down_revisions), join(revision->down_revisions), path,
                   error) &&
           require("Depends On", join(read->depends_on), join(revision->depends_on), path, error) &&
           require("Branch Labels", join(read->labels), join(revision->labels), path, error) &&
           require("Transaction", g_strdup(mode_name(read)), g_strdup(mode_name(revision)), path,
                   error);
}
