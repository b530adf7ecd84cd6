/* What a request says, read from libmicrohttpd on demand. Nothing here answers. */
#include "http/request.h"

#include <string.h>
#include <sys/socket.h>

#include "http/internal.h"
#include "http/peer.h"
#include "http/visitors.h"

enum { REQUEST_ID_MAX = 64, GROUPS_MAX = 65536 };

HttpRequest *http_request_new(struct MHD_Connection *connection, const char *method,
                              const char *path)
{
    HttpRequest *request = g_new0(HttpRequest, 1);

    request->connection = connection;
    request->method = method;
    request->path = path;
    return request;
}

void http_request_free(HttpRequest *request)
{
    router_match_clear(&request->match);
    g_clear_pointer(&request->body, g_byte_array_unref);
    g_clear_pointer(&request->refusal, http_response_unref);
    g_clear_pointer(&request->reply, reply_unref);
    g_clear_pointer(&request->stream, stream_unref);
    if (request->reader)
        request->reading->end(request->reader);
    g_free(request->principal);
    g_free(request);
}

const char *http_request_method(const HttpRequest *request)
{
    return request->method;
}

const char *http_request_path(const HttpRequest *request)
{
    return request->path;
}

const char *http_request_parameter(const HttpRequest *request, const char *name)
{
    return router_parameter(&request->match, name);
}

static char *decode(const char *text)
{
    g_autofree char *decoded = g_uri_unescape_string(text, NULL);

    if (!decoded || !g_utf8_validate(decoded, -1, NULL))
        return NULL;
    return g_steal_pointer(&decoded);
}

static enum MHD_Result check_argument(void *cls, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    gboolean *is_valid = cls;
    g_autofree char *decoded_name = decode(name);
    g_autofree char *decoded_value = decode(value ? value : "");

    (void)kind;
    *is_valid = decoded_name && decoded_value;
    return *is_valid ? MHD_YES : MHD_NO;
}

gboolean http_request_query_is_valid(const HttpRequest *request)
{
    gboolean is_valid = TRUE;

    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, check_argument,
                              &is_valid);
    return is_valid;
}

typedef struct {
    HttpArgument visit;
    gpointer data;
} Arguments;

static enum MHD_Result visit_argument(void *cls, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    const Arguments *arguments = cls;
    g_autofree char *decoded_name = decode(name);
    g_autofree char *decoded_value = decode(value ? value : "");

    (void)kind;
    arguments->visit(decoded_name, decoded_value, arguments->data);
    return MHD_YES;
}

void http_request_visit_query(const HttpRequest *request, HttpArgument visit, gpointer data)
{
    Arguments arguments = {visit, data};

    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, visit_argument,
                              &arguments);
}

typedef struct {
    const char *name;
    char *value;
} Argument;

static enum MHD_Result find_argument(void *cls, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    Argument *wanted = cls;
    g_autofree char *decoded = decode(name);

    (void)kind;
    if (g_strcmp0(decoded, wanted->name) != 0)
        return MHD_YES;
    wanted->value = decode(value ? value : "");
    return MHD_NO;
}

char *http_request_query(const HttpRequest *request, const char *name)
{
    Argument wanted = {.name = name};

    MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, find_argument, &wanted);
    return wanted.value;
}

const char *http_request_header(const HttpRequest *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

typedef struct {
    const char *name;
    GString *joined; /* NULL: none yet */
} Fields;

static enum MHD_Result join_field(void *cls, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    Fields *fields = cls;

    (void)kind;
    if (g_ascii_strcasecmp(name, fields->name) != 0)
        return MHD_YES;
    if (fields->joined)
        g_string_append(fields->joined, ", ");
    else
        fields->joined = g_string_new(NULL);
    g_string_append(fields->joined, value ? value : "");
    return MHD_YES;
}

char *http_request_headers(const HttpRequest *request, const char *name)
{
    Fields fields = {name, NULL};

    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, join_field, &fields);
    return fields.joined ? g_string_free(fields.joined, FALSE) : NULL;
}

const guint8 *http_request_body(const HttpRequest *request, gsize *length)
{
    *length = request->body ? request->body->len : 0;
    return request->body ? request->body->data : NULL;
}

void http_request_read_by(HttpRequest *request, const HttpReader *methods, gpointer reader,
                          gsize limit)
{
    request->reading = methods;
    request->reader = reader;
    request->body_max = limit;
}

gpointer http_request_reader(const HttpRequest *request)
{
    return request->reader;
}

void http_request_progress(HttpRequest *request)
{
    visitors_request_goes_on(request->connection);
}

static const struct sockaddr *address_of(const HttpRequest *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    return info ? info->client_addr : NULL;
}

static int descriptor_of(const HttpRequest *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info ? info->connect_fd : -1;
}

