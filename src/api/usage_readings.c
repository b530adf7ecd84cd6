/* GET /v1/usage-logs, .../{id} and .../stats: checked here, read on the reader's pool, answered
 * from its thread. */
#include <string.h>

#include "api/handlers.h"
#include "base/clock.h"
#include "base/error.h"
#include "http/accept.h"
#include "http/reply.h"
#include "http/stream.h"
#include "metrics/metrics.h"
#include "usage/uuid.h"
#include "view/usage_stats.h"
#include "view/usage_text.h"

#define PATH "/v1/usage-logs"

enum {
    LIMIT_DEFAULT = 50,
    LIMIT_MAX = 1000,
    PAGE_BYTES = 1024 * 1024,  /* a page ends early behind so many, and has a next one */
    PIECE_BYTES = 16 * 1024,   /* of an export are sent together */
    STREAM_BYTES = 256 * 1024, /* that a slow client leaves in our memory */
};

typedef enum { FORM_JSON, FORM_NDJSON, FORM_CSV } Form;

/* Indexed by Form. */
static const char *const media_types[] = {"application/json", "application/x-ndjson", "text/csv",
                                          NULL};

typedef enum { INQUIRY_LIST, INQUIRY_EXPORT, INQUIRY_ONE, INQUIRY_STATS } InquiryKind;

/* Indexed by InquiryKind: the label of the metrics. */
static const char *const kinds[] = {"list", "export", "one", "stats"};

/* Indexed by PoolOutcome. */
static const char *const outcomes[] = {"answered", "failed", "timed_out", "busy", "abandoned"};

/* One request on its way through the reader. */
typedef struct {
    InquiryKind kind;
    const ApiUsage *usage;
    Form form;
    HttpReply *reply;          /* NULL once answered */
    HttpStream *stream;        /* of an export, from its first row on */
    const UsageSearch *search; /* the reading's; of a LIST, an EXPORT and STATS */
    UsageReading *reading;     /* from the first row on */
    gint64 started;
    guint limit; /* rows of the answer; 0: all */
    guint rows;  /* so far */
    gboolean has_more;
    UsagePosition last;
    GString *text; /* not sent yet */
    UsageStats *stats;
} Inquiry;

/* --- Refusals ----------------------------------------------------------------------------------
 */

static gboolean is_about_values(const GPtrArray *faults)
{
    for (guint i = 0; i < faults->len; i++) {
        if (!((const SearchFault *)g_ptr_array_index(faults, i))->is_about_value)
            return FALSE;
    }
    return TRUE;
}

static HttpResponse *refuse_query(const HttpRequest *request, const GPtrArray *faults)
{
    g_autofree char *errors = usage_search_faults_document(faults);
    const HttpProblem problem = {.status = is_about_values(faults) ? 422 : 400,
                                 .slug = "usage-log-query",
                                 .title = "The query is not understood",
                                 .detail = "See errors, each with the parameter that it is about",
                                 .hint = "correct what errors names and ask again",
                                 .documents = (const char *const[]){"errors", errors, NULL}};

    return http_problem(request, &problem);
}

static HttpResponse *refuse_form(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 406,
                                 .detail = "None of the media types in Accept can be had here",
                                 .hint = "ask for application/json, application/x-ndjson or "
                                         "text/csv"};

    return http_problem(request, &problem);
}

static HttpResponse *retry_later(HttpResponse *response)
{
    http_response_add_header(response, "Retry-After", "1");
    return response;
}

static const HttpProblem too_many_wait = {
    .status = 503,
    .slug = "usage-log-busy",
    .title = "Too many readings wait for the database",
    .detail = "No connection was free for this one",
    .hint = "ask again after a pause; see usage_log.readers and usage_log.read_queue"};

static const HttpProblem took_too_long = {
    .status = 504,
    .slug = "usage-log-timeout",
    .title = "The database did not answer in time",
    .detail = "Its statement has been cancelled",
    .hint = "ask for less, with from and to; see usage_log.read_timeout"};

