/* POST /v1/usage-logs: checked here, written by the usage log, answered after its commit. What
 * comes line by line goes to usage_stream.c. */
#include <stdatomic.h>
#include <string.h>

#include "api/usage_post.h"
#include "api/usage_stream.h"
#include "usage/uuid.h"

#define PATH "/v1/usage-logs"

/* One request on its way through the log. */
typedef struct {
    HttpReply *reply;
    Wish wish;
    gboolean is_single; /* one object, no list */
    GArray *items;      /* UsageItem; the records are with the orders */
    GPtrArray *orders;  /* UsageOrder *, in the order of the items */
    atomic_uint away;   /* orders that have not come back */
} Delivery;

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
    gboolean is_known = post_find_origin(request, usage, &address);
    const UsageRules rules = post_rules(usage, snapshot, is_known ? &address : NULL);

    text = text ? text : "";
    delivery->is_single = !is_array(text, length);
    return delivery->is_single ? read_single(text, length, &rules, faults)
                               : usage_read_array(text, length, &rules, usage->rows_max, faults);
}

/* --- The answer ------------------------------------------------------------------------------- */

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
        response = post_empty_response(status);
    else if (status == 200)
        response = post_json_response(status, usage_id_document(record->values[USAGE_ID].uuid));
    else
        response = post_json_response(status, usage_document(record));
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

static HttpResponse *admit_loss(const Delivery *delivery, const UsageRecord *record)
{
    char id[UUID_TEXT_SIZE];
    const char *const members[] = {"id", id, NULL};

    uuid_format(record->values[USAGE_ID].uuid, id);
    return post_retry_later(http_reply_problem(
        delivery->reply,
        &(HttpProblem){.status = 503,
                       .slug = "usage-log-lost",
                       .title = "Nobody knows whether it is stored",
                       .detail = "The database could not be reached in time, or went away while it "
                                 "was asked to store this",
                       .hint = "send it again with this id: it is stored once however often",
                       .members = members}));
}

static HttpResponse *ask_for_patience(const Delivery *delivery)
{
    return post_retry_later(http_reply_problem(
        delivery->reply,
        &(HttpProblem){.status = 503,
                       .slug = "usage-log-unplaced",
                       .title = "There is no partition for it yet",
                       .detail = "It is not stored: created_at lies behind the newest partition of "
                                 "usage_logs, and the next one is being made",
                       .hint = "send it again after a pause; what stands in the way of partitions "
                               "is in the service's log"}));
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
    case OUTCOME_UNPLACED:
        return ask_for_patience(delivery);
    case OUTCOME_LOST:
    case OUTCOME_PENDING:
        break;
    }
    return admit_loss(delivery, record);
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
            verdict = post_judge(&order->results[row]);
        verdict.id = ((const UsageRecord *)order->records->pdata[row])->values[USAGE_ID].uuid;
        return verdict;
    }
    g_assert_not_reached();
}

/* `is_taken`: told before anything has been written. */
static HttpResponse *answer_list(const Delivery *delivery, gboolean is_taken)
{
    UsageTally *tally = usage_tally_new("index", delivery->wish.is_minimal);
    guint row = 0;

    for (guint i = 0; i < delivery->items->len; i++) {
        const UsageItem *item = &g_array_index(delivery->items, UsageItem, i);
        UsageVerdict verdict = {.status = 422, .faults = item->faults};

        if (!item->faults)
            verdict = find_verdict(delivery, row++, is_taken);
        usage_tally_add(tally, item->number, &verdict);
    }
    return post_list_response(tally, delivery->items->len, is_taken ? 202 : 201,
                              delivery->wish.is_minimal);
}

static HttpResponse *answer_taken(const Delivery *delivery)
{
    const UsageOrder *order = g_ptr_array_index(delivery->orders, 0);

    if (!delivery->is_single)
        return answer_list(delivery, TRUE);
    return accept_single(delivery, g_ptr_array_index(order->records, 0), 202);
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
        return post_retry_later(http_problem(request, &post_queue_is_full));
    (void)g_steal_pointer(&delivery);
    return g_steal_pointer(&response);
}

static HttpResponse *deliver(HttpRequest *request, const ApiUsage *usage, Delivery *delivery)
{
    HttpReply *reply = http_request_defer(request);

    delivery->reply = reply;
    if (submit(usage, delivery))
        return NULL;
    http_reply_send(reply, post_retry_later(http_reply_problem(reply, &post_queue_is_full)));
    delivery_free(delivery);
    return NULL;
}

HttpResponse *api_post_usage_logs(HttpRequest *request, gpointer data)
{
    const ApiUsage *usage = api_usage(data);
    g_autoptr(Snapshot) snapshot = api_current(data);
    g_autoptr(GPtrArray) faults = usage_faults_new();
    g_autoptr(Delivery) delivery = NULL;
    HttpResponse *refusal;
    Wish wish;

    if (http_request_reader(request))
        return usage_stream_finish(http_request_reader(request), request);
    refusal = api_refuse_usage(request, usage, snapshot);
    if (!refusal)
        refusal = post_read_wish(request, &wish);
    if (refusal)
        return refusal;
    delivery = delivery_new(&wish);
    delivery->items = read_items(request, usage, snapshot, delivery, faults);
    if (!delivery->items)
        return post_refuse_faults(request, faults);
    make_orders(delivery, usage->batch_max);
    if (delivery->orders->len == 0)
        return answer_list(delivery, FALSE);
    return wish.durability == STORE_ASYNCHRONOUS
               ? deliver_unseen(request, usage, g_steal_pointer(&delivery))
               : deliver(request, usage, g_steal_pointer(&delivery));
}

HttpResponse *api_open_usage_logs(HttpRequest *request, gpointer data)
{
    return post_is_stream(request) ? usage_stream_open(data, request) : NULL;
}
