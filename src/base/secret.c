/* The Secret type, and the redactor: scanners that mark what to hide, then one copy without it.
 * When it cannot be decided where a password ends, more is hidden, never less. */
#include "base/secret.h"

#include <pthread.h>
#include <string.h>

enum { REMEMBERED_MAX = 256, REMEMBERED_LENGTH_MIN = 4, COMMENT_MAX = 4096 };

/* `pgsluice token new` makes them of 43 characters behind the prefix; what is much shorter is
 * somebody's table. */
#define TOKEN_PREFIX "pgs_"
enum { TOKEN_LENGTH_MIN = 32 };

/* The server cuts values to 64 bytes, lines of data to 100 characters. */
enum { PIECE_MAX = 512, CUTS_MAX = 256 };

struct Secret {
    char *value;
};

/* [start, end) of the text is not shown. */
typedef struct {
    gsize start;
    gsize end;
} Span;

/* One text on its way through the scanners. What a scanner has dealt with is not looked at again,
 * so that no text takes quadratic time. */
typedef struct {
    const char *text;
    GArray *spans;       /* of Span; NULL until something is found */
    const char *hidden;  /* all before this that had to be hidden is */
    const char *url_end; /* no URL before this needs another look */
} Redaction;

/* Not a GMutex: ThreadSanitizer does not see those. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static GPtrArray *remembered; /* of char *, the oldest first */

static void wipe_and_free(gpointer value)
{
    explicit_bzero(value, strlen(value));
    g_free(value);
}

Secret *secret_new(const char *value)
{
    Secret *secret;

    if (!value)
        return NULL;
    secret = g_new(Secret, 1);
    secret->value = g_strdup(value);
    return secret;
}

void secret_free(Secret *secret)
{
    if (!secret)
        return;
    wipe_and_free(secret->value);
    g_free(secret);
}

const char *secret_reveal(const Secret *secret)
{
    return secret ? secret->value : NULL;
}

void secret_remember(const char *value)
{
    guint known;

    if (!value || strlen(value) < REMEMBERED_LENGTH_MIN)
        return;
    pthread_mutex_lock(&mutex);
    if (!remembered)
        remembered = g_ptr_array_new_with_free_func(wipe_and_free);
    if (g_ptr_array_find_with_equal_func(remembered, value, g_str_equal, &known))
        g_ptr_array_remove_index(remembered, known);
    else if (remembered->len == REMEMBERED_MAX)
        g_ptr_array_remove_index(remembered, 0);
    g_ptr_array_add(remembered, g_strdup(value));
    pthread_mutex_unlock(&mutex);
}

static void hide(Redaction *redaction, const char *start, const char *end)
{
    Span span = {(gsize)(start - redaction->text), (gsize)(end - redaction->text)};

    if (start >= end)
        return;
    if (!redaction->spans)
        redaction->spans = g_array_new(FALSE, FALSE, sizeof(Span));
    g_array_append_val(redaction->spans, span);
    redaction->hidden = MAX(redaction->hidden, end);
}

