/* Socket addresses to degrees of trust. */
#include "http/peer.h"

#include <netinet/in.h>
#include <string.h>

static HttpPeer classify4(const struct sockaddr *address)
{
    struct sockaddr_in v4;

    memcpy(&v4, address, sizeof v4);
    return ntohl(v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET ? HTTP_PEER_LOOPBACK
                                                             : HTTP_PEER_REMOTE;
}

static HttpPeer classify6(const struct sockaddr *address)
{
    struct sockaddr_in6 v6;

    memcpy(&v6, address, sizeof v6);
    if (IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr))
        return HTTP_PEER_LOOPBACK;
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) && v6.sin6_addr.s6_addr[12] == IN_LOOPBACKNET)
        return HTTP_PEER_LOOPBACK;
    return HTTP_PEER_REMOTE;
}

HttpPeer peer_classify(const struct sockaddr *address)
{
    switch (address ? address->sa_family : AF_UNSPEC) {
    case AF_UNIX:
        return HTTP_PEER_UNIX;
    case AF_INET:
        return classify4(address);
    case AF_INET6:
        return classify6(address);
    default:
        return HTTP_PEER_REMOTE;
    }
}
