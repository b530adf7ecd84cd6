/* The router: from method and path to a route. Pure: a table in, a match out. */
#pragma once

#include "http/server.h"

enum { ROUTER_PATH_MAX = 2048 }; /* bytes as sent */

typedef struct Router Router;
typedef struct RouterPattern RouterPattern;

typedef enum {
    ROUTER_FOUND,
    ROUTER_OPTIONS,      /* the path exists and OPTIONS was asked: 204 + Allow */
    ROUTER_NO_PATH,      /* 404 */
    ROUTER_WRONG_METHOD, /* 405 + Allow */
    ROUTER_BAD_PATH,  /* 400: bad escapes, %00, %2F, control characters, not UTF-8, "." or ".." */
    ROUTER_LONG_PATH, /* 414 */
} RouterVerdict;

typedef struct {
    RouterVerdict verdict;
    const HttpRoute *route;       /* when FOUND */
    const char *allow;            /* "GET, HEAD, OPTIONS" when the path exists, else NULL */
    const RouterPattern *pattern; /* when the path exists */
    char **segments;              /* the decoded path, or NULL when no parameter can be in it */
} RouterMatch;

/* The table must outlive the router. A path with "{name}" gives way to one without. */
Router *router_new(const HttpRoute *routes);
void router_free(Router *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Router, router_free)

/* `path` is percent-encoded and without a query; "http://host/path", also with https, is read as
 * "/path". Nothing is
 * normalised: "//" and a trailing "/" are other paths. Allocates only where a parameter is. */
void router_find(const Router *router, const char *method, const char *path, RouterMatch *match);
void router_match_clear(RouterMatch *match);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RouterMatch, router_match_clear)

/* The decoded value of "{name}"; belongs to the match; NULL when the pattern has no such name. */
const char *router_parameter(const RouterMatch *match, const char *name);
