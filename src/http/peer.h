/* Where a client comes from, as far as trust is concerned. Pure. */
#pragma once

#include <sys/socket.h>

#include "http/request.h"

/* `address` NULL or of another family than Unix, IPv4 and IPv6 is REMOTE. An IPv4 address inside an
 * IPv6 one counts as what it is. */
HttpPeer peer_classify(const struct sockaddr *address);
