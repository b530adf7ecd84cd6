/* HTTP over libcurl. */
#include "client/client.h"

#include <string.h>

#include "base/error.h"
#include "client/libcurl.h"
#include "client/problem.h"

enum {
    HEADERS_MAX = 64 * 1024,
    FIELD_MAX = 512, /* of a header that is kept */
    POLL_MILLISECONDS = 1000,
    CONNECT_MILLISECONDS = 10000,
};

struct Client {
    const Libcurl *curl;
    Endpoint *endpoint;
    Cancel *cancel;
    CURLM *multi;
    CURL *easy; /* kept for its connection */
};

/* One request under way. */
typedef struct {
    Client *client;
    ClientReply *reply;
    struct curl_slist *headers;
    gsize header_bytes;
    gboolean is_too_large;
    char problem[CURL_ERROR_SIZE];
} Transfer;

Client *client_new(Endpoint *endpoint, Cancel *cancel, GError **error)
{
    const Libcurl *curl = libcurl_load(error);
    Client *client;

    if (!curl) {
        endpoint_free(endpoint);
        return NULL;
    }
    client = g_new0(Client, 1);
    *client = (Client){.curl = curl, .endpoint = endpoint, .cancel = cancel};
    client->multi = curl->multi_init();
    client->easy = curl->easy_init();
    if (!client->multi || !client->easy)
        g_error("out of memory for libcurl");
    return client;
}

void client_free(Client *client)
{
    if (!client)
        return;
    client->curl->easy_cleanup(client->easy);
    client->curl->multi_cleanup(client->multi);
    endpoint_free(client->endpoint);
    g_free(client);
}

const Endpoint *client_endpoint(const Client *client)
{
    return client->endpoint;
}

void client_reply_clear(ClientReply *reply)
{
    g_free(reply->content_type);
    g_free(reply->etag);
    if (reply->body)
        g_string_free(reply->body, TRUE);
    *reply = (ClientReply){0};
}

/* --- What comes in ---------------------------------------------------------------------------- */

static size_t on_body(char *data, size_t size, size_t count, void *pointer)
{
    Transfer *transfer = pointer;
    gsize length = size * count;

    if (length > CLIENT_ANSWER_MAX - transfer->reply->body->len) {
        transfer->is_too_large = TRUE;
        return 0;
    }
    g_string_append_len(transfer->reply->body, data, (gssize)length);
    return length;
}

/* The value of the header `name` in `line`, or NULL when it is another one, too long, or has other
 * than visible characters in it; g_free. */
static char *take_field(const char *line, gsize length, const char *name)
{
    gsize name_length = strlen(name);
    char *value;

    if (length <= name_length || length > FIELD_MAX || line[name_length] != ':' ||
        g_ascii_strncasecmp(line, name, name_length) != 0)
        return NULL;
    value = g_strstrip(g_strndup(line + name_length + 1, length - name_length - 1));
    for (const char *byte = value; *byte; byte++) {
        if (!g_ascii_isprint(*byte)) {
            g_free(value);
            return NULL;
        }
    }
    return value;
}

static void keep_field(char **field, char *value)
{
    if (!value)
        return;
    g_free(*field);
    *field = value;
}

static size_t on_header(char *data, size_t size, size_t count, void *pointer)
{
    Transfer *transfer = pointer;
    gsize length = size * count;

    transfer->header_bytes += length;
    if (transfer->header_bytes > HEADERS_MAX) {
        transfer->is_too_large = TRUE;
        return 0;
    }
    keep_field(&transfer->reply->etag, take_field(data, length, "ETag"));
    keep_field(&transfer->reply->content_type, take_field(data, length, "Content-Type"));
    return length;
}

/* --- What goes out ---------------------------------------------------------------------------- */

static void add_header(Transfer *transfer, const char *header)
{
    struct curl_slist *longer = transfer->client->curl->slist_append(transfer->headers, header);

    if (!longer)
        g_error("out of memory for a header");
    transfer->headers = longer;
}

