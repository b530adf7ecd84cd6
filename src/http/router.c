/* Patterns compiled from a route table, and the match of a path against them. No sockets, no MHD.
 */
#include "http/router.h"

#include <string.h>

typedef enum {
    METHOD_GET,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_COUNT,
} Method;

static const char *const method_names[METHOD_COUNT] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

struct RouterPattern {
    const char *path;
    gsize length;
    char **segments;
    gboolean has_parameters;
    const HttpRoute *routes[METHOD_COUNT];
    char *allow;
};

struct Router {
    GPtrArray *patterns; /* those without parameters first */
};

static gboolean is_parameter(const char *segment)
{
    return segment[0] == '{';
}

static void pattern_free(gpointer data)
{
    RouterPattern *pattern = data;

    g_strfreev(pattern->segments);
    g_free(pattern->allow);
    g_free(pattern);
}

static RouterPattern *pattern_new(const char *path)
{
    RouterPattern *pattern = g_new0(RouterPattern, 1);

    pattern->path = path;
    pattern->length = strlen(path);
    pattern->segments = g_strsplit(path + 1, "/", -1);
    pattern->has_parameters = strchr(path, '{') != NULL;
    return pattern;
}

static RouterPattern *pattern_of(GPtrArray *patterns, const char *path)
{
    for (guint i = 0; i < patterns->len; i++) {
        RouterPattern *pattern = g_ptr_array_index(patterns, i);

        if (strcmp(pattern->path, path) == 0)
            return pattern;
    }
    g_ptr_array_add(patterns, pattern_new(path));
    return g_ptr_array_index(patterns, patterns->len - 1);
}

/* METHOD_COUNT when it is none of ours. */
static Method method_parse(const char *name)
{
    Method method = METHOD_GET;

    if (strcmp(name, "HEAD") == 0)
        return METHOD_GET;
    while (method < METHOD_COUNT && strcmp(name, method_names[method]) != 0)
        method++;
    return method;
}

static char *format_allow(const RouterPattern *pattern)
{
    GString *allow = g_string_new(NULL);

    for (Method method = METHOD_GET; method < METHOD_COUNT; method++) {
        if (pattern->routes[method])
            g_string_append_printf(allow, "%s, ", method_names[method]);
        if (pattern->routes[method] && method == METHOD_GET)
            g_string_append(allow, "HEAD, ");
    }
    g_string_append(allow, "OPTIONS");
    return g_string_free(allow, FALSE);
}

static gint compare_patterns(gconstpointer left, gconstpointer right)
{
    const RouterPattern *a = *(RouterPattern *const *)left;
    const RouterPattern *b = *(RouterPattern *const *)right;

    return a->has_parameters - b->has_parameters;
}

Router *router_new(const HttpRoute *routes)
{
    Router *router = g_new0(Router, 1);

    router->patterns = g_ptr_array_new_with_free_func(pattern_free);
    for (const HttpRoute *route = routes; route->method; route++) {
        Method method = method_parse(route->method);

        g_assert(method < METHOD_COUNT && route->path[0] == '/');
        pattern_of(router->patterns, route->path)->routes[method] = route;
    }
    g_ptr_array_sort(router->patterns, compare_patterns);
    for (guint i = 0; i < router->patterns->len; i++) {
        RouterPattern *pattern = g_ptr_array_index(router->patterns, i);

        pattern->allow = format_allow(pattern);
    }
    return router;
}

void router_free(Router *router)
{
    if (!router)
        return;
    g_ptr_array_unref(router->patterns);
    g_free(router);
}

/* Proxies may send the absolute form. */
static const char *skip_authority(const char *path)
{
    static const char *const schemes[] = {"http://", "https://"};

    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        gsize length = strlen(schemes[i]);
        const char *slash;

        if (g_ascii_strncasecmp(path, schemes[i], length) != 0)
            continue;
        slash = strchr(path + length, '/');
        return slash ? slash : "/";
    }
    return path;
}

