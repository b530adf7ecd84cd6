/* Requests as metrics. The series of a route are looked up once and kept: a lookup costs more than
 * all counting. */
#include "api/meter.h"

#include <stdatomic.h>
#include <string.h>

#include "metrics/metrics.h"

/* Indexed by a status divided by 100. */
static const char *const classes[] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

/* NULL: not looked up yet. A GET route also answers HEAD. */
typedef struct {
    _Atomic(MetricSeries *) duration;
    _Atomic(MetricSeries *) requests[2][G_N_ELEMENTS(classes)];
} RouteSeries;

struct Meter {
    const char *listener;
    const HttpRoute *routes;
    RouteSeries *series; /* one for each route */
    MetricSeries *received;
    MetricSeries *sent;
};

Meter *meter_new(const char *listener, const HttpRoute *routes)
{
    Meter *meter = g_new0(Meter, 1);
    gsize count = 0;

    while (routes[count].method)
        count++;
    meter->listener = listener;
    meter->routes = routes;
    meter->series = g_new0(RouteSeries, count);
    meter->received = metric_series(METRIC_HTTP_RECEIVED, METRIC_VALUES(listener));
    meter->sent = metric_series(METRIC_HTTP_SENT, METRIC_VALUES(listener));
    return meter;
}

void meter_free(Meter *meter)
{
    if (!meter)
        return;
    g_free(meter->series);
    g_free(meter);
}

static gsize class_of(unsigned status)
{
    return MIN(status / 100, G_N_ELEMENTS(classes) - 1);
}

/* A client may call its method what it likes. */
static const char *known_method(const char *method)
{
    static const char *const known[] = {"GET",    "HEAD",    "POST",  "PUT",
                                        "DELETE", "OPTIONS", "PATCH", NULL};

    for (gsize i = 0; known[i]; i++) {
        if (strcmp(known[i], method) == 0)
            return known[i];
    }
    return "other";
}

static MetricSeries *find_requests(const Meter *meter, const HttpExchange *exchange)
{
    return metric_series(
        METRIC_HTTP_REQUESTS,
        METRIC_VALUES(meter->listener, exchange->route ? exchange->route->path : "none",
                      known_method(exchange->method), classes[class_of(exchange->status)]));
}

/* Two threads may look the same series up: they find the same. */
static MetricSeries *kept_requests(const Meter *meter, const HttpExchange *exchange)
{
    RouteSeries *kept = &meter->series[exchange->route - meter->routes];
    gboolean is_head = strcmp(exchange->method, "HEAD") == 0;
    _Atomic(MetricSeries *) *slot = &kept->requests[is_head][class_of(exchange->status)];
    MetricSeries *series = atomic_load(slot);

    if (!series)
        atomic_store(slot, series = find_requests(meter, exchange));
    return series;
}

static MetricSeries *kept_duration(const Meter *meter, const HttpExchange *exchange)
{
    RouteSeries *kept = &meter->series[exchange->route - meter->routes];
    MetricSeries *series = atomic_load(&kept->duration);

    if (!series) {
        series = metric_series(METRIC_HTTP_DURATION,
                               METRIC_VALUES(meter->listener, exchange->route->path));
        atomic_store(&kept->duration, series);
    }
    return series;
}

void meter_note(const HttpExchange *exchange, gpointer data)
{
    const Meter *meter = data;

    if (exchange->received > 0)
        metric_series_add(meter->received, exchange->received);
    metric_series_add(meter->sent, exchange->sent);
    if (!exchange->route) {
        metric_series_add(find_requests(meter, exchange), 1);
        return;
    }
    metric_series_add(kept_requests(meter, exchange), 1);
    metric_series_observe(kept_duration(meter, exchange), exchange->elapsed);
}
