/* Any method and any path against a table like the real one: what is found must keep the promises
 * that handlers rely on. Input: the method, a line end, the path. */
#include <string.h>

#include "http/router.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static HttpResponse *unused(HttpRequest *request, gpointer data)
{
    (void)request;
    (void)data;
    return NULL;
}

static const HttpRoute table[] = {
    {"GET", "/livez", unused, NULL},
    {"POST", "/v1/usage-logs", unused, NULL},
    {"GET", "/v1/usage-logs/{id}", unused, NULL},
    {"GET", "/v1/usage-logs/stats", unused, NULL},
    {"GET", "/admin/", unused, NULL},
    {"GET", "/a/{id}/{x}", unused, NULL},
    {NULL, NULL, NULL, NULL},
};

static void check_parameter(const char *value)
{
    g_assert_true(*value != '\0' && strlen(value) <= ROUTER_PATH_MAX);
    g_assert_true(g_utf8_validate(value, -1, NULL));
    g_assert_null(strchr(value, '/'));
    g_assert_true(strcmp(value, "..") != 0 && strcmp(value, ".") != 0);
    for (; *value; value++)
        g_assert_false(g_ascii_iscntrl(*value));
}

static void check_match(const RouterMatch *match)
{
    const char *id = router_parameter(match, "id");

    g_assert_true((match->verdict == ROUTER_FOUND) == (match->route != NULL));
    g_assert_true((match->allow != NULL) == (match->pattern != NULL));
    if (match->verdict == ROUTER_WRONG_METHOD || match->verdict == ROUTER_OPTIONS)
        g_assert_nonnull(match->allow);
    if (match->route && strchr(match->route->path, '{'))
        g_assert_nonnull(id);
    if (match->route && id)
        check_parameter(id);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *input = g_strndup(size > 0 ? (const char *)data : "", size);
    char *path = strchr(input, '\n');
    g_autoptr(Router) router = router_new(table);
    g_auto(RouterMatch) match = {0};

    if (!path)
        return 0;
    *path++ = '\0';
    router_find(router, input, path, &match);
    check_match(&match);
    return 0;
}
