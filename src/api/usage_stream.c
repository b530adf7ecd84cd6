/* Lines on their way through the log. Whoever holds the mutex moves the stream on: the thread that
 * reads the body when a piece has come, a writer's when a portion is settled. */
#include "api/usage_stream.h"

#include <pthread.h>
#include <stdatomic.h>

#include "api/usage_post.h"
#include "view/usage_lines.h"

/* Of the records that wait until those before them are written; more of the body is not read. */
enum { PORTION_BYTES = 256 * 1024 };

struct UsageStreams {
    atomic_uint count;
    guint maximum;
};

/* Why the rest of a stream is not taken. */
typedef enum {
    TROUBLE_NONE,
    TROUBLE_FULL,   /* the queue, before anything of this stream was in it */
    TROUBLE_LOST,   /* nobody knows what the database has stored */
    TROUBLE_CLOSED, /* the gate, or the service */
    TROUBLE_LONG,   /* usage_log.stream_max */
    TROUBLE_GONE,   /* the client */
} Trouble;

struct UsageStream {
    atomic_uint references; /* the request's, and that of the order that is away */
    Api *api;
    const ApiUsage *usage;
    Wish wish;
    UsageAddress address; /* the client's */
    gboolean has_address;
    UsageLines *lines; /* of the thread that reads */
    gsize left;        /* bytes that may come */

    pthread_mutex_t mutex; /* of all below */
    UsageTally *tally;
    guint count;     /* items in the tally */
    guint settled;   /* the last line of which all is known, and of all before it */
    GArray *filling; /* UsageItem */
    gsize size;      /* of its records */
    GArray *writing; /* UsageItem whose records are away; NULL: none are */
    gboolean has_submitted;
    Trouble trouble;
    HttpReply *pause; /* of the body */
    HttpReply *reply; /* the body is complete */
};

UsageStreams *usage_streams_new(guint maximum)
{
    UsageStreams *streams = g_new0(UsageStreams, 1);

    streams->maximum = maximum;
    return streams;
}

void usage_streams_free(UsageStreams *streams)
{
    g_free(streams);
}

guint usage_streams_count(const UsageStreams *streams)
{
    return atomic_load(&streams->count);
}

/* --- The stream ------------------------------------------------------------------------------- */

static UsageStream *stream_new(Api *api, const Wish *wish, const HttpRequest *request)
{
    UsageStream *stream = g_new0(UsageStream, 1);

    atomic_init(&stream->references, 1);
    stream->api = api;
    stream->usage = api_usage(api);
    stream->wish = *wish;
    stream->has_address = post_find_origin(request, stream->usage, &stream->address);
    stream->left = stream->usage->stream_max;
    stream->lines = usage_lines_new();
    stream->tally = usage_tally_new("line", TRUE);
    stream->filling = usage_items_new();
    pthread_mutex_init(&stream->mutex, NULL);
    return stream;
}

static void stream_unref(UsageStream *stream)
{
    if (atomic_fetch_sub(&stream->references, 1) > 1)
        return;
    atomic_fetch_sub(&stream->usage->streams->count, 1);
    pthread_mutex_destroy(&stream->mutex);
    usage_lines_free(stream->lines);
    g_array_unref(stream->filling);
    if (stream->tally)
        g_free(usage_tally_finish(stream->tally));
    g_free(stream);
}

/* --- The answer ------------------------------------------------------------------------------- */

static const HttpProblem troubles[] = {
    [TROUBLE_FULL] = {.status = 503,
                      .slug = "usage-log-full",
                      .title = "Too many usage logs wait to be written",
                      .detail = "Nothing of this request was stored",
                      .hint = "send it again after a pause"},
    [TROUBLE_LOST] = {.status = 503,
                      .slug = "usage-log-lost",
                      .title = "Nobody knows whether all of it is stored",
                      .detail = "The database could not be reached in time, or went away while it "
                                "was asked to store a part of this",
                      .hint =
                          "send it again from the line on that \"line\" names; what has an id of "
                          "its own is stored once however often"},
    [TROUBLE_CLOSED] = {.status = 503,
                        .slug = "gate",
                        .title = "The gate does not let the rest pass now",
                        .detail = "The gate was closed while the request was being read",
                        .hint = "send it again from the line on that \"line\" names"},
    [TROUBLE_LONG] = {.status = 413,
                      .slug = "usage-log-stream",
                      .title = "The stream is too long",
                      .detail = "More than usage_log.stream_max was sent",
                      .hint = "send the rest in another request, from the line on that \"line\" "
                              "names"},
    [TROUBLE_GONE] = {.status = 503, .detail = "The client has gone"},
};

