/* The routes as clients see them, over real listeners, while the world changes underneath. */
#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../http/client.h"
#include "../view/sample.h"
#include "api/api.h"
#include "base/backoff.h"
#include "base/clock.h"

enum { PUBLISHED = 1000, PATIENCE = 20 * G_USEC_PER_SEC };

/* SHA-256 of "reader" and "writer". */
static const char reader_sha256[] =
    "3d0941964aa3ebdcb00ccef58b1bb399f9f898465e9886d5aec7f31090a0fb30";
static const char writer_sha256[] =
    "b93006774cbdd4b299389a03ac3d88c3a76b460d538795bc12718011a909fba5";

typedef struct {
    Api *api;
    Graph *graph;
    const char *traffic; /* URLs */
    const char *admin;
} Fixture;

static Graph *make_graph(void)
{
    static const char *const headers[] = {
        "-- first\n-- Revision ID: a1\n-- Revises:\n",
        "-- second\n-- Revision ID: b2\n-- Revises: a1\n",
        "-- third\n-- Revision ID: c3\n-- Revises: b2\n",
        NULL,
    };

    return sample_graph(headers);
}

static void listen_on(Api *api, ApiListener listener, const char *address)
{
    const ApiListenOptions options = {.listener = listener,
                                      .address = address,
                                      .threads = 2,
                                      .connections_max = 64,
                                      .idle_timeout = 30 * G_USEC_PER_SEC,
                                      .body_max = 4096,
                                      .header_max = 16384};
    g_autoptr(GError) error = NULL;

    api_listen(api, &options, &error);
    g_assert_no_error(error);
}

static void allow(Api *api, gboolean anonymous_read, const ApiToken *tokens, gsize count)
{
    const ApiAccess access = {
        .anonymous_read = anonymous_read, .tokens = tokens, .token_count = count};

    api_set_access(api, &access);
}

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->api = api_new();
    f->graph = make_graph();
    listen_on(f->api, API_TRAFFIC, "127.0.0.1:0");
    listen_on(f->api, API_ADMIN, "127.0.0.1:0");
    f->traffic = api_urls(f->api, API_TRAFFIC)[0];
    f->admin = api_urls(f->api, API_ADMIN)[0];
    g_assert_null(api_urls(f->api, API_ADMIN)[1]);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    api_free(f->api);
    graph_free(f->graph);
}

static void publish_closed(Fixture *f)
{
    const ApiSnapshot closed = {.state = "waiting_for_lock",
                                .reason = "somebody migrates",
                                .retry_after = 7,
                                .document = "{\"n\": 1}\n",
                                .etag = "\"one\""};

    api_publish(f->api, &closed);
}

/* Open, with b2 and everything below it applied. */
static void publish_open(Fixture *f)
{
    static const char *const heads[] = {"b2", "foreign", NULL};
    const ApiSnapshot open = {.is_open = TRUE,
                              .state = "open",
                              .reason = "all is well",
                              .document = "{\"n\": 2}\n",
                              .etag = "\"two\"",
                              .heads = heads,
                              .graph = f->graph};

    api_publish(f->api, &open);
}

static void assert_status(const char *url, const char *path, unsigned status)
{
    g_autoptr(Reply) reply = client_ask(url, "GET", path, NULL);

    g_test_message("%s", path);
    g_assert_cmpuint(reply->status, ==, status);
}

static void assert_field(const Reply *reply, const char *name, const char *expected)
{
    g_autofree char *value = reply_field(reply, name);

    g_assert_cmpstr(value, ==, expected);
}

static void test_before_the_first_snapshot(Fixture *f, gconstpointer data)
{
    g_autoptr(Reply) live = client_ask(f->traffic, "GET", "/livez", NULL);

    (void)data;
    g_assert_cmpuint(live->status, ==, 200);
    g_assert_nonnull(strstr(live->body, "\"state\": \"starting\""));
    assert_status(f->traffic, "/readyz", 503);
    assert_status(f->traffic, "/gate", 503);
    assert_status(f->admin, "/livez", 200);
    assert_status(f->admin, "/admin/migrations", 401);
    allow(f->api, TRUE, NULL, 0);
    assert_status(f->admin, "/admin/migrations", 503);
}

