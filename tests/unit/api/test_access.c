/* The rules of the traffic listener, on a server with a route of its own. */
#include <string.h>

#include "../http/client.h"
#include "api/access.h"
#include "http/server.h"

/* SHA-256 of "reader". */
static const char reader_sha256[] =
    "3d0941964aa3ebdcb00ccef58b1bb399f9f898465e9886d5aec7f31090a0fb30";

typedef struct {
    Access *access;
    Logins *logins;
    HttpServer *server;
} Fixture;

static HttpResponse *tell_principal(HttpRequest *request, gpointer data)
{
    const char *principal = http_request_principal(request);
    g_autofree char *address = http_request_peer_address(request);
    char *text = g_strdup_printf("%s at %s", principal ? principal : "somebody", address);
    g_autoptr(GBytes) body = g_bytes_new_take(text, strlen(text));

    (void)data;
    return http_response_new(200, "text/plain", body);
}

static const HttpRoute routes[] = {
    {"GET", "/livez", tell_principal, NULL},
    {"GET", "/v1/usage-logs", tell_principal, "usage:read"},
    {"POST", "/v1/usage-logs", tell_principal, "usage:write"},
    {NULL, NULL, NULL, NULL},
};

static HttpResponse *guard(HttpRequest *request, const HttpRoute *route, gpointer data)
{
    Fixture *f = data;

    return access_check(f->access, f->logins, API_TRAFFIC, request, route);
}

static void set_up(Fixture *f, gconstpointer needs_scopes)
{
    static const char *const scopes[] = {"usage:read", NULL};
    const ApiToken token = {"app", reader_sha256, scopes, 0};
    const ApiAccess rules = {.anonymous_read = TRUE,
                             .traffic_needs_scopes = needs_scopes != NULL,
                             .tokens = &token,
                             .token_count = 1};
    const HttpServerOptions options = {.name = "traffic",
                                       .address = "127.0.0.1:0",
                                       .routes = routes,
                                       .guard = guard,
                                       .data = f,
                                       .threads = 1,
                                       .connections_max = 16,
                                       .idle_timeout = 10 * G_USEC_PER_SEC,
                                       .body_max = 4096,
                                       .header_max = 16384};

    f->access = access_new(&rules);
    f->logins = logins_new();
    f->server = http_server_start(&options, NULL);
    g_assert_nonnull(f->server);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    http_server_free(f->server);
    logins_free(f->logins);
    access_unref(f->access);
}

static void assert_answer(Fixture *f, const char *method, const char *path, const char *fields,
                          unsigned status, const char *text)
{
    g_autoptr(Reply) reply = client_ask(http_server_url(f->server), method, path, fields);

    g_assert_cmpuint(reply->status, ==, status);
    g_assert_nonnull(strstr(reply->body, text));
}

static void test_open(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_answer(f, "GET", "/v1/usage-logs", NULL, 200, "somebody at 127.0.0.1");
    assert_answer(f, "POST", "/v1/usage-logs", "Content-Length: 0\r\n", 200, "somebody");
    assert_answer(f, "POST", "/v1/usage-logs", "Content-Length: 0\r\nAuthorization: Bearer no\r\n",
                  200, "somebody");
}

static void test_scopes(Fixture *f, gconstpointer data)
{
    static const char token[] = "Authorization: Bearer reader\r\n";

    (void)data;
    assert_answer(f, "GET", "/livez", NULL, 200, "somebody");
    assert_answer(f, "GET", "/v1/usage-logs", NULL, 401, "problem:unauthenticated");
    assert_answer(f, "GET", "/v1/usage-logs", token, 200, "token:app at 127.0.0.1");
    assert_answer(f, "POST", "/v1/usage-logs", token, 403, "problem:insufficient-scope");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/access/traffic/open", Fixture, NULL, set_up, test_open, tear_down);
    g_test_add("/access/traffic/scopes", Fixture, "", set_up, test_scopes, tear_down);
    return g_test_run();
}
