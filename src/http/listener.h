/* A listening socket from an address as people write it: TCP, Unix, or inherited. */
#pragma once

#include <glib.h>

typedef struct Listener Listener;

/* Opens `address` (grammar and behaviour: server.h, but for "tls:", which is not its business).
 * `name` is for messages and names the configuration key. Errors: ERROR_CONFIG with a hint. */
Listener *listener_open(const char *name, const char *address, GError **error);
/* Takes over the listening socket `fd`, which is bound to `address`. Otherwise as listener_open of
 * "fd:N". */
Listener *listener_adopt(const char *name, const char *address, int fd, GError **error);
/* Which of `fds`, -1 where there is none, listens at `address`: its index, or -1. A Unix socket
 * without its file does not count, and port 0 is none's. */
int listener_find(const char *address, const int *fds, gsize count);
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
/* Another process has the socket, too, and is to answer who connects to it after this one: from now
 * on it is as an inherited one. Returns it; -1 when it has been inherited. */
int listener_share(Listener *listener);
/* Refuses new clients from now on, without closing; an inherited socket goes on queueing. */
void listener_stop(Listener *listener);
