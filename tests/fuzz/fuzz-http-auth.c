/* All that decides who asks, read from what a client sends: the Authorization and Host fields, a
 * certificate's name; and the router before them. Input: the method, the path, the fields and the
 * name, each on a line. */
#include <string.h>

#include "http/auth.h"
#include "http/limits.h"
#include "http/peer.h"
#include "http/router.h"
#include "http/tls.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static HttpResponse *unused(HttpRequest *request, gpointer data)
{
    (void)request;
    (void)data;
    return NULL;
}

static const HttpRoute table[] = {
    {"GET", "/livez", unused, NULL},
    {"GET", "/admin/migrations", unused, "read"},
    {"GET", "/admin/operations/{id}", unused, "read"},
    {"POST", "/admin/migrations/rollback", unused, "rollback"},
    {NULL, NULL, NULL, NULL},
};

static void check_authorization(const char *field)
{
    const char *token = auth_bearer_token(field);
    AuthDigest digest;

    if (!token)
        return;
    g_assert_true(token > field && token < field + strlen(field));
    g_assert_true(strlen(token) <= AUTH_TOKEN_MAX);
    for (const char *at = token; *at; at++)
        g_assert_true(g_ascii_isgraph(*at) && !strchr("\"\\,;", *at));
    digest = auth_digest_of(token);
    g_assert_true(auth_digest_equal(&digest, &digest));
}

/* Whatever is around it, nothing is a loopback name that an attacker can own. */
static void check_host(const char *field)
{
    g_autofree char *host = peer_split_host(field);

    if (host && peer_is_loopback_name(host))
        g_assert_true(g_ascii_strcasecmp(host, "localhost") == 0 ||
                      strspn(host, "0123456789.") == strlen(host) || strchr(host, ':'));
}

static void check_subject(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *subject = http_tls_subject(text, &error);
    g_autofree char *again = subject ? http_tls_subject(subject, NULL) : NULL;

    g_assert_true((subject == NULL) == (error != NULL));
    if (again)
        g_assert_cmpuint(strlen(again), >, 0);
}

static void check_route(const char *method, const char *path)
{
    g_autoptr(Router) router = router_new(table);
    g_auto(RouterMatch) match = {0};

    router_find(router, method, path, &match);
    g_assert_true((match.verdict == ROUTER_FOUND) == (match.route != NULL));
}

static void check_limits(const char *peer)
{
    g_autoptr(Limits) limits = limits_new();

    for (int i = 0; i < LIMITS_BURST; i++)
        limits_fail(limits, peer, 0);
    g_assert_true(limits_wait(limits, peer, 0) > 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *input = g_strndup(size > 0 ? (const char *)data : "", size);
    g_auto(GStrv) lines = g_strsplit(input, "\n", 5);
    AuthDigest digest;

    if (g_strv_length(lines) < 5)
        return 0;
    check_route(lines[0], lines[1]);
    check_authorization(lines[2]);
    auth_digest_parse(lines[2], &digest);
    check_host(lines[3]);
    check_subject(lines[4]);
    if (lines[3][0])
        check_limits(lines[3]);
    return 0;
}
