/* Series of numbers, found by their labels in lists that only grow, and printed. What is counted
 * where is not decided here. */
#include "metrics/metrics.h"

#include <stdatomic.h>
#include <string.h>

#include "metrics/process.h"

enum {
    SHARDS = 8,      /* threads beyond that share numbers */
    LINE_BYTES = 64, /* of a cache line: threads that write to one slow each other down */
    LABELS_MAX = 8,
};

typedef enum { KIND_COUNTER, KIND_GAUGE, KIND_STATE, KIND_HISTOGRAM } Kind;
typedef enum { UNIT_NONE, UNIT_SECONDS } Unit;

#define METRIC_BUCKETS(name, ...) static const gint64 bounds_##name[] = {__VA_ARGS__};
#include "metrics/metrics.def"

typedef struct {
    const char *name;
    Kind kind;
    Unit unit;
    const char *labels; /* names, separated by commas */
    const gint64 *bounds;
    guint bound_count;
    const char *help;
} Family;

static const Family families[METRIC_COUNT] = {
#define METRIC(id, kind, name, unit, labels, buckets, help)                                        \
    {name,   KIND_##kind,      UNIT_##unit,                                                        \
     labels, bounds_##buckets, KIND_##kind == KIND_HISTOGRAM ? G_N_ELEMENTS(bounds_##buckets) : 0, \
     help},
#include "metrics/metrics.def"
};

typedef _Atomic gint64 Cell;

/* A histogram's cells are its buckets, not cumulative, the one beyond them, and the sum; anything
 * else has one. */
struct MetricSeries {
    MetricSeries *next;
    Metric metric;
    char *labels; /* as printed, without braces; tells the series from others */
    Cell *cells;  /* SHARDS rows of `stride` */
    guint stride; /* cells, a whole number of cache lines */
};

static struct {
    _Atomic(MetricSeries *) first;
    _Atomic(MetricSeries *) holding; /* of a STATE */
    atomic_uint count;
} lists[METRIC_COUNT];

/* --- Series --------------------------------------------------------------------------------------
 */

/* Backslash, quote and line end are escaped, everything else is taken as it is. */
static void append_value(GString *text, const char *value)
{
    g_autofree char *cut = g_strndup(value, METRIC_VALUE_MAX);
    g_autofree char *valid = g_utf8_make_valid(cut, -1);

    for (const char *c = valid; *c; c++) {
        if (*c == '\n')
            g_string_append(text, "\\n");
        else if (*c == '\\' || *c == '"')
            g_string_append_printf(text, "\\%c", *c);
        else
            g_string_append_c(text, *c);
    }
}

/* values NULL: "other" for each. */
static char *format_labels(const Family *family, const char *const *values)
{
    g_auto(GStrv) names = g_strsplit(family->labels, ",", LABELS_MAX);
    GString *text = g_string_new(NULL);

    for (gsize i = 0; names[i]; i++) {
        g_assert(!values || values[i]);
        g_string_append_printf(text, "%s%s=\"", i > 0 ? "," : "", names[i]);
        append_value(text, values ? values[i] : "other");
        g_string_append_c(text, '"');
    }
    return g_string_free(text, FALSE);
}

static guint cell_count(const Family *family)
{
    return family->kind == KIND_HISTOGRAM ? family->bound_count + 2 : 1;
}

static MetricSeries *series_new(Metric metric, const char *labels)
{
    const guint line = LINE_BYTES / sizeof(Cell);
    MetricSeries *series = g_new0(MetricSeries, 1);

    series->metric = metric;
    series->labels = g_strdup(labels);
    series->stride = (cell_count(&families[metric]) + line - 1) / line * line;
    series->cells = g_aligned_alloc0(SHARDS * series->stride, sizeof(Cell), LINE_BYTES);
    return series;
}

static void series_free(MetricSeries *series)
{
    g_aligned_free(series->cells);
    g_free(series->labels);
    g_free(series);
}

/* From `first` to the end or to `last`, which is not looked at. */
static MetricSeries *find(MetricSeries *first, const MetricSeries *last, const char *labels)
{
    for (; first != last; first = first->next) {
        if (strcmp(first->labels, labels) == 0)
            return first;
    }
    return NULL;
}

/* Somebody else may be quicker, even with the same labels: only what has come in since is looked
 * through again. */
static MetricSeries *insert(Metric metric, const char *labels, MetricSeries *seen)
{
    MetricSeries *series = series_new(metric, labels);
    MetricSeries *found;

    series->next = seen;
    while (!atomic_compare_exchange_weak(&lists[metric].first, &series->next, series)) {
        found = find(series->next, seen, labels);
        if (found) {
            series_free(series);
            return found;
        }
        seen = series->next;
    }
    return series;
}

MetricSeries *metric_series(Metric metric, const char *const *values)
{
    g_autofree char *labels = format_labels(&families[metric], values);
    MetricSeries *seen = atomic_load(&lists[metric].first);
    MetricSeries *found = find(seen, NULL, labels);

    if (found)
        return found;
    if (values && atomic_fetch_add(&lists[metric].count, 1) >= METRIC_SERIES_MAX)
        return metric_series(metric, NULL);
    return insert(metric, labels, seen);
}

/* --- Numbers -------------------------------------------------------------------------------------
 */

static Cell *own_cells(const MetricSeries *series)
{
    static atomic_uint threads;
    static _Thread_local guint shard; /* from 1; 0: not given yet */

    if (shard == 0)
        shard = 1 + atomic_fetch_add(&threads, 1) % SHARDS;
    return series->cells + (shard - 1) * series->stride;
}

static void add(Cell *cell, gint64 amount)
{
    atomic_fetch_add_explicit(cell, amount, memory_order_relaxed);
}