static void test_closed(Fixture *f, gconstpointer data)
{
    g_autoptr(Reply) live = NULL;
    g_autoptr(Reply) ready = NULL;
    g_autoptr(Reply) gate = NULL;

    (void)data;
    publish_closed(f);
    live = client_ask(f->traffic, "GET", "/livez", NULL);
    ready = client_ask(f->admin, "GET", "/readyz", NULL);
    gate = client_ask(f->traffic, "GET", "/gate", NULL);

    g_assert_cmpuint(live->status, ==, 200);
    g_assert_cmpuint(ready->status, ==, 503);
    assert_field(ready, "Retry-After", "7");
    assert_field(ready, "Content-Type", "application/problem+json");
    g_assert_nonnull(strstr(ready->body, "\"state\":\"waiting_for_lock\""));
    g_assert_nonnull(strstr(ready->body, "\"reason\":\"somebody migrates\""));
    g_assert_cmpuint(gate->status, ==, 503);
    assert_field(gate, "Retry-After", "7");
    assert_status(f->traffic, "/gate?revision=a1", 503);
}

static void test_open(Fixture *f, gconstpointer data)
{
    g_autoptr(Reply) ready = NULL;
    g_autoptr(Reply) head = NULL;

    (void)data;
    publish_open(f);
    ready = client_ask(f->traffic, "GET", "/readyz", NULL);
    head = client_ask(f->traffic, "HEAD", "/readyz", NULL);

    g_assert_cmpuint(ready->status, ==, 200);
    assert_field(ready, "Content-Type", "application/json");
    assert_field(ready, "Cache-Control", "no-store");
    g_assert_cmpstr(ready->body, ==,
                    "{\n  \"state\": \"open\",\n  \"reason\": \"all is well\"\n}\n");
    g_assert_cmpuint(head->status, ==, 200);
    assert_status(f->traffic, "/gate", 204);
}

static void test_gate_by_revision(Fixture *f, gconstpointer data)
{
    g_autoptr(Reply) pending = NULL;
    g_autoptr(Reply) unknown = NULL;

    (void)data;
    publish_open(f);
    assert_status(f->traffic, "/gate?revision=a1", 204);
    assert_status(f->traffic, "/gate?revision=b%32", 204);
    assert_status(f->traffic, "/gate?revision=foreign", 204);
    assert_status(f->traffic, "/gate?revision=", 503);
    pending = client_ask(f->traffic, "GET", "/gate?revision=c3", NULL);
    unknown = client_ask(f->traffic, "GET", "/gate?revision=9%22z", NULL);

    g_assert_cmpuint(pending->status, ==, 503);
    g_assert_nonnull(strstr(pending->body, "Revision \\\"c3\\\" is not applied"));
    g_assert_cmpuint(unknown->status, ==, 503);
    g_assert_nonnull(strstr(unknown->body, "Revision \\\"9\\\"z\\\" is neither in the files"));
}

static void publish_newer(Fixture *f, const char *const *heads)
{
    static const char *const applied[] = {"a1", "b2", "d4", NULL};
    const ApiSnapshot newer = {.is_open = TRUE,
                               .state = "open",
                               .reason = "all is well",
                               .heads = heads,
                               .applied = applied,
                               .graph = f->graph};

    api_publish(f->api, &newer);
}

/* The head is of a release after ours: what it stands on is told by the records. */
static void test_gate_of_newer_database(Fixture *f, gconstpointer data)
{
    static const char *const recorded[] = {"d4", NULL};
    static const char *const foreign[] = {"d4", "foreign", NULL};

    (void)data;
    publish_newer(f, recorded);
    assert_status(f->traffic, "/gate?revision=a1", 204);
    assert_status(f->traffic, "/gate?revision=b2", 204);
    assert_status(f->traffic, "/gate?revision=d4", 204);
    assert_status(f->traffic, "/gate?revision=c3", 503);
    publish_newer(f, foreign);
    assert_status(f->traffic, "/gate?revision=b2", 503);
}