HttpPeer http_request_peer(const HttpRequest *request)
{
    return peer_classify(address_of(request));
}

static char *add_user(const HttpRequest *request, char *address)
{
    g_autofree char *bare = address;
    guint32 uid;

    return http_request_peer_uid(request, &uid) ? g_strdup_printf("%s (uid %u)", bare, uid)
                                                : g_steal_pointer(&bare);
}

char *http_request_peer_address(const HttpRequest *request)
{
    return add_user(request, peer_describe(address_of(request)));
}

char *http_request_peer_network(const HttpRequest *request)
{
    return add_user(request, peer_network(address_of(request)));
}

static gboolean find_user(const HttpRequest *request, struct ucred *user)
{
    socklen_t size = sizeof *user;

    return http_request_peer(request) == HTTP_PEER_UNIX &&
           getsockopt(descriptor_of(request), SOL_SOCKET, SO_PEERCRED, user, &size) == 0 &&
           user->pid != 0 && user->uid != (uid_t)-1;
}

gboolean http_request_peer_uid(const HttpRequest *request, guint32 *uid)
{
    struct ucred user;

    if (!find_user(request, &user))
        return FALSE;
    *uid = user.uid;
    return TRUE;
}

/* The kernel says by ERANGE how much room it needs, for all groups but the primary one. */
static gboolean has_other_group(int fd, gid_t wanted)
{
    socklen_t size = 64 * sizeof(gid_t);
    g_autofree gid_t *groups = g_malloc(size);
    int status = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size);

    if (status != 0 && size <= GROUPS_MAX * sizeof(gid_t)) {
        groups = g_realloc(groups, size);
        status = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size);
    }
    for (gsize i = 0; status == 0 && i < size / sizeof(gid_t); i++) {
        if (groups[i] == wanted)
            return TRUE;
    }
    return FALSE;
}

gboolean http_request_peer_has_gid(const HttpRequest *request, guint32 gid)
{
    struct ucred user;

    return find_user(request, &user) &&
           (user.gid == gid || has_other_group(descriptor_of(request), gid));
}

const char *http_request_certificate(const HttpRequest *request)
{
    return visitors_certificate(request->connection);
}

void http_request_delay_refusal(HttpRequest *request, gint64 delay)
{
    request->delay = delay;
}

void http_request_set_principal(HttpRequest *request, const char *principal)
{
    g_free(request->principal);
    request->principal = g_strdup(principal);
}

const char *http_request_principal(const HttpRequest *request)
{
    return request->principal;
}

gboolean http_request_names_us(const HttpRequest *request)
{
    const char *field = http_request_header(request, MHD_HTTP_HEADER_HOST);
    g_autofree char *host = field ? peer_split_host(field) : NULL;

    return host && (peer_is_loopback_name(host) ||
                    (request->own_host && g_ascii_strcasecmp(host, request->own_host) == 0));
}

typedef struct {
    unsigned hosts;
    unsigned lengths;
    unsigned encodings;
    guint64 length;
    gboolean is_chunked;
    gboolean has_bad_name;
} Framing;

static gboolean is_token(const char *name)
{
    const char *c = name;

    while (g_ascii_isalnum(*c) || (*c && strchr("-_!#$%&'*+.^`|~", *c)))
        c++;
    return c > name && *c == '\0';
}

static enum MHD_Result look_at_field(void *cls, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    Framing *framing = cls;

    if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0)
        framing->hosts++;
    if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        framing->lengths++;
        framing->length = g_ascii_strtoull(value ? value : "", NULL, 10);
    }
    if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        framing->encodings++;
        framing->is_chunked = g_ascii_strcasecmp(value ? value : "", "chunked") == 0;
    }
    if (!is_token(name))
        framing->has_bad_name = TRUE;
    return MHD_YES;
}

gboolean http_request_framing_is_clear(const HttpRequest *request, const char *version,
                                       guint64 *content_length)
{
    gboolean is_first = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
    Framing framing = {0};

    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, look_at_field, &framing);
    *content_length = framing.length;
    return !framing.has_bad_name && framing.hosts <= 1 && (framing.hosts == 1 || is_first) &&
           framing.lengths + framing.encodings <= 1 &&
           (framing.encodings == 0 || (framing.is_chunked && !is_first));
}

gboolean http_request_knows_chunks(const HttpRequest *request)
{
    return request->knows_chunks;
}

static gboolean is_request_id(const char *text)
{
    gsize length =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    return length > 0 && length <= REQUEST_ID_MAX && text[length] == '\0';
}

char *http_request_id(const HttpRequest *request)
{
    const char *given = http_request_header(request, "X-Request-Id");

    if (given && is_request_id(given))
        return g_strdup(given);
    return g_strdup_printf("%08x-%" G_GINT64_MODIFIER "x", request->seed, request->number);
}
