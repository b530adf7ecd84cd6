/* Where a client comes from, as far as trust is concerned. Pure. */
#pragma once

#include <sys/socket.h>

#include "http/request.h"

/* `address` NULL or of another family than Unix, IPv4 and IPv6 is REMOTE. An IPv4 address inside an
 * IPv6 one counts as what it is. */
HttpPeer peer_classify(const struct sockaddr *address);
/* "192.0.2.1", "2001:db8::1"; "unix" for a Unix socket, "unknown" for NULL and anything else;
 * g_free.
 */
char *peer_describe(const struct sockaddr *address);
/* The same for counting: an IPv6 client has a whole network of addresses, "2001:db8:0:1::/64". */
char *peer_network(const struct sockaddr *address);
/* The host of "host", "host:port" or "[v6]:port", without the brackets; NULL when it is none of
 * them. g_free. */
char *peer_split_host(const char *text);
/* "localhost" or a loopback address. */
gboolean peer_is_loopback_name(const char *host);