static void test_status_document(Fixture *f, gconstpointer data)
{
    g_autoptr(Reply) first = NULL;
    g_autoptr(Reply) unchanged = NULL;
    g_autoptr(Reply) changed = NULL;
    g_autoptr(Reply) head = NULL;

    (void)data;
    allow(f->api, TRUE, NULL, 0);
    publish_closed(f);
    first = client_ask(f->admin, "GET", "/admin/migrations", NULL);
    unchanged = client_ask(f->admin, "GET", "/admin/migrations", "If-None-Match: \"one\"\r\n");
    head = client_ask(f->admin, "HEAD", "/admin/migrations", "If-None-Match: \"x\"\r\n");
    publish_open(f);
    changed = client_ask(f->admin, "GET", "/admin/migrations", "If-None-Match: \"one\"\r\n");

    g_assert_cmpstr(first->body, ==, "{\"n\": 1}\n");
    assert_field(first, "ETag", "\"one\"");
    assert_field(first, "Cache-Control", "no-cache");
    g_assert_cmpuint(unchanged->status, ==, 304);
    assert_field(unchanged, "ETag", "\"one\"");
    g_assert_cmpuint(head->status, ==, 200);
    assert_field(head, "Content-Length", "9");
    g_assert_cmpuint(changed->status, ==, 200);
    assert_field(changed, "ETag", "\"two\"");
}

static void test_listeners_are_apart(Fixture *f, gconstpointer data)
{
    (void)data;
    allow(f->api, TRUE, NULL, 0);
    publish_open(f);
    assert_status(f->traffic, "/admin/migrations", 404);
    assert_status(f->admin, "/gate", 404);
}

static void test_access(Fixture *f, gconstpointer data)
{
    static const char *const read_scope[] = {"read", NULL};
    static const char *const other_scope[] = {"rollback", NULL};
    const ApiToken tokens[] = {{"broken", "zz", read_scope},
                               {"reader", reader_sha256, read_scope},
                               {"writer", writer_sha256, other_scope}};
    const char *path = "/admin/migrations";
    g_autoptr(Reply) nobody = NULL;
    g_autoptr(Reply) reader = NULL;
    g_autoptr(Reply) writer = NULL;
    g_autoptr(Reply) stranger = NULL;

    (void)data;
    allow(f->api, FALSE, tokens, G_N_ELEMENTS(tokens));
    publish_open(f);
    nobody = client_ask(f->admin, "GET", path, NULL);
    reader = client_ask(f->admin, "GET", path, "Authorization: Bearer reader\r\n");
    writer = client_ask(f->admin, "GET", path, "Authorization: bearer writer\r\n");
    stranger = client_ask(f->admin, "GET", path, "Authorization: Bearer zz\r\n");

    g_assert_cmpuint(nobody->status, ==, 401);
    assert_field(nobody, "WWW-Authenticate", "Bearer realm=\"pgsluice\"");
    g_assert_cmpuint(reader->status, ==, 200);
    g_assert_cmpuint(writer->status, ==, 403);
    g_assert_nonnull(strstr(writer->body, "does not have the scope"));
    g_assert_cmpuint(stranger->status, ==, 401);
    g_assert_null(strstr(stranger->body, "\"n\""));
    assert_status(f->admin, "/readyz", 200);
}

static void test_expired_token(Fixture *f, gconstpointer data)
{
    static const char *const read_scope[] = {"read", NULL};
    const ApiToken tokens[] = {
        {"old", reader_sha256, read_scope, clock_wall() - 1},
        {"young", writer_sha256, read_scope, clock_wall() + 60 * G_USEC_PER_SEC}};
    g_autoptr(Reply) old = NULL;
    g_autoptr(Reply) young = NULL;

    (void)data;
    allow(f->api, FALSE, tokens, G_N_ELEMENTS(tokens));
    publish_open(f);
    old = client_ask(f->admin, "GET", "/admin/migrations", "Authorization: Bearer reader\r\n");
    young = client_ask(f->admin, "GET", "/admin/migrations", "Authorization: Bearer writer\r\n");

    g_assert_cmpuint(old->status, ==, 401);
    g_assert_nonnull(strstr(old->body, "urn:pgsluice:problem:token-expired"));
    g_assert_nonnull(strstr(old->body, "has expired at "));
    assert_field(old, "WWW-Authenticate",
                 "Bearer realm=\"pgsluice\", error=\"invalid_token\", "
                 "error_description=\"The token has expired\"");
    g_assert_cmpuint(young->status, ==, 200);
}