void metric_series_add(MetricSeries *series, guint64 amount)
{
    add(own_cells(series), (gint64)amount);
}

void metric_series_set(MetricSeries *series, gint64 value)
{
    atomic_store_explicit(series->cells, value, memory_order_relaxed);
}

void metric_series_observe(MetricSeries *series, gint64 value)
{
    const Family *family = &families[series->metric];
    Cell *cells = own_cells(series);
    guint bucket = 0;

    while (bucket < family->bound_count && value > family->bounds[bucket])
        bucket++;
    add(&cells[bucket], 1);
    add(&cells[family->bound_count + 1], value);
}

void metric_series_enter(MetricSeries *series)
{
    atomic_store(&lists[series->metric].holding, series);
}

static gint64 total(const MetricSeries *series, guint cell)
{
    gint64 sum = 0;

    for (guint shard = 0; shard < SHARDS; shard++)
        sum += atomic_load_explicit(&series->cells[shard * series->stride + cell],
                                    memory_order_relaxed);
    return sum;
}

/* --- Text ----------------------------------------------------------------------------------------
 */

/* "-1.5" */
static void append_seconds(GString *text, gint64 microseconds)
{
    g_string_append_printf(text, "%s%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT,
                           microseconds < 0 ? "-" : "", ABS(microseconds / G_USEC_PER_SEC),
                           ABS(microseconds % G_USEC_PER_SEC));
    while (text->str[text->len - 1] == '0')
        g_string_truncate(text, text->len - 1);
    if (text->str[text->len - 1] == '.')
        g_string_truncate(text, text->len - 1);
}

static void append_number(GString *text, Unit unit, gint64 value)
{
    if (unit == UNIT_SECONDS)
        append_seconds(text, value);
    else
        g_string_append_printf(text, "%" G_GINT64_FORMAT, value);
}

/* NAME SUFFIX{LABELS,EXTRA} VALUE; extra may be NULL. */
static void append_sample(GString *text, const MetricSeries *series, const char *suffix,
                          const char *extra, Unit unit, gint64 value)
{
    gboolean has_labels = series->labels[0] != '\0';

    g_string_append_printf(text, "%s%s", families[series->metric].name, suffix);
    if (has_labels || extra)
        g_string_append_printf(text, "{%s%s%s}", series->labels, has_labels && extra ? "," : "",
                               extra ? extra : "");
    g_string_append_c(text, ' ');
    append_number(text, unit, value);
    g_string_append_c(text, '\n');
}

static void append_bucket(GString *text, const MetricSeries *series, guint bucket, gint64 count)
{
    const Family *family = &families[series->metric];
    g_autoptr(GString) bound = g_string_new("le=\"");

    if (bucket < family->bound_count)
        append_number(bound, family->unit, family->bounds[bucket]);
    else
        g_string_append(bound, "+Inf");
    g_string_append_c(bound, '"');
    append_sample(text, series, "_bucket", bound->str, UNIT_NONE, count);
}

static void append_histogram(GString *text, const MetricSeries *series)
{
    const Family *family = &families[series->metric];
    gint64 count = 0;

    for (guint bucket = 0; bucket <= family->bound_count; bucket++) {
        count += total(series, bucket);
        append_bucket(text, series, bucket, count);
    }
    append_sample(text, series, "_sum", NULL, family->unit, total(series, family->bound_count + 1));
    append_sample(text, series, "_count", NULL, UNIT_NONE, count);
}

static gint compare_series(gconstpointer left, gconstpointer right)
{
    const MetricSeries *a = *(MetricSeries *const *)left;
    const MetricSeries *b = *(MetricSeries *const *)right;

    return strcmp(a->labels, b->labels);
}

static GPtrArray *sorted_series(Metric metric)
{
    GPtrArray *all = g_ptr_array_new();

    for (MetricSeries *series = atomic_load(&lists[metric].first); series; series = series->next)
        g_ptr_array_add(all, series);
    g_ptr_array_sort(all, compare_series);
    return all;
}

static void append_family(GString *text, Metric metric)
{
    static const char *const types[] = {[KIND_COUNTER] = "counter",
                                        [KIND_GAUGE] = "gauge",
                                        [KIND_STATE] = "gauge",
                                        [KIND_HISTOGRAM] = "histogram"};
    const Family *family = &families[metric];
    g_autoptr(GPtrArray) all = sorted_series(metric);
    const MetricSeries *holding = atomic_load(&lists[metric].holding);

    if (all->len == 0)
        return;
    g_string_append_printf(text, "# HELP %s %s.\n# TYPE %s %s\n", family->name, family->help,
                           family->name, types[family->kind]);
    for (guint i = 0; i < all->len; i++) {
        const MetricSeries *series = g_ptr_array_index(all, i);

        if (family->kind == KIND_HISTOGRAM)
            append_histogram(text, series);
        else if (family->kind == KIND_STATE)
            append_sample(text, series, "", NULL, UNIT_NONE, series == holding);
        else
            append_sample(text, series, "", NULL, family->unit, total(series, 0));
    }
}

/* A counter that has no labels is there from the start: its first step would be lost to rate(). */
static void begin_plain_counters(void)
{
    for (Metric metric = 0; metric < METRIC_COUNT; metric++) {
        const Family *family = &families[metric];

        if (family->labels[0] == '\0' && family->kind != KIND_GAUGE)
            metric_series(metric, METRIC_VALUES());
    }
}

char *metrics_format(void)
{
    GString *text = g_string_new(NULL);

    process_metrics_read();
    begin_plain_counters();
    for (Metric metric = 0; metric < METRIC_COUNT; metric++)
        append_family(text, metric);
    return g_string_free(text, FALSE);
}
