/* Names of new revision files. */
#include "base/filename.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"

#define ENDING ".sql"
#define SEPARATORS "_- "

enum { WIDTH_MAX = 20 };

typedef enum {
    TOKEN_REV,
    TOKEN_SLUG,
    TOKEN_EPOCH,
    TOKEN_YEAR,
    TOKEN_MONTH,
    TOKEN_DAY,
    TOKEN_HOUR,
    TOKEN_MINUTE,
    TOKEN_SECOND,
} Token;

static const char *const names[] = {"rev", "slug", "epoch",  "year",   "month",
                                    "day", "hour", "minute", "second", NULL};

/* One piece of the template: a run of text, or a token with its form. */
typedef struct {
    const char *text;
    gsize length; /* 0: a token */
    Token token;
    guint width; /* of the whole */
    guint digits;
    gboolean is_filled; /* with zeros up to the width */
} Piece;

static void hint_tokens(GError **error)
{
    error_set_hint(error, "the tokens are %%(rev)s %%(slug)s %%(epoch)s %%(year)d %%(month).2d "
                          "%%(day).2d %%(hour).2d %%(minute).2d %%(second).2d");
}

static gboolean find_token(const char *name, Token *token, GError **error)
{
    const char *near;

    for (guint i = 0; names[i]; i++) {
        if (strcmp(names[i], name) == 0) {
            *token = (Token)i;
            return TRUE;
        }
    }
    near = nearest_slip(name, names);
    error_set(error, ERROR_CONFIG, "unknown token %%(%s)", name);
    if (near)
        error_set_hint(error, "did you mean %%(%s)?", near);
    else
        hint_tokens(error);
    return FALSE;
}

/* A number of at most two digits; 0 when there is none. */
static guint read_number(const char **at)
{
    guint number = 0;

    for (guint i = 0; i < 2 && g_ascii_isdigit(**at); i++, (*at)++)
        number = number * 10 + (guint)g_ascii_digit_value(**at);
    return number;
}

/* What stands behind "%(name)": "s", "d", "02d", ".2d". */
static gboolean read_form(const char **at, Piece *piece, GError **error)
{
    gboolean is_number = piece->token != TOKEN_REV && piece->token != TOKEN_SLUG;

    piece->is_filled = **at == '0';
    piece->width = read_number(at);
    if (**at == '.') {
        (*at)++;
        piece->digits = read_number(at);
    }
    if ((**at == 's' || (**at == 'd' && is_number)) &&
        (is_number || piece->width + piece->digits == 0) && piece->width <= WIDTH_MAX &&
        piece->digits <= WIDTH_MAX) {
        (*at)++;
        return TRUE;
    }
    error_set(error, ERROR_CONFIG, "%%(%s) is not followed by its form", names[piece->token]);
    error_set_hint(error, "write %%(%s)%s", names[piece->token], is_number ? "d or .2d" : "s");
    return FALSE;
}

static gboolean read_token(const char **at, Piece *piece, GError **error)
{
    const char *start = *at + strlen("%(");
    const char *end = strchr(start, ')');
    g_autofree char *name = NULL;

    if (!end) {
        error_set(error, ERROR_CONFIG, "%%( has no )");
        hint_tokens(error);
        return FALSE;
    }
    name = g_strndup(start, (gsize)(end - start));
    if (!find_token(name, &piece->token, error))
        return FALSE;
    *at = end + 1;
    return read_form(at, piece, error);
}

static gboolean refuse_percent(const char *at, GError **error)
{
    if (g_str_has_prefix(at, "%%(")) {
        error_set(error, ERROR_CONFIG, "%%%%( stands before no token");
        error_set_hint(error, "alembic.ini needs the percent sign twice, here it stands once: "
                              "%%(rev)s");
    } else {
        error_set(error, ERROR_CONFIG, "a percent sign begins no token");
        hint_tokens(error);
    }
    return FALSE;
}

/* The next piece of the template, which is not at its end. */
static gboolean next_piece(const char **at, Piece *piece, GError **error)
{
    *piece = (Piece){.text = *at, .length = strcspn(*at, "%")};
    if (piece->length > 0) {
        *at += piece->length;
        return TRUE;
    }
    if ((*at)[1] == '(')
        return read_token(at, piece, error);
    if ((*at)[1] != '%' || (*at)[2] == '(')
        return refuse_percent(*at, error);
    piece->length = 1;
    *at += 2;
    return TRUE;
}

