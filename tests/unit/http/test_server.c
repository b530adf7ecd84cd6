/* A real server on loopback and on a Unix socket, asked by raw sockets. */
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "client.h"
#include "http/reply.h"

enum { BODY_MAX = 100 * 1024, STREAM_MAX = 3 * BODY_MAX, HEADER_MAX = 16 * 1024 };

/* One answer shared by all requests, and a latch that keeps the slow handler waiting. */
typedef struct {
    HttpResponse *shared;
    pthread_mutex_t mutex; /* not GMutex: ThreadSanitizer does not know it */
    pthread_cond_t changed;
    gboolean has_arrived;
    gboolean may_go;
    HttpReply *later;  /* of the request that was put off last */
    HttpExchange last; /* what the observer heard last; method is NULL before */
    gsize streamed;    /* bytes that the reader of a body got */
    guint pauses;
    gboolean is_paused;
    gboolean has_ended;
} World;

static HttpResponse *text_response(char *text)
{
    g_autoptr(GBytes) body = g_bytes_new_take(text, strlen(text));

    return http_response_new(200, "text/plain", body);
}

static HttpResponse *get_shared(HttpRequest *request, gpointer data)
{
    (void)request;
    return http_response_ref(((World *)data)->shared);
}

static HttpResponse *get_item(HttpRequest *request, gpointer data)
{
    static const char *const peers[] = {"remote", "loopback", "unix"};
    g_autofree char *query = http_request_query(request, "q");

    (void)data;
    return text_response(g_strdup_printf("%s|%s|%s|%s", http_request_method(request),
                                         http_request_parameter(request, "id"), query ? query : "-",
                                         peers[http_request_peer(request)]));
}

static HttpResponse *post_size(HttpRequest *request, gpointer data)
{
    gsize length;
    const guint8 *body = http_request_body(request, &length);

    (void)data;
    return text_response(
        g_strdup_printf("%" G_GSIZE_FORMAT " %c", length, length > 0 ? body[length - 1] : '-'));
}

static HttpResponse *get_slow(HttpRequest *request, gpointer data)
{
    World *world = data;

    (void)request;
    pthread_mutex_lock(&world->mutex);
    world->has_arrived = TRUE;
    pthread_cond_broadcast(&world->changed);
    while (!world->may_go)
        pthread_cond_wait(&world->changed, &world->mutex);
    pthread_mutex_unlock(&world->mutex);
    return text_response(g_strdup("done"));
}

static HttpResponse *get_later(HttpRequest *request, gpointer data)
{
    World *world = data;

    pthread_mutex_lock(&world->mutex);
    world->later = http_request_defer(request);
    pthread_cond_broadcast(&world->changed);
    pthread_mutex_unlock(&world->mutex);
    return NULL;
}

static HttpReply *wait_for_deferred(World *world)
{
    HttpReply *reply;

    pthread_mutex_lock(&world->mutex);
    while (!world->later)
        pthread_cond_wait(&world->changed, &world->mutex);
    reply = g_steal_pointer(&world->later);
    pthread_mutex_unlock(&world->mutex);
    return reply;
}

/* Puts off whatever comes after each piece. */
static void take_piece(gpointer reader, HttpRequest *request, const guint8 *bytes, gsize size)
{
    World *world = reader;

    pthread_mutex_lock(&world->mutex);
    g_assert_cmpint(bytes[size - 1], ==, 'b');
    world->streamed += size;
    if (!world->is_paused) {
        world->is_paused = TRUE;
        world->pauses++;
        world->later = http_request_defer(request);
        pthread_cond_broadcast(&world->changed);
    }
    pthread_mutex_unlock(&world->mutex);
}

static void end_pieces(gpointer reader)
{
    World *world = reader;

    pthread_mutex_lock(&world->mutex);
    world->has_ended = TRUE;
    pthread_cond_broadcast(&world->changed);
    pthread_mutex_unlock(&world->mutex);
}

static HttpResponse *open_stream(HttpRequest *request, gpointer data)
{
    static const HttpReader reader = {take_piece, end_pieces};

    http_request_read_by(request, &reader, data, STREAM_MAX);
    return NULL;
}

static HttpResponse *post_stream(HttpRequest *request, gpointer data)
{
    World *world = data;
    gsize length;

    g_assert_true(http_request_reader(request) == data);
    g_assert_null(http_request_body(request, &length));
    return text_response(g_strdup_printf("%" G_GSIZE_FORMAT, world->streamed));
}

static HttpResponse *guard(HttpRequest *request, const HttpRoute *route, gpointer data)
{
    const HttpProblem problem = {.status = 403, .slug = "test", .detail = "no \xff"};

    (void)data;
    return route->scope && !http_request_header(request, "Key") ? http_problem(request, &problem)
                                                                : NULL;
}

static void observe(const HttpExchange *exchange, gpointer data)
{
    World *world = data;

    pthread_mutex_lock(&world->mutex);
    world->last = *exchange;
    world->last.method = g_intern_string(exchange->method);
    pthread_cond_broadcast(&world->changed);
    pthread_mutex_unlock(&world->mutex);
}

