/* The rules of both listeners: anonymous reads from this host, and scopes for tokens, client
 * certificates and users of this host. */
#include "api/access.h"

#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "http/auth.h"
#include "metrics/metrics.h"

/* The kernel shows every user by this number whom our namespace does not know. */
enum { OVERFLOW_UID = 65534 };

/* Long enough to make guessing slow, short enough for a person who has mistyped. */
#define FAILURE_DELAY (250 * G_TIME_SPAN_MILLISECOND)

typedef struct {
    char *principal;
    AuthDigest digest;
    gint64 expires;
    char **scopes;
} Token;

typedef struct {
    guint32 *uids;
    guint32 *gids;
    gsize uid_count;
    gsize gid_count;
    char **scopes;
} Peers;

typedef struct {
    char *subject;
    char **scopes;
} Certificate;

struct Access {
    atomic_uint references;
    gboolean anonymous_read;
    gboolean traffic_needs_scopes;
    GArray *tokens;       /* Token */
    GArray *peers;        /* Peers */
    GArray *certificates; /* Certificate */
};

/* One request while it is looked at. */
typedef struct {
    const Access *access;
    Logins *logins;
    ApiListener listener;
    HttpRequest *request;
    const char *scope;
} Check;

/* --- The rules -------------------------------------------------------------------------------- */

static void token_clear(gpointer data)
{
    Token *token = data;

    g_free(token->principal);
    g_strfreev(token->scopes);
}

static void peers_clear(gpointer data)
{
    Peers *peers = data;

    g_free(peers->uids);
    g_free(peers->gids);
    g_strfreev(peers->scopes);
}

static void certificate_clear(gpointer data)
{
    Certificate *certificate = data;

    g_free(certificate->subject);
    g_strfreev(certificate->scopes);
}

static GArray *array_new(guint size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, size);

    g_array_set_clear_func(array, clear);
    return array;
}

static void add_token(GArray *tokens, const ApiToken *from)
{
    Token token = {.expires = from->expires};

    if (!auth_digest_parse(from->sha256, &token.digest))
        return;
    token.principal = g_strconcat("token:", from->name, NULL);
    token.scopes = g_strdupv((char **)from->scopes);
    g_array_append_val(tokens, token);
}

static void add_peers(GArray *array, const ApiPeers *from)
{
    Peers peers = {.uids = g_memdup2(from->uids, from->uid_count * sizeof *from->uids),
                   .gids = g_memdup2(from->gids, from->gid_count * sizeof *from->gids),
                   .uid_count = from->uid_count,
                   .gid_count = from->gid_count,
                   .scopes = g_strdupv((char **)from->scopes)};

    g_array_append_val(array, peers);
}

static void add_certificate(GArray *certificates, const ApiCertificate *from)
{
    Certificate certificate = {g_strdup(from->subject), g_strdupv((char **)from->scopes)};

    g_array_append_val(certificates, certificate);
}

Access *access_new(const ApiAccess *rules)
{
    Access *access = g_new0(Access, 1);

    atomic_init(&access->references, 1);
    access->anonymous_read = rules->anonymous_read;
    access->traffic_needs_scopes = rules->traffic_needs_scopes;
    access->tokens = array_new(sizeof(Token), token_clear);
    access->peers = array_new(sizeof(Peers), peers_clear);
    access->certificates = array_new(sizeof(Certificate), certificate_clear);
    for (gsize i = 0; i < rules->token_count; i++)
        add_token(access->tokens, &rules->tokens[i]);
    for (gsize i = 0; i < rules->peers_count; i++)
        add_peers(access->peers, &rules->peers[i]);
    for (gsize i = 0; i < rules->certificate_count; i++)
        add_certificate(access->certificates, &rules->certificates[i]);
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
    g_array_unref(access->peers);
    g_array_unref(access->certificates);
    g_free(access);
}

/* --- Refusals --------------------------------------------------------------------------------- */

static HttpResponse *challenge(const Check *check, const HttpProblem *problem, const char *field)
{
    HttpResponse *response = http_problem(check->request, problem);

    http_response_add_header(response, "WWW-Authenticate", field);
    return response;
}

/* What would let this client in, so far as we can tell who it is. */
static char *suggest(const Check *check)
{
    const char *subject = http_request_certificate(check->request);
    guint32 uid;

    if (subject)
        return g_strdup_printf("the certificate is of \"%s\", which is not in "
                               "http.admin.certificates; add it there, or send \"Authorization: "
                               "Bearer TOKEN\"",
                               subject);
    if (http_request_peer_uid(check->request, &uid) && uid == OVERFLOW_UID)
        return g_strdup("the kernel does not tell this daemon who calls (PrivateUsers=no in a "
                        "drop-in of its unit would); or send \"Authorization: Bearer TOKEN\"");
    if (http_request_peer_uid(check->request, &uid))
        return g_strdup_printf("add uid %u to http.admin.peers, or send \"Authorization: Bearer "
                               "TOKEN\" with a token whose SHA-256 is in http.admin.tokens",
                               uid);
    return g_strdup("send \"Authorization: Bearer TOKEN\" with a token whose SHA-256 is in "
                    "http.admin.tokens");
}

