/* What the process counts, for Prometheus: metrics.def says which metrics there are. Our own,
 * because Debian's one library for it outside of Go, Python, Perl, Ruby and Rust is C++
 * (prometheus-cpp), and the text format is a page long.
 *
 * Everything here is thread-safe, never waits and never fails. Counting adds to a number of the
 * thread's own, more or less, and none is ever lost. */
#pragma once

#include <glib.h>

typedef enum {
#define METRIC(id, kind, name, unit, labels, buckets, help) METRIC_##id,
#include "metrics/metrics.def"
    METRIC_COUNT,
} Metric;

enum {
    METRIC_SERIES_MAX = 512, /* of one metric; what comes later counts as one series "other" */
    METRIC_VALUE_MAX = 128,  /* bytes of a label's value; the rest is cut off */
};

/* One metric with its label values; lives as long as the process. */
typedef struct MetricSeries MetricSeries;

/* The series with these label values, one for each label of the row, then NULL. Made when it is not
 * there, with 0. Copies; looks through the metric's series: who counts often keeps the answer. */
MetricSeries *metric_series(Metric metric, const char *const *values);
/* To a COUNTER. */
void metric_series_add(MetricSeries *series, guint64 amount);
/* A GAUGE, or a COUNTER that somebody else keeps. */
void metric_series_set(MetricSeries *series, gint64 value);
/* One value into a HISTOGRAM, in the unit that it is kept in. */
void metric_series_observe(MetricSeries *series, gint64 value);
/* The state that holds from now on; the others of its STATE do not. */
void metric_series_enter(MetricSeries *series);

/* metrics_count(METRIC_OPERATIONS, "rollback", "succeeded") and so on: the series is looked up. */
#define METRIC_VALUES(...) ((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})
#define metrics_count(metric, ...)                                                                 \
    metric_series_add(metric_series((metric), METRIC_VALUES(__VA_ARGS__)), 1)
#define metrics_set(metric, value, ...)                                                            \
    metric_series_set(metric_series((metric), METRIC_VALUES(__VA_ARGS__)), (value))
#define metrics_observe(metric, value, ...)                                                        \
    metric_series_observe(metric_series((metric), METRIC_VALUES(__VA_ARGS__)), (value))
#define metrics_enter(metric, ...)                                                                 \
    metric_series_enter(metric_series((metric), METRIC_VALUES(__VA_ARGS__)))

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* All metrics as Prometheus reads them (text format 0.0.4), those of the process read now; g_free.
 * A histogram's count is always the sum of its buckets. */
char *metrics_format(void);
