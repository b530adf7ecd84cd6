/* Socket addresses to degrees of trust. */
#include "http/peer.h"

#include <arpa/inet.h>
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

/* FALSE when it is none of IPv4, also inside IPv6. */
static gboolean find_v4(const struct sockaddr *address, struct in_addr *v4)
{
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;

    if (address->sa_family == AF_INET) {
        memcpy(&in4, address, sizeof in4);
        *v4 = in4.sin_addr;
        return TRUE;
    }
    memcpy(&in6, address, sizeof in6);
    if (!IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
        return FALSE;
    memcpy(v4, in6.sin6_addr.s6_addr + 12, sizeof *v4);
    return TRUE;
}

static char *describe_v6(const struct sockaddr *address, gboolean is_network)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in6 v6;

    memcpy(&v6, address, sizeof v6);
    if (is_network)
        memset(v6.sin6_addr.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return g_strconcat(text, is_network ? "/64" : "", NULL);
}

static char *describe(const struct sockaddr *address, gboolean is_network)
{
    char text[INET_ADDRSTRLEN] = "";
    struct in_addr v4;

    if (address && address->sa_family == AF_UNIX)
        return g_strdup("unix");
    if (!address || (address->sa_family != AF_INET && address->sa_family != AF_INET6))
        return g_strdup("unknown");
    if (!find_v4(address, &v4))
        return describe_v6(address, is_network);
    inet_ntop(AF_INET, &v4, text, sizeof text);
    return g_strdup(text);
}

char *peer_describe(const struct sockaddr *address)
{
    return describe(address, FALSE);
}

char *peer_network(const struct sockaddr *address)
{
    return describe(address, TRUE);
}

char *peer_split_host(const char *text)
{
    const char *end = *text == '[' ? strchr(text, ']') : text + strcspn(text, ":");
    const char *port;

    if (!end)
        return NULL;
    port = *text == '[' ? end + 1 : end;
    if (*port == ':')
        port += 1 + strspn(port + 1, "0123456789");
    if (*port != '\0')
        return NULL;
    return *text == '[' ? g_strndup(text + 1, (gsize)(end - text - 1))
                        : g_strndup(text, (gsize)(end - text));
}

gboolean peer_is_loopback_name(const char *host)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (g_ascii_strcasecmp(host, "localhost") == 0)
        return TRUE;
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
        return classify4((struct sockaddr *)&v4) == HTTP_PEER_LOOPBACK;
    return inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 &&
           classify6((struct sockaddr *)&v6) == HTTP_PEER_LOOPBACK;
}