static HttpExchange wait_for_exchange(World *world)
{
    HttpExchange exchange;

    pthread_mutex_lock(&world->mutex);
    while (!world->last.method)
        pthread_cond_wait(&world->changed, &world->mutex);
    exchange = world->last;
    world->last = (HttpExchange){0};
    pthread_mutex_unlock(&world->mutex);
    return exchange;
}

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/shared", .handler = get_shared},
    {.method = "GET", .path = "/items/{id}", .handler = get_item},
    {.method = "POST", .path = "/items", .handler = post_size},
    {.method = "GET", .path = "/slow", .handler = get_slow},
    {.method = "POST", .path = "/guarded", .handler = post_size, .scope = "guards"},
    {.method = "GET", .path = "/later", .handler = get_later},
    {.method = "POST", .path = "/later", .handler = get_later},
    {.method = "POST", .path = "/stream", .handler = post_stream, .opening = open_stream},
    {.method = NULL},
};

typedef struct {
    World world;
    HttpServer *server;
    char *folder;
} Fixture;

static HttpServer *start(World *world, const char *address, GError **error)
{
    const HttpServerOptions options = {.name = "traffic",
                                       .address = address,
                                       .routes = routes,
                                       .guard = guard,
                                       .data = world,
                                       .observer = observe,
                                       .observer_data = world,
                                       .threads = 2,
                                       .connections_max = 64,
                                       .idle_timeout = G_USEC_PER_SEC,
                                       .request_timeout = 2 * G_USEC_PER_SEC,
                                       .body_max = BODY_MAX,
                                       .header_max = HEADER_MAX};

    return http_server_start(&options, error);
}

static void set_up(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    pthread_mutex_init(&f->world.mutex, NULL);
    pthread_cond_init(&f->world.changed, NULL);
    f->world.shared = text_response(g_strdup("shared"));
    f->folder = g_dir_make_tmp("pgsluice-http-XXXXXX", NULL);
    f->server = start(&f->world, "127.0.0.1:0", &error);
    g_assert_no_error(error);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    http_server_free(f->server);
    http_response_unref(f->world.shared);
    pthread_cond_destroy(&f->world.changed);
    pthread_mutex_destroy(&f->world.mutex);
    g_assert_cmpint(rmdir(f->folder), ==, 0);
    g_free(f->folder);
}

static void assert_problem(const Reply *reply, unsigned status)
{
    g_autofree char *type = reply_field(reply, "Content-Type");
    g_autofree char *id = reply_field(reply, "X-Request-Id");
    g_autofree char *member = g_strdup_printf("\"request_id\":\"%s\"", id);
    g_autofree char *number = g_strdup_printf("\"status\":%u", status);

    g_assert_cmpuint(reply->status, ==, status);
    g_assert_cmpstr(type, ==, "application/problem+json");
    g_assert_nonnull(strstr(reply->body, member));
    g_assert_nonnull(strstr(reply->body, number));
    g_assert_nonnull(strstr(reply->body, "\"hint\":"));
}

static void test_get(Fixture *f, gconstpointer data)
{
    g_autoptr(Reply) reply =
        client_ask(http_server_url(f->server), "GET", "/items/a%20b?q=x%26y&z=1", NULL);
    g_autofree char *type = reply_field(reply, "Content-Type");

    (void)data;
    g_assert_cmpuint(reply->status, ==, 200);
    g_assert_cmpstr(reply->body, ==, "GET|a b|x&y|loopback");
    g_assert_cmpstr(type, ==, "text/plain");
}

static void test_head(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) client = client_new(http_server_url(f->server));
    g_autoptr(Reply) head = NULL;
    g_autoptr(Reply) next = NULL;
    g_autofree char *length = NULL;

    (void)data;
    client_send(client, "HEAD /shared HTTP/1.1\r\nHost: t\r\n\r\n");
    head = client_read(client, TRUE);
    client_send(client, "GET /shared HTTP/1.1\r\nHost: t\r\n\r\n");
    next = client_read(client, FALSE);

    length = reply_field(head, "Content-Length");
    g_assert_cmpuint(head->status, ==, 200);
    g_assert_cmpstr(length, ==, "6");
    g_assert_cmpuint(next->status, ==, 200); /* nothing of a body stood between them */
    g_assert_cmpstr(next->body, ==, "shared");
}

static void test_kept_connection(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) client = client_new(http_server_url(f->server));

    (void)data;
    for (int i = 0; i < 50; i++) {
        g_autoptr(Reply) reply = NULL;

        /* Refusals do not end the connection either. */
        g_assert_true(client_send(client, "GET %s HTTP/1.1\r\nHost: t\r\n\r\n",
                                  i % 2 == 0 ? "/shared" : "/nowhere"));
        reply = client_read(client, FALSE);
        g_assert_nonnull(reply);
        g_assert_cmpuint(reply->status, ==, i % 2 == 0 ? 200 : 404);
    }
}

static void test_pipelined(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) client = client_new(http_server_url(f->server));
    g_autoptr(Reply) first = NULL;
    g_autoptr(Reply) second = NULL;

    (void)data;
    client_send(client, "GET /items/1 HTTP/1.1\r\nHost: t\r\n\r\n"
                        "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc");
    first = client_read(client, FALSE);
    second = client_read(client, FALSE);

    g_assert_cmpstr(first->body, ==, "GET|1|-|loopback");
    g_assert_cmpstr(second->body, ==, "3 c");
}

