/* POST /v1/usage-logs: checked here, written by the usage log, answered after its commit. */
#include <stdatomic.h>
#include <string.h>

#include "api/handlers.h"
#include "base/clock.h"
#include "http/reply.h"
#include "usage/uuid.h"
#include "view/usage_read.h"
#include "view/usage_write.h"

#define PATH "/v1/usage-logs"

typedef enum { FORM_JSON, FORM_NDJSON } Form;

/* What the request wants, besides what it brings. */
typedef struct {
    Form form;
    gboolean is_minimal; /* Prefer: return=minimal */
    StoreDurability durability;
} Wish;

/* One request on its way through the log. */
typedef struct {
    HttpReply *reply;
    Wish wish;
    gboolean is_single; /* one object, no list */
    GArray *items;      /* UsageItem; the records are with the orders */
    GPtrArray *orders;  /* UsageOrder *, in the order of the items */
    atomic_uint away;   /* orders that have not come back */
} Delivery;

/* --- Refusals --------------------------------------------------------------------------------- */

static HttpResponse *refuse_absent(const HttpRequest *request, const char *detail, const char *hint)
{
    const HttpProblem problem = {.status = 404,
                                 .slug = "usage-log",
                                 .title = "There is no usage log",
                                 .detail = detail,
                                 .hint = hint};

    return http_problem(request, &problem);
}

/* NULL: usage logs can be taken now. */
static HttpResponse *refuse_service(const HttpRequest *request, const ApiUsage *usage,
                                    const Snapshot *snapshot)
{
    if (!snapshot->is_open)
        return api_unavailable(request, snapshot, NULL, NULL);
    if (!usage)
        return refuse_absent(request, "This service has its usage log switched off",
                             "usage_log.enabled = true switches it on");
    if (!snapshot->action_types)
        return refuse_absent(request, snapshot->usage_absence,
                             "apply the migrations that make the table; the service looks again by "
                             "itself");
    return NULL;
}

static HttpResponse *refuse_form(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 415,
                                 .detail = "The body's media type is not taken here",
                                 .hint = "send Content-Type: application/json (an object or an "
                                         "array) or application/x-ndjson (an object a line)"};
    HttpResponse *response = http_problem(request, &problem);

    http_response_add_header(response, "Accept-Post", "application/json, application/x-ndjson");
    return response;
}

static HttpResponse *refuse_durability(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 400,
                                 .detail = "The durability is neither \"commit\" nor \"async\"",
                                 .hint = "leave it away: the answer then comes after the commit"};

    return http_problem(request, &problem);
}

static HttpResponse *refuse_faults(const HttpRequest *request, const GPtrArray *faults)
{
    g_autofree char *errors = usage_faults_document(faults);
    const HttpProblem problem = {
        .status = 422,
        .slug = "usage-log-values",
        .title = "The usage log is not valid",
        .detail = "Nothing was stored: see errors, each with a JSON pointer to the value",
        .hint = "correct what errors names and send it again",
        .documents = (const char *const[]){"errors", errors, NULL}};

    return http_problem(request, &problem);
}

/* --- What is asked for ------------------------------------------------------------------------ */

static gboolean is_media_type(const char *field, const char *type)
{
    gsize length = strcspn(field, "; \t");

    return length == strlen(type) && g_ascii_strncasecmp(field, type, length) == 0;
}

static gboolean read_form(const HttpRequest *request, Form *form)
{
    const char *field = http_request_header(request, "Content-Type");

    if (!field)
        return FALSE;
    *form = is_media_type(field, "application/json") ? FORM_JSON : FORM_NDJSON;
    return *form == FORM_JSON || is_media_type(field, "application/x-ndjson") ||
           is_media_type(field, "application/ndjson") || is_media_type(field, "application/jsonl");
}