static void add_headers(Transfer *transfer, const ClientRequest *request)
{
    const Secret *token = transfer->client->endpoint->token;

    add_header(transfer, "Accept: application/json, application/problem+json");
    add_header(transfer, "Expect:"); /* bodies are small: nothing to wait for */
    if (request->body)
        add_header(transfer, "Content-Type: application/json");
    if (token) {
        g_autofree char *header = g_strconcat("Authorization: Bearer ", secret_reveal(token), NULL);

        add_header(transfer, header);
        memset(header, 0, strlen(header));
    }
    for (const char *const *header = request->headers; header && *header; header++)
        add_header(transfer, *header);
}

static void set_text(const Client *client, CURLoption option, const char *value)
{
    if (client->curl->easy_setopt(client->easy, option, value) != CURLE_OK)
        g_error("libcurl refuses option %d", (int)option);
}

static void set_number(const Client *client, CURLoption option, long value)
{
    if (client->curl->easy_setopt(client->easy, option, value) != CURLE_OK)
        g_error("libcurl refuses option %d", (int)option);
}

static void set_tls(const Client *client)
{
    const Endpoint *endpoint = client->endpoint;

    set_number(client, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    if (endpoint->ca_file)
        set_text(client, CURLOPT_CAINFO, endpoint->ca_file);
    if (endpoint->certificate_file)
        set_text(client, CURLOPT_SSLCERT, endpoint->certificate_file);
    if (endpoint->key_file)
        set_text(client, CURLOPT_SSLKEY, endpoint->key_file);
}

static void set_limits(const Client *client, const ClientRequest *request)
{
    gint64 timeout = request->timeout > 0 ? request->timeout : client->endpoint->timeout;

    set_number(client, CURLOPT_TIMEOUT_MS, (long)(timeout / G_TIME_SPAN_MILLISECOND));
    set_number(client, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MILLISECONDS);
    set_text(client, CURLOPT_PROTOCOLS_STR, "http,https");
    set_number(client, CURLOPT_FOLLOWLOCATION, 0);
    set_text(client, CURLOPT_PROXY, "");
    set_number(client, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    set_number(client, CURLOPT_NOSIGNAL, 1);
    set_number(client, CURLOPT_QUICK_EXIT, 1); /* an unfinished name look-up is left behind */
}

static void set_request(Transfer *transfer, const ClientRequest *request)
{
    const Client *client = transfer->client;
    const Libcurl *curl = client->curl;
    g_autofree char *url = g_strconcat(client->endpoint->base, request->path, NULL);

    set_limits(client, request);
    set_tls(client);
    set_text(client, CURLOPT_URL, url);
    set_text(client, CURLOPT_USERAGENT, "pgsluice/" PACKAGE_VERSION);
    if (client->endpoint->socket)
        set_text(client, CURLOPT_UNIX_SOCKET_PATH, client->endpoint->socket);
    if (request->body)
        set_text(client, CURLOPT_POSTFIELDS, request->body);
    set_text(client, CURLOPT_CUSTOMREQUEST, request->method);
    add_headers(transfer, request);
    curl->easy_setopt(client->easy, CURLOPT_HTTPHEADER, transfer->headers);
    curl->easy_setopt(client->easy, CURLOPT_ERRORBUFFER, transfer->problem);
    curl->easy_setopt(client->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl->easy_setopt(client->easy, CURLOPT_WRITEDATA, transfer);
    curl->easy_setopt(client->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl->easy_setopt(client->easy, CURLOPT_HEADERDATA, transfer);
}

/* --- The conversation ------------------------------------------------------------------------- */

/* Until the transfer has ended in *code; FALSE when it was cancelled before. */
static gboolean drive(const Client *client, CURLcode *code)
{
    struct curl_waitfd also = {.fd = cancel_fd(client->cancel), .events = CURL_WAIT_POLLIN};
    const CURLMsg *message;
    int running = 1;
    int rest;

    for (;;) {
        if (client->curl->multi_perform(client->multi, &running) != CURLM_OK)
            g_error("libcurl cannot go on");
        if (running == 0)
            break;
        client->curl->multi_poll(client->multi, &also, also.fd >= 0 ? 1 : 0, POLL_MILLISECONDS,
                                 NULL);
        if (cancel_is_triggered(client->cancel))
            return FALSE;
    }
    message = client->curl->multi_info_read(client->multi, &rest);
    *code = message ? message->data.result : CURLE_RECV_ERROR;
    return TRUE;
}

static ErrorKind kind_of(const Transfer *transfer, CURLcode code)
{
    switch (code) {
    case CURLE_WRITE_ERROR: /* that is what on_body and on_header say */
        return transfer->is_too_large ? ERROR_DAEMON_ANSWER : ERROR_INTERNAL;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP2:
        return ERROR_DAEMON_ANSWER;
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return ERROR_CONFIG;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CIPHER:
        return ERROR_DAEMON_LOGIN;
    default:
        return ERROR_DAEMON_UNREACHABLE;
    }
}

static void hint(const Transfer *transfer, CURLcode code, ErrorKind kind, GError **error)
{
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        error_set_hint(error, "name the certificate authority that it comes from: --ca-file FILE");
    else if (kind == ERROR_DAEMON_LOGIN)
        error_set_hint(error, "is it https there? does it want a certificate (--cert-file, "
                              "--key-file)?");
    else if (kind == ERROR_DAEMON_UNREACHABLE)
        error_set_hint(error, "is pgsluiced running there, and listening (http.admin.listen)? "
                              "systemctl status pgsluiced");
}

/* The system's word where it has one: libcurl's tells of ports that a socket has not. */
static const char *describe(const Transfer *transfer, CURLcode code)
{
    const Client *client = transfer->client;
    long number = 0;

    if (code == CURLE_COULDNT_CONNECT)
        client->curl->easy_getinfo(client->easy, CURLINFO_OS_ERRNO, &number);
    if (number != 0)
        return g_strerror((int)number);
    return *transfer->problem ? transfer->problem : client->curl->easy_strerror(code);
}

static gboolean blame(const Transfer *transfer, CURLcode code, GError **error)
{
    const char *name = transfer->client->endpoint->name;
    const char *text = describe(transfer, code);
    ErrorKind kind = kind_of(transfer, code);

    if (transfer->is_too_large)
        error_set(error, kind, "what %s answers is larger than %d MiB", name,
                  CLIENT_ANSWER_MAX / 1024 / 1024);
    else if (kind == ERROR_DAEMON_ANSWER)
        error_set(error, kind, "what %s answers is not HTTP: %s", name, text);
    else if (kind == ERROR_CONFIG)
        error_set(error, kind, "%s", text);
    else
        error_set(error, kind, "cannot reach the daemon at %s: %s", name, text);
    hint(transfer, code, kind, error);
    return FALSE;
}

static gboolean perform(Transfer *transfer, GError **error)
{
    const Client *client = transfer->client;
    CURLcode code = CURLE_OK;
    gboolean has_ended;
    long status = 0;

    client->curl->multi_add_handle(client->multi, client->easy);
    has_ended = drive(client, &code);
    client->curl->multi_remove_handle(client->multi, client->easy);
    if (!has_ended) {
        error_set(error, ERROR_CANCELLED, "interrupted while waiting for the daemon at %s",
                  client->endpoint->name);
        return FALSE;
    }
    if (code != CURLE_OK)
        return blame(transfer, code, error);
    client->curl->easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, &status);
    transfer->reply->status = (unsigned)status;
    return TRUE;
}

gboolean client_send(Client *client, const ClientRequest *request, ClientReply *reply,
                     GError **error)
{
    g_auto(ClientReply) answer = {.content_type = g_strdup(""), .body = g_string_new(NULL)};
    Transfer transfer = {.client = client, .reply = &answer};
    gboolean is_done;

    set_request(&transfer, request);
    is_done = perform(&transfer, error);
    client->curl->easy_reset(client->easy); /* what it points to ends here; the connection stays */
    client->curl->slist_free_all(transfer.headers);
    if (!is_done)
        return FALSE;
    *reply = answer;
    answer = (ClientReply){0};
    return TRUE;
}

gboolean client_call(Client *client, const ClientRequest *request, ClientReply *reply,
                     GError **error)
{
    g_auto(ClientReply) answer = {0};

    if (!client_send(client, request, &answer, error))
        return FALSE;
    if (answer.status < 200 || answer.status > 299) {
        problem_set_error(client->endpoint->name, &answer, error);
        return FALSE;
    }
    *reply = answer;
    answer = (ClientReply){0};
    return TRUE;
}