static unsigned ask_with(Fixture *f, const char *token)
{
    g_autofree char *field = g_strdup_printf("Authorization: Bearer %s\r\n", token);
    g_autoptr(Reply) reply = client_ask(f->admin, "GET", "/admin/migrations", field);

    if (reply->status == 429) {
        g_autofree char *retry_after = reply_field(reply, "Retry-After");

        g_assert_cmpint(atoi(retry_after), >, 0);
    }
    return reply->status;
}

/* The eleventh wrong token in a row is not looked at, and a right one is not either: whoever
 * guesses must not learn which it was. Who shows none is served as ever. */
static void test_guesses_are_limited(Fixture *f, gconstpointer data)
{
    static const char *const read_scope[] = {"read", NULL};
    const ApiToken token = {"reader", reader_sha256, read_scope, 0};
    g_autoptr(Reply) free_read = NULL;
    Client *clients[10];

    (void)data;
    allow(f->api, FALSE, &token, 1);
    publish_open(f);
    g_assert_cmpuint(ask_with(f, "reader"), ==, 200);
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++) {
        clients[i] = client_new(f->admin);
        client_send(clients[i], "GET /admin/migrations HTTP/1.1\r\nHost: localhost\r\n"
                                "Authorization: Bearer guess\r\n\r\n");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++) {
        g_autoptr(Reply) reply = client_read(clients[i], FALSE);

        g_assert_cmpuint(reply->status, ==, 401);
        client_free(clients[i]);
    }
    g_assert_cmpuint(ask_with(f, "guess"), ==, 429);
    g_assert_cmpuint(ask_with(f, "reader"), ==, 429);
    assert_status(f->admin, "/admin/migrations", 401);
    assert_status(f->admin, "/readyz", 200);
    allow(f->api, TRUE, &token, 1);
    free_read = client_ask(f->admin, "GET", "/admin/migrations", NULL);
    g_assert_cmpuint(free_read->status, ==, 200);
}

/* Nothing of the body that comes with it is left for the next request. */
static void test_wrong_token_is_answered_late(Fixture *f, gconstpointer data)
{
    gint64 start = clock_monotonic();
    g_autoptr(Client) wrong = client_new(f->admin);
    g_autoptr(Reply) late = NULL;
    g_autoptr(Reply) next = NULL;

    (void)data;
    publish_open(f);
    client_send(wrong,
                "GET /admin/migrations HTTP/1.1\r\nHost: localhost\r\n"
                "Authorization: Bearer guess\r\nContent-Length: 3000\r\n\r\n%03000d"
                "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
                0);
    late = client_read(wrong, FALSE);
    next = client_read(wrong, FALSE);
    g_assert_cmpuint(late->status, ==, 401);
    g_assert_cmpint(clock_monotonic() - start, >=, 200 * G_TIME_SPAN_MILLISECOND);
    g_assert_cmpuint(next->status, ==, 200);
}

/* What the guard says of a call by this process over a Unix socket. */
static char *ask_as_peer(Fixture *f, const char *url, const ApiPeers *peers, gsize count)
{
    const ApiAccess access = {.peers = peers, .peers_count = count};
    g_autoptr(Reply) reply = NULL;

    api_set_access(f->api, &access);
    reply = client_ask(url, "GET", "/admin/migrations", NULL);
    return g_strdup_printf("%u %s", reply->status, reply->status == 200 ? "" : reply->body);
}