static HttpResponse *ask_for_token(const Check *check)
{
    g_autofree char *hint = suggest(check);
    const HttpProblem problem = {.status = 401,
                                 .slug = "unauthenticated",
                                 .title = "Who are you?",
                                 .detail = "This call needs a bearer token",
                                 .hint = hint};

    logins_note(check->logins, check->request, LOGIN_CHALLENGED);
    return challenge(check, &problem, "Bearer realm=\"pgsluice\"");
}

static HttpResponse *refuse_token(const Check *check)
{
    const HttpProblem problem = {
        .status = 401,
        .slug = "unauthenticated",
        .title = "Who are you?",
        .detail = "No token of this service matches",
        .hint = "send \"Authorization: Bearer TOKEN\" with a token whose SHA-256 is in "
                "http.admin.tokens"};

    logins_note(check->logins, check->request, LOGIN_FAILED);
    http_request_delay_refusal(check->request, FAILURE_DELAY);
    return challenge(check, &problem, "Bearer realm=\"pgsluice\", error=\"invalid_token\"");
}

static HttpResponse *refuse_expired(const Check *check, const Token *token)
{
    g_autofree char *when = clock_format_rfc3339(token->expires);
    g_autofree char *detail = g_strdup_printf("The token has expired at %s", when);
    const HttpProblem problem = {.status = 401,
                                 .slug = "token-expired",
                                 .title = "The token has expired",
                                 .detail = detail,
                                 .hint = "make another with `pgsluice token new`, and put it in "
                                         "this one's place in http.admin.tokens"};

    logins_note(check->logins, check->request, LOGIN_EXPIRED);
    return challenge(check, &problem,
                     "Bearer realm=\"pgsluice\", error=\"invalid_token\", "
                     "error_description=\"The token has expired\"");
}

static HttpResponse *refuse_for_now(const Check *check, guint seconds)
{
    g_autofree char *retry_after = g_strdup_printf("%u", seconds);
    const HttpProblem problem = {
        .status = 429,
        .slug = "too-many-failures",
        .title = "Too many wrong tokens",
        .detail = "Too many wrong tokens came from this address: it has to wait",
        .hint =
            "Retry-After says how long, in seconds; behind a proxy all clients are one address"};
    HttpResponse *response = http_problem(check->request, &problem);

    logins_note(check->logins, check->request, LOGIN_LIMITED);
    http_response_add_header(response, "Retry-After", retry_after);
    return response;
}

static HttpResponse *refuse_scope(const Check *check)
{
    const char *principal = http_request_principal(check->request);
    g_autofree char *detail =
        g_strdup_printf("%s does not have the scope \"%s\"", principal, check->scope);
    g_autofree char *field = g_strdup_printf(
        "Bearer realm=\"pgsluice\", error=\"insufficient_scope\", scope=\"%s\"", check->scope);
    const HttpProblem problem = {.status = 403,
                                 .slug = "insufficient-scope",
                                 .title = "Not with this scope",
                                 .detail = detail,
                                 .hint = "use another token, or add the scope to this one in "
                                         "http.admin.tokens, .peers or .certificates"};

    logins_note(check->logins, check->request, LOGIN_FORBIDDEN);
    return challenge(check, &problem, field);
}

/* By DNS rebinding a web page can have its visitor's browser ask us; but the browser tells the
 * page's host name. */
static HttpResponse *refuse_host(const Check *check)
{
    const HttpProblem problem = {
        .status = 403,
        .detail = "Without a token this listener is read only by the name localhost, a loopback "
                  "address or its own address",
        .hint = "ask by one of them (the Host field tells), by the Unix socket, or send a bearer "
                "token"};

    metrics_count(METRIC_REFUSALS, "host");
    return http_problem(check->request, &problem);
}

/* Browsers show a certificate to whatever page has them ask, and name the page in Origin. */
static HttpResponse *refuse_origin(const Check *check)
{
    const HttpProblem problem = {
        .status = 403,
        .slug = "cross-origin",
        .title = "Not from another page",
        .detail = "A certificate does not count for what a page of another origin asks",
        .hint = "ask without the Origin field, from a page of this listener, or with a bearer "
                "token"};

    logins_note(check->logins, check->request, LOGIN_FORBIDDEN);
    return http_problem(check->request, &problem);
}