/* What the server says is for the log: who asks here need not know it. */
static HttpResponse *explain_failure(const HttpReply *reply, const GError *error)
{
    gboolean is_sql = error_is(error, ERROR_SQL) || error_is(error, ERROR_PRIVILEGE);
    const HttpProblem refused = {.status = 500,
                                 .slug = "usage-log-refused",
                                 .title = "The database refuses to read the usage log",
                                 .detail = "The service's log tells why",
                                 .hint = "the table, or a privilege of the service's role, is not "
                                         "what it should be"};
    const HttpProblem away = {.status = 503,
                              .slug = "usage-log-unreadable",
                              .title = "The usage log cannot be read now",
                              .detail = "The database cannot be reached, or went away",
                              .hint = "ask again after a pause"};

    return is_sql ? http_reply_problem(reply, &refused)
                  : retry_later(http_reply_problem(reply, &away));
}

static HttpResponse *explain(const HttpReply *reply, PoolOutcome outcome, const GError *error)
{
    switch (outcome) {
    case POOL_TIMED_OUT:
        return http_reply_problem(reply, &took_too_long);
    case POOL_FAILED:
        return explain_failure(reply, error);
    case POOL_BUSY:
    case POOL_ABANDONED:
    case POOL_ANSWERED:
        break;
    }
    return retry_later(http_reply_problem(reply, &too_many_wait));
}

/* --- Answers -----------------------------------------------------------------------------------
 */

static GBytes *take_text(Inquiry *inquiry)
{
    return g_string_free_to_bytes(g_steal_pointer(&inquiry->text));
}

static HttpResponse *text_response(Inquiry *inquiry)
{
    g_autoptr(GBytes) body = take_text(inquiry);
    HttpResponse *response = http_response_new(200, media_types[inquiry->form], body);

    http_response_add_header(response, "Cache-Control", "no-store");
    return response;
}

static void add_export_headers(HttpResponse *response, Form form)
{
    http_response_add_header(response, "Cache-Control", "no-store");
    http_response_add_header(response, "Vary", "Accept");
    if (form == FORM_CSV)
        http_response_add_header(response, "Content-Disposition",
                                 "attachment; filename=\"usage-logs.csv\"");
}

static void add_next(HttpResponse *response, const Inquiry *inquiry)
{
    g_autofree char *cursor = usage_search_cursor(inquiry->search, &inquiry->last);
    g_autofree char *next = usage_search_next(inquiry->search, PATH, cursor);
    g_autofree char *link = g_strdup_printf("<%s>; rel=\"next\"", next);

    http_response_add_header(response, "Link", link);
}

static HttpResponse *list_response(Inquiry *inquiry)
{
    HttpResponse *response;

    g_string_append(inquiry->text, inquiry->rows ? "]\n" : "[]\n");
    response = text_response(inquiry);
    http_response_add_header(response, "Vary", "Accept");
    if (inquiry->has_more)
        add_next(response, inquiry);
    return response;
}

static HttpResponse *one_response(Inquiry *inquiry)
{
    const HttpProblem problem = {.status = 404,
                                 .slug = "usage-log",
                                 .title = "There is no usage log",
                                 .detail = "None is stored under this id",
                                 .hint = "it may have been retired with its partition"};

    return inquiry->rows ? text_response(inquiry) : http_reply_problem(inquiry->reply, &problem);
}

static HttpResponse *stats_response(Inquiry *inquiry)
{
    char *document = usage_stats_finish(g_steal_pointer(&inquiry->stats), inquiry->search);

    g_string_free(inquiry->text, TRUE);
    inquiry->text = g_string_new_len(document, (gssize)strlen(document));
    g_free(document);
    return text_response(inquiry);
}

/* An export without rows. */
static HttpResponse *empty_response(Inquiry *inquiry)
{
    g_autoptr(GBytes) body = take_text(inquiry);
    HttpResponse *response = http_response_new(200, media_types[inquiry->form], body);

    add_export_headers(response, inquiry->form);
    return response;
}

static HttpResponse *respond(Inquiry *inquiry)
{
    switch (inquiry->kind) {
    case INQUIRY_LIST:
        return list_response(inquiry);
    case INQUIRY_EXPORT:
        return empty_response(inquiry);
    case INQUIRY_ONE:
        return one_response(inquiry);
    case INQUIRY_STATS:
        return stats_response(inquiry);
    }
    g_assert_not_reached();
}

