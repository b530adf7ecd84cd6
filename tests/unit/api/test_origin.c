/* Whose word counts when proxies stand in between. */
#include <glib.h>

#include "api/origin.h"
#include "base/error.h"

static const char *const proxies[] = {"10.0.0.0/8", "192.0.2.1", "2001:db8:ffff::/48", "unix",
                                      NULL};

static void assert_origin(const Origins *origins, const char *peer, const char *hops,
                          const char *expected)
{
    UsageAddress address;
    gboolean is_known = origins_find(origins, peer, hops, &address);
    g_autofree char *found = is_known ? usage_address_format(&address) : NULL;

    g_test_message("%s, %s", peer, hops ? hops : "(none)");
    g_assert_cmpstr(found, ==, expected);
}

static void test_x_forwarded_for(void)
{
    g_autoptr(Origins) origins = origins_new(proxies, ORIGIN_X_FORWARDED_FOR, NULL);

    assert_origin(origins, "10.1.1.1", NULL, "10.1.1.1");
    assert_origin(origins, "10.1.1.1", "", "10.1.1.1");
    assert_origin(origins, "10.1.1.1", "6.6.6.6,203.0.113.9 , 192.0.2.1", "203.0.113.9");
    assert_origin(origins, "203.0.113.1", "6.6.6.6", "203.0.113.1");
    assert_origin(origins, "unix (uid 1000)", "203.0.113.9", "203.0.113.9");
    assert_origin(origins, "unix (uid 1000)", NULL, NULL);
    assert_origin(origins, "2001:db8:ffff:1::1", "[2001:db8::5]:443", "2001:db8::5");
    assert_origin(origins, "10.1.1.1", "203.0.113.9:4711", "203.0.113.9");
    assert_origin(origins, "10.1.1.1", "10.2.2.2, 10.3.3.3", "10.2.2.2");
    for (const char *const *bad =
             (const char *const[]){"unknown", "_x", "203.0.113.9/24", "203.0.113.9,", "[::1", ",",
                                   "fe80::1%eth0", "0x7f.1", "6.6.6.6, unknown, 10.1.1.1", NULL};
         *bad; bad++)
        assert_origin(origins, "10.1.1.1", *bad, NULL);
}

static void test_forwarded(void)
{
    g_autoptr(Origins) origins = origins_new(proxies, ORIGIN_FORWARDED, NULL);

    g_assert_cmpstr(origins_field(origins), ==, "Forwarded");
    assert_origin(origins, "10.1.1.1", "for=6.6.6.6, proto=https; For=203.0.113.9;by=10.1.1.1",
                  "203.0.113.9");
    assert_origin(origins, "10.1.1.1", "for=\"[2001:db8::5]:4711\"", "2001:db8::5");
    assert_origin(origins, "10.1.1.1", "for=\"6.6.6.6, for=203.0.113.9", "203.0.113.9");
    assert_origin(origins, "10.1.1.1", "for=203.0.113.9, for=_hidden", NULL);
    assert_origin(origins, "10.1.1.1", "proto=https", NULL);
    assert_origin(origins, "10.1.1.1", ";;;=\"", NULL);
}

/* The longest list that a header can hold is no reason to walk it to its end. */
static void test_many_hops(void)
{
    g_autoptr(Origins) origins = origins_new(proxies, ORIGIN_X_FORWARDED_FOR, NULL);
    g_autoptr(GString) hops = g_string_new("203.0.113.9");

    for (int i = 0; i < 3; i++)
        g_string_append(hops, ", 10.0.0.1");
    assert_origin(origins, "10.1.1.1", hops->str, "203.0.113.9");
    for (int i = 0; i < 1000; i++)
        g_string_append(hops, ", 10.0.0.1");
    assert_origin(origins, "10.1.1.1", hops->str, "10.0.0.1");
}

static void test_bad_proxy(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(
        origins_new((const char *const[]){"10.0.0.0/33", NULL}, ORIGIN_FORWARDED, &error));
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_assert_nonnull(error_hint(error));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/origin/x-forwarded-for", test_x_forwarded_for);
    g_test_add_func("/api/origin/forwarded", test_forwarded);
    g_test_add_func("/api/origin/many-hops", test_many_hops);
    g_test_add_func("/api/origin/bad-proxy", test_bad_proxy);
    return g_test_run();
}
