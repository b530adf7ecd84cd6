/* The queue and its writers. */
#include "usage/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"

enum {
    HELP_AFTER = 2 * 1000, /* microseconds that somebody has waited while a batch is written */
    PAUSE_FIRST = 20 * 1000,
    PAUSE_LONGEST = 500 * 1000,
};

typedef struct {
    UsageLog *log;
    pthread_t thread;
    Store *store; /* NULL: not connected */
} Writer;

struct UsageLog {
    UsageSettings settings;
    UsageObserver observer;
    Cancel *cancel; /* gives up what is being written */
    Writer *writers;

    pthread_mutex_t mutex; /* of all below */
    pthread_cond_t arrived;
    GQueue queue;   /* UsageOrder */
    GQueue patient; /* UsageOrder, not in the figures below until there is room for them */
    guint waiting;  /* rows in the queue */
    guint rows;     /* and those that are being written */
    gsize bytes;    /* of both */
    guint busy;     /* writers with a batch */
    gboolean is_stopped;
    gboolean is_away; /* what `news` was told last */
    UsageFigures figures;
};

/* What one writer has taken. */
typedef struct {
    GPtrArray *orders;  /* UsageOrder * */
    GPtrArray *records; /* of all of them, borrowed */
    GArray *results;    /* StoreResult */
    StoreDurability durability;
} Batch;

/* --- Orders ----------------------------------------------------------------------------------- */

UsageOrder *usage_order_new(GPtrArray *records, StoreDurability durability, UsageDone done,
                            gpointer data)
{
    UsageOrder *order = g_new0(UsageOrder, 1);

    order->records = records;
    order->results = g_new0(StoreResult, records->len);
    order->durability = durability;
    order->done = done;
    order->data = data;
    order->link.data = order;
    order->size = sizeof *order;
    for (guint i = 0; i < records->len; i++)
        order->size += ((const UsageRecord *)records->pdata[i])->size + sizeof(StoreResult);
    return order;
}

void usage_order_free(UsageOrder *order)
{
    if (!order)
        return;
    for (guint i = 0; i < order->records->len; i++)
        g_free(order->results[i].reason);
    g_free(order->results);
    g_ptr_array_unref(order->records);
    g_free(order);
}

/* --- The queue -------------------------------------------------------------------------------- */

static gboolean has_room(const UsageLog *log, UsageOrder *const *orders, guint count)
{
    gsize rows = log->rows;
    gsize bytes = log->bytes;

    for (guint i = 0; i < count; i++) {
        rows += orders[i]->records->len;
        bytes += orders[i]->size;
    }
    return rows <= log->settings.rows_max && bytes <= log->settings.bytes_max;
}

/* A writer that is woken for nothing costs as much as the request. For an order behind others one
 * has been woken already, or comes back from its batch; a full batch is worth another. */
static gboolean is_worth_waking(const UsageLog *log, guint before)
{
    return before == 0 ||
           (before < log->settings.batch_max && log->waiting >= log->settings.batch_max);
}

static void put(UsageLog *log, UsageOrder *order, gint64 now)
{
    guint before = log->waiting;

    order->queued_at = now;
    g_queue_push_tail_link(&log->queue, &order->link);
    log->waiting += order->records->len;
    log->rows += order->records->len;
    log->bytes += order->size;
    if (is_worth_waking(log, before))
        pthread_cond_signal(&log->arrived);
}

gboolean usage_log_submit_all(UsageLog *log, UsageOrder *const *orders, guint count)
{
    gint64 now = clock_monotonic();
    gboolean is_taken;

    pthread_mutex_lock(&log->mutex);
    is_taken = !log->is_stopped && !log->patient.head && has_room(log, orders, count);
    for (guint i = 0; i < count; i++) {
        if (is_taken)
            put(log, orders[i], now);
        else
            log->figures.full += orders[i]->records->len;
    }
    pthread_mutex_unlock(&log->mutex);
    return is_taken;
}

gboolean usage_log_submit(UsageLog *log, UsageOrder *order)
{
    return usage_log_submit_all(log, &order, 1);
}

/* With nothing before it any order fits. */
static void admit_patient(UsageLog *log)
{
    gint64 now = clock_monotonic();

    while (log->patient.head) {
        UsageOrder *order = log->patient.head->data;

        if (log->rows > 0 && !has_room(log, &order, 1))
            return;
        g_queue_unlink(&log->patient, &order->link);
        put(log, order, now);
    }
}