static void test_unix_peers(Fixture *f, gconstpointer data)
{
    static const char *const read_scope[] = {"read", NULL};
    static const char *const other_scope[] = {"rollback", NULL};
    const guint32 uid = getuid();
    const guint32 gid = getgid();
    const guint32 other = uid + 1;
    const ApiPeers me = {&uid, 1, NULL, 0, read_scope};
    const ApiPeers my_group = {NULL, 0, &gid, 1, read_scope};
    const ApiPeers me_for_less = {&uid, 1, NULL, 0, other_scope};
    const ApiPeers somebody = {&other, 1, NULL, 0, read_scope};
    const ApiPeers both[] = {me_for_less, my_group};
    g_autofree char *folder = g_dir_make_tmp("pgsluice-api-XXXXXX", NULL);
    g_autofree char *url = g_strdup_printf("unix:%s/admin.sock", folder);
    g_autofree char *principal = g_strdup_printf("uid:%u does not have the scope", uid);
    g_autofree char *hint = g_strdup_printf("add uid %u to http.admin.peers", uid);
    g_autofree char *as_me = NULL;
    g_autofree char *as_group = NULL;
    g_autofree char *as_less = NULL;
    g_autofree char *as_both = NULL;
    g_autofree char *as_other = NULL;

    (void)data;
    publish_open(f);
    listen_on(f->api, API_ADMIN, url);
    as_me = ask_as_peer(f, url, &me, 1);
    as_group = ask_as_peer(f, url, &my_group, 1);
    as_less = ask_as_peer(f, url, &me_for_less, 1);
    as_both = ask_as_peer(f, url, both, 2);
    as_other = ask_as_peer(f, url, &somebody, 1);
    g_assert_cmpstr(as_me, ==, "200 ");
    g_assert_cmpstr(as_group, ==, "200 ");
    g_assert_true(g_str_has_prefix(as_less, "403 "));
    g_assert_nonnull(strstr(as_less, principal));
    g_assert_cmpstr(as_both, ==, "200 ");
    g_assert_true(g_str_has_prefix(as_other, "401 "));
    g_assert_nonnull(strstr(as_other, hint));
    assert_status(f->admin, "/admin/migrations", 401); /* loopback has no users */
    api_drain(f->api, G_USEC_PER_SEC);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* An IPv4 address of this host that is not loopback, as "ADDRESS:0"; NULL when it has none. */
static char *find_outer_address(void)
{
    struct ifaddrs *all = NULL;
    char *found = NULL;

    g_assert_cmpint(getifaddrs(&all), ==, 0);
    for (struct ifaddrs *one = all; one && !found; one = one->ifa_next) {
        char text[INET_ADDRSTRLEN];

        if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET ||
            (one->ifa_flags & (IFF_LOOPBACK | IFF_UP)) != IFF_UP)
            continue;
        inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)one->ifa_addr)->sin_addr, text,
                  sizeof text);
        found = g_strconcat(text, ":0", NULL);
    }
    freeifaddrs(all);
    return found;
}