/* --- Rows, on the reader's thread --------------------------------------------------------------
 */

static void remember_place(Inquiry *inquiry, const UsageRecord *record)
{
    inquiry->last.created_at = record->values[USAGE_CREATED_AT].integer;
    memcpy(inquiry->last.id, record->values[USAGE_ID].uuid, USAGE_ID_SIZE);
}

static void put_listed(Inquiry *inquiry, const UsageRecord *record)
{
    if (inquiry->rows == inquiry->limit || inquiry->text->len > PAGE_BYTES)
        inquiry->has_more = TRUE;
    if (inquiry->has_more)
        return;
    g_string_append(inquiry->text, inquiry->rows++ ? ",\n" : "[");
    usage_put_record(inquiry->text, record);
    remember_place(inquiry, record);
}

static void on_room(gpointer data)
{
    usage_reading_resume(((Inquiry *)data)->reading);
}

static void begin_stream(Inquiry *inquiry)
{
    HttpResponse *response;

    inquiry->stream = http_stream_new(STREAM_BYTES, on_room, inquiry);
    response = http_response_new_stream(200, media_types[inquiry->form], inquiry->stream);
    add_export_headers(response, inquiry->form);
    http_reply_send(g_steal_pointer(&inquiry->reply), response);
}

static gboolean send_piece(Inquiry *inquiry)
{
    gboolean has_room = http_stream_write(inquiry->stream, inquiry->text->str, inquiry->text->len);

    g_string_truncate(inquiry->text, 0);
    return has_room;
}

static gboolean put_exported(Inquiry *inquiry, const UsageRecord *record)
{
    if (inquiry->limit > 0 && inquiry->rows == inquiry->limit) {
        inquiry->has_more = TRUE;
        return TRUE;
    }
    if (!inquiry->stream)
        begin_stream(inquiry);
    inquiry->rows++;
    if (inquiry->form == FORM_CSV) {
        usage_put_csv_record(inquiry->text, record);
    } else {
        usage_put_record(inquiry->text, record);
        g_string_append_c(inquiry->text, '\n');
    }
    return inquiry->text->len < PIECE_BYTES || send_piece(inquiry);
}

static gboolean take_record(UsageReading *reading, const UsageRecord *record, gpointer data)
{
    Inquiry *inquiry = data;

    inquiry->reading = reading;
    switch (inquiry->kind) {
    case INQUIRY_LIST:
        put_listed(inquiry, record);
        return TRUE;
    case INQUIRY_EXPORT:
        return put_exported(inquiry, record);
    case INQUIRY_ONE:
        inquiry->rows++;
        usage_put_record(inquiry->text, record);
        g_string_append_c(inquiry->text, '\n');
        return TRUE;
    case INQUIRY_STATS:
        break;
    }
    return TRUE;
}

static gboolean take_stat(UsageReading *reading, const UsageStat *stat, gpointer data)
{
    Inquiry *inquiry = data;

    (void)reading;
    usage_stats_add(inquiry->stats, inquiry->search, stat);
    return TRUE;
}

static gboolean is_abandoned(gpointer data)
{
    Inquiry *inquiry = data;

    return inquiry->stream ? http_stream_is_abandoned(inquiry->stream)
                           : http_reply_is_abandoned(inquiry->reply);
}

/* --- The end -----------------------------------------------------------------------------------
 */

static void inquiry_free(Inquiry *inquiry)
{
    if (inquiry->text)
        g_string_free(inquiry->text, TRUE);
    usage_stats_free(inquiry->stats);
    g_free(inquiry);
}

/* What was sent is all that there is, or the client sees the connection break. */
static void end_stream(Inquiry *inquiry, PoolOutcome outcome)
{
    gboolean is_complete = outcome == POOL_ANSWERED && !inquiry->has_more;

    if (inquiry->text->len > 0)
        send_piece(inquiry);
    http_stream_end(inquiry->stream, is_complete);
}

