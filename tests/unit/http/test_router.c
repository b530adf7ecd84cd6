/* Paths and methods, good and bad, against one table. */
#include <string.h>

#include "http/router.h"

static HttpResponse *unused(HttpRequest *request, gpointer data)
{
    (void)request;
    (void)data;
    return NULL;
}

static const HttpRoute table[] = {
    {"GET", "/items/{id}", unused, "item"}, {"GET", "/items/stats", unused, "stats"},
    {"GET", "/items", unused, "list"},      {"POST", "/items", unused, "add"},
    {"GET", "/admin/", unused, "page"},     {"GET", "/a/{x}/b/{y}", unused, "two"},
    {"DELETE", "/hold", unused, "release"}, {NULL, NULL, NULL, NULL},
};

typedef struct {
    const char *method;
    const char *path;
    RouterVerdict verdict;
    const char *scope; /* names the row that must be found */
    const char *id;    /* what {id} must be */
} Case;

static const Case cases[] = {
    {"GET", "/items", ROUTER_FOUND, "list", NULL},
    {"HEAD", "/items", ROUTER_FOUND, "list", NULL},
    {"POST", "/items", ROUTER_FOUND, "add", NULL},
    {"GET", "http://host:80/items", ROUTER_FOUND, "list", NULL},
    {"GET", "HTTP://host", ROUTER_NO_PATH, NULL, NULL},
    {"GET", "/%69tems", ROUTER_FOUND, "list", NULL},
    {"GET", "/items/stats", ROUTER_FOUND, "stats", NULL},
    {"GET", "/items/st%61ts", ROUTER_FOUND, "stats", NULL},
    {"GET", "/items/42", ROUTER_FOUND, "item", "42"},
    {"GET", "/items/a%20b", ROUTER_FOUND, "item", "a b"},
    {"GET", "/items/a+b", ROUTER_FOUND, "item", "a+b"},
    {"GET", "/items/%C3%A9", ROUTER_FOUND, "item", "\xc3\xa9"},
    {"GET", "/items/...", ROUTER_FOUND, "item", "..."},
    {"GET", "/admin/", ROUTER_FOUND, "page", NULL},
    {"DELETE", "/hold", ROUTER_FOUND, "release", NULL},
    {"OPTIONS", "/items", ROUTER_OPTIONS, NULL, NULL},
    {"OPTIONS", "/nowhere", ROUTER_NO_PATH, NULL, NULL},

    {"HEAD", "/hold", ROUTER_WRONG_METHOD, NULL, NULL},
    {"PUT", "/items", ROUTER_WRONG_METHOD, NULL, NULL},
    {"get", "/items", ROUTER_WRONG_METHOD, NULL, NULL},
    {"BREW", "/items/1", ROUTER_WRONG_METHOD, NULL, NULL},

    {"GET", "/", ROUTER_NO_PATH, NULL, NULL},
    {"GET", "//", ROUTER_NO_PATH, NULL, NULL},
    {"GET", "//items", ROUTER_NO_PATH, NULL, NULL},
    {"GET", "/items/", ROUTER_NO_PATH, NULL, NULL},
    {"GET", "/items//", ROUTER_NO_PATH, NULL, NULL},
    {"GET", "/admin", ROUTER_NO_PATH, NULL, NULL},
    {"GET", "/items/1/2", ROUTER_NO_PATH, NULL, NULL},
    {"GET", "/items/{id}/", ROUTER_NO_PATH, NULL, NULL},
    {"GET", "/Items", ROUTER_NO_PATH, NULL, NULL},

    {"GET", "", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "*", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "items", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/..", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/.", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/%2e%2E", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/.%2e/x", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/%00", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/a%00b", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/a%2fb", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/%", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/%4", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/%zz", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/%ff", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/%0a", ROUTER_BAD_PATH, NULL, NULL},
    {"GET", "/items/%7f", ROUTER_BAD_PATH, NULL, NULL},
};

static void test_cases(void)
{
    g_autoptr(Router) router = router_new(table);

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *c = &cases[i];
        g_auto(RouterMatch) match = {0};

        g_test_message("%s %s", c->method, c->path);
        router_find(router, c->method, c->path, &match);
        g_assert_cmpint(match.verdict, ==, c->verdict);
        g_assert_cmpstr(match.route ? match.route->scope : NULL, ==, c->scope);
        if (c->verdict == ROUTER_FOUND)
            g_assert_cmpstr(router_parameter(&match, "id"), ==, c->id);
    }
}

static void test_two_parameters(void)
{
    g_autoptr(Router) router = router_new(table);
    g_auto(RouterMatch) match = {0};

    router_find(router, "GET", "/a/one/b/t%77o", &match);

    g_assert_cmpint(match.verdict, ==, ROUTER_FOUND);
    g_assert_cmpstr(router_parameter(&match, "x"), ==, "one");
    g_assert_cmpstr(router_parameter(&match, "y"), ==, "two");
    g_assert_null(router_parameter(&match, "z"));
}

static void test_allow(void)
{
    g_autoptr(Router) router = router_new(table);
    g_auto(RouterMatch) items = {0};
    g_auto(RouterMatch) hold = {0};

    router_find(router, "PUT", "/items", &items);
    router_find(router, "OPTIONS", "/hold", &hold);

    g_assert_cmpstr(items.allow, ==, "GET, HEAD, POST, OPTIONS");
    g_assert_cmpstr(hold.allow, ==, "DELETE, OPTIONS");
}

static void test_longest_path(void)
{
    g_autoptr(Router) router = router_new(table);
    g_autofree char *name = g_strnfill(ROUTER_PATH_MAX - strlen("/items/"), 'x');
    g_autofree char *fits = g_strconcat("/items/", name, NULL);
    g_autofree char *too_long = g_strconcat(fits, "x", NULL);
    g_auto(RouterMatch) found = {0};
    g_auto(RouterMatch) refused = {0};

    router_find(router, "GET", fits, &found);
    router_find(router, "GET", too_long, &refused);

    g_assert_cmpint(found.verdict, ==, ROUTER_FOUND);
    g_assert_cmpstr(router_parameter(&found, "id"), ==, name);
    g_assert_cmpint(refused.verdict, ==, ROUTER_LONG_PATH);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/router/cases", test_cases);
    g_test_add_func("/http/router/two-parameters", test_two_parameters);
    g_test_add_func("/http/router/allow", test_allow);
    g_test_add_func("/http/router/longest-path", test_longest_path);
    return g_test_run();
}