gboolean usage_log_submit_patiently(UsageLog *log, UsageOrder *order)
{
    gboolean is_taken;

    pthread_mutex_lock(&log->mutex);
    is_taken = !log->is_stopped;
    if (is_taken) {
        g_queue_push_tail_link(&log->patient, &order->link);
        admit_patient(log);
    }
    pthread_mutex_unlock(&log->mutex);
    return is_taken;
}

/* Waits for the first order, or for the time at which a second writer may help with it. */
static void wait_for_arrival(UsageLog *log, gint64 pause)
{
    struct timespec end;

    if (pause <= 0) {
        pthread_cond_wait(&log->arrived, &log->mutex);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += (long)pause * 1000;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&log->arrived, &log->mutex, &end);
}

/* Microseconds until this writer should take what waits: 0 now, -1 when nothing does. */
static gint64 time_to_take(const UsageLog *log)
{
    const UsageOrder *oldest = log->queue.head ? log->queue.head->data : NULL;

    if (!oldest)
        return -1;
    if (log->busy == 0 || log->is_stopped || log->waiting >= log->settings.batch_max)
        return 0;
    return MAX(oldest->queued_at + HELP_AFTER - clock_monotonic(), 0);
}

static void take_order(UsageLog *log, UsageOrder *order, Batch *batch)
{
    g_queue_unlink(&log->queue, &order->link);
    log->waiting -= order->records->len;
    g_ptr_array_add(batch->orders, order);
    for (guint i = 0; i < order->records->len; i++)
        g_ptr_array_add(batch->records, order->records->pdata[i]);
}

/* As many orders of one durability as fit. FALSE at the end. */
static gboolean take_batch(UsageLog *log, Batch *batch)
{
    gint64 pause;

    pthread_mutex_lock(&log->mutex);
    while ((pause = time_to_take(log)) != 0) {
        if (pause < 0 && log->is_stopped)
            break;
        wait_for_arrival(log, pause);
    }
    while (log->queue.head) {
        UsageOrder *order = log->queue.head->data;

        if (batch->orders->len > 0 &&
            (order->durability != batch->durability ||
             batch->records->len + order->records->len > log->settings.batch_max))
            break;
        batch->durability = order->durability;
        take_order(log, order, batch);
    }
    log->busy += batch->orders->len > 0;
    if (log->queue.head)
        pthread_cond_signal(&log->arrived);
    pthread_mutex_unlock(&log->mutex);
    return batch->orders->len > 0;
}

/* --- Writing ---------------------------------------------------------------------------------- */

static void tell(UsageLog *log, const GError *error)
{
    gboolean is_news;

    pthread_mutex_lock(&log->mutex);
    is_news = log->is_away != (error != NULL);
    log->is_away = error != NULL;
    pthread_mutex_unlock(&log->mutex);
    if (is_news && log->observer.news)
        log->observer.news(error, log->observer.data);
}

/* What another try has settled is left alone. */
static gboolean try_to_write(Writer *writer, Batch *batch, GError **error)
{
    if (!writer->store)
        writer->store = store_open(&writer->log->settings.store, writer->log->cancel, error);
    return writer->store &&
           store_write(writer->store, batch->durability,
                       (UsageRecord *const *)batch->records->pdata, batch->records->len,
                       (StoreResult *)(void *)batch->results->data, error);
}

static void give_up(Batch *batch)
{
    for (guint i = 0; i < batch->results->len; i++) {
        StoreResult *result = &g_array_index(batch->results, StoreResult, i);

        if (result->outcome == OUTCOME_PENDING)
            result->outcome = OUTCOME_LOST;
    }
}

static void write_batch(Writer *writer, Batch *batch)
{
    UsageLog *log = writer->log;
    Backoff tries = {.initial = PAUSE_FIRST,
                     .ceiling = PAUSE_LONGEST,
                     .factor = 2.0,
                     .jitter = 0.3,
                     .deadline = clock_monotonic() + log->settings.retry_deadline};

    for (;;) {
        g_autoptr(GError) error = NULL;

        if (try_to_write(writer, batch, &error)) {
            tell(log, NULL);
            return;
        }
        g_clear_pointer(&writer->store, store_close);
        if (!cancel_is_triggered(log->cancel))
            tell(log, error);
        if (!backoff_wait(&tries, log->cancel)) {
            give_up(batch);
            return;
        }
    }
}

static void write_and_tell(Writer *writer, Batch *batch)
{
    const UsageObserver *observer = &writer->log->observer;
    gint64 begun = clock_monotonic();

    write_batch(writer, batch);
    if (observer->batch)
        observer->batch(batch->records->len, clock_monotonic() - begun, observer->data);
}