static void measure(const Inquiry *inquiry, PoolOutcome outcome)
{
    metrics_count(METRIC_USAGE_READS, kinds[inquiry->kind], outcomes[outcome]);
    metrics_observe(METRIC_USAGE_READ_DURATION, clock_monotonic() - inquiry->started,
                    kinds[inquiry->kind]);
}

static void tell(const Inquiry *inquiry, PoolOutcome outcome, const GError *error)
{
    if (outcome == POOL_ANSWERED || outcome == POOL_FAILED)
        inquiry->usage->read_news(outcome == POOL_FAILED ? error : NULL,
                                  inquiry->usage->read_news_data);
}

static void end(PoolOutcome outcome, const GError *error, gpointer data)
{
    Inquiry *inquiry = data;

    measure(inquiry, outcome);
    tell(inquiry, outcome, error);
    if (inquiry->stream)
        end_stream(inquiry, outcome);
    else
        http_reply_send(inquiry->reply, outcome == POOL_ANSWERED
                                            ? respond(inquiry)
                                            : explain(inquiry->reply, outcome, error));
    inquiry_free(inquiry);
}

static const UsageAudience audience = {take_record, take_stat, end, is_abandoned};

/* --- Questions ---------------------------------------------------------------------------------
 */

static Inquiry *inquiry_new(InquiryKind kind, HttpRequest *request, const ApiUsage *usage)
{
    Inquiry *inquiry = g_new0(Inquiry, 1);

    inquiry->kind = kind;
    inquiry->usage = usage;
    inquiry->started = clock_monotonic();
    inquiry->text = g_string_sized_new(kind == INQUIRY_LIST ? 16 * 1024 : 1024);
    inquiry->reply = http_request_defer(request);
    return inquiry;
}

/* The reader has not taken it. */
static void turn_away(Inquiry *inquiry)
{
    http_reply_send(inquiry->reply,
                    retry_later(http_reply_problem(inquiry->reply, &too_many_wait)));
    inquiry_free(inquiry);
}

typedef struct {
    UsageSearch *search;
    SearchRules rules;
    GPtrArray *faults;
} SearchQuery;

static void take_parameter(const char *name, const char *value, gpointer data)
{
    SearchQuery *query = data;

    usage_search_take(query->search, name, value, &query->rules, query->faults);
}

/* NULL and *refusal when the query is not valid. */
static UsageSearch *read_search(const HttpRequest *request, SearchKind kind,
                                const Snapshot *snapshot, guint limit_max, HttpResponse **refusal)
{
    g_autoptr(GPtrArray) faults = search_faults_new();
    g_autoptr(UsageSearch) search = usage_search_new(kind);
    SearchQuery query = {search, {(const char *const *)snapshot->action_types, limit_max}, faults};

    http_request_visit_query(request, take_parameter, &query);
    usage_search_finish(search, faults);
    if (faults->len == 0)
        return g_steal_pointer(&search);
    *refusal = refuse_query(request, faults);
    return NULL;
}

static void list(HttpRequest *request, const ApiUsage *usage, UsageSearch *search)
{
    Inquiry *inquiry = inquiry_new(INQUIRY_LIST, request, usage);

    inquiry->search = search;
    inquiry->limit =
        usage_search_has(search, PARAMETER_LIMIT) ? search->limit : (guint)LIMIT_DEFAULT;
    if (usage_reader_list(usage->reader, search, inquiry->limit + 1, &audience, inquiry))
        return;
    usage_search_free(search);
    turn_away(inquiry);
}

/* One row more than usage_log.export_rows tells that there are more. */
static void export(HttpRequest *request, const ApiUsage *usage, UsageSearch *search, Form form)
{
    Inquiry *inquiry = inquiry_new(INQUIRY_EXPORT, request, usage);
    guint limit = search->limit;

    inquiry->search = search;
    inquiry->form = form;
    if (form == FORM_CSV)
        usage_put_csv_head(inquiry->text);
    if (!limit && usage->export_rows) {
        inquiry->limit = usage->export_rows;
        limit = usage->export_rows + 1;
    }
    if (usage_reader_export(usage->reader, search, limit, &audience, inquiry))
        return;
    usage_search_free(search);
    turn_away(inquiry);
}

