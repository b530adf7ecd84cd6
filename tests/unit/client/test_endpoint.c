/* Addresses of daemons, and what must not be sent to them in clear text. */
#include "client/endpoint.h"

#include "base/error.h"

static void test_urls(void)
{
    static const struct {
        const char *url;
        const char *base; /* NULL: refused */
    } rows[] = {
        {"http://127.0.0.1:8081", "http://127.0.0.1:8081"},
        {"https://db1", "https://db1"},
        {"https://db1/", "https://db1"},
        {"https://[::1]:8081//", "https://[::1]:8081"},
        {"http://proxy/pgsluice/", "http://proxy/pgsluice"},
        {"HTTP://db1", "http://db1"},
        {"", NULL},
        {"db1:8081", NULL},
        {"ftp://db1", NULL},
        {"file:///etc/passwd", NULL},
        {"http://", NULL},
        {"http:///path", NULL},
        {"http://ops:secret@db1", NULL},
        {"http://ops@db1", NULL},
        {"http://db1/?x=1", NULL},
        {"http://db1/#x", NULL},
        {"http://db1:port", NULL},
        {"http://db 1", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Endpoint) endpoint = endpoint_new_url(rows[i].url, &error);

        g_test_message("%s", rows[i].url);
        g_assert_cmpstr(endpoint ? endpoint->base : NULL, ==, rows[i].base);
        g_assert_true(endpoint || error_is(error, ERROR_USAGE));
    }
}

static void test_exposed_tokens(void)
{
    static const struct {
        const char *url;
        gboolean is_exposed;
    } rows[] = {
        {"http://db1:8081", TRUE},          {"https://db1:8081", FALSE},
        {"http://127.0.0.1:8081", FALSE},   {"http://LOCALHOST", FALSE},
        {"http://[::1]:8081", FALSE},       {"http://127.0.0.1.evil.example", TRUE},
        {"http://localhost.example", TRUE}, {"http://10.0.0.7", TRUE},
    };

    g_setenv("PGSLUICE_TOKEN", "let-me-in", TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Endpoint) endpoint = endpoint_new_url(rows[i].url, NULL);

        g_test_message("%s", rows[i].url);
        g_assert_false(endpoint_exposes_token(endpoint));
        g_assert_true(endpoint_find_token(endpoint, NULL, NULL));
        g_assert_cmpint(endpoint_exposes_token(endpoint), ==, rows[i].is_exposed);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/client/endpoint/urls", test_urls);
    g_test_add_func("/client/endpoint/exposed-tokens", test_exposed_tokens);
    return g_test_run();
}
