/* The routes that change the database. What the request alone tells is answered here; the rest goes
 * over the desk. */
#include <string.h>

#include "api/desk.h"
#include "api/handlers.h"
#include "base/error.h"
#include "metrics/metrics.h"

enum { KEY_MAX = 128, WAIT_MAX = 60 /* seconds */ };

static HttpResponse *refuse(const HttpRequest *request, const Refusal *refusal)
{
    const HttpProblem problem = {.status = guard_status(refusal->guard),
                                 .slug = guard_slug(refusal->guard),
                                 .title = guard_title(refusal->guard),
                                 .detail = refusal->detail,
                                 .hint = refusal->hint};

    metrics_count(METRIC_REFUSALS, problem.slug);
    return http_problem(request, &problem);
}

/* --- The request ------------------------------------------------------------------------------ */

static HttpResponse *refuse_body(const HttpRequest *request, const OrderFault *fault)
{
    const char *const members[] = {"pointer", fault->pointer, NULL};
    const HttpProblem problem = {.status = fault->status,
                                 .slug = "body",
                                 .title = "The body of the request is not understood",
                                 .detail = fault->detail,
                                 .hint = "pgsluiced(8) shows what it looks like",
                                 .members = fault->pointer ? members : NULL};

    return http_problem(request, &problem);
}

static Order *read_order(const HttpRequest *request, OrderKind kind, HttpResponse **refusal)
{
    g_auto(OrderFault) fault = {0};
    gsize length;
    const guint8 *body = http_request_body(request, &length);
    Order *order = order_parse(kind, body, length, &fault);

    if (!order)
        *refusal = refuse_body(request, &fault);
    return order;
}

static gboolean is_key(const char *text)
{
    gsize length = strlen(text);

    for (const char *at = text; *at; at++)
        if (!g_ascii_isgraph(*at))
            return FALSE;
    return length >= 1 && length <= KEY_MAX;
}

/* "wait=10" among the preferences, in microseconds; 0 when there is none (RFC 7240). */
static gint64 read_wait(const HttpRequest *request)
{
    g_autofree char *field = http_request_headers(request, "Prefer");
    g_auto(GStrv) parts = g_strsplit_set(field ? field : "", ",;", 32);

    for (char **part = parts; *part; part++) {
        const char *text = g_strstrip(*part);
        guint64 seconds;

        if (g_ascii_strncasecmp(text, "wait=", 5) == 0 &&
            g_ascii_string_to_unsigned(text + 5, 10, 0, G_MAXINT, &seconds, NULL))
            return (gint64)MIN(seconds, WAIT_MAX) * G_USEC_PER_SEC;
    }
    return 0;
}

static char *name_action(const Order *order)
{
    return order->target ? g_strdup_printf("%s to %s", order_kind_name(order->kind), order->target)
                         : g_strdup(order_kind_name(order->kind));
}

static Call *call_new(const HttpRequest *request, CallKind kind)
{
    const char *principal = http_request_principal(request);
    Call *call = g_new0(Call, 1);

    call->kind = kind;
    call->principal = g_strdup(principal ? principal : "anonymous");
    call->peer = http_request_peer_address(request);
    call->request_id = http_request_id(request);
    return call;
}

/* Also what the body is for its digest: the same bytes to the same path. */
static Call *call_of_order(const HttpRequest *request, Order *order)
{
    Call *call = call_new(request, CALL_ORDER);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    const char *kind = order_kind_name(order->kind);
    gsize length;
    const guint8 *body = http_request_body(request, &length);

    g_checksum_update(sum, (const guchar *)kind, (gssize)strlen(kind) + 1);
    g_checksum_update(sum, body, (gssize)length);
    call->order = order;
    call->action = name_action(order);
    call->key = g_strdup(http_request_header(request, "Idempotency-Key"));
    call->if_match = g_strdup(http_request_header(request, "If-Match"));
    call->body_digest = g_strdup(g_checksum_get_string(sum));
    call->wait = read_wait(request);
    return call;
}

/* --- Refusals --------------------------------------------------------------------------------- */

/* For the ledger; whoever has the database decides whether it gets there. */
static void note(Api *api, Call *call, Refusal *refusal)
{
    g_autofree char *why = NULL;

    call->kind = CALL_NOTE;
    call->refusal = refusal;
    if (!desk_may_record(api_desk(api), call) || desk_take(api_desk(api), call, &why) != DESK_TAKEN)
        call_free(call);
}

void api_note_refusal(Api *api, const HttpRequest *request, const char *scope)
{
    Call *call = call_new(request, CALL_NOTE);

    call->action =
        g_strdup_printf("%s %s", http_request_method(request), http_request_path(request));
    note(api, call,
         refusal_new(GUARD_SCOPE, g_strdup_printf("the scope \"%s\" is missing", scope), NULL));
}

/* Answers and notes; takes both. */
static HttpResponse *refuse_call(Api *api, const HttpRequest *request, Call *call, Refusal *refusal)
{
    HttpResponse *response = refuse(request, refusal);

    note(api, call, refusal);
    return response;
}