/* Everything before "line" is settled, and "report" tells how; from there on nothing is promised.
 */
static HttpResponse *tell_trouble(UsageStream *stream)
{
    g_autofree char *line = g_strdup_printf("%u", stream->settled + 1);
    g_autofree char *report = usage_tally_finish(g_steal_pointer(&stream->tally));
    HttpProblem problem = troubles[stream->trouble];
    HttpResponse *response;

    problem.documents = (const char *const[]){"line", line, "report", report, NULL};
    response = http_reply_problem(stream->reply, &problem);
    return problem.status == 503 ? post_retry_later(response) : response;
}

static HttpResponse *refuse_nothing(const UsageStream *stream)
{
    return http_reply_problem(stream->reply, &(HttpProblem){.status = 422,
                                                            .slug = "usage-log-values",
                                                            .title = "The usage log is not valid",
                                                            .detail = "There is no line in it",
                                                            .hint = "send one JSON object a line"});
}

static HttpResponse *make_answer(UsageStream *stream)
{
    unsigned whole = stream->wish.durability == STORE_ASYNCHRONOUS ? 202 : 201;

    if (stream->trouble != TROUBLE_NONE)
        return tell_trouble(stream);
    if (stream->count == 0)
        return refuse_nothing(stream);
    return post_list_response(g_steal_pointer(&stream->tally), stream->count, whole,
                              stream->wish.is_minimal);
}

/* --- Portions --------------------------------------------------------------------------------- */

static void note_loss(UsageStream *stream, guint number)
{
    if (stream->trouble == TROUBLE_LOST)
        return;
    stream->trouble = TROUBLE_LOST;
    stream->settled = number - 1;
}

/* `order` may be NULL when no item has a record. */
static void settle(UsageStream *stream, const UsageOrder *order)
{
    guint row = 0;

    for (guint i = 0; i < stream->writing->len; i++) {
        const UsageItem *item = &g_array_index(stream->writing, UsageItem, i);
        UsageVerdict verdict = {.status = 422, .faults = item->faults};

        if (!item->faults) {
            const UsageRecord *record = g_ptr_array_index(order->records, row);

            verdict = post_judge(&order->results[row++]);
            verdict.id = record->values[USAGE_ID].uuid;
        }
        if (verdict.status == 503)
            note_loss(stream, item->number);
        if (stream->trouble != TROUBLE_LOST)
            stream->settled = item->number;
        usage_tally_add(stream->tally, item->number, &verdict);
        stream->count++;
    }
    g_clear_pointer(&stream->writing, g_array_unref);
}

static void move_on(UsageStream *stream);

/* On a writer's thread. */
static void on_written(UsageOrder *order, gpointer data)
{
    UsageStream *stream = data;

    pthread_mutex_lock(&stream->mutex);
    settle(stream, order);
    usage_order_free(order);
    move_on(stream);
    pthread_mutex_unlock(&stream->mutex);
    stream_unref(stream);
}

static GPtrArray *take_records(GArray *items)
{
    GPtrArray *records = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < items->len; i++) {
        UsageItem *item = &g_array_index(items, UsageItem, i);

        if (item->record)
            g_ptr_array_add(records, g_steal_pointer(&item->record));
    }
    return records;
}

/* A full queue is said at once by whoever has nothing in it yet; who has begun waits for room. */
static Trouble submit(UsageStream *stream, UsageOrder *order)
{
    UsageLog *log = stream->usage->log;

    if (stream->has_submitted)
        return usage_log_submit_patiently(log, order) ? TROUBLE_NONE : TROUBLE_CLOSED;
    stream->has_submitted = TRUE;
    return usage_log_submit(log, order) ? TROUBLE_NONE : TROUBLE_FULL;
}

static void write_portion(UsageStream *stream)
{
    g_autoptr(GPtrArray) records = take_records(stream->filling);
    UsageOrder *order;

    stream->writing = stream->filling;
    stream->filling = usage_items_new();
    stream->size = 0;
    if (records->len == 0) {
        settle(stream, NULL);
        return;
    }
    order = usage_order_new(g_steal_pointer(&records), stream->wish.durability, on_written, stream);
    atomic_fetch_add(&stream->references, 1);
    stream->trouble = submit(stream, order);
    if (stream->trouble == TROUBLE_NONE)
        return;
    usage_order_free(order);
    atomic_fetch_sub(&stream->references, 1);
    g_clear_pointer(&stream->writing, g_array_unref);
}

static gboolean is_full(const UsageStream *stream)
{
    return stream->trouble == TROUBLE_NONE &&
           (stream->filling->len >= stream->usage->batch_max || stream->size >= PORTION_BYTES);
}