static void test_refusals(Fixture *f, gconstpointer data)
{
    const char *url = http_server_url(f->server);
    g_autofree char *long_name = g_strnfill(3000, 'x');
    g_autofree char *long_path = g_strconcat("/items/", long_name, NULL);
    g_autoptr(Reply) missing = client_ask(url, "GET", "/nowhere", NULL);
    g_autoptr(Reply) wrong = client_ask(url, "DELETE", "/items/1", NULL);
    g_autoptr(Reply) nul = client_ask(url, "GET", "/items/a%00b", NULL);
    g_autoptr(Reply) query = client_ask(url, "GET", "/items/1?q=%00", NULL);
    g_autoptr(Reply) too_long = client_ask(url, "GET", long_path, NULL);
    g_autofree char *allow = reply_field(wrong, "Allow");

    (void)data;
    assert_problem(missing, 404);
    assert_problem(wrong, 405);
    g_assert_cmpstr(allow, ==, "GET, HEAD, OPTIONS");
    assert_problem(nul, 400);
    assert_problem(query, 400);
    assert_problem(too_long, 414);
}

static void test_options(Fixture *f, gconstpointer data)
{
    g_autoptr(Reply) reply = client_ask(http_server_url(f->server), "OPTIONS", "/items", NULL);
    g_autofree char *allow = reply_field(reply, "Allow");

    (void)data;
    g_assert_cmpuint(reply->status, ==, 204);
    g_assert_cmpstr(allow, ==, "POST, OPTIONS");
}

static void test_request_id(Fixture *f, gconstpointer data)
{
    const char *url = http_server_url(f->server);
    g_autofree char *long_id = g_strnfill(65, 'i');
    g_autofree char *long_field = g_strdup_printf("X-Request-Id: %s\r\n", long_id);
    g_autoptr(Reply) taken = client_ask(url, "GET", "/no", "X-Request-Id: Job-7_a.b\r\n");
    g_autoptr(Reply) unsafe = client_ask(url, "GET", "/no", "X-Request-Id: a\"b\r\n");
    g_autoptr(Reply) too_long = client_ask(url, "GET", "/no", long_field);
    g_autofree char *taken_id = reply_field(taken, "X-Request-Id");
    g_autofree char *unsafe_id = reply_field(unsafe, "X-Request-Id");
    g_autofree char *other_id = reply_field(too_long, "X-Request-Id");

    (void)data;
    g_assert_cmpstr(taken_id, ==, "Job-7_a.b");
    g_assert_null(strchr(unsafe_id, '"'));
    g_assert_cmpstr(other_id, !=, long_id);
    g_assert_cmpstr(unsafe_id, !=, other_id);
    assert_problem(taken, 404);
    assert_problem(unsafe, 404);
}