/* RFC 7240: preferences, separated by commas; those that nobody knows are passed over. */
static gboolean prefers_minimal(const HttpRequest *request)
{
    g_autofree char *field = http_request_headers(request, "Prefer");
    g_auto(GStrv) preferences = g_strsplit(field ? field : "", ",", -1);

    for (char **preference = preferences; *preference; preference++) {
        (*preference)[strcspn(*preference, ";")] = '\0';
        if (g_ascii_strcasecmp(g_strstrip(*preference), "return=minimal") == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean read_durability(const HttpRequest *request, StoreDurability *durability)
{
    g_autofree char *text = http_request_query(request, "durability");

    *durability = g_strcmp0(text, "async") == 0 ? STORE_ASYNCHRONOUS : STORE_DURABLE;
    return !text || *durability == STORE_ASYNCHRONOUS || g_str_equal(text, "commit");
}

/* NULL: the wish is clear. */
static HttpResponse *read_wish(const HttpRequest *request, Wish *wish)
{
    if (!read_form(request, &wish->form))
        return refuse_form(request);
    if (!read_durability(request, &wish->durability))
        return refuse_durability(request);
    wish->is_minimal = prefers_minimal(request);
    return NULL;
}

static gboolean find_origin(const HttpRequest *request, const Origins *origins,
                            UsageAddress *address)
{
    g_autofree char *peer = http_request_peer_address(request);
    g_autofree char *hops = http_request_headers(request, origins_field(origins));

    return origins_find(origins, peer, hops, address);
}

/* The first byte that is not blank tells an array from everything else. */
static gboolean is_array(const char *text, gsize length)
{
    while (length > 0 && (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r')) {
        text++;
        length--;
    }
    return length > 0 && *text == '[';
}

static GArray *read_single(const char *text, gsize length, const UsageRules *rules,
                           GPtrArray *faults)
{
    UsageItem item = {usage_read_record(text, length, rules, "", faults), NULL, 0};
    GArray *items;

    if (!item.record)
        return NULL;
    items = usage_items_new();
    g_array_append_val(items, item);
    return items;
}

/* NULL with faults when there is nothing to store. */
static GArray *read_items(HttpRequest *request, const ApiUsage *usage, const Snapshot *snapshot,
                          Delivery *delivery, GPtrArray *faults)
{
    gsize length;
    const char *text = (const char *)http_request_body(request, &length);
    UsageAddress address;
    gboolean is_known = find_origin(request, usage->origins, &address);
    gint64 now = clock_wall();
    const UsageRules rules = {.now = now,
                              .oldest = now - usage->oldest,
                              .newest = now + usage->newest,
                              .action_types = (const char *const *)snapshot->action_types,
                              .address = is_known ? &address : NULL};

    text = text ? text : "";
    if (delivery->wish.form == FORM_NDJSON)
        return usage_read_lines(text, length, &rules, usage->rows_max, faults);
    delivery->is_single = !is_array(text, length);
    return delivery->is_single ? read_single(text, length, &rules, faults)
                               : usage_read_array(text, length, &rules, usage->rows_max, faults);
}

/* --- The answer ------------------------------------------------------------------------------- */

static HttpResponse *json_response(unsigned status, char *text)
{
    g_autoptr(GBytes) body = g_bytes_new_take(text, strlen(text));

    return http_response_new(status, "application/json", body);
}

static HttpResponse *empty_response(unsigned status)
{
    return http_response_new(status, NULL, NULL);
}

static void add_location(HttpResponse *response, const UsageRecord *record)
{
    char location[sizeof PATH + UUID_TEXT_SIZE] = PATH "/";

    uuid_format(record->values[USAGE_ID].uuid, location + strlen(PATH "/"));
    http_response_add_header(response, "Location", location);
}

static HttpResponse *accept_single(const Delivery *delivery, const UsageRecord *record,
                                   unsigned status)
{
    HttpResponse *response;

    if (delivery->wish.is_minimal)
        response = empty_response(status);
    else if (status == 200)
        response = json_response(status, usage_id_document(record->values[USAGE_ID].uuid));
    else
        response = json_response(status, usage_document(record));
    add_location(response, record);
    return response;
}

/* What the database does not take, although the values looked well: a constraint of its own. */
static HttpResponse *refuse_by_database(const Delivery *delivery, const char *reason)
{
    g_autoptr(GPtrArray) faults = usage_faults_new();
    g_autofree char *errors = NULL;

    usage_faults_add(faults, "", reason);
    errors = usage_faults_document(faults);
    return http_reply_problem(
        delivery->reply,
        &(HttpProblem){.status = 422,
                       .slug = "usage-log-values",
                       .title = "The usage log is not valid",
                       .detail = "The database refuses it",
                       .hint = "correct what errors names and send it again",
                       .documents = (const char *const[]){"errors", errors, NULL}});
}

static HttpResponse *retry_later(const Delivery *delivery, const HttpProblem *problem)
{
    HttpResponse *response = http_reply_problem(delivery->reply, problem);

    http_response_add_header(response, "Retry-After", "1");
    return response;
}

static HttpResponse *admit_loss(const Delivery *delivery, const UsageRecord *record)
{
    char id[UUID_TEXT_SIZE];
    const char *const members[] = {"id", id, NULL};

    uuid_format(record->values[USAGE_ID].uuid, id);
    return retry_later(
        delivery,
        &(HttpProblem){.status = 503,
                       .slug = "usage-log-lost",
                       .title = "Nobody knows whether it is stored",
                       .detail = "The database could not be reached in time, or went away while it "
                                 "was asked to store this",
                       .hint = "send it again with this id: it is stored once however often",
                       .members = members});
}

static HttpResponse *answer_single(const Delivery *delivery)
{
    const UsageOrder *order = g_ptr_array_index(delivery->orders, 0);
    const UsageRecord *record = g_ptr_array_index(order->records, 0);
    const StoreResult *result = &order->results[0];

    switch (result->outcome) {
    case OUTCOME_STORED:
        return accept_single(delivery, record, 201);
    case OUTCOME_REPEATED:
        return accept_single(delivery, record, 200);
    case OUTCOME_REFUSED:
        return refuse_by_database(delivery, result->reason);
    case OUTCOME_LOST:
    case OUTCOME_PENDING:
        break;
    }
    return admit_loss(delivery, record);
}

static UsageVerdict judge(const StoreResult *result)
{
    switch (result->outcome) {
    case OUTCOME_STORED:
        return (UsageVerdict){.status = 201};
    case OUTCOME_REPEATED:
        return (UsageVerdict){.status = 200};
    case OUTCOME_REFUSED:
        return (UsageVerdict){.status = 422, .detail = result->reason};
    case OUTCOME_LOST:
    case OUTCOME_PENDING:
        break;
    }
    return (UsageVerdict){
        .status = 503, .detail = "nobody knows whether it is stored: send it again with this id"};
}

/* `row` counts the records of all orders. */
static UsageVerdict find_verdict(const Delivery *delivery, guint row, gboolean is_taken)
{
    for (guint i = 0; i < delivery->orders->len; i++) {
        const UsageOrder *order = g_ptr_array_index(delivery->orders, i);
        UsageVerdict verdict = {.status = 202};

        if (row >= order->records->len) {
            row -= order->records->len;
            continue;
        }
        if (!is_taken)
            verdict = judge(&order->results[row]);
        verdict.id = ((const UsageRecord *)order->records->pdata[row])->values[USAGE_ID].uuid;
        return verdict;
    }
    g_assert_not_reached();
}

static HttpResponse *list_response(UsageTally *tally, const Delivery *delivery, unsigned whole)
{
    guint count = delivery->items->len;
    unsigned status = usage_tally_stored(tally) == count ? whole : 207;
    g_autofree char *list = NULL;

    if (usage_tally_lost(tally) == count)
        status = 503;
    list = usage_tally_finish(tally);
    if (status == whole && delivery->wish.is_minimal)
        return empty_response(status);
    return json_response(status, g_steal_pointer(&list));
}

/* `is_taken`: told before anything has been written. */
static HttpResponse *answer_list(const Delivery *delivery, gboolean is_taken)
{
    const char *place = delivery->wish.form == FORM_NDJSON ? "line" : "index";
    UsageTally *tally = usage_tally_new(place, delivery->wish.is_minimal);
    guint row = 0;

    for (guint i = 0; i < delivery->items->len; i++) {
        const UsageItem *item = &g_array_index(delivery->items, UsageItem, i);
        UsageVerdict verdict = {.status = 422, .faults = item->faults};

        if (!item->faults)
            verdict = find_verdict(delivery, row++, is_taken);
        usage_tally_add(tally, item->number, &verdict);
    }
    return list_response(tally, delivery, is_taken ? 202 : 201);
}

static HttpResponse *answer_taken(const Delivery *delivery)
{
    const UsageOrder *order = g_ptr_array_index(delivery->orders, 0);

    if (!delivery->is_single)
        return answer_list(delivery, TRUE);
    return accept_single(delivery, g_ptr_array_index(order->records, 0), 202);
}

static const HttpProblem queue_is_full = {
    .status = 503,
    .slug = "usage-log-full",
    .title = "Too many usage logs wait to be written",
    .detail = "Nothing of this request was stored",
    .hint = "send it again after a pause, in batches; see usage_log.queue_rows and "
            "usage_log.queue_bytes"};

static HttpResponse *refuse_now(const HttpRequest *request)
{
    HttpResponse *response = http_problem(request, &queue_is_full);

    http_response_add_header(response, "Retry-After", "1");
    return response;
}

/* --- The way through the log ------------------------------------------------------------------ */

static void free_order(gpointer order)
{
    usage_order_free(order);
}

static void delivery_free(Delivery *delivery)
{
    g_clear_pointer(&delivery->items, g_array_unref);
    g_ptr_array_unref(delivery->orders);
    g_free(delivery);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Delivery, delivery_free)

static Delivery *delivery_new(const Wish *wish)
{
    Delivery *delivery = g_new0(Delivery, 1);

    delivery->wish = *wish;
    delivery->orders = g_ptr_array_new_with_free_func(free_order);
    return delivery;
}

/* On a writer's thread. */
static void on_order_done(UsageOrder *order, gpointer data)
{
    Delivery *delivery = data;

    (void)order;
    if (atomic_fetch_sub(&delivery->away, 1) > 1)
        return;
    if (delivery->reply)
        http_reply_send(delivery->reply, delivery->is_single ? answer_single(delivery)
                                                             : answer_list(delivery, FALSE));
    delivery_free(delivery);
}

static void add_order(Delivery *delivery, GPtrArray *records)
{
    g_ptr_array_add(delivery->orders,
                    usage_order_new(records, delivery->wish.durability, on_order_done, delivery));
}

/* One order for each `batch_max` records, so that a long request does not hold up all others. */
static void make_orders(Delivery *delivery, guint batch_max)
{
    GPtrArray *records = NULL;

    for (guint i = 0; i < delivery->items->len; i++) {
        UsageItem *item = &g_array_index(delivery->items, UsageItem, i);

        if (!item->record)
            continue;
        if (!records)
            records = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(records, g_steal_pointer(&item->record));
        if (records->len == batch_max)
            add_order(delivery, g_steal_pointer(&records));
    }
    if (records)
        add_order(delivery, records);
}

/* FALSE leaves the delivery the caller's: the queue is full. */
static gboolean submit(const ApiUsage *usage, Delivery *delivery)
{
    GPtrArray *orders = delivery->orders;

    atomic_store(&delivery->away, orders->len);
    return usage_log_submit_all(usage->log, (UsageOrder *const *)orders->pdata, orders->len);
}

/* Answered before the commit, at the client's own risk. */
static HttpResponse *deliver_unseen(const HttpRequest *request, const ApiUsage *usage,
                                    Delivery *taken)
{
    g_autoptr(Delivery) delivery = taken;
    g_autoptr(HttpResponse) response = answer_taken(delivery);

    if (!submit(usage, delivery))
        return refuse_now(request);
    (void)g_steal_pointer(&delivery);
    return g_steal_pointer(&response);
}

static HttpResponse *deliver(HttpRequest *request, const ApiUsage *usage, Delivery *delivery)
{
    HttpReply *reply = http_request_defer(request);

    delivery->reply = reply;
    if (submit(usage, delivery))
        return NULL;
    http_reply_send(reply, retry_later(delivery, &queue_is_full));
    delivery_free(delivery);
    return NULL;
}

HttpResponse *api_post_usage_logs(HttpRequest *request, gpointer data)
{
    const ApiUsage *usage = api_usage(data);
    g_autoptr(Snapshot) snapshot = api_current(data);
    g_autoptr(GPtrArray) faults = usage_faults_new();
    g_autoptr(Delivery) delivery = NULL;
    HttpResponse *refusal = refuse_service(request, usage, snapshot);
    Wish wish;

    if (!refusal)
        refusal = read_wish(request, &wish);
    if (refusal)
        return refusal;
    delivery = delivery_new(&wish);
    delivery->items = read_items(request, usage, snapshot, delivery, faults);
    if (!delivery->items)
        return refuse_faults(request, faults);
    make_orders(delivery, usage->batch_max);
    if (delivery->orders->len == 0)
        return answer_list(delivery, FALSE);
    return wish.durability == STORE_ASYNCHRONOUS
               ? deliver_unseen(request, usage, g_steal_pointer(&delivery))
               : deliver(request, usage, g_steal_pointer(&delivery));
}