static HttpResponse *answer_away(const HttpRequest *request, Call *call, const char *why)
{
    g_autofree char *detail = g_strdup_printf("Nothing can be done now: %s", why ? why : "");
    const HttpProblem problem = {.status = 503,
                                 .slug = "unavailable",
                                 .title = "The database is not at hand",
                                 .detail = detail,
                                 .hint = "ask again later; GET /admin/migrations tells more"};
    HttpResponse *response = http_problem(request, &problem);

    call_free(call);
    http_response_add_header(response, "Retry-After", "2");
    return response;
}

/* The guards that come before the one that says busy, as far as they are known without asking. */
static HttpResponse *answer_busy(Api *api, const HttpRequest *request, Call *call, const char *why)
{
    g_autoptr(Snapshot) snapshot = api_current(api);
    const Order *order = call->order;
    gboolean is_change = order && (order->kind == ORDER_ROLLBACK || order->kind == ORDER_UPGRADE);
    GuardFacts facts = {.direction =
                            order && order->kind == ORDER_ROLLBACK ? PLAN_DOWNGRADE : PLAN_UPGRADE,
                        .is_enabled = snapshot->allows_rollback,
                        .is_controlled = snapshot->is_controlled,
                        .if_match = call->if_match,
                        .matches = TRUE, /* a change that runs moves the ground */
                        .holder = why};
    gboolean asks_all = is_change && !order->is_dry_run;
    Refusal *refusal = guards_ask(&facts, asks_all ? GUARD_DISABLED : GUARD_BUSY, GUARD_BUSY);
    HttpResponse *response = refuse_call(api, request, call, refusal);

    http_response_add_header(response, "Retry-After", "2");
    return response;
}

/* --- Over the desk ---------------------------------------------------------------------------- */

/* Only after it is taken in for sure is the answer put off, so the desk is asked twice. */
static HttpResponse *hand_over(Api *api, HttpRequest *request, Call *call)
{
    Desk *desk = api_desk(api);
    g_autofree char *why = NULL;
    DeskVerdict verdict = desk_ask(desk, &why);

    if (verdict == DESK_BUSY)
        return answer_busy(api, request, call, why);
    if (verdict != DESK_TAKEN)
        return answer_away(request, call, verdict == DESK_FULL ? "too many calls wait" : why);
    call->reply = http_request_defer(request);
    g_clear_pointer(&why, g_free);
    if (desk_take(desk, call, &why) != DESK_TAKEN) {
        Refusal *refusal =
            guards_ask(&(GuardFacts){.holder = why ? why : "other calls"}, GUARD_BUSY, GUARD_BUSY);

        call_refuse(call, refusal);
        note(api, call, refusal);
    }
    return NULL;
}

/* A key that this daemon knows is answered whatever goes on; NULL: it does not know it. */
static HttpResponse *repeat(Api *api, HttpRequest *request, Call *call, gboolean *is_known)
{
    g_autofree char *body_digest = NULL;
    g_autofree char *answer = NULL;
    g_autofree char *id = NULL;

    *is_known =
        desk_find_key(api_desk(api), call->principal, call->key, &body_digest, &id, &answer);
    if (!*is_known)
        return NULL;
    if (!g_str_equal(body_digest, call->body_digest))
        return refuse_call(
            api, request, call,
            refusal_new(
                GUARD_KEY_REUSED,
                g_strdup_printf("It was sent before with another body, for operation %s", id),
                g_strdup("send each new request with a new key")));
    if (call->wait) {
        call->reply = http_request_defer(request);
        if (desk_wait(api_desk(api), id, call->reply, call->wait))
            call->reply = NULL;
        else
            call_accept(call, id, answer); /* forgotten just now */
        call_free(call);
        return NULL;
    }
    call_free(call);
    return api_accepted(id, answer);
}

static HttpResponse *change(HttpRequest *request, Api *api, OrderKind kind)
{
    HttpResponse *response = NULL;
    Order *order = read_order(request, kind, &response);
    gboolean is_known;
    Call *call;

    if (!order)
        return response;
    call = call_of_order(request, order);
    if (order->is_dry_run)
        return hand_over(api, request, call);
    if (!call->key || !is_key(call->key))
        return refuse_call(
            api, request, call,
            refusal_new(GUARD_KEY_MISSING,
                        g_strdup(call->key ? "The Idempotency-Key is not 1 to 128 visible ASCII "
                                             "characters"
                                           : "The request has no Idempotency-Key field"),
                        g_strdup("send a new random one with each new request, and the same one "
                                 "when you repeat it: Idempotency-Key: $(uuidgen)")));
    response = repeat(api, request, call, &is_known);
    return is_known ? response : hand_over(api, request, call);
}

HttpResponse *api_post_rollback(HttpRequest *request, gpointer data)
{
    return change(request, data, ORDER_ROLLBACK);
}

HttpResponse *api_post_upgrade(HttpRequest *request, gpointer data)
{
    return change(request, data, ORDER_UPGRADE);
}

static HttpResponse *pin(HttpRequest *request, Api *api, OrderKind kind)
{
    HttpResponse *response = NULL;
    Order *order = read_order(request, kind, &response);

    return order ? hand_over(api, request, call_of_order(request, order)) : response;
}

HttpResponse *api_post_hold(HttpRequest *request, gpointer data)
{
    return pin(request, data, ORDER_HOLD);
}

HttpResponse *api_delete_hold(HttpRequest *request, gpointer data)
{
    return pin(request, data, ORDER_RELEASE);
}