static void move_on(UsageStream *stream)
{
    while (stream->trouble == TROUBLE_NONE && !stream->writing && stream->filling->len > 0)
        write_portion(stream);
    if (stream->pause && !is_full(stream))
        http_reply_go_on(g_steal_pointer(&stream->pause));
    if (stream->reply && !stream->writing) {
        HttpResponse *answer = make_answer(stream);

        http_reply_send(g_steal_pointer(&stream->reply), answer);
    }
}

/* --- The body --------------------------------------------------------------------------------- */

/* Takes the items. */
static void add_items(UsageStream *stream, GArray *items)
{
    for (guint i = 0; i < items->len; i++) {
        const UsageItem *item = &g_array_index(items, UsageItem, i);

        stream->size += item->record ? item->record->size : 0;
    }
    if (stream->trouble == TROUBLE_NONE) {
        g_array_append_vals(stream->filling, items->data, items->len);
        g_array_set_clear_func(items, NULL);
    }
    g_array_unref(items);
}

static void have_trouble(UsageStream *stream, Trouble trouble)
{
    pthread_mutex_lock(&stream->mutex);
    if (stream->trouble == TROUBLE_NONE)
        stream->trouble = trouble;
    pthread_mutex_unlock(&stream->mutex);
}

/* Reads without the mutex, so that no writer waits for it. `bytes` NULL: the last line ends. */
static GArray *read_items(UsageStream *stream, const guint8 *bytes, gsize size)
{
    g_autoptr(Snapshot) snapshot = api_current(stream->api);
    GArray *items = usage_items_new();
    UsageRules rules;

    if (!snapshot->is_open || !snapshot->action_types) {
        have_trouble(stream, TROUBLE_CLOSED);
        return items;
    }
    rules = post_rules(stream->usage, snapshot, stream->has_address ? &stream->address : NULL);
    if (bytes)
        usage_lines_take(stream->lines, (const char *)bytes, size, &rules, items);
    else
        usage_lines_end(stream->lines, &rules, items);
    return items;
}

static gboolean is_in_trouble(UsageStream *stream)
{
    gboolean is_in_trouble;

    pthread_mutex_lock(&stream->mutex);
    is_in_trouble = stream->trouble != TROUBLE_NONE;
    pthread_mutex_unlock(&stream->mutex);
    return is_in_trouble;
}

/* What comes after trouble is not even looked at: the answer follows at its end. */
static void take(gpointer reader, HttpRequest *request, const guint8 *bytes, gsize size)
{
    UsageStream *stream = reader;
    GArray *items;

    if (size > stream->left)
        have_trouble(stream, TROUBLE_LONG);
    if (is_in_trouble(stream))
        return;
    stream->left -= size;
    items = read_items(stream, bytes, size);
    if (items->len > 0)
        http_request_progress(request);
    pthread_mutex_lock(&stream->mutex);
    add_items(stream, items);
    move_on(stream);
    if (is_full(stream) && !stream->pause)
        stream->pause = http_request_defer(request);
    pthread_mutex_unlock(&stream->mutex);
}

static void end(gpointer reader)
{
    UsageStream *stream = reader;

    have_trouble(stream, TROUBLE_GONE);
    stream_unref(stream);
}

HttpResponse *usage_stream_finish(UsageStream *stream, HttpRequest *request)
{
    GArray *items = read_items(stream, NULL, 0);

    pthread_mutex_lock(&stream->mutex);
    add_items(stream, items);
    stream->reply = http_request_defer(request);
    move_on(stream);
    pthread_mutex_unlock(&stream->mutex);
    return NULL;
}

static HttpResponse *refuse_many(const HttpRequest *request)
{
    return post_retry_later(
        http_problem(request, &(HttpProblem){.status = 503,
                                             .slug = "usage-log-streams",
                                             .title = "Too many streams at once",
                                             .detail = "Nothing of this request was stored",
                                             .hint = "send it again after a pause, or raise "
                                                     "usage_log.streams"}));
}

HttpResponse *usage_stream_open(Api *api, HttpRequest *request)
{
    static const HttpReader methods = {take, end};
    const ApiUsage *usage = api_usage(api);
    g_autoptr(Snapshot) snapshot = api_current(api);
    HttpResponse *refusal = api_refuse_usage(request, usage, snapshot);
    Wish wish;

    if (!refusal)
        refusal = post_read_wish(request, &wish);
    if (refusal)
        return refusal;
    if (atomic_fetch_add(&usage->streams->count, 1) >= usage->streams->maximum) {
        atomic_fetch_sub(&usage->streams->count, 1);
        return refuse_many(request);
    }
    http_request_read_by(request, &methods, stream_new(api, &wish, request), usage->stream_max);
    return NULL;
}
