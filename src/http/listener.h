/* A listening socket from an address as people write it: TCP, Unix, or inherited. */
#pragma once

#include <glib.h>

typedef struct Listener Listener;

/* Opens `address` (grammar and behaviour: server.h, but for "tls:", which is not its business).
 * `name` is for messages and names the configuration key. Errors: ERROR_CONFIG with a hint. */
Listener *listener_open(const char *name, const char *address, GError **error);
/* Closes; removes the Unix socket file if it is still the one that was made. */
void listener_free(Listener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listener, listener_free)

/* Whether only this host can reach it: a Unix socket, or a loopback address. */
gboolean listener_is_local(const Listener *listener);
/* Belongs to the listener: non-blocking, close-on-exec. */
int listener_fd(const Listener *listener);
/* "http://127.0.0.1:43021", "unix:/path"; https after listener_set_tls; belongs to the listener. */
const char *listener_url(const Listener *listener);
/* Its clients speak TLS: says so in its URL. FALSE on a Unix socket, where they do not. */
gboolean listener_set_tls(Listener *listener);
/* Refuses new clients from now on, without closing; an inherited socket goes on queueing. */
void listener_stop(Listener *listener);
