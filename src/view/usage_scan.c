/* RFC 8259, as far as it is plain. */
#include "view/usage_scan.h"

#include <errno.h>
#include <string.h>

enum {
    PLAIN_MAX = 18,  /* bytes of an integer that fits 64 bits for sure */
    NUMBER_MAX = 40, /* bytes of any */
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

/* NULL where there is none. */
static const char *skip_digits(const char *at, const char *end)
{
    const char *first = at;

    while (at < end && g_ascii_isdigit(*at))
        at++;
    return at > first ? at : NULL;
}

static const char *skip_fraction(const char *at, const char *end)
{
    return at < end && *at == '.' ? skip_digits(at + 1, end) : at;
}

static const char *skip_exponent(const char *at, const char *end)
{
    if (at == end || (*at != 'e' && *at != 'E'))
        return at;
    at++;
    return skip_digits(at + (at < end && (*at == '+' || *at == '-')), end);
}

/* What nearly all are. */
static gint64 read_plain(const char *at, const char *end)
{
    gboolean is_negative = *at == '-';
    gint64 number = 0;

    for (at += is_negative; at < end; at++)
        number = number * 10 + (*at - '0');
    return is_negative ? -number : number;
}

/* Beyond 64 bits it is no value of ours. */
static void read_long(const char *text, Token *token)
{
    errno = 0;
    token->integer = g_ascii_strtoll(text, NULL, 10);
    token->kind = errno == 0 ? TOKEN_INTEGER : TOKEN_OTHER;
}

static void read_number(const char *at, gsize length, gboolean is_integer, Token *token)
{
    char text[NUMBER_MAX + 1];

    token->kind = is_integer ? TOKEN_INTEGER : TOKEN_REAL;
    if (is_integer && length <= PLAIN_MAX) {
        token->integer = read_plain(at, at + length);
        return;
    }
    memcpy(text, at, length);
    text[length] = '\0';
    if (is_integer)
        read_long(text, token);
    else
        token->real = g_ascii_strtod(text, NULL);
}

static gboolean scan_number(Scan *scan, Token *token)
{
    const char *first = scan->at + (*scan->at == '-');
    const char *whole = skip_digits(first, scan->end);
    const char *end = whole ? skip_fraction(whole, scan->end) : NULL;

    end = end ? skip_exponent(end, scan->end) : NULL;
    if (!end || (*first == '0' && whole > first + 1) || end - scan->at > NUMBER_MAX)
        return FALSE;
    read_number(scan->at, (gsize)(end - scan->at), end == whole, token);
    scan->at = end;
    return TRUE;
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

/* To the quote at the end of a string. */
static gboolean skip_string(Scan *scan)
{
    for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++)
        scan->at += *scan->at == '\\';
    return scan->at < scan->end;
}

gboolean scan_skip(Scan *scan)
{
    guint depth = 0;
    const char *first;

    skip_blanks(scan);
    for (first = scan->at; scan->at < scan->end; scan->at++) {
        char byte = *scan->at;

        if (depth == 0 && (byte == ',' || byte == ']' || byte == '}'))
            return scan->at > first;
        if (byte == '"' && !skip_string(scan))
            return FALSE;
        depth += byte == '[' || byte == '{';
        depth -= byte == ']' || byte == '}';
    }
    return FALSE;
}
