/* Header fields and query of a POST, and what its answers have in common. */
#include "api/usage_post.h"

#include <string.h>

#include "base/clock.h"

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

HttpResponse *api_refuse_usage(const HttpRequest *request, const ApiUsage *usage,
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

static HttpResponse *refuse_encoding(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 415,
                                 .detail = "The body's content encoding is not taken here",
                                 .hint = "send it as it is, without Content-Encoding"};
    HttpResponse *response = http_problem(request, &problem);

    http_response_add_header(response, "Accept-Encoding", "identity");
    return response;
}

static HttpResponse *refuse_parameter(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 400,
                                 .slug = "usage-log-query",
                                 .title = "The query is not understood",
                                 .detail = "The only parameter here is durability, at most once",
                                 .hint = "correct it or leave it away"};

    return http_problem(request, &problem);
}

static HttpResponse *refuse_durability(const HttpRequest *request)
{
    const HttpProblem problem = {.status = 400,
                                 .detail = "The durability is neither \"commit\" nor \"async\"",
                                 .hint = "leave it away: the answer then comes after the commit"};

    return http_problem(request, &problem);
}

HttpResponse *post_refuse_faults(const HttpRequest *request, const GPtrArray *faults)
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

static gboolean is_encoded(const HttpRequest *request)
{
    const char *field = http_request_header(request, "Content-Encoding");

    return field && g_ascii_strcasecmp(field, "identity") != 0;
}

static void count_parameter(const char *name, const char *value, gpointer data)
{
    guint *count = data;

    (void)value;
    *count += g_str_equal(name, "durability") ? 1 : 2;
}

HttpResponse *post_read_wish(const HttpRequest *request, Wish *wish)
{
    guint count = 0;

    if (!read_form(request, &wish->form))
        return refuse_form(request);
    if (is_encoded(request))
        return refuse_encoding(request);
    http_request_visit_query(request, count_parameter, &count);
    if (count > 1)
        return refuse_parameter(request);
    if (!read_durability(request, &wish->durability))
        return refuse_durability(request);
    wish->is_minimal = prefers_minimal(request);
    return NULL;
}

gboolean post_is_stream(const HttpRequest *request)
{
    Form form;

    return read_form(request, &form) && form == FORM_NDJSON;
}

gboolean post_find_origin(const HttpRequest *request, const ApiUsage *usage, UsageAddress *address)
{
    const Origins *origins = usage->origins;
    g_autofree char *peer = http_request_peer_address(request);
    g_autofree char *hops = http_request_headers(request, origins_field(origins));

    return origins_find(origins, peer, hops, address);
}

UsageRules post_rules(const ApiUsage *usage, const Snapshot *snapshot, const UsageAddress *address)
{
    gint64 now = clock_wall();

    return (UsageRules){.now = now,
                        .oldest = now - usage->oldest,
                        .newest = now + usage->newest,
                        .action_types = (const char *const *)snapshot->action_types,
                        .address = address};
}

/* --- Answers ---------------------------------------------------------------------------------- */

const HttpProblem post_queue_is_full = {
    .status = 503,
    .slug = "usage-log-full",
    .title = "Too many usage logs wait to be written",
    .detail = "Nothing of this request was stored",
    .hint = "send it again after a pause, in batches; see usage_log.queue_rows and "
            "usage_log.queue_bytes"};

HttpResponse *post_retry_later(HttpResponse *response)
{
    http_response_add_header(response, "Retry-After", "1");
    return response;
}

HttpResponse *post_json_response(unsigned status, char *text)
{
    g_autoptr(GBytes) body = g_bytes_new_take(text, strlen(text));

    return http_response_new(status, "application/json", body);
}

HttpResponse *post_empty_response(unsigned status)
{
    return http_response_new(status, NULL, NULL);
}

UsageVerdict post_judge(const StoreResult *result)
{
    switch (result->outcome) {
    case OUTCOME_STORED:
        return (UsageVerdict){.status = 201};
    case OUTCOME_REPEATED:
        return (UsageVerdict){.status = 200};
    case OUTCOME_REFUSED:
        return (UsageVerdict){.status = 422, .detail = result->reason};
    case OUTCOME_UNPLACED:
        return (UsageVerdict){
            .status = 503,
            .detail = "there is no partition for its time yet: send it again after a pause"};
    case OUTCOME_LOST:
    case OUTCOME_PENDING:
        break;
    }
    return (UsageVerdict){
        .status = 503, .detail = "nobody knows whether it is stored: send it again with this id"};
}

HttpResponse *post_list_response(UsageTally *tally, guint count, unsigned whole,
                                 gboolean is_minimal)
{
    unsigned status = usage_tally_stored(tally) == count ? whole : 207;
    g_autofree char *list = NULL;
    HttpResponse *response;

    if (usage_tally_lost(tally) == count)
        status = 503;
    list = usage_tally_finish(tally);
    if (status == whole && is_minimal)
        return post_empty_response(status);
    response = post_json_response(status, g_steal_pointer(&list));
    return status == 503 ? post_retry_later(response) : response;
}
