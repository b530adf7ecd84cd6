/* Problem documents. */
#include "client/problem_private.h"

#include <string.h>

#include "client/line.h"

#define TYPE_PREFIX "urn:pgsluice:problem:"

static const struct {
    const char *slug;
    ErrorKind kind;
    const char *hint;
} rows[] = {
#define PROBLEM(slug, kind, hint) {slug, ERROR_##kind, hint},
#include "client/problem.def"
#undef PROBLEM
};

/* The slug of a type of ours, or NULL. */
static const char *slug_of(const char *type)
{
    return type && g_str_has_prefix(type, TYPE_PREFIX) ? type + strlen(TYPE_PREFIX) : NULL;
}

/* What to type next by our own table, or NULL. */
static const char *hint_of(const char *type)
{
    const char *slug = slug_of(type);

    for (gsize i = 0; slug && i < G_N_ELEMENTS(rows); i++) {
        if (g_str_equal(rows[i].slug, slug))
            return rows[i].hint;
    }
    return NULL;
}

static gboolean find_kind(const char *slug, ErrorKind *kind)
{
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
    const char *slug = slug_of(type);
    ErrorKind kind;

    if (status == 401)
        return ERROR_DAEMON_LOGIN;
    if (slug && find_kind(slug, &kind))
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

/* The text of a member, or NULL when it has none: a problem is shown as far as it is understood. */
static const char *text_of(const Node *problem, const char *key)
{
    Node node = node_member(problem, key);

    return node_is_text(&node) ? node_text(&node) : NULL;
}

static unsigned status_of(const Node *problem)
{
    Node node = node_member(problem, "status");

    return node_is_number(&node) && node_number(&node) < 1000 ? (unsigned)node_number(&node) : 0;
}

gboolean problem_read(const Node *node, ErrorKind fallback, GError **error)
{
    const char *type = text_of(node, "type");
    const char *detail = text_of(node, "detail");
    const char *text = detail ? detail : text_of(node, "title");
    const char *hint = hint_of(type) ? hint_of(type) : text_of(node, "hint");
    g_autofree char *message = text ? line_of(text, LINE_MAX_MESSAGE) : NULL;
    g_autofree char *next = hint ? line_of(hint, LINE_MAX_MESSAGE) : NULL;

    if (!message)
        return FALSE;
    error_set(error, problem_kind(type, status_of(node), fallback), "%s", message);
    if (next)
        error_set_hint(error, "%s", next);
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
