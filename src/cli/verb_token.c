/* pgsluice token new: a bearer token for the HTTP API, and what the daemon is to be told of it. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/units.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "view/answer.h"

enum { SECRET_SIZE = 32 }; /* bytes */

#define DAY ((gint64)24 * 3600 * G_USEC_PER_SEC)
#define DAYS_MAX 36500

typedef struct {
    char *token;
    char *sha256;
    const char *name;
    const char *const *scopes;
    char *expires; /* RFC 3339; NULL: never */
} NewToken;

static void new_token_clear(NewToken *made)
{
    if (made->token)
        explicit_bzero(made->token, strlen(made->token));
    g_free(made->token);
    g_free(made->sha256);
    g_free(made->expires);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NewToken, new_token_clear)

/* The alphabet of base64 that needs no escapes in URLs, shells and header fields. */
static char *encode(const guint8 *bytes, gsize size)
{
    char *text = g_base64_encode(bytes, size);

    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}

static gboolean make_secret(NewToken *made, GError **error)
{
    guint8 bytes[SECRET_SIZE];
    g_autofree char *text = NULL;

    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) {
        error_set(error, ERROR_INTERNAL, "the kernel gives no random numbers: %s",
                  g_strerror(errno));
        return FALSE;
    }
    text = encode(bytes, sizeof bytes);
    made->token = g_strconcat("pgs_", text, NULL);
    made->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, made->token, -1);
    explicit_bzero(bytes, sizeof bytes);
    explicit_bzero(text, strlen(text));
    return TRUE;
}

/* Days are what people give tokens; conf's durations end at hours. */
static gboolean parse_lifetime(const char *text, gint64 *lifetime)
{
    gsize digits = strspn(text, "0123456789");
    g_autofree char *number = g_strndup(text, digits);
    guint64 days = 0;

    if (strcmp(text + digits, "d") == 0 &&
        g_ascii_string_to_unsigned(number, 10, 1, DAYS_MAX, &days, NULL)) {
        *lifetime = (gint64)days * DAY;
        return TRUE;
    }
    return duration_parse(text, lifetime, NULL) && *lifetime > 0 && *lifetime <= DAYS_MAX * DAY;
}

static gboolean set_expires(NewToken *made, const char *text, GError **error)
{
    gint64 now = clock_wall();
    gint64 lifetime;
    gint64 when;

    if (!text)
        return TRUE;
    if (parse_lifetime(text, &lifetime)) {
        when = (now + lifetime) / G_USEC_PER_SEC * G_USEC_PER_SEC;
    } else if (!clock_parse_rfc3339(text, &when, error)) {
        error_reclassify(error, ERROR_USAGE);
        error_set_hint(error, "write how long it is good for, such as 30d or 12h, or until when: "
                              "2027-01-31T18:00:00Z");
        g_prefix_error(error, "--expires: ");
        return FALSE;
    }
    if (when <= now) {
        error_set(error, ERROR_USAGE, "--expires: %s is over", text);
        error_set_hint(error, "a token needs a time that is to come");
        return FALSE;
    }
    made->expires = clock_format_rfc3339(when);
    return TRUE;
}

static gboolean check_scopes(const char *const *scopes, GError **error)
{
    g_autofree char *all = g_strjoinv(", ", (char **)conf_scopes());

    if (!scopes || !scopes[0]) {
        error_set(error, ERROR_USAGE, "a token needs a scope");
        error_set_hint(error, "add --scope, once for each of: %s", all);
        return FALSE;
    }
    for (gsize i = 0; scopes[i]; i++) {
        if (conf_check_scope(scopes[i], error))
            continue;
        g_prefix_error(error, "--scope: ");
        error_reclassify(error, ERROR_USAGE);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_name(const char *name, GError **error)
{
    if (conf_check_token_name(name, error))
        return TRUE;
    g_prefix_error(error, "--name: ");
    error_reclassify(error, ERROR_USAGE);
    return FALSE;
}

static char *format_group(const NewToken *made)
{
    g_autofree char *scopes = g_strjoinv("\", \"", (char **)made->scopes);
    g_autofree char *expires =
        made->expires ? g_strdup_printf(" expires = \"%s\";", made->expires) : g_strdup("");

    return g_strdup_printf("{ name = \"%s\"; sha256 = \"%s\"; scopes = [ \"%s\" ];%s }", made->name,
                           made->sha256, scopes, expires);
}

static char *format_line(const NewToken *made)
{
    g_autofree char *scopes = g_strjoinv(",", (char **)made->scopes);

    return g_strdup_printf("%s %s %s%s%s", made->name, made->sha256, scopes,
                           made->expires ? " " : "", made->expires ? made->expires : "");
}

/* Not through the redactor: this once the token is to be seen. */
static void print_document(const NewToken *made, const char *group, const char *line)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    answer_add_secret(answer, "token", made->token);
    answer_add_text(answer, "name", made->name);
    answer_add_text(answer, "sha256", made->sha256);
    answer_add_texts(answer, "scopes", made->scopes);
    answer_add_text(answer, "expires", made->expires);
    answer_add_text(answer, "config", group);
    answer_add_text(answer, "credential", line);
    document = answer_format(answer);
    terminal_print_verbatim(document);
}

static void print(Cli *cli, const NewToken *made)
{
    g_autofree char *group = format_group(made);
    g_autofree char *line = format_line(made);
    g_autofree char *text = g_strdup_printf("%s\n%s\n", made->token, group);

    if (cli_options(cli)->wants_json) {
        print_document(made, group, line);
        return;
    }
    terminal_print_verbatim(text);
    if (!cli_options(cli)->is_quiet)
        terminal_note("The first line is the token, which is shown only now. The second one goes "
                      "into http.admin.tokens = ( ... ); as a line of the credential "
                      "pgsluice.tokens it is:\n%s\nSIGHUP makes the daemon read it\n",
                      line);
}

static gboolean make(Cli *cli, const char *name, const char *const *scopes, const char *expires,
                     GError **error)
{
    g_auto(NewToken) made = {.name = name, .scopes = scopes};

    if (!check_scopes(scopes, error) || !check_name(name, error) ||
        !set_expires(&made, expires, error) || !make_secret(&made, error))
        return FALSE;
    print(cli, &made);
    return TRUE;
}

gboolean verb_token(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) scopes = NULL;
    g_autofree char *name = NULL;
    g_autofree char *expires = NULL;
    const GOptionEntry entries[] = {
        {"scope", 0, 0, OPTION_TEXTS, &scopes, "What it is good for (repeatable)", "SCOPE"},
        {"name", 0, 0, OPTION_TEXT, &name, "Whose it is, for the audit trail (default: ops)",
         "NAME"},
        {"expires", 0, 0, OPTION_TEXT, &expires, "How long it is good for, or until when",
         "30d|TIME"},
        {NULL},
    };
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb, entries, words, &operands, error))
        return FALSE;
    if (strcmp(operands[0], "new") != 0) {
        error_set(error, ERROR_USAGE, "\"%s\" is nothing that can be done with tokens",
                  operands[0]);
        error_set_hint(error, "usage: pgsluice token new --scope SCOPE");
        return FALSE;
    }
    return make(cli, name ? name : "ops", (const char *const *)scopes, expires, error);
}