/* A POST with `size` bytes, announced or in one chunk. */
static Reply *post(const char *url, const char *path, gsize size, gboolean is_chunked)
{
    g_autoptr(Client) client = client_new(url);
    g_autofree char *body = g_strnfill(size, 'b');

    client_send(client, "POST %s HTTP/1.1\r\nHost: t\r\n", path);
    if (is_chunked)
        client_send(client, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n%s\r\n0\r\n\r\n", size, body);
    else
        client_send(client, "Content-Length: %zu\r\n\r\n%s", size, body);
    return client_read(client, FALSE);
}

static void test_bodies(Fixture *f, gconstpointer data)
{
    const char *url = http_server_url(f->server);
    g_autoptr(Reply) largest = post(url, "/items", BODY_MAX, FALSE);
    g_autoptr(Reply) largest_chunked = post(url, "/items", BODY_MAX, TRUE);
    g_autoptr(Reply) chunked = post(url, "/items", BODY_MAX + 1, TRUE);

    (void)data;
    g_assert_cmpstr(largest->body, ==, "102400 b");
    g_assert_cmpstr(largest_chunked->body, ==, "102400 b");
    assert_problem(chunked, 413);
}

/* Under the mutex: a piece that comes in between must find either both or none. */
static void go_on(World *world)
{
    pthread_mutex_lock(&world->mutex);
    if (world->later)
        http_reply_go_on(g_steal_pointer(&world->later));
    world->is_paused = FALSE;
    pthread_mutex_unlock(&world->mutex);
}

static gpointer go_on_until_the_end(gpointer data)
{
    World *world = data;
    gboolean has_ended = FALSE;

    while (!has_ended) {
        pthread_mutex_lock(&world->mutex);
        while (!world->later && !world->has_ended)
            pthread_cond_wait(&world->changed, &world->mutex);
        has_ended = world->has_ended;
        pthread_mutex_unlock(&world->mutex);
        go_on(world);
    }
    return NULL;
}

/* A body that is longer than one that is read as a whole may be, in no more memory than a piece of
 * it takes; also in small chunks, many of which the library has read before it hears of a pause. */
static void test_body_in_pieces(Fixture *f, gconstpointer data)
{
    enum { SMALL = 10, CHUNKS = 5000 };
    const char *url = http_server_url(f->server);
    GThread *thread = g_thread_new("writer", go_on_until_the_end, &f->world);
    g_autoptr(GString) chunks = g_string_new(NULL);
    g_autoptr(Client) client = client_new(url);
    g_autoptr(Reply) whole = post(url, "/stream", STREAM_MAX, FALSE);
    g_autoptr(Reply) chunked = NULL;
    g_autoptr(Reply) large = NULL;

    (void)data;
    g_thread_join(thread);
    g_assert_cmpstr(whole->body, ==, "307200");
    g_assert_cmpuint(f->world.pauses, >=, STREAM_MAX / HEADER_MAX);

    f->world.streamed = 0;
    f->world.has_ended = FALSE;
    thread = g_thread_new("writer", go_on_until_the_end, &f->world);
    for (int i = 0; i < CHUNKS; i++)
        g_string_append(chunks, "a\r\nbbbbbbbbbb\r\n");
    client_send(client,
                "POST /stream HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n%s"
                "0\r\n\r\n",
                chunks->str);
    chunked = client_read(client, FALSE);
    g_thread_join(thread);
    g_assert_cmpstr(chunked->body, ==, "50000");
    g_assert_cmpint(f->world.streamed, ==, SMALL * CHUNKS);

    large = post(url, "/stream", STREAM_MAX + 1, FALSE);
    assert_problem(large, 413);
}

/* Nobody reads on while the reader waits, no time limit counts, and a server that stops lets go. */
static void test_server_stops_in_a_pause(Fixture *f, gconstpointer data)
{
    HttpServer *server = start(&f->world, "127.0.0.1:0", NULL);
    g_autoptr(Client) client = client_new(http_server_url(server));
    HttpReply *later;

    (void)data;
    client_send(client, "POST /stream HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nbbb");
    later = wait_for_deferred(&f->world);
    client_send(client, "bbb");
    clock_wait(100 * G_TIME_SPAN_MILLISECOND, NULL);
    g_assert_cmpuint(f->world.streamed, ==, 3);
    http_server_free(server);
    g_assert_true(f->world.has_ended);
    http_reply_go_on(later);
}

static void assert_unclear(const char *url, const char *header)
{
    g_autoptr(Client) client = client_new(url);
    g_autoptr(Reply) reply = NULL;
    g_autofree char *connection = NULL;

    g_test_message("%s", header);
    client_send(client, "%s\r\n", header);
    reply = client_read(client, FALSE);
    g_assert_nonnull(reply);
    assert_problem(reply, 400);
    connection = reply_field(reply, "Connection");
    g_assert_cmpstr(connection, ==, "close");
    g_assert_true(client_is_closed(client, 10));
}

/* A proxy in front of us might see another end of the request than we do, and what we take for the
 * next request as part of it. */
static void test_unclear_framing(Fixture *f, gconstpointer data)
{
    static const char *const headers[] = {
        "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nContent-Length: 5\r\n",
        "POST /items HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n"
        "Transfer-Encoding: identity\r\n",
        "POST /items HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip, chunked\r\n",
        "POST /items HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n",
        "GET /shared HTTP/1.1\r\nHost: t\r\nHost: u\r\n",
        "GET /shared HTTP/1.1\r\n",
        "GET /items/a b HTTP/1.1\r\nHost: t\r\n",
        "GET /shared?q=a b HTTP/1.1\r\nHost: t\r\n",
        "GET /shared HTTP/1.1\r\nHost: t\r\nX : a\r\n",
        "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length : 4\r\n",
    };
    const char *url = http_server_url(f->server);
    g_autoptr(Client) old = client_new(url);
    g_autoptr(Reply) reply = NULL;

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(headers); i++)
        assert_unclear(url, headers[i]);
    client_send(old, "GET /shared HTTP/1.0\r\n\r\n");
    reply = client_read(old, FALSE);
    g_assert_cmpuint(reply->status, ==, 200);
}

/* The answer comes on the announcement alone. */
static void test_large_body_is_refused_unsent(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) client = client_new(http_server_url(f->server));
    g_autoptr(Reply) reply = NULL;

    (void)data;
    client_send(client,
                "POST /items HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n"
                "Expect: 100-continue\r\n\r\n",
                BODY_MAX + 1);
    reply = client_read(client, FALSE);

    assert_problem(reply, 413);
}

static void test_endless_body_is_cut(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) client = client_new(http_server_url(f->server));
    g_autofree char *piece = g_strnfill(BODY_MAX, 'b');
    int sent = 0;

    (void)data;
    client_send(client, "POST /items HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (sent < 1000 && client_send(client, "%x\r\n%s\r\n", BODY_MAX, piece))
        sent++;

    g_assert_cmpint(sent, <, 1000);
}

static void test_guard(Fixture *f, gconstpointer data)
{
    const char *url = http_server_url(f->server);
    g_autoptr(Reply) refused = post(url, "/guarded", 5, FALSE);
    g_autoptr(Reply) passed = client_ask(url, "POST", "/guarded", "Key: k\r\n");

    (void)data;
    assert_problem(refused, 403);
    g_assert_nonnull(strstr(refused->body, "\"urn:pgsluice:problem:test\""));
    g_assert_nonnull(strstr(refused->body, "no \xef\xbf\xbd")); /* U+FFFD */
    g_assert_cmpuint(passed->status, ==, 200);
}