static void test_anonymous_reads_are_local(Fixture *f, gconstpointer data)
{
    g_autofree char *outer = find_outer_address();
    g_autofree char *folder = g_dir_make_tmp("pgsluice-api-XXXXXX", NULL);
    g_autofree char *local = g_strdup_printf("unix:%s/admin.sock", folder);

    (void)data;
    allow(f->api, TRUE, NULL, 0);
    publish_open(f);
    listen_on(f->api, API_ADMIN, local);
    assert_status(local, "/admin/migrations", 200);
    if (outer) {
        listen_on(f->api, API_ADMIN, outer);
        assert_status(api_urls(f->api, API_ADMIN)[2], "/admin/migrations", 401);
        assert_status(api_urls(f->api, API_ADMIN)[2], "/readyz", 200);
    } else {
        g_test_skip("this host has no address but loopback");
    }
    api_drain(f->api, G_USEC_PER_SEC); /* removes the socket file */
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static unsigned ask_by_host(Fixture *f, const char *host, const char *fields)
{
    g_autoptr(Client) client = client_new(f->admin);
    g_autoptr(Reply) reply = NULL;

    g_test_message("%s", host);
    client_send(client, "GET /admin/migrations HTTP/1.1\r\nHost: %s\r\n%s\r\n", host, fields);
    reply = client_read(client, FALSE);
    g_assert_nonnull(reply);
    return reply->status;
}

/* A web page whose name was made to point at this host still sends that name. */
static void test_anonymous_reads_name_us(Fixture *f, gconstpointer data)
{
    static const char *const ours[] = {
        "localhost", "LOCALHOST:1", "127.0.0.1:8081", "127.9.9.9", "[::1]", "[::1]:80", NULL};
    static const char *const theirs[] = {"evil.example",   "evil.example:8081", "127.0.0.1.example",
                                         "localhost.evil", "192.0.2.7:8081",    "[::2]:80",
                                         "[::1",           "127.0.0.1:x",       NULL};
    static const char *const read_scope[] = {"read", NULL};
    const ApiToken token = {"reader", reader_sha256, read_scope};

    (void)data;
    allow(f->api, TRUE, &token, 1);
    publish_open(f);
    for (gsize i = 0; ours[i]; i++)
        g_assert_cmpuint(ask_by_host(f, ours[i], ""), ==, 200);
    for (gsize i = 0; theirs[i]; i++)
        g_assert_cmpuint(ask_by_host(f, theirs[i], ""), ==, 403);
    g_assert_cmpuint(ask_by_host(f, theirs[0], "Authorization: Bearer reader\r\n"), ==, 200);
}

/* A request counts when it is over, which its own answer does not tell. */
static void wait_for_metric(const Fixture *f, const char *line)
{
    Backoff look = {
        .initial = 500, .ceiling = 10000, .factor = 1.5, .deadline = clock_monotonic() + PATIENCE};

    do {
        g_autoptr(Reply) reply = client_ask(f->admin, "GET", "/metrics", NULL);

        g_assert_cmpuint(reply->status, ==, 200);
        if (strstr(reply->body, line))
            return;
    } while (backoff_wait(&look, NULL));
    g_test_message("no %s", line);
    g_assert_not_reached();
}

static void test_metrics(Fixture *f, gconstpointer data)
{
    static const char *const no_scope[] = {"rollback", NULL};
    const ApiToken token = {"writer", writer_sha256, no_scope};
    g_autoptr(Reply) reply = NULL;

    (void)data;
    assert_status(f->admin, "/metrics", 401);
    allow(f->api, TRUE, &token, 1);
    publish_open(f);
    reply = client_ask(f->admin, "GET", "/metrics", NULL);
    assert_field(reply, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    assert_field(reply, "Cache-Control", "no-store");
    assert_status(f->traffic, "/metrics", 404);
    assert_status(f->traffic, "/gate?revision=%22%0a", 503);
    assert_status(f->traffic, "/no/such/path", 404);
    wait_for_metric(f, "\npgsluice_http_requests_total{listener=\"traffic\",route=\"/gate\","
                       "method=\"GET\",status=\"5xx\"} ");
    wait_for_metric(f, "\npgsluice_http_requests_total{listener=\"traffic\",route=\"none\","
                       "method=\"GET\",status=\"4xx\"} ");
    wait_for_metric(f, "\npgsluice_http_requests_total{listener=\"admin\",route=\"/metrics\","
                       "method=\"GET\",status=\"2xx\"} ");
    wait_for_metric(f, "\npgsluice_refusals_total{guard=\"unauthenticated\"} ");
    wait_for_metric(f, "\npgsluice_http_requests_in_flight{listener=\"admin\"} 1\n");
}

static gint64 login_failures(const Fixture *f)
{
    static const char name[] = "\npgsluice_login_failures_total ";
    g_autoptr(Reply) reply = client_ask(f->admin, "GET", "/metrics", NULL);
    const char *line = strstr(reply->body, name);

    g_assert_nonnull(line);
    return g_ascii_strtoll(line + strlen(name), NULL, 10);
}

static unsigned ask_as(const Fixture *f, const char *method, const char *fields)
{
    g_autoptr(Client) client = client_new(f->admin);
    g_autofree char *text =
        g_strdup_printf("%s /metrics HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method, fields);
    g_autoptr(Reply) reply = NULL;

    client_send(client, "%s", text);
    reply = client_read(client, strcmp(method, "HEAD") == 0);
    g_assert_nonnull(reply);
    return reply->status;
}

/* Labels have the values that we know, whatever a request calls itself. */
static void test_metrics_of_hostile_requests(Fixture *f, gconstpointer data)
{
    static const char *const no_scope[] = {"rollback", NULL};
    const ApiToken token = {"writer", writer_sha256, no_scope};
    gint64 failures;

    (void)data;
    allow(f->api, TRUE, &token, 1);
    failures = login_failures(f);
    g_assert_cmpuint(ask_as(f, "BREW", ""), ==, 405);
    g_assert_cmpuint(ask_as(f, "HEAD", ""), ==, 200);
    g_assert_cmpuint(ask_as(f, "GET", "Host: twice\r\n"), ==, 400);
    allow(f->api, FALSE, &token, 1);
    g_assert_cmpuint(ask_as(f, "GET", "Authorization: Bearer guess\r\n"), ==, 401);
    g_assert_cmpuint(ask_as(f, "GET", "Authorization: Bearer writer\r\n"), ==, 403);
    allow(f->api, TRUE, NULL, 0);
    wait_for_metric(f, "method=\"other\",status=\"4xx\"} ");
    wait_for_metric(f, "route=\"/metrics\",method=\"HEAD\",status=\"2xx\"} ");
    g_assert_cmpint(login_failures(f), ==, failures + 1);
    wait_for_metric(f, "\npgsluice_refusals_total{guard=\"insufficient-scope\"} ");
}

static void test_address_in_use(Fixture *f, gconstpointer data)
{
    ApiListenOptions options = {.listener = API_ADMIN,
                                .address = f->admin + strlen("http://"),
                                .threads = 1,
                                .connections_max = 8,
                                .idle_timeout = G_USEC_PER_SEC,
                                .body_max = 4096,
                                .header_max = 4096};
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_false(api_listen(f->api, &options, &error));
    g_assert_nonnull(strstr(error->message, options.address));
    g_assert_null(api_urls(f->api, API_ADMIN)[1]);
}

typedef struct {
    const char *url;
    atomic_bool is_over;
    guint64 count;
} Reading;

/* Every answer is one snapshot: tag and body belong together. */
static gpointer read_on(gpointer data)
{
    Reading *reading = data;
    g_autoptr(Client) client = client_new(reading->url);

    while (!atomic_load(&reading->is_over)) {
        g_autoptr(Reply) reply = NULL;
        g_autofree char *etag = NULL;
        g_autofree char *expected = NULL;

        client_send(client, "GET /admin/migrations HTTP/1.1\r\nHost: localhost\r\n\r\n");
        reply = client_read(client, FALSE);
        g_assert_cmpuint(reply->status, ==, 200);
        etag = reply_field(reply, "ETag");
        expected = g_strdup_printf("{\"n\": %s}\n", etag);
        g_assert_cmpstr(reply->body, ==, expected);
        reading->count++;
    }
    return NULL;
}

static void publish_numbered(Fixture *f, int number)
{
    g_autofree char *etag = g_strdup_printf("\"%d\"", number);
    g_autofree char *document = g_strdup_printf("{\"n\": %s}\n", etag);
    const ApiSnapshot snapshot = {.is_open = number % 2 == 0,
                                  .state = "open",
                                  .reason = "counting",
                                  .document = document,
                                  .etag = etag,
                                  .graph = f->graph};

    api_publish(f->api, &snapshot);
    allow(f->api, TRUE, NULL, 0);
}

static void test_readers_while_publishing(Fixture *f, gconstpointer data)
{
    Reading readings[2] = {{.url = f->admin}, {.url = f->admin}};
    GThread *threads[2];

    (void)data;
    publish_numbered(f, 0);
    for (int i = 0; i < 2; i++)
        threads[i] = g_thread_new("reader", read_on, &readings[i]);
    for (int i = 1; i <= PUBLISHED; i++) {
        publish_numbered(f, i);
        g_thread_yield();
    }
    for (int i = 0; i < 2; i++) {
        atomic_store(&readings[i].is_over, TRUE);
        g_thread_join(threads[i]);
        g_assert_cmpuint(readings[i].count, >, 0);
    }
}

static void test_drain(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) kept = client_new(f->traffic);
    g_autoptr(Reply) before = NULL;
    g_autoptr(Reply) last = NULL;
    gint64 start = clock_monotonic();

    (void)data;
    publish_open(f);
    client_send(kept, "GET /livez HTTP/1.1\r\nHost: t\r\n\r\n");
    before = client_read(kept, FALSE);
    api_drain(f->api, 60 * G_USEC_PER_SEC);

    /* An idle connection holds nothing up; its next answer is its last; newcomers are refused. */
    g_assert_cmpint(clock_monotonic() - start, <, 30 * G_USEC_PER_SEC);
    g_assert_null(client_new(f->traffic));
    g_assert_null(client_new(f->admin));
    client_send(kept, "GET /livez HTTP/1.1\r\nHost: t\r\n\r\n");
    last = client_read(kept, FALSE);
    assert_field(last, "Connection", "close");
    g_assert_true(client_is_closed(kept, 20));
}

typedef struct {
    const char *url;
    Client *client;
} Late;

static void *ask_the_rest(void *data)
{
    const Late *late = data;
    Client *probe;

    while ((probe = client_new(late->url)) != NULL)
        client_free(probe);
    client_send(late->client, "Host: t\r\n\r\n");
    return NULL;
}

/* A client that had begun to ask, or only just connected, is answered. */
static void test_drain_hears_out(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) half = client_new(f->traffic);
    g_autoptr(Client) fresh = client_new(f->traffic);
    g_autoptr(Reply) first = NULL;
    g_autoptr(Reply) second = NULL;
    g_autofree char *url = g_strdup(f->traffic);
    Late late = {url, half};
    GThread *thread;

    (void)data;
    publish_open(f);
    client_send(half, "GET /livez HTTP/1.1\r\n");
    client_send(fresh, "GET /livez HTTP/1.1\r\nHost: t\r\n\r\n");
    second = client_read(fresh, FALSE); /* so the server has got as far as that with both */
    thread = g_thread_new("late", ask_the_rest, &late);
    api_drain(f->api, 60 * G_USEC_PER_SEC);
    api_free(g_steal_pointer(&f->api));

    first = client_read(half, FALSE);
    g_assert_cmpuint(first->status, ==, 200);
    g_thread_join(thread);
}

/* A request whose body never comes must not keep the service from stopping. */
static void test_drain_gives_up(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) stuck = client_new(f->traffic);
    g_autoptr(Reply) reply = NULL;
    gint64 start;

    (void)data;
    client_send(stuck, "POST /livez HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n"
                       "Expect: 100-continue\r\n\r\n");
    reply = client_read(stuck, TRUE);
    g_assert_cmpuint(reply->status, ==, 100); /* the server waits for the body */
    start = clock_monotonic();
    api_drain(f->api, G_USEC_PER_SEC / 5);

    g_assert_cmpint(clock_monotonic() - start, >=, G_USEC_PER_SEC / 5);
}

