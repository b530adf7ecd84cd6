/* The client: connect, write, read one reply. No test lives here. */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE = 20 }; /* seconds */

struct Client {
    int fd;
    GString *received;
};

static int connect_to(const struct sockaddr *address, socklen_t length)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(fd, >=, 0);
    if (connect(fd, address, length) == 0)
        return fd;
    g_assert_true(errno == ECONNREFUSED || errno == ENOENT || errno == ECONNRESET);
    close(fd);
    return -1;
}

static int connect_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    return connect_to((struct sockaddr *)&address, sizeof address);
}

static int connect_tcp(const char *host_and_port)
{
    const char *colon = strrchr(host_and_port, ':');
    g_autofree char *host = g_strndup(host_and_port, (gsize)(colon - host_and_port));
    guint16 port = htons((guint16)atoi(colon + 1));

    if (host[0] == '[') {
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = port};

        host[strlen(host) - 1] = '\0';
        g_assert_cmpint(inet_pton(AF_INET6, host + 1, &v6.sin6_addr), ==, 1);
        return connect_to((struct sockaddr *)&v6, sizeof v6);
    }
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = port};

    g_assert_cmpint(inet_pton(AF_INET, host, &v4.sin_addr), ==, 1);
    return connect_to((struct sockaddr *)&v4, sizeof v4);
}

Client *client_new(const char *url)
{
    int fd = g_str_has_prefix(url, "unix:") ? connect_unix(url + strlen("unix:"))
                                            : connect_tcp(url + strlen("http://"));
    Client *client;

    if (fd < 0)
        return NULL;
    client = g_new0(Client, 1);
    client->fd = fd;
    client->received = g_string_new(NULL);
    return client;
}

void client_free(Client *client)
{
    if (!client)
        return;
    close(client->fd);
    g_string_free(client->received, TRUE);
    g_free(client);
}

gboolean client_send(Client *client, const char *format, ...)
{
    g_autofree char *text = NULL;
    gsize sent = 0;
    gsize length;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    length = strlen(text);
    while (sent < length) {
        ssize_t n = send(client->fd, text + sent, length - sent, MSG_NOSIGNAL);

        if (n <= 0)
            return FALSE;
        sent += (gsize)n;
    }
    return TRUE;
}

/* FALSE at the end of the stream. */
static gboolean receive(Client *client)
{
    struct pollfd readable = {.fd = client->fd, .events = POLLIN};
    char bytes[65536];
    ssize_t n;

    if (poll(&readable, 1, PATIENCE * 1000) <= 0)
        g_error("the server has not answered for %d s; so far: %s", PATIENCE,
                client->received->str);
    n = recv(client->fd, bytes, sizeof bytes, 0);
    if (n <= 0)
        return FALSE;
    g_string_append_len(client->received, bytes, n);
    return TRUE;
}

gboolean client_is_closed(Client *client, int seconds)
{
    struct pollfd readable = {.fd = client->fd, .events = POLLIN};
    char byte;

    return poll(&readable, 1, seconds * 1000) == 1 && recv(client->fd, &byte, 1, 0) <= 0;
}

static gsize body_length(const Reply *reply, gboolean is_head)
{
    g_autofree char *length = reply_field(reply, "Content-Length");

    return is_head || reply->status == 304 || !length ? 0 : strtoul(length, NULL, 10);
}

Reply *client_read(Client *client, gboolean is_head)
{
    g_autoptr(Reply) reply = g_new0(Reply, 1);
    const char *end;
    gsize start;
    gsize length;

    while (!(end = strstr(client->received->str, "\r\n\r\n"))) {
        if (!receive(client))
            return NULL;
    }
    start = (gsize)(end - client->received->str) + strlen("\r\n\r\n");
    reply->head = g_strndup(client->received->str, start - strlen("\r\n\r\n"));
    g_assert_cmpint(sscanf(reply->head, "HTTP/1.%*d %u", &reply->status), ==, 1);
    length = body_length(reply, is_head);
    while (client->received->len < start + length)
        g_assert_true(receive(client));
    reply->body = g_strndup(client->received->str + start, length);
    g_string_erase(client->received, 0, (gssize)(start + length));
    return g_steal_pointer(&reply);
}

void reply_free(Reply *reply)
{
    g_free(reply->head);
    g_free(reply->body);
    g_free(reply);
}

char *reply_field(const Reply *reply, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(reply->head, "\r\n", -1);
    gsize length = strlen(name);

    for (char **line = lines + 1; *lines && *line; line++) {
        if (g_ascii_strncasecmp(*line, name, length) == 0 && (*line)[length] == ':')
            return g_strdup(g_strchug(*line + length + 1));
    }
    return NULL;
}

Reply *client_ask(const char *url, const char *method, const char *path, const char *fields)
{
    g_autoptr(Client) client = client_new(url);

    g_assert_nonnull(client);
    g_assert_true(client_send(client, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method, path,
                              fields ? fields : ""));
    return client_read(client, strcmp(method, "HEAD") == 0);
}