static void test_header_overflow(Fixture *f, gconstpointer data)
{
    g_autofree char *value = g_strnfill(2 * HEADER_MAX, 'v');
    g_autofree char *field = g_strdup_printf("Big: %s\r\n", value);
    g_autofree char *path = g_strconcat("/shared?", value, NULL);
    g_autoptr(Reply) fields = client_ask(http_server_url(f->server), "GET", "/shared", field);
    g_autoptr(Reply) line = client_ask(http_server_url(f->server), "GET", path, NULL);

    (void)data;
    g_assert_cmpuint(fields->status, ==, 431);
    g_assert_cmpuint(line->status, ==, 414);
}

static void test_silent_client_is_dropped(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) silent = client_new(http_server_url(f->server));
    g_autoptr(Client) slow = client_new(http_server_url(f->server));

    (void)data;
    client_send(slow, "GET /shared HTTP/1.1\r\nHost:");

    g_assert_true(client_is_closed(silent, 10));
    g_assert_true(client_is_closed(slow, 10));
}

/* A byte now and then is no silence, but no request either. */
static void test_dripping_client_is_cut(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) in_line = client_new(http_server_url(f->server));
    g_autoptr(Client) in_field = client_new(http_server_url(f->server));
    gint64 end = clock_monotonic() + 10 * G_USEC_PER_SEC;
    gboolean is_line_cut = FALSE;
    gboolean is_field_cut = FALSE;

    (void)data;
    client_send(in_line, "GET /shared?");
    client_send(in_field, "GET /shared HTTP/1.1\r\nHost: t\r\nX: ");
    while (!(is_line_cut && is_field_cut) && clock_monotonic() < end) {
        is_line_cut = !client_send(in_line, "x");
        is_field_cut = !client_send(in_field, "x");
        clock_wait(100 * G_TIME_SPAN_MILLISECOND, NULL);
    }
    g_assert_true(is_line_cut);
    g_assert_true(is_field_cut);
}

/* What counts is the request: a client may go on for as long as it likes with quick ones. */
static void test_busy_client_is_kept(Fixture *f, gconstpointer data)
{
    g_autoptr(Client) client = client_new(http_server_url(f->server));

    (void)data;
    for (int i = 0; i < 8; i++) {
        g_autoptr(Reply) reply = NULL;

        g_assert_true(client_send(client, "GET /shared HTTP/1.1\r\nHost: t\r\n\r\n"));
        reply = client_read(client, FALSE);
        g_assert_nonnull(reply);
        clock_wait(400 * G_TIME_SPAN_MILLISECOND, NULL);
    }
}

static HttpServer *start_hasty(World *world)
{
    const HttpServerOptions options = {.name = "traffic",
                                       .address = "127.0.0.1:0",
                                       .routes = routes,
                                       .data = world,
                                       .threads = 1,
                                       .connections_max = 64,
                                       .idle_timeout = G_USEC_PER_SEC,
                                       .request_timeout = 200 * G_TIME_SPAN_MILLISECOND,
                                       .body_max = BODY_MAX,
                                       .header_max = HEADER_MAX};

    return http_server_start(&options, NULL);
}

/* The one thread is free for others meanwhile, no time limit cuts the client off that waits for us,
 * and the connection is as good as before. */
static void test_answer_comes_later(Fixture *f, gconstpointer data)
{
    g_autoptr(HttpServer) server = start_hasty(&f->world);
    g_autoptr(Client) client = client_new(http_server_url(server));
    g_autoptr(Reply) other = NULL;
    g_autoptr(Reply) first = NULL;
    g_autoptr(Reply) second = NULL;
    HttpReply *later;

    (void)data;
    client_send(client, "POST /later HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc");
    later = wait_for_deferred(&f->world);
    other = client_ask(http_server_url(server), "GET", "/shared", NULL);
    clock_wait(600 * G_TIME_SPAN_MILLISECOND, NULL);
    g_assert_false(http_reply_is_abandoned(later));
    g_assert_cmpuint(http_server_in_flight(server), ==, 1);
    http_reply_send(later, text_response(g_strdup("late")));
    first = client_read(client, FALSE);
    client_send(client, "GET /shared HTTP/1.1\r\nHost: t\r\n\r\n");
    second = client_read(client, FALSE);

    g_assert_cmpstr(other->body, ==, "shared");
    g_assert_cmpstr(first->body, ==, "late");
    g_assert_cmpstr(second->body, ==, "shared");
}