/* An export that broke would look like a short one. */
static HttpResponse *refuse_version(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 426,
                                 .slug = "http-version",
                                 .title = "Exports need HTTP/1.1",
                                 .detail = "Over HTTP/1.0 nobody can tell whether one is complete",
                                 .hint = "let the client or proxy speak HTTP/1.1; in nginx: "
                                         "proxy_http_version 1.1"};
    HttpResponse *response = http_problem(request, &problem);

    http_response_add_header(response, "Upgrade", "HTTP/1.1");
    return response;
}

HttpResponse *api_get_usage_logs(HttpRequest *request, gpointer data)
{
    const ApiUsage *usage = api_usage(data);
    g_autoptr(Snapshot) snapshot = api_current(data);
    g_autofree char *accept = http_request_headers(request, "Accept");
    HttpResponse *refusal = api_refuse_usage(request, usage, snapshot);
    int form = accept_choose(accept, media_types);
    UsageSearch *search = NULL;

    if (!refusal && form < 0)
        refusal = refuse_form(request);
    if (!refusal && form != FORM_JSON && !http_request_knows_chunks(request))
        refusal = refuse_version(request);
    if (!refusal)
        search = read_search(request, SEARCH_LIST, snapshot,
                             form == FORM_JSON ? (guint)LIMIT_MAX : usage->export_rows, &refusal);
    if (refusal)
        return refusal;
    if (form == FORM_JSON)
        list(request, usage, search);
    else
        export(request, usage, search, (Form)form);
    return NULL;
}

HttpResponse *api_get_usage_stats(HttpRequest *request, gpointer data)
{
    const ApiUsage *usage = api_usage(data);
    g_autoptr(Snapshot) snapshot = api_current(data);
    HttpResponse *refusal = api_refuse_usage(request, usage, snapshot);
    UsageSearch *search = NULL;
    Inquiry *inquiry;

    if (!refusal)
        search = read_search(request, SEARCH_STATS, snapshot, 0, &refusal);
    if (refusal)
        return refusal;
    inquiry = inquiry_new(INQUIRY_STATS, request, usage);
    inquiry->search = search;
    inquiry->stats = usage_stats_new();
    if (usage_reader_stats(usage->reader, search, &audience, inquiry))
        return NULL;
    usage_search_free(search);
    turn_away(inquiry);
    return NULL;
}

static HttpResponse *refuse_id(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 400,
                                 .slug = "usage-log-id",
                                 .title = "This is no id of a usage log",
                                 .detail = "An id is a UUID: 8-4-4-4-12 hexadecimal digits",
                                 .hint = "take it from the answer to POST, or from a list"};

    return http_problem(request, &problem);
}

static void refuse_any(const char *name, const char *value, gpointer data)
{
    (void)name;
    (void)value;
    *(gboolean *)data = TRUE;
}

static HttpResponse *refuse_parameters(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 400,
                                 .slug = "usage-log-query",
                                 .title = "The query is not understood",
                                 .detail = "One usage log is asked for without any parameters",
                                 .hint = "leave the query away"};
    gboolean has_some = FALSE;

    http_request_visit_query(request, refuse_any, &has_some);
    return has_some ? http_problem(request, &problem) : NULL;
}

HttpResponse *api_get_usage_log(HttpRequest *request, gpointer data)
{
    const ApiUsage *usage = api_usage(data);
    g_autoptr(Snapshot) snapshot = api_current(data);
    HttpResponse *refusal = api_refuse_usage(request, usage, snapshot);
    guint8 id[USAGE_ID_SIZE];
    Inquiry *inquiry;

    if (!refusal && !uuid_parse(http_request_parameter(request, "id"), id))
        refusal = refuse_id(request);
    if (!refusal)
        refusal = refuse_parameters(request);
    if (refusal)
        return refusal;
    inquiry = inquiry_new(INQUIRY_ONE, request, usage);
    if (!usage_reader_find(usage->reader, id, &audience, inquiry))
        turn_away(inquiry);
    return NULL;
}