static gboolean check_characters(const char *template, GError **error)
{
    if (strpbrk(template, "/\\")) {
        error_set(error, ERROR_CONFIG, "the name of a file has no slash in it");
        error_set_hint(error, "the folder is chosen by migrations.version_locations and "
                              "--version-path");
    } else if (*template == '.') {
        error_set(error, ERROR_CONFIG, "files whose name begins with a dot are passed over");
        error_set_hint(error, "begin it with a letter or a token");
    } else if (g_str_has_suffix(template, ENDING)) {
        error_set(error, ERROR_CONFIG, "the ending " ENDING " is added by itself");
        error_set_hint(error, "leave it out");
    } else {
        return TRUE;
    }
    return FALSE;
}

gboolean filename_check(const char *template, GError **error)
{
    Piece piece;

    if (!check_characters(template, error))
        return FALSE;
    for (const char *at = template; *at;) {
        if (!next_piece(&at, &piece, error))
            return FALSE;
    }
    return TRUE;
}

static gint64 number_of(Token token, GDateTime *date)
{
    switch (token) {
    case TOKEN_EPOCH:
        return g_date_time_to_unix(date);
    case TOKEN_YEAR:
        return g_date_time_get_year(date);
    case TOKEN_MONTH:
        return g_date_time_get_month(date);
    case TOKEN_DAY:
        return g_date_time_get_day_of_month(date);
    case TOKEN_HOUR:
        return g_date_time_get_hour(date);
    case TOKEN_MINUTE:
        return g_date_time_get_minute(date);
    default:
        return g_date_time_get_second(date);
    }
}

static void append_number(GString *name, const Piece *piece, gint64 number)
{
    g_autofree char *digits =
        g_strdup_printf("%.*" G_GINT64_FORMAT, (int)MAX(piece->digits, 1), number);

    for (gsize length = strlen(digits); length < piece->width; length++)
        g_string_append_c(name, piece->is_filled ? '0' : ' ');
    g_string_append(name, digits);
}

static void append_piece(GString *name, const Piece *piece, const FilenameParts *parts)
{
    if (piece->length > 0)
        g_string_append_len(name, piece->text, (gssize)piece->length);
    else if (piece->token == TOKEN_REV)
        g_string_append(name, parts->rev);
    else if (piece->token == TOKEN_SLUG)
        g_string_append(name, parts->slug);
    else
        append_number(name, piece, number_of(piece->token, parts->date));
}

static void trim_separators(GString *name)
{
    g_string_erase(name, 0, (gssize)strspn(name->str, SEPARATORS));
    while (name->len > 0 && strchr(SEPARATORS, name->str[name->len - 1]))
        g_string_truncate(name, name->len - 1);
}

static gboolean check_name(const GString *name, GError **error)
{
    if (name->len == 0 || name->str[0] == '.') {
        error_set(error, ERROR_USAGE, "the file would be called \"%s" ENDING "\", which is hidden",
                  name->str);
        error_set_hint(error, "files whose name begins with a dot are passed over; choose another "
                              "id, or change migrations.file_template");
        return FALSE;
    }
    if (name->len + strlen(ENDING) > FILENAME_MAX_BYTES) {
        error_set(error, ERROR_USAGE, "the name of the file would be longer than %d bytes",
                  FILENAME_MAX_BYTES);
        error_set_hint(error, "shorten the message, or lower migrations.truncate_slug_length");
        return FALSE;
    }
    return TRUE;
}

char *filename_expand(const char *template, const FilenameParts *parts, GError **error)
{
    g_autoptr(GString) name = g_string_new(NULL);
    Piece piece;

    for (const char *at = template; *at;) {
        if (!next_piece(&at, &piece, error))
            return NULL;
        append_piece(name, &piece, parts);
    }
    if (*parts->slug == '\0')
        trim_separators(name);
    if (!check_name(name, error))
        return NULL;
    g_string_append(name, ENDING);
    return g_string_free(g_steal_pointer(&name), FALSE);
}