static void test_client_leaves_before_the_answer(Fixture *f, gconstpointer data)
{
    Client *client = client_new(http_server_url(f->server));
    gint64 end = clock_monotonic() + 10 * G_USEC_PER_SEC;
    g_autoptr(Reply) reply = NULL;
    HttpReply *later;

    (void)data;
    client_send(client, "GET /later HTTP/1.1\r\nHost: t\r\n\r\n");
    later = wait_for_deferred(&f->world);
    client_free(client);
    while (!http_reply_is_abandoned(later) && clock_monotonic() < end)
        clock_wait(G_TIME_SPAN_MILLISECOND, NULL);
    g_assert_true(http_reply_is_abandoned(later));
    http_reply_send(later, text_response(g_strdup("nobody reads this")));
    reply = client_ask(http_server_url(f->server), "GET", "/shared", NULL);

    g_assert_cmpstr(reply->body, ==, "shared");
}

/* Who waits gets to know that nothing comes any more; the answer that comes all the same is quietly
 * dropped. */
static void test_server_stops_before_the_answer(Fixture *f, gconstpointer data)
{
    HttpServer *server = start_hasty(&f->world);
    g_autoptr(Client) client = client_new(http_server_url(server));
    g_autoptr(Reply) reply = NULL;
    HttpReply *later;

    (void)data;
    client_send(client, "GET /later HTTP/1.1\r\nHost: t\r\nX-Request-Id: last\r\n\r\n");
    later = wait_for_deferred(&f->world);
    http_server_free(server);
    reply = client_read(client, FALSE);
    g_assert_true(http_reply_is_abandoned(later));
    http_reply_send(later, text_response(g_strdup("too late")));

    /* Stopping cuts connections: the refusal is a courtesy that may be lost. */
    if (reply) {
        assert_problem(reply, 503);
        g_assert_nonnull(strstr(reply->body, "\"last\""));
    }
}

typedef struct {
    World *world;
    int count;
} Sender;

static gpointer send_answers(gpointer data)
{
    const Sender *sender = data;

    for (int i = 0; i < sender->count; i++)
        http_reply_send(wait_for_deferred(sender->world), text_response(g_strdup("later")));
    return NULL;
}

/* The answer may be there before the handler has returned. */
static void test_answers_race_with_handlers(Fixture *f, gconstpointer data)
{
    enum { ROUNDS = 200 };
    Sender sender = {&f->world, ROUNDS};
    g_autoptr(Client) client = client_new(http_server_url(f->server));
    GThread *thread = g_thread_new("sender", send_answers, &sender);

    (void)data;
    for (int i = 0; i < ROUNDS; i++) {
        g_autoptr(Reply) reply = NULL;

        client_send(client, "GET /later HTTP/1.1\r\nHost: t\r\n\r\n");
        reply = client_read(client, FALSE);
        g_assert_nonnull(reply);
        g_assert_cmpstr(reply->body, ==, "later");
    }
    g_thread_join(thread);
}

static void test_unix_socket(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->folder, "http.sock", NULL);
    g_autofree char *address = g_strconcat("unix:", path, NULL);
    HttpServer *server = start(&f->world, address, NULL);
    g_autoptr(Reply) reply = NULL;
    struct stat file;

    (void)data;
    g_assert_nonnull(server);
    g_assert_cmpstr(http_server_url(server), ==, address);
    g_assert_cmpint(stat(path, &file), ==, 0);
    g_assert_cmpint(file.st_mode & 07777, ==, 0660);
    reply = client_ask(address, "GET", "/items/7", NULL);
    g_assert_cmpstr(reply->body, ==, "GET|7|-|unix");
    http_server_free(server);
    g_assert_cmpint(stat(path, &file), <, 0);
}

/* A socket file as a killed server leaves it behind. */
static void leave_stale_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(listen(fd, 1), ==, 0);
    close(fd);
}

static void test_stale_socket_is_replaced(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->folder, "http.sock", NULL);
    g_autofree char *address = g_strconcat("unix:", path, NULL);
    g_autoptr(HttpServer) server = NULL;
    g_autoptr(Reply) reply = NULL;

    (void)data;
    leave_stale_socket(path);
    server = start(&f->world, address, NULL);

    g_assert_nonnull(server);
    reply = client_ask(address, "GET", "/shared", NULL);
    g_assert_cmpstr(reply->body, ==, "shared");
}

typedef struct {
    World *world;
    const char *address;
} Starter;

static gpointer start_in_thread(gpointer data)
{
    const Starter *starter = data;

    return start(starter->world, starter->address, NULL);
}

/* Another daemon has bound its socket and holds the lock until it listens: what looks stale in
 * between is not taken from it. */
static void test_new_socket_is_not_stale(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->folder, "http.sock", NULL);
    g_autofree char *address = g_strconcat("unix:", path, NULL);
    Starter starter = {&f->world, address};
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    int lock = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_autoptr(Client) client = NULL;
    GThread *second;

    (void)data;
    g_strlcpy(place.sun_path, path, sizeof place.sun_path);
    g_assert_cmpint(flock(lock, LOCK_EX), ==, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&place, sizeof place), ==, 0);
    second = g_thread_new("second", start_in_thread, &starter);
    clock_wait(100 * G_TIME_SPAN_MILLISECOND, NULL);
    g_assert_cmpint(listen(fd, 1), ==, 0);
    close(lock);

    g_assert_null(g_thread_join(second));
    client = client_new(address);
    g_assert_nonnull(client);
    close(fd);
    g_assert_cmpint(unlink(path), ==, 0);
}

