/* A small HTTP client over plain sockets for the unit tests: it sends exactly what a test writes
 * and fails the test instead of hanging. */
#pragma once

#include <glib.h>

typedef struct Client Client;

typedef struct {
    unsigned status;
    char *head; /* status line and fields, without the empty line */
    char *body;
} Reply;

/* To "http://HOST:PORT" (numeric) or "unix:/path". NULL when the connection is refused. */
Client *client_new(const char *url);
void client_free(Client *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

/* A printf-like format of raw bytes. FALSE when the server has closed. */
gboolean client_send(Client *client, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The next reply; NULL when the server closed instead. `is_head`: it has no body whatever it says.
 */
Reply *client_read(Client *client, gboolean is_head);
/* TRUE once the server has closed and nothing more came; waits up to `seconds`. */
gboolean client_is_closed(Client *client, int seconds);

void reply_free(Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)
/* A field's value, or NULL; g_free. */
char *reply_field(const Reply *reply, const char *name);

/* One request on a connection of its own: "GET", "/path", and more field lines, each with "\r\n".
 */
Reply *client_ask(const char *url, const char *method, const char *path, const char *fields);