static void count_result(UsageFigures *figures, Outcome outcome)
{
    figures->stored += outcome == OUTCOME_STORED;
    figures->repeated += outcome == OUTCOME_REPEATED;
    figures->refused += outcome == OUTCOME_REFUSED;
    figures->lost += outcome == OUTCOME_LOST || outcome == OUTCOME_UNPLACED;
}

static void count_batch(UsageLog *log, const Batch *batch)
{
    pthread_mutex_lock(&log->mutex);
    log->busy--;
    log->rows -= batch->records->len;
    for (guint i = 0; i < batch->orders->len; i++)
        log->bytes -= ((const UsageOrder *)batch->orders->pdata[i])->size;
    admit_patient(log);
    log->figures.batches++;
    for (guint i = 0; i < batch->results->len; i++)
        count_result(&log->figures, g_array_index(batch->results, StoreResult, i).outcome);
    pthread_mutex_unlock(&log->mutex);
}

static void answer_all(const Batch *batch)
{
    guint next = 0;

    for (guint i = 0; i < batch->orders->len; i++) {
        UsageOrder *order = batch->orders->pdata[i];

        for (guint k = 0; k < order->records->len; k++)
            order->results[k] = g_array_index(batch->results, StoreResult, next++);
        order->done(order, order->data);
    }
}

static void *write_on(void *data)
{
    Writer *writer = data;
    Batch batch = {g_ptr_array_new(), g_ptr_array_new(),
                   g_array_new(FALSE, TRUE, sizeof(StoreResult)), STORE_DURABLE};

    while (take_batch(writer->log, &batch)) {
        g_array_set_size(batch.results, batch.records->len);
        write_and_tell(writer, &batch);
        count_batch(writer->log, &batch);
        answer_all(&batch);
        g_ptr_array_set_size(batch.orders, 0);
        g_ptr_array_set_size(batch.records, 0);
        g_array_set_size(batch.results, 0);
    }
    g_clear_pointer(&writer->store, store_close);
    g_ptr_array_unref(batch.orders);
    g_ptr_array_unref(batch.records);
    g_array_unref(batch.results);
    return NULL;
}

/* --- The log ---------------------------------------------------------------------------------- */

UsageLog *usage_log_new(const UsageSettings *settings, const UsageObserver *observer)
{
    UsageLog *log = g_new0(UsageLog, 1);
    pthread_condattr_t attributes;

    log->settings = *settings;
    log->observer = *observer;
    log->cancel = cancel_new();
    pthread_mutex_init(&log->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&log->arrived, &attributes);
    pthread_condattr_destroy(&attributes);
    g_queue_init(&log->queue);
    g_queue_init(&log->patient);
    log->writers = g_new0(Writer, settings->writers);
    for (guint i = 0; i < settings->writers; i++) {
        log->writers[i].log = log;
        if (pthread_create(&log->writers[i].thread, NULL, write_on, &log->writers[i]) != 0)
            g_error("no thread for a writer of the usage log");
    }
    return log;
}

static gboolean is_idle(UsageLog *log)
{
    gboolean is_idle;

    pthread_mutex_lock(&log->mutex);
    is_idle = log->rows == 0;
    pthread_mutex_unlock(&log->mutex);
    return is_idle;
}

void usage_log_stop(UsageLog *log, gint64 timeout)
{
    Backoff look = {
        .initial = 500, .ceiling = 10000, .factor = 1.5, .deadline = clock_monotonic() + timeout};

    pthread_mutex_lock(&log->mutex);
    log->is_stopped = TRUE;
    pthread_cond_broadcast(&log->arrived);
    pthread_mutex_unlock(&log->mutex);
    while (!is_idle(log) && backoff_wait(&look, NULL))
        continue;
    cancel_trigger(log->cancel);
    for (guint i = 0; i < log->settings.writers; i++)
        pthread_join(log->writers[i].thread, NULL);
}

void usage_log_free(UsageLog *log)
{
    if (!log)
        return;
    pthread_cond_destroy(&log->arrived);
    pthread_mutex_destroy(&log->mutex);
    cancel_free(log->cancel);
    g_free(log->writers);
    g_free(log);
}

UsageFigures usage_log_figures(UsageLog *log)
{
    UsageFigures figures;

    pthread_mutex_lock(&log->mutex);
    figures = log->figures;
    figures.waiting_rows = log->waiting;
    figures.waiting_bytes = log->bytes;
    pthread_mutex_unlock(&log->mutex);
    return figures;
}
