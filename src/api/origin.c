/* Hops, read from the end. */
#include "api/origin.h"

#include <string.h>

#include "base/error.h"

enum { HOPS_MAX = 64 };

struct Origins {
    GArray *networks; /* UsageAddress */
    gboolean trusts_unix;
    OriginField field;
};

void origins_free(Origins *origins)
{
    if (!origins)
        return;
    g_array_unref(origins->networks);
    g_free(origins);
}

static gboolean trust(Origins *origins, const char *proxy, GError **error)
{
    UsageAddress network;

    if (strcmp(proxy, "unix") == 0) {
        origins->trusts_unix = TRUE;
        return TRUE;
    }
    if (usage_address_parse(proxy, &network)) {
        g_array_append_val(origins->networks, network);
        return TRUE;
    }
    error_set(error, ERROR_CONFIG,
              "http.traffic.trusted_proxies: \"%s\" is neither an address nor a network", proxy);
    error_set_hint(error, "write 192.0.2.10, 10.0.0.0/8, 2001:db8::/32, or unix");
    return FALSE;
}

Origins *origins_new(const char *const *trusted, OriginField field, GError **error)
{
    g_autoptr(Origins) origins = g_new0(Origins, 1);

    origins->networks = g_array_new(FALSE, FALSE, sizeof(UsageAddress));
    origins->field = field;
    for (; trusted && *trusted; trusted++)
        if (!trust(origins, *trusted, error))
            return NULL;
    return g_steal_pointer(&origins);
}

const char *origins_field(const Origins *origins)
{
    return origins->field == ORIGIN_FORWARDED ? "Forwarded" : "X-Forwarded-For";
}

static gboolean is_trusted(const Origins *origins, const UsageAddress *address)
{
    for (guint i = 0; i < origins->networks->len; i++)
        if (usage_address_is_in(address, &g_array_index(origins->networks, UsageAddress, i)))
            return TRUE;
    return FALSE;
}

/* What a proxy that listens for both families calls ::ffff:192.0.2.1 is the host of IPv4, as it is
 * for a peer. */
static void unmap(UsageAddress *address)
{
    static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};

    if (!address->is_v6 || memcmp(address->bytes, mapped, sizeof mapped) != 0)
        return;
    memmove(address->bytes, address->bytes + sizeof mapped, 4);
    memset(address->bytes + 4, 0, sizeof mapped);
    address->is_v6 = FALSE;
    address->prefix = 32;
}

/* "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711". */
static gboolean read_node(char *node, UsageAddress *address)
{
    char *bracket = *node == '[' ? strchr(node, ']') : NULL;
    char *colon = strchr(node, ':');

    if (strchr(node, '/'))
        return FALSE;
    if (bracket) {
        *bracket = '\0';
        node++;
    } else if (colon && !strchr(colon + 1, ':')) {
        *colon = '\0';
    }
    if (!usage_address_parse(node, address))
        return FALSE;
    unmap(address);
    return TRUE;
}

/* The node of `for=` in "for=192.0.2.1;proto=http" or "for=\"[2001:db8::1]:4711\""; points into
 * `element`, NULL when it has none. */
static char *find_for(char *element)
{
    for (char *pair = element; pair; pair = strchr(pair, ';')) {
        char *end;

        pair += strspn(pair, "; \t");
        if (g_ascii_strncasecmp(pair, "for=", 4) != 0)
            continue;
        pair += 4;
        if (*pair == '"')
            pair++;
        end = pair + strcspn(pair, "\"; \t");
        *end = '\0';
        return pair;
    }
    return NULL;
}

static gboolean read_hop(const Origins *origins, char *hop, UsageAddress *address)
{
    char *node = g_strstrip(hop);

    if (origins->field == ORIGIN_FORWARDED)
        node = find_for(node);
    return node && read_node(node, address);
}

/* FALSE when a hop without an address comes first. */
static gboolean follow(const Origins *origins, const char *text, UsageAddress *address)
{
    g_auto(GStrv) hops = g_strsplit(text, ",", -1);
    guint left = HOPS_MAX;

    for (guint i = g_strv_length(hops); i > 0 && left > 0; i--, left--) {
        if (!read_hop(origins, hops[i - 1], address))
            return FALSE;
        if (!is_trusted(origins, address))
            return TRUE;
    }
    return *text != '\0';
}

gboolean origins_find(const Origins *origins, const char *peer, const char *hops,
                      UsageAddress *address)
{
    gboolean is_unix = g_str_has_prefix(peer, "unix");
    gboolean is_known = !is_unix && usage_address_parse(peer, address);

    if (!hops || *hops == '\0')
        return is_known;
    if (is_unix ? !origins->trusts_unix : !(is_known && is_trusted(origins, address)))
        return is_known;
    return follow(origins, hops, address);
}