static void assert_refused(World *world, const char *address, const char *reason, const char *hint)
{
    g_autoptr(GError) error = NULL;

    g_test_message("%s", address);
    g_assert_null(start(world, address, &error));
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_assert_nonnull(strstr(error->message, address));
    g_assert_nonnull(strstr(error->message, reason));
    g_assert_nonnull(strstr(error_hint(error), hint));
}

static void test_addresses_in_use(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->folder, "http.sock", NULL);
    g_autofree char *address = g_strconcat("unix:", path, NULL);
    g_autofree char *file = g_build_filename(f->folder, "file", NULL);
    g_autofree char *file_address = g_strconcat("unix:", file, NULL);
    g_autoptr(HttpServer) server = start(&f->world, address, NULL);
    g_autoptr(Reply) reply = NULL;

    (void)data;
    g_assert_true(g_file_set_contents(file, "keep me", -1, NULL));
    assert_refused(&f->world, http_server_url(f->server) + strlen("http://"), "in use", "ss -ltnp");
    assert_refused(&f->world, address, "in use", "another program accepts");
    assert_refused(&f->world, file_address, "not a socket", "remove it");

    reply = client_ask(address, "GET", "/shared", NULL);
    g_assert_cmpstr(reply->body, ==, "shared");
    g_assert_cmpint(unlink(file), ==, 0);
}

static void test_bad_addresses(Fixture *f, gconstpointer data)
{
    g_autofree char *name = g_strnfill(120, 's');
    g_autofree char *long_path = g_strconcat("unix:/tmp/", name, NULL);

    (void)data;
    assert_refused(&f->world, "", "not an address", "host:port");
    assert_refused(&f->world, "8080", "not an address", "host:port");
    assert_refused(&f->world, ":8080", "not an address", "host:port");
    assert_refused(&f->world, "127.0.0.1:", "not an address", "host:port");
    assert_refused(&f->world, "127.0.0.1:80800", "not an address", "host:port");
    assert_refused(&f->world, "127.0.0.1:http", "not an address", "host:port");
    assert_refused(&f->world, "::1:80", "not an address", "host:port");
    assert_refused(&f->world, "[::1:80", "not an address", "host:port");
    assert_refused(&f->world, "192.0.2.1:0", "assign requested address", "ip address");
    assert_refused(&f->world, "unix:", "107 bytes", "unix:/path");
    assert_refused(&f->world, long_path, "107 bytes", "unix:/path");
    assert_refused(&f->world, "unix:/nowhere/at/all.sock", "No such file", "RuntimeDirectory");
    assert_refused(&f->world, "fd:x", "not a listening socket", "fd:N");
    assert_refused(&f->world, "fd:0", "not a listening socket", "fd:N");
    assert_refused(&f->world, "fd:9999", "not a listening socket", "fd:N");
}

static void test_ipv6(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HttpServer) server = start(&f->world, "[::1]:0", &error);
    g_autoptr(Reply) reply = NULL;

    (void)data;
    if (!server) {
        g_test_skip("this host has no IPv6");
        return;
    }
    g_assert_true(g_str_has_prefix(http_server_url(server), "http://[::1]:"));
    reply = client_ask(http_server_url(server), "GET", "/items/6", NULL);
    g_assert_cmpstr(reply->body, ==, "GET|6|-|loopback");
}

static void test_host_name(Fixture *f, gconstpointer data)
{
    g_autoptr(HttpServer) server = start(&f->world, "localhost:0", NULL);
    g_autoptr(Reply) reply = NULL;

    (void)data;
    g_assert_nonnull(server);
    reply = client_ask(http_server_url(server), "GET", "/shared", NULL);
    g_assert_cmpstr(reply->body, ==, "shared");
}

/* Under socket activation the next daemon takes over clients that came in between. */
static void test_inherited_socket_outlives_server(Fixture *f, gconstpointer data)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_autofree char *address = g_strdup_printf("fd:%d", fd);
    g_autofree char *url = NULL;
    g_autoptr(Client) between = NULL;
    g_autoptr(Reply) reply = NULL;
    HttpServer *server;

    (void)data;
    g_assert_cmpint(bind(fd, (struct sockaddr *)&any, sizeof any), ==, 0);
    g_assert_cmpint(listen(fd, 5), ==, 0);
    server = start(&f->world, address, NULL);
    url = g_strdup(http_server_url(server));
    http_server_free(server);
    between = client_new(url);
    g_assert_nonnull(between);
    client_send(between, "GET /shared HTTP/1.1\r\nHost: t\r\n\r\n");
    server = start(&f->world, address, NULL);

    reply = client_read(between, FALSE);
    g_assert_cmpstr(reply->body, ==, "shared");
    http_server_free(server);
    close(fd);
}

static void wait_for_arrival(World *world)
{
    pthread_mutex_lock(&world->mutex);
    while (!world->has_arrived)
        pthread_cond_wait(&world->changed, &world->mutex);
    pthread_mutex_unlock(&world->mutex);
}

static void let_go(World *world)
{
    pthread_mutex_lock(&world->mutex);
    world->may_go = TRUE;
    pthread_cond_broadcast(&world->changed);
    pthread_mutex_unlock(&world->mutex);
}