static const RouterPattern *find_literal(const Router *router, const char *path, gsize length)
{
    for (guint i = 0; i < router->patterns->len; i++) {
        const RouterPattern *pattern = g_ptr_array_index(router->patterns, i);

        if (pattern->has_parameters)
            return NULL;
        if (pattern->length == length && memcmp(pattern->path, path, length) == 0)
            return pattern;
    }
    return NULL;
}

static gboolean has_control_character(const char *text)
{
    for (; *text; text++) {
        if (g_ascii_iscntrl(*text))
            return TRUE;
    }
    return FALSE;
}

/* The decoded segment, or NULL when it must not be looked at any further. */
static char *decode_segment(const char *segment)
{
    g_autofree char *decoded = g_uri_unescape_string(segment, "/");

    if (!decoded || strcmp(decoded, ".") == 0 || strcmp(decoded, "..") == 0)
        return NULL;
    if (!g_utf8_validate(decoded, -1, NULL) || has_control_character(decoded))
        return NULL;
    return g_steal_pointer(&decoded);
}

static char **decode_path(const char *path)
{
    g_auto(GStrv) segments = NULL;

    if (path[0] != '/')
        return NULL;
    segments = g_strsplit(path + 1, "/", -1);
    for (char **segment = segments; *segment; segment++) {
        char *decoded = decode_segment(*segment);

        if (!decoded)
            return NULL;
        g_free(*segment);
        *segment = decoded;
    }
    return g_steal_pointer(&segments);
}

static gboolean segments_match(char *const *pattern, char *const *path)
{
    for (; *pattern && *path; pattern++, path++) {
        if (is_parameter(*pattern) ? (*path)[0] == '\0' : strcmp(*pattern, *path) != 0)
            return FALSE;
    }
    return !*pattern && !*path;
}

static const RouterPattern *find_segments(const Router *router, char *const *segments)
{
    for (guint i = 0; i < router->patterns->len; i++) {
        const RouterPattern *pattern = g_ptr_array_index(router->patterns, i);

        if (segments_match(pattern->segments, segments))
            return pattern;
    }
    return NULL;
}

static RouterVerdict choose_route(const char *method, RouterMatch *match)
{
    Method wanted = method_parse(method);

    match->allow = match->pattern->allow;
    if (strcmp(method, "OPTIONS") == 0)
        return ROUTER_OPTIONS;
    if (wanted == METHOD_COUNT || !match->pattern->routes[wanted])
        return ROUTER_WRONG_METHOD;
    match->route = match->pattern->routes[wanted];
    return ROUTER_FOUND;
}

void router_find(const Router *router, const char *method, const char *path, RouterMatch *match)
{
    gsize length;

    *match = (RouterMatch){.verdict = ROUTER_NO_PATH};
    path = skip_authority(path);
    length = strlen(path);
    if (length > ROUTER_PATH_MAX) {
        match->verdict = ROUTER_LONG_PATH;
        return;
    }
    match->pattern = find_literal(router, path, length);
    if (!match->pattern) {
        match->segments = decode_path(path);
        if (!match->segments) {
            match->verdict = ROUTER_BAD_PATH;
            return;
        }
        match->pattern = find_segments(router, match->segments);
    }
    if (match->pattern)
        match->verdict = choose_route(method, match);
}

void router_match_clear(RouterMatch *match)
{
    g_clear_pointer(&match->segments, g_strfreev);
}

const char *router_parameter(const RouterMatch *match, const char *name)
{
    gsize length = strlen(name);

    if (!match->pattern || !match->segments)
        return NULL;
    for (gsize i = 0; match->pattern->segments[i]; i++) {
        const char *segment = match->pattern->segments[i];

        if (is_parameter(segment) && strncmp(segment + 1, name, length) == 0 &&
            strcmp(segment + 1 + length, "}") == 0)
            return match->segments[i];
    }
    return NULL;
}