#define TEST(path, function) g_test_add("/api/" path, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("before-the-first-snapshot", test_before_the_first_snapshot);
    TEST("closed", test_closed);
    TEST("open", test_open);
    TEST("gate-by-revision", test_gate_by_revision);
    TEST("gate-of-newer-database", test_gate_of_newer_database);
    TEST("status-document", test_status_document);
    TEST("listeners-are-apart", test_listeners_are_apart);
    TEST("access", test_access);
    TEST("anonymous-reads-are-local", test_anonymous_reads_are_local);
    TEST("anonymous-reads-name-us", test_anonymous_reads_name_us);
    TEST("metrics", test_metrics);
    TEST("metrics-of-hostile-requests", test_metrics_of_hostile_requests);
    TEST("address-in-use", test_address_in_use);
    TEST("readers-while-publishing", test_readers_while_publishing);
    TEST("drain", test_drain);
    TEST("drain-hears-out", test_drain_hears_out);
    TEST("drain-gives-up", test_drain_gives_up);
    TEST("expired-token", test_expired_token);
    TEST("guesses-are-limited", test_guesses_are_limited);
    TEST("wrong-token-is-answered-late", test_wrong_token_is_answered_late);
    TEST("unix-peers", test_unix_peers);
    return g_test_run();
}
