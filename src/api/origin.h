/* Where a request comes from when proxies that we trust stand in between. Pure. */
#pragma once

#include "usage/record.h"

/* What proxies tell the client's address in. */
typedef enum { ORIGIN_X_FORWARDED_FOR, ORIGIN_FORWARDED /* RFC 7239 */ } OriginField;

typedef struct Origins Origins;

/* `trusted`: addresses and networks of proxies, and "unix" for those that come over a Unix socket;
 * NULL-terminated. ERROR_CONFIG for one that is neither. */
Origins *origins_new(const char *const *trusted, OriginField field, GError **error);
void origins_free(Origins *origins);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Origins, origins_free)

/* The name of the field that is looked at. */
const char *origins_field(const Origins *origins);

/* From the peer's address as http/request.h writes it, and what stands in all fields of that name,
 * joined by commas (NULL: none): from the last hop backwards, the first that is not a trusted
 * proxy. What a client writes there itself is so never believed. FALSE when nobody knows: a Unix
 * socket without a proxy, a hop without an address ("unknown", "_hidden"). */
gboolean origins_find(const Origins *origins, const char *peer, const char *hops,
                      UsageAddress *address);