/* --- Who asks --------------------------------------------------------------------------------- */

static gboolean is_read(const HttpRequest *request)
{
    const char *method = http_request_method(request);

    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static gboolean has_scope(char *const *scopes, const char *scope)
{
    return scopes && g_strv_contains((const char *const *)scopes, scope);
}

static HttpResponse *decide(const Check *check, gboolean has_it)
{
    return has_it ? NULL : refuse_scope(check);
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

/* Whoever waits is not answered whether this token is right: else waiting would not slow down
 * anybody who guesses. */
static HttpResponse *check_token(const Check *check, const char *authorization)
{
    guint wait = logins_wait(check->logins, check->request);
    const char *text = auth_bearer_token(authorization);
    const Token *token;

    if (wait > 0)
        return refuse_for_now(check, wait);
    token = text ? find_token(check->access, text) : NULL;
    if (!token)
        return refuse_token(check);
    if (token->expires && clock_wall() >= token->expires)
        return refuse_expired(check, token);
    http_request_set_principal(check->request, token->principal);
    return decide(check, has_scope(token->scopes, check->scope));
}

static gboolean is_from_own_page(const HttpRequest *request)
{
    const char *origin = http_request_header(request, "Origin");
    const char *host = http_request_header(request, "Host");
    g_autofree char *own = g_strconcat("https://", host ? host : "", NULL);

    return !origin || g_ascii_strcasecmp(origin, own) == 0;
}

static HttpResponse *check_certificate(const Check *check, const Certificate *certificate)
{
    g_autofree char *principal = g_strconcat("cert:", certificate->subject, NULL);

    if (!is_from_own_page(check->request))
        return refuse_origin(check);
    http_request_set_principal(check->request, principal);
    return decide(check, has_scope(certificate->scopes, check->scope));
}

static const Certificate *find_certificate(const Check *check)
{
    const GArray *certificates = check->access->certificates;
    const char *subject = certificates->len > 0 ? http_request_certificate(check->request) : NULL;

    for (guint i = 0; subject && i < certificates->len; i++) {
        const Certificate *certificate = &g_array_index(certificates, Certificate, i);

        if (strcmp(certificate->subject, subject) == 0)
            return certificate;
    }
    return NULL;
}

static gboolean is_among(const Check *check, const Peers *peers, guint32 uid)
{
    for (gsize i = 0; i < peers->uid_count; i++) {
        if (peers->uids[i] == uid)
            return TRUE;
    }
    for (gsize i = 0; i < peers->gid_count; i++) {
        if (http_request_peer_has_gid(check->request, peers->gids[i]))
            return TRUE;
    }
    return FALSE;
}

/* The scopes of all groups that the user is in add up. */
static gboolean find_peers(const Check *check, guint32 uid, gboolean *has_it)
{
    gboolean is_known = FALSE;

    *has_it = FALSE;
    for (guint i = 0; i < check->access->peers->len; i++) {
        const Peers *peers = &g_array_index(check->access->peers, Peers, i);

        if (!is_among(check, peers, uid))
            continue;
        is_known = TRUE;
        *has_it = *has_it || has_scope(peers->scopes, check->scope);
    }
    return is_known;
}

static HttpResponse *check_user(const Check *check)
{
    g_autofree char *principal = NULL;
    gboolean has_it;
    guint32 uid;

    if (!http_request_peer_uid(check->request, &uid) || !find_peers(check, uid, &has_it))
        return ask_for_token(check);
    principal = g_strdup_printf("uid:%u", uid);
    http_request_set_principal(check->request, principal);
    return decide(check, has_it);
}

static gboolean may_read_anonymously(const Check *check)
{
    return check->listener == API_ADMIN && check->access->anonymous_read &&
           is_read(check->request) && http_request_peer(check->request) != HTTP_PEER_REMOTE;
}

HttpResponse *access_check(const Access *access, Logins *logins, ApiListener listener,
                           HttpRequest *request, const HttpRoute *route)
{
    const Check check = {access, logins, listener, request, route->scope};
    const char *authorization = http_request_header(request, "Authorization");
    const Certificate *certificate;

    if (!route->scope || (listener == API_TRAFFIC && !access->traffic_needs_scopes))
        return NULL;
    if (may_read_anonymously(&check) &&
        (http_request_peer(request) == HTTP_PEER_UNIX || http_request_names_us(request)))
        return NULL;
    if (authorization)
        return check_token(&check, authorization);
    certificate = find_certificate(&check);
    if (certificate)
        return check_certificate(&check, certificate);
    return may_read_anonymously(&check) ? refuse_host(&check) : check_user(&check);
}