static void test_quiesce(Fixture *f, gconstpointer data)
{
    const char *url = http_server_url(f->server);
    g_autoptr(Client) client = client_new(url);
    g_autoptr(Reply) reply = NULL;
    g_autofree char *connection = NULL;

    (void)data;
    client_send(client, "GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
    wait_for_arrival(&f->world);
    g_assert_cmpuint(http_server_in_flight(f->server), ==, 1);
    http_server_quiesce(f->server);
    g_assert_null(client_new(url));
    let_go(&f->world);

    reply = client_read(client, FALSE);
    connection = reply_field(reply, "Connection");
    g_assert_cmpstr(reply->body, ==, "done");
    g_assert_cmpstr(connection, ==, "close");
    g_assert_true(client_is_closed(client, 10));
    while (http_server_in_flight(f->server) > 0)
        g_thread_yield();
}

static HttpExchange exchange_of(Fixture *f, const char *method, const char *path)
{
    const char *url = http_server_url(f->server);
    g_autoptr(Client) client = client_new(url);
    g_autoptr(Reply) reply = NULL;

    client_send(client, "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
                method, path);
    reply = client_read(client, strcmp(method, "HEAD") == 0);
    g_assert_nonnull(reply);
    return wait_for_exchange(&f->world);
}

static void test_observer_hears_of_each_request(Fixture *f, gconstpointer data)
{
    HttpExchange posted = exchange_of(f, "POST", "/items");
    HttpExchange asked = exchange_of(f, "HEAD", "/items/4?q=%00");
    HttpExchange looked = exchange_of(f, "HEAD", "/shared");
    HttpExchange lost = exchange_of(f, "BREW", "/nowhere/at/all");

    (void)data;
    g_assert_true(posted.route == &routes[2]);
    g_assert_cmpstr(posted.method, ==, "POST");
    g_assert_cmpuint(posted.status, ==, 200);
    g_assert_cmpuint(posted.received, ==, 5);
    g_assert_cmpuint(posted.sent, ==, strlen("5 o"));
    g_assert_cmpint(posted.elapsed, >=, 0);
    g_assert_true(asked.route == &routes[1]);
    g_assert_cmpuint(asked.status, ==, 400);
    g_assert_true(looked.route == &routes[0]);
    g_assert_cmpuint(looked.sent, ==, 0);
    g_assert_null(lost.route);
    g_assert_cmpuint(lost.status, ==, 404);
}

/* An answer that was put off and that nobody waits for any more has a status of its own or none;
 * the connection is counted until it is gone. */
static void test_observer_hears_of_a_client_that_leaves(Fixture *f, gconstpointer data)
{
    Client *client = client_new(http_server_url(f->server));
    HttpReply *later;

    (void)data;
    client_send(client, "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
    later = wait_for_deferred(&f->world);
    g_assert_cmpuint(http_server_connections(f->server), ==, 1);
    client_free(client);
    http_reply_send(later, text_response(g_strdup("too late")));
    g_assert_true(wait_for_exchange(&f->world).route == &routes[5]);
}

#define TEST(path, function)                                                                       \
    g_test_add("/http/server/" path, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("get", test_get);
    TEST("head", test_head);
    TEST("kept-connection", test_kept_connection);
    TEST("pipelined", test_pipelined);
    TEST("refusals", test_refusals);
    TEST("options", test_options);
    TEST("request-id", test_request_id);
    TEST("bodies", test_bodies);
    TEST("body-in-pieces", test_body_in_pieces);
    TEST("server-stops-in-a-pause", test_server_stops_in_a_pause);
    TEST("unclear-framing", test_unclear_framing);
    TEST("large-body-is-refused-unsent", test_large_body_is_refused_unsent);
    TEST("endless-body-is-cut", test_endless_body_is_cut);
    TEST("guard", test_guard);
    TEST("header-overflow", test_header_overflow);
    TEST("silent-client-is-dropped", test_silent_client_is_dropped);
    TEST("dripping-client-is-cut", test_dripping_client_is_cut);
    TEST("busy-client-is-kept", test_busy_client_is_kept);
    TEST("answer-comes-later", test_answer_comes_later);
    TEST("client-leaves-before-the-answer", test_client_leaves_before_the_answer);
    TEST("server-stops-before-the-answer", test_server_stops_before_the_answer);
    TEST("answers-race-with-handlers", test_answers_race_with_handlers);
    TEST("observer", test_observer_hears_of_each_request);
    TEST("observer-and-a-client-that-leaves", test_observer_hears_of_a_client_that_leaves);
    TEST("unix-socket", test_unix_socket);
    TEST("stale-socket-is-replaced", test_stale_socket_is_replaced);
    TEST("new-socket-is-not-stale", test_new_socket_is_not_stale);
    TEST("addresses-in-use", test_addresses_in_use);
    TEST("bad-addresses", test_bad_addresses);
    TEST("ipv6", test_ipv6);
    TEST("host-name", test_host_name);
    TEST("inherited-socket-outlives-server", test_inherited_socket_outlives_server);
    TEST("quiesce", test_quiesce);
    return g_test_run();
}
