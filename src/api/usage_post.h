/* What a POST of usage logs asks for, and the words of the answers: shared by bodies that are read
 * as a whole and by streams. For this room only. */
#pragma once

#include "api/handlers.h"
#include "http/reply.h"
#include "view/usage_read.h"
#include "view/usage_write.h"

typedef enum { FORM_JSON, FORM_NDJSON } Form;

/* What the request wants, besides what it brings. */
typedef struct {
    Form form;
    gboolean is_minimal; /* Prefer: return=minimal */
    StoreDurability durability;
} Wish;

/* NULL: the wish is clear. */
HttpResponse *post_read_wish(const HttpRequest *request, Wish *wish);
/* Whether the body is one object a line. */
gboolean post_is_stream(const HttpRequest *request);
/* Where the request comes from; FALSE when nobody knows. */
gboolean post_find_origin(const HttpRequest *request, const ApiUsage *usage, UsageAddress *address);
/* What holds for records that come now; both must outlive the rules. `address` may be NULL. */
UsageRules post_rules(const ApiUsage *usage, const Snapshot *snapshot, const UsageAddress *address);

/* 422: nothing was stored, and what is wrong. */
HttpResponse *post_refuse_faults(const HttpRequest *request, const GPtrArray *faults);
extern const HttpProblem post_queue_is_full;
/* Adds Retry-After to an answer that is to be tried again. */
HttpResponse *post_retry_later(HttpResponse *response);

/* A JSON body, which is taken (g_free); and none. */
HttpResponse *post_json_response(unsigned status, char *text);
HttpResponse *post_empty_response(unsigned status);
/* What the log says about one record; its reason is borrowed. */
UsageVerdict post_judge(const StoreResult *result);
/* 207 unless all `count` were stored, which is `whole`, or all were lost, which is 503. Takes the
 * tally. */
HttpResponse *post_list_response(UsageTally *tally, guint count, unsigned whole,
                                 gboolean is_minimal);
