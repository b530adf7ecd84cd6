/* RFC 8259, as far as it is plain. */
#include "view/usage_scan.h"

#include <string.h>

enum {
    DIGITS_MAX = 18, /* of an integer: fits 64 bits */
    REAL_MAX = 32,   /* bytes */
};

static void skip_blanks(Scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

gboolean scan_mark(Scan *scan, char mark)
{
    skip_blanks(scan);
    if (scan->at == scan->end || *scan->at != mark)
        return FALSE;
    scan->at++;
    return TRUE;
}

gboolean scan_end(Scan *scan)
{
    skip_blanks(scan);
    return scan->at == scan->end;
}

/* Up to the quote, a backslash, a control character or the end. */
static const char *find_end_of_text(const char *at, const char *end, gboolean *is_ascii)
{
    guint8 all = 0;

    while (at < end && *at != '"' && *at != '\\' && (guint8)*at >= ' ')
        all |= (guint8)*at++;
    *is_ascii = all < 0x80;
    return at;
}

gboolean scan_string(Scan *scan, Token *token)
{
    gboolean is_ascii;

    if (!scan_mark(scan, '"'))
        return FALSE;
    token->kind = TOKEN_STRING;
    token->text = scan->at;
    scan->at = find_end_of_text(scan->at, scan->end, &is_ascii);
    token->length = (gsize)(scan->at - token->text);
    if (scan->at == scan->end || *scan->at != '"')
        return FALSE;
    scan->at++;
    return is_ascii || g_utf8_validate(token->text, (gssize)token->length, NULL);
}

static gsize count_digits(const Scan *scan, const char *at)
{
    const char *first = at;

    while (at < scan->end && g_ascii_isdigit(*at))
        at++;
    return (gsize)(at - first);
}

/* The digits at the scan's place, moved over. */
static gint64 read_digits(Scan *scan, gsize count)
{
    gint64 number = 0;

    for (gsize i = 0; i < count; i++)
        number = number * 10 + (*scan->at++ - '0');
    return number;
}

static gboolean read_real(Scan *scan, const char *first, Token *token)
{
    char text[REAL_MAX + 1];
    gsize fraction = count_digits(scan, scan->at + 1);
    gsize length = (gsize)(scan->at - first) + 1 + fraction;

    if (fraction == 0 || length > REAL_MAX)
        return FALSE;
    memcpy(text, first, length);
    text[length] = '\0';
    scan->at = first + length;
    token->kind = TOKEN_REAL;
    token->real = g_ascii_strtod(text, NULL);
    return TRUE;
}

static gboolean has_exponent(const Scan *scan)
{
    return scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E');
}

static gboolean scan_number(Scan *scan, Token *token)
{
    const char *first = scan->at;
    gboolean is_negative = *first == '-';
    gsize count = count_digits(scan, first + is_negative);

    if (count == 0 || count > DIGITS_MAX || (count > 1 && first[is_negative] == '0'))
        return FALSE;
    scan->at += is_negative;
    token->kind = TOKEN_INTEGER;
    token->integer = read_digits(scan, count) * (is_negative ? -1 : 1);
    if (scan->at < scan->end && *scan->at == '.' && !read_real(scan, first, token))
        return FALSE;
    return !has_exponent(scan);
}

static gboolean scan_word(Scan *scan, const char *word)
{
    gsize length = strlen(word);

    if ((gsize)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return FALSE;
    scan->at += length;
    return TRUE;
}

gboolean scan_value(Scan *scan, Token *token)
{
    skip_blanks(scan);
    if (scan->at == scan->end)
        return FALSE;
    switch (*scan->at) {
    case '"':
        return scan_string(scan, token);
    case 't':
    case 'f':
        token->kind = TOKEN_BOOLEAN;
        token->boolean = *scan->at == 't';
        return scan_word(scan, token->boolean ? "true" : "false");
    case 'n':
        token->kind = TOKEN_NULL;
        return scan_word(scan, "null");
    default:
        return scan_number(scan, token);
    }
}
