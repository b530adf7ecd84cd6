/* The rules of the admin listener: anonymous reads from this host, tokens with scopes for the rest.
 */
#include "api/access.h"

#include <stdatomic.h>
#include <string.h>

#include "http/auth.h"
#include "metrics/metrics.h"

typedef struct {
    char *principal;
    AuthDigest digest;
    char **scopes;
} Token;

struct Access {
    atomic_uint references;
    gboolean anonymous_read;
    GArray *tokens; /* Token */
};

static void token_clear(gpointer data)
{
    Token *token = data;

    g_free(token->principal);
    g_strfreev(token->scopes);
}

Access *access_new(gboolean anonymous_read, const ApiToken *tokens, gsize count)
{
    Access *access = g_new0(Access, 1);

    atomic_init(&access->references, 1);
    access->anonymous_read = anonymous_read;
    access->tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    g_array_set_clear_func(access->tokens, token_clear);
    for (gsize i = 0; i < count; i++) {
        Token token;

        if (!auth_digest_parse(tokens[i].sha256, &token.digest))
            continue;
        token.principal = g_strconcat("token:", tokens[i].name, NULL);
        token.scopes = g_strdupv((char **)tokens[i].scopes);
        g_array_append_val(access->tokens, token);
    }
    return access;
}

Access *access_ref(Access *access)
{
    atomic_fetch_add_explicit(&access->references, 1, memory_order_relaxed);
    return access;
}

void access_unref(Access *access)
{
    if (!access || atomic_fetch_sub(&access->references, 1) > 1)
        return;
    g_array_unref(access->tokens);
    g_free(access);
}

static gboolean is_read(const HttpRequest *request)
{
    const char *method = http_request_method(request);

    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

/* Compares with every token, so that the time tells nothing about which one matched. */
static const Token *find_token(const Access *access, const char *text)
{
    AuthDigest digest = auth_digest_of(text);
    const Token *found = NULL;

    for (guint i = 0; i < access->tokens->len; i++) {
        const Token *token = &g_array_index(access->tokens, Token, i);

        if (auth_digest_equal(&token->digest, &digest))
            found = token;
    }
    return found;
}

static HttpResponse *refuse(const HttpRequest *request, const HttpProblem *problem,
                            const char *challenge)
{
    HttpResponse *response = http_problem(request, problem);

    http_response_add_header(response, "WWW-Authenticate", challenge);
    return response;
}

static HttpResponse *ask_for_token(const HttpRequest *request, gboolean has_token)
{
    const HttpProblem problem = {
        .status = 401,
        .detail = has_token ? "No token of this service matches" : "This call needs a bearer token",
        .hint = "send \"Authorization: Bearer TOKEN\" with a token whose SHA-256 is in "
                "http.admin.tokens"};

    if (has_token)
        metrics_count(METRIC_LOGIN_FAILURES);
    metrics_count(METRIC_REFUSALS, "unauthenticated");
    return refuse(request, &problem,
                  has_token ? "Bearer realm=\"pgsluice\", error=\"invalid_token\""
                            : "Bearer realm=\"pgsluice\"");
}

static HttpResponse *refuse_scope(const HttpRequest *request, const char *scope)
{
    g_autofree char *detail = g_strdup_printf("The token does not have the scope \"%s\"", scope);
    g_autofree char *challenge = g_strdup_printf(
        "Bearer realm=\"pgsluice\", error=\"insufficient_scope\", scope=\"%s\"", scope);
    const HttpProblem problem = {.status = 403,
                                 .detail = detail,
                                 .hint = "use another token, or add the scope to this one in "
                                         "http.admin.tokens"};

    metrics_count(METRIC_REFUSALS, "insufficient-scope");
    return refuse(request, &problem, challenge);
}

/* By DNS rebinding a web page can have its visitor's browser ask us; but the browser tells the
 * page's host name. */
static HttpResponse *refuse_host(const HttpRequest *request)
{
    const HttpProblem problem = {
        .status = 403,
        .detail = "Without a token this listener is read only by the name localhost, a loopback "
                  "address or its own address",
        .hint = "ask by one of them (the Host field tells), by the Unix socket, or send a bearer "
                "token"};

    metrics_count(METRIC_REFUSALS, "host");
    return http_problem(request, &problem);
}

HttpResponse *access_check(const Access *access, HttpRequest *request, const HttpRoute *route)
{
    const char *authorization = http_request_header(request, "Authorization");
    const char *text;
    const Token *token;

    if (!route->scope)
        return NULL;
    if (access->anonymous_read && is_read(request) &&
        http_request_peer(request) != HTTP_PEER_REMOTE) {
        if (http_request_peer(request) == HTTP_PEER_UNIX || http_request_names_us(request))
            return NULL;
        if (!authorization)
            return refuse_host(request);
    }
    text = auth_bearer_token(authorization);
    token = text ? find_token(access, text) : NULL;
    if (!token)
        return ask_for_token(request, authorization != NULL);
    http_request_set_principal(request, token->principal);
    if (!token->scopes || !g_strv_contains((const char *const *)token->scopes, route->scope))
        return refuse_scope(request, route->scope);
    return NULL;
}