static gboolean is_name_character(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

static const char *skip_space(const char *at)
{
    while (g_ascii_isspace(*at))
        at++;
    return at;
}

/* The quote that closes what `c` opens, or 0. */
static char closing_quote(char c)
{
    return c == '<' ? '>' : c == '\'' || c == '"' || c == '`' ? c : '\0';
}

/* --- scheme://user:PASSWORD@ ------------------------------------------------------------------ */

/* The quote around a URL whose "://" stands at `colon`, or 0. */
static char quote_around(const char *text, const char *colon)
{
    const char *scheme = colon;

    while (scheme > text && (is_name_character(scheme[-1]) || strchr("+-.", scheme[-1])))
        scheme--;
    return scheme > text ? closing_quote(scheme[-1]) : '\0';
}

/* "?name=": a bare question mark may belong to a password. */
static gboolean is_query(const char *at)
{
    gsize length = 0;

    while (is_name_character(at[1 + length]))
        length++;
    return length > 0 && at[1 + length] == '=';
}

/* Behind "://" at `colon`. User names and passwords may hold a raw @, passwords also : / ?, so the
 * password reaches from the first : to the last @ that stands before the query and before a blank
 * or the quote around the URL. */
static void scan_url(Redaction *redaction, const char *colon)
{
    const char *at = colon + strlen("://");
    char quote = quote_around(redaction->text, colon);
    const char *password = NULL;
    const char *last = NULL;

    if (*at == '[') /* an IPv6 address, so there is no user */
        return;
    for (; *at && !g_ascii_isspace(*at); at++) {
        if (quote ? *at == quote : last && closing_quote(*at))
            break;
        if (*at == '?' && last && is_query(at))
            break;
        if (*at == ':' && !password)
            password = at + 1;
        else if (*at == '@')
            last = at;
    }
    redaction->url_end = at;
    if (password && last)
        hide(redaction, password, last);
}

/* --- Password=... and PASSWORD '...' ---------------------------------------------------------- */

/* The end of a literal behind its opening quote: the closing quote, or the end of the text. */
static const char *literal_end(const char *at, char quote, gboolean has_escapes)
{
    for (; *at; at++) {
        if (has_escapes && *at == '\\' && at[1])
            at++;
        else if (*at == quote && at[1] == quote)
            at++;
        else if (*at == quote)
            break;
    }
    return at;
}

/* conninfo inside an SQL literal has its quotes doubled: password=''a b''. */
static gboolean is_doubled_quote(const char *at)
{
    return at[0] == '\'' && at[1] == '\'' && at[2] && !g_ascii_isspace(at[2]) &&
           !strchr("),;&", at[2]);
}

static const char *bare_value_end(const char *at, gboolean is_in_query)
{
    for (; *at && !g_ascii_isspace(*at); at++) {
        if (is_in_query && strchr("&\"'<>`", *at))
            break;
        if (!is_in_query && *at == '\\' && at[1])
            at++;
    }
    return at;
}

/* The value behind the = of `name`. */
static void scan_conninfo_value(Redaction *redaction, const char *name, const char *value)
{
    const char *start = name;
    gboolean is_in_query;

    while (start > redaction->text && is_name_character(start[-1]))
        start--;
    is_in_query = start > redaction->text && strchr("?&", start[-1]);
    if (is_in_query) {
        hide(redaction, value, bare_value_end(value, TRUE));
        return;
    }
    value = skip_space(value);
    if (is_doubled_quote(value)) {
        const char *end = strstr(value + 2, "''");

        hide(redaction, value + 2, end ? end : value + strlen(value));
    } else if (*value == '\'' || *value == '"') {
        hide(redaction, value + 1, literal_end(value + 1, *value, TRUE));
    } else {
        hide(redaction, value, bare_value_end(value, FALSE));
    }
}

/* Blanks and comments between PASSWORD and its literal. */
static const char *skip_sql_space(const char *at)
{
    for (;;) {
        const char *start = at;

        at = skip_space(at);
        if (g_str_has_prefix(at, "--")) {
            const char *end = g_strstr_len(at, COMMENT_MAX, "\n");

            at = end ? end : at;
        } else if (g_str_has_prefix(at, "/*")) {
            const char *end = g_strstr_len(at, COMMENT_MAX, "*/");

            at = end ? end + 2 : at;
        }
        if (at == start)
            return at;
    }
}

/* $tag$...$tag$ at `at`. */
static void scan_dollar_quoted(Redaction *redaction, const char *at)
{
    gsize length = 1;
    g_autofree char *tag = NULL;
    const char *end;

    while (is_name_character(at[length]) || (at[length] & 0x80))
        length++;
    if (at[length] != '$' || g_ascii_isdigit(at[1])) /* $1 is a parameter */
        return;
    tag = g_strndup(at, length + 1);
    end = strstr(at + length + 1, tag);
    hide(redaction, at + length + 1, end ? end : at + strlen(at));
}

static void scan_sql_literal(Redaction *redaction, const char *at)
{
    gboolean has_escapes = FALSE;

    at = skip_sql_space(at);
    if (*at == '$') {
        scan_dollar_quoted(redaction, at);
        return;
    }
    if (g_ascii_toupper(at[0]) == 'E' && at[1] == '\'') {
        has_escapes = TRUE;
        at += 1;
    } else if (g_ascii_toupper(at[0]) == 'U' && at[1] == '&' && at[2] == '\'') {
        at += 2;
    }
    /* A literal goes on when the next one follows after a line end. */
    while (*at == '\'') {
        const char *end = literal_end(at + 1, '\'', has_escapes);

        hide(redaction, at + 1, end);
        at = *end ? skip_space(end + 1) : end;
    }
}

static void scan_password(Redaction *redaction, const char *word)
{
    const char *behind = word + strlen("password");
    const char *at = skip_space(behind);

    if (*at == '=')
        scan_conninfo_value(redaction, word, at + 1);
    else
        scan_sql_literal(redaction, behind);
}

/* --- HTTP credentials ------------------------------------------------------------------------- */

/* "bearer token" is English and Bearer realm="..." a challenge; neither holds a secret. */
static gboolean is_bearer_prose(const char *token, gsize length)
{
    return (length == 5 && g_ascii_strncasecmp(token, "token", 5) == 0) ||
           (length == 6 && g_ascii_strncasecmp(token, "tokens", 6) == 0) ||
           (token[length] == '"' && length > 0 && token[length - 1] == '=');
}

static void scan_bearer(Redaction *redaction, const char *word)
{
    const char *token = word + strlen("bearer");
    gsize length = 0;

    if (word > redaction->text && is_name_character(word[-1]))
        return;
    if (*token != ' ' && *token != '\t')
        return;
    token = skip_space(token);
    while (g_ascii_isalnum(token[length]) || (token[length] && strchr("-._~+/=", token[length])))
        length++;
    if (!is_bearer_prose(token, length))
        hide(redaction, token, token + length);
}

/* A header field: to the end of its line, or to the quote around it. */
static void scan_authorization(Redaction *redaction, const char *word)
{
    const char *at = word + strlen("authorization");
    char quote = word > redaction->text ? closing_quote(word[-1]) : '\0';
    char stops[] = {'\r', '\n', quote, '\0'};

    while (*at == ' ' || *at == '\t')
        at++;
    if (*at != ':')
        return;
    at++;
    while (*at == ' ' || *at == '\t')
        at++;
    hide(redaction, at, at + strcspn(at, stops));
}

static void scan_token(Redaction *redaction, const char *prefix)
{
    const char *token = prefix + strlen(TOKEN_PREFIX);
    gsize length = 0;

    while (g_ascii_isalnum(token[length]) || token[length] == '-' || token[length] == '_')
        length++;
    if (length >= TOKEN_LENGTH_MIN)
        hide(redaction, token, token + length);
}

/* --- All of them ------------------------------------------------------------------------------ */

static gboolean is_word(const char *at, const char *word)
{
    /* The second letter decides nearly always. */
    return g_ascii_tolower(at[1]) == word[1] && g_ascii_strncasecmp(at, word, strlen(word)) == 0;
}

static void scan_patterns(Redaction *redaction)
{
    static const gboolean begins_pattern[256] = {
        [':'] = TRUE, ['p'] = TRUE, ['P'] = TRUE, ['b'] = TRUE,
        ['B'] = TRUE, ['a'] = TRUE, ['A'] = TRUE,
    };

    for (const char *at = redaction->text; *at; at++) {
        if (!begins_pattern[(guchar)*at] || at < redaction->hidden)
            continue;
        if (*at == ':') {
            if (at[1] == '/' && at[2] == '/' && at >= redaction->url_end)
                scan_url(redaction, at);
        } else if (is_word(at, "password")) {
            scan_password(redaction, at);
        } else if (g_str_has_prefix(at, TOKEN_PREFIX)) {
            scan_token(redaction, at);
        } else if (is_word(at, "bearer")) {
            scan_bearer(redaction, at);
        } else if (is_word(at, "authorization")) {
            scan_authorization(redaction, at);
        }
    }
}

/* --- Remembered values ------------------------------------------------------------------------ */

static void scan_whole(Redaction *redaction, const char *value)
{
    const char *at = redaction->text;

    for (; (at = strstr(at, value)) != NULL; at++)
        hide(redaction, at, at + strlen(value));
}

/* The beginning of the value in [start, end), up to that end. */
static void scan_beginning(Redaction *redaction, const char *value, const char *start,
                           const char *end)
{
    gsize length = MIN(MIN(strlen(value), PIECE_MAX), (gsize)(end - start));

    for (; length >= REMEMBERED_LENGTH_MIN; length--) {
        if (memcmp(end - length, value, length) == 0) {
            hide(redaction, end - length, end);
            return;
        }
    }
}

/* The end of the value in [start, end), from that start on. */
static void scan_ending(Redaction *redaction, const char *value, const char *start, const char *end)
{
    gsize whole = strlen(value);
    gsize length = MIN(MIN(whole, PIECE_MAX), (gsize)(end - start));

    for (; length >= REMEMBERED_LENGTH_MIN; length--) {
        if (memcmp(start, value + whole - length, length) == 0) {
            hide(redaction, start, start + length);
            return;
        }
    }
}

/* [start, end) stands between two cuts, or between one and an end of the text. */
static void scan_between(Redaction *redaction, const char *value, const char *start,
                         const char *end)
{
    gsize length = (gsize)(end - start);

    if (length < REMEMBERED_LENGTH_MIN)
        return;
    if (memmem(value, strlen(value), start, length)) {
        hide(redaction, start, end);
        return;
    }
    if (start > redaction->text)
        scan_ending(redaction, value, start, end);
    if (*end)
        scan_beginning(redaction, value, start, end);
}

/* In its messages the server cuts long values, and says so with "...": pieces are secret, too. */
static void scan_cut(Redaction *redaction, const char *value)
{
    const char *start = redaction->text;
    const char *cut;

    for (guint i = 0; i < CUTS_MAX && (cut = strstr(start, "...")) != NULL; i++) {
        scan_between(redaction, value, start, cut);
        start = cut + strspn(cut, ".");
    }
    if (start > redaction->text)
        scan_between(redaction, value, start, start + strlen(start));
}

static void scan_remembered(Redaction *redaction)
{
    gboolean has_cuts = strstr(redaction->text, "...") != NULL;

    pthread_mutex_lock(&mutex);
    for (guint i = 0; remembered && i < remembered->len; i++) {
        const char *value = g_ptr_array_index(remembered, i);

        scan_whole(redaction, value);
        if (has_cuts)
            scan_cut(redaction, value);
    }
    pthread_mutex_unlock(&mutex);
}

static gint compare_spans(gconstpointer a, gconstpointer b)
{
    const Span *left = a;
    const Span *right = b;

    return (left->start > right->start) - (left->start < right->start);
}

/* Spans that overlap or touch become one ***. */
static char *copy_without(const char *text, GArray *spans)
{
    GString *copy = g_string_new(NULL);
    gsize shown = 0; /* the text before this is dealt with */

    g_array_sort(spans, compare_spans);
    for (guint i = 0; i < spans->len; i++) {
        const Span *span = &g_array_index(spans, Span, i);

        if (i == 0 || span->start > shown) {
            g_string_append_len(copy, text + shown, (gssize)(span->start - shown));
            g_string_append(copy, "***");
        }
        shown = MAX(shown, span->end);
    }
    g_string_append(copy, text + shown);
    return g_string_free(copy, FALSE);
}

char *secret_redact(const char *text)
{
    Redaction redaction = {.text = text, .hidden = text, .url_end = text};
    g_autoptr(GArray) spans = NULL;

    if (!text)
        return NULL;
    scan_patterns(&redaction);
    scan_remembered(&redaction);
    spans = redaction.spans;
    return spans ? copy_without(text, spans) : g_strdup(text);
}
