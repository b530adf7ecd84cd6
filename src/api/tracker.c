/* From an exchange to a record. */
#include "api/tracker.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "http/request.h"
#include "metrics/metrics.h"
#include "usage/uuid.h"

enum { REASON_MAX = 64 };

gboolean tracker_wants(const ApiUsage *usage, ApiListener listener, const HttpExchange *exchange)
{
    const HttpRoute *route = exchange->route;

    if (!route)
        return FALSE;
    if (listener == API_ADMIN)
        return g_str_has_prefix(route->path, "/admin/");
    return usage->tracks_traffic && !route->opening;
}

/* What the enum has for it: what was read and what was sent; NULL: nothing. */
static const char *action_of(const char *method, const Snapshot *snapshot)
{
    gboolean is_read = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    const char *action_type = is_read ? "download" : "upload";
    const char *const *known = (const char *const *)snapshot->action_types;

    return known && g_strv_contains(known, action_type) ? action_type : NULL;
}

static void set_text(UsageRecord *record, UsageField field, const char *text)
{
    record->values[field].text.bytes = text;
    record->values[field].text.length = strlen(text);
    record->set |= 1U << field;
}

/* By the same rules as where a usage log names no address. */
static void set_address(UsageRecord *record, const ApiUsage *usage, const HttpRequest *request)
{
    g_autofree char *peer = http_request_peer_address(request);
    g_autofree char *hops = http_request_headers(request, origins_field(usage->origins));

    if (origins_find(usage->origins, peer, hops, &record->values[USAGE_IP_ADDRESS].address))
        record->set |= 1U << USAGE_IP_ADDRESS;
}

/* Whole milliseconds: a rollback to the table that has no others must not stop at our own calls. */
static void set_times(UsageRecord *record, gint64 elapsed)
{
    const gint64 millisecond = 1000;
    gint64 begun = clock_wall() - elapsed;

    uuid_make(begun, record->values[USAGE_ID].uuid);
    record->values[USAGE_CREATED_AT].integer = begun;
    record->values[USAGE_PROCESSING_TIME_MS].number =
        (double)((elapsed + millisecond - 1) / millisecond);
    record->set |= 1U << USAGE_ID | 1U << USAGE_CREATED_AT | 1U << USAGE_PROCESSING_TIME_MS;
}

static UsageRecord *make_record(const ApiUsage *usage, const HttpExchange *exchange,
                                const char *action_type)
{
    gboolean is_success = exchange->status >= 200 && exchange->status < 400;
    char reason[REASON_MAX] = "the client has gone without an answer";
    UsageRecord record = {.set = 1U << USAGE_SUCCESS};

    record.values[USAGE_SUCCESS].boolean = is_success;
    set_times(&record, exchange->elapsed);
    set_text(&record, USAGE_ACTION_TYPE, action_type);
    set_text(&record, USAGE_ENDPOINT, http_request_path(exchange->request));
    set_address(&record, usage, exchange->request);
    if (exchange->status > 0)
        snprintf(reason, sizeof reason, "HTTP status %u", exchange->status);
    if (!is_success)
        set_text(&record, USAGE_ERROR_MESSAGE, reason);
    return usage_record_copy(&record);
}

static void forget(UsageOrder *order, gpointer data)
{
    (void)data;
    usage_order_free(order);
}

void tracker_note(const ApiUsage *usage, const Snapshot *snapshot, const HttpExchange *exchange)
{
    const char *action_type = action_of(exchange->method, snapshot);
    GPtrArray *records;
    UsageOrder *order;

    if (!action_type || !g_utf8_validate(http_request_path(exchange->request), -1, NULL))
        return;
    records = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(records, make_record(usage, exchange, action_type));
    order = usage_order_new(records, STORE_DURABLE, forget, NULL);
    if (usage_log_submit(usage->log, order))
        return;
    usage_order_free(order);
    metrics_count(METRIC_USAGE_DROPPED);
}
