/* Problem documents. */
#include "client/problem_private.h"

#include <string.h>

#include "client/line.h"

#define TYPE_PREFIX "urn:pgsluice:problem:"

static gboolean find_slug(const char *type, ErrorKind *kind)
{
    static const struct {
        const char *slug;
        ErrorKind kind;
    } rows[] = {
#define PROBLEM(slug, kind) {slug, ERROR_##kind},
#include "client/problem.def"
#undef PROBLEM
    };
    const char *slug;

    if (!type || !g_str_has_prefix(type, TYPE_PREFIX))
        return FALSE;
    slug = type + strlen(TYPE_PREFIX);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_str_equal(rows[i].slug, slug)) {
            *kind = rows[i].kind;
            return TRUE;
        }
    }
    for (guint i = 0; i < ERROR_KIND_COUNT; i++) {
        if (g_str_equal(error_kind_slug((ErrorKind)i), slug)) {
            *kind = (ErrorKind)i;
            return TRUE;
        }
    }
    return FALSE;
}

ErrorKind problem_kind(const char *type, unsigned status, ErrorKind fallback)
{
    ErrorKind kind;

    if (status == 401)
        return ERROR_DAEMON_LOGIN;
    if (find_slug(type, &kind))
        return kind;
    switch (status) {
    case 400:
    case 413:
        return ERROR_USAGE;
    case 403:
    case 409:
    case 412:
    case 422:
    case 428:
        return ERROR_REFUSED;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
        return ERROR_DAEMON_UNREACHABLE;
    case 500:
        return ERROR_INTERNAL;
    default:
        return fallback;
    }
}

gboolean problem_read(const Node *node, ErrorKind fallback, GError **error)
{
    Node type = node_member(node, "type");
    Node title = node_member(node, "title");
    Node detail = node_member(node, "detail");
    Node hint = node_member(node, "hint");
    Node status = node_member(node, "status");
    const char *text = node_is_text(&detail) ? node_text(&detail) : NULL;
    g_autofree char *message = NULL;
    gint64 number = node_is_number(&status) ? node_number(&status) : 0;

    if (!text && node_is_text(&title))
        text = node_text(&title);
    if (!text)
        return FALSE;
    message = line_of(text, LINE_MAX_MESSAGE);
    error_set(error,
              problem_kind(node_is_text(&type) ? node_text(&type) : NULL,
                           number > 0 && number < 1000 ? (unsigned)number : 0, fallback),
              "%s", message);
    if (node_is_text(&hint)) {
        g_autofree char *line = line_of(node_text(&hint), LINE_MAX_MESSAGE);

        error_set_hint(error, "%s", line);
    }
    return TRUE;
}

/* An answer without a text of the daemon's. */
static void describe_status(const char *name, const ClientReply *reply, GError **error)
{
    ErrorKind kind = problem_kind(NULL, reply->status, ERROR_DAEMON_ANSWER);

    error_set(error, kind, "%s answers with status %u, and not as pgsluiced does", name,
              reply->status);
    if (reply->status >= 300 && reply->status <= 399)
        error_set_hint(error, "redirects are not followed: give the URL that it redirects to");
    else
        error_set_hint(error, "is that the address of pgsluiced's admin listener "
                              "(http.admin.listen)?");
}

/* The status line counts, not what the document says of it; and its hint speaks of HTTP. */
static void settle_kind(const ClientReply *reply, GError **error)
{
    if (reply->status == 401) {
        error_reclassify(error, ERROR_DAEMON_LOGIN);
        error_set_hint(error, "a token that the daemon knows: --token-file FILE, or "
                              "PGSLUICE_TOKEN in the environment");
    }
}

void problem_set_error(const char *name, const ClientReply *reply, GError **error)
{
    g_autoptr(Reading) reading = reading_new(reply->body->str, reply->body->len, NULL);
    Node root = reading ? reading_root(reading) : (Node){0};
    ErrorKind kind = problem_kind(NULL, reply->status, ERROR_DAEMON_ANSWER);

    if (!reading || !problem_read(&root, kind, error))
        describe_status(name, reply, error);
    settle_kind(reply, error);
}
