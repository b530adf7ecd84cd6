/* One mutex over all of it: nothing here waits or computes for long. */
#include "api/desk.h"

#include <pthread.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "api/handlers.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "metrics/metrics.h"

enum { PRINCIPALS_MAX = 256, MINUTE = 60 * G_USEC_PER_SEC };

/* A task in the registry. */
typedef struct {
    Task *task;
    TaskState end; /* as prepared */
    char *gate;    /* as it was at the end; NULL: what it is now */
} Entry;

typedef struct {
    char *id;
    HttpReply *reply;
    gint64 deadline; /* on clock_monotonic() */
} Waiter;

/* How many refusals of one principal the ledger has had in this minute. */
typedef struct {
    gint64 since;
    guint recorded;
    guint suppressed;
} Tally;

struct Desk {
    pthread_mutex_t mutex;
    GQueue calls; /* Call * */
    void (*ring)(gpointer data);
    gpointer ring_data;
    DeskVerdict verdict; /* the chore */
    char *chore;
    char *claim;    /* who has it; NULL: free */
    GQueue entries; /* Entry *, oldest first */
    GQueue waiters; /* Waiter * */
    GHashTable *tallies;
    char *state;
    char *etag;
    int timer;
};

/* --- Calls ------------------------------------------------------------------------------------ */

static void send(HttpReply *reply, HttpResponse *response)
{
    http_response_add_header(response, "Cache-Control", "no-store");
    http_reply_send(reply, response);
}

static HttpResponse *make_response(unsigned status, const char *document)
{
    g_autoptr(GBytes) body = document ? g_bytes_new(document, strlen(document)) : NULL;

    return http_response_new(status, document ? "application/json" : NULL, body);
}

void call_answer(Call *call, unsigned status, char *document)
{
    send(g_steal_pointer(&call->reply), make_response(status, document));
    g_free(document);
}

/* 202 with the place to look, or 200 when it has ended, which was waited for. */
static void answer_with(HttpReply *reply, const char *id, gboolean has_ended, const char *document)
{
    g_autofree char *location = g_strconcat("/admin/operations/", id, NULL);
    HttpResponse *response = make_response(has_ended ? 200 : 202, document);

    http_response_add_header(response, "Location", location);
    if (has_ended)
        http_response_add_header(response, "Preference-Applied", "wait");
    send(reply, response);
}

void call_accept(Call *call, const char *id, const char *document)
{
    answer_with(g_steal_pointer(&call->reply), id, FALSE, document);
}

void call_end(Call *call, const char *id, const char *document)
{
    answer_with(g_steal_pointer(&call->reply), id, TRUE, document);
}

void call_answer_empty(Call *call, unsigned status)
{
    send(g_steal_pointer(&call->reply), make_response(status, NULL));
}

void call_refuse(Call *call, const Refusal *refusal)
{
    const HttpProblem problem = {.status = guard_status(refusal->guard),
                                 .slug = guard_slug(refusal->guard),
                                 .title = guard_title(refusal->guard),
                                 .detail = refusal->detail,
                                 .hint = refusal->hint};
    HttpReply *reply = g_steal_pointer(&call->reply);

    metrics_count(METRIC_REFUSALS, problem.slug);
    http_reply_send(reply, http_reply_problem(reply, &problem));
}

void call_fail(Call *call, const GError *error)
{
    ErrorKind kind = error_kind(error);
    g_autofree char *detail = secret_redact(error->message);
    g_autofree char *hint = secret_redact(error_hint(error));
    const HttpProblem problem = {.status = (unsigned)error_kind_http_status(kind),
                                 .slug = error_kind_slug(kind),
                                 .title = error_kind_title(kind),
                                 .detail = detail,
                                 .hint = hint};
    HttpReply *reply = g_steal_pointer(&call->reply);
    HttpResponse *response = http_reply_problem(reply, &problem);

    if (problem.status == 503)
        http_response_add_header(response, "Retry-After", "2");
    http_reply_send(reply, response);
}

static void turn_away(HttpReply *reply)
{
    const HttpProblem problem = {.status = 503,
                                 .slug = "database-unreachable",
                                 .detail = "The database cannot be reached now; nothing was done",
                                 .hint = "ask again later: GET /admin/migrations tells more"};
    HttpResponse *response = http_reply_problem(reply, &problem);

    http_response_add_header(response, "Retry-After", "2");
    http_reply_send(reply, response);
}

void call_free(gpointer data)
{
    Call *call = data;

    if (!call)
        return;
    if (call->reply)
        turn_away(call->reply);
    order_free(call->order);
    refusal_free(call->refusal);
    g_free(call->operation);
    g_free(call->revision);
    g_free(call->since);
    g_free(call->action);
    g_free(call->principal);
    g_free(call->peer);
    g_free(call->request_id);
    g_free(call->key);
    g_free(call->body_digest);
    g_free(call->if_match);
    g_free(call);
}

/* --- The desk --------------------------------------------------------------------------------- */

Desk *desk_new(void)
{
    Desk *desk = g_new0(Desk, 1);

    pthread_mutex_init(&desk->mutex, NULL);
    desk->verdict = DESK_AWAY;
    desk->chore = g_strdup("the service is starting");
    desk->tallies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    desk->timer = -1;
    return desk;
}

static void entry_free(gpointer data)
{
    Entry *entry = data;

    task_free(entry->task);
    g_free(entry->gate);
    g_free(entry);
}

/* The server has answered those who still wait. */
static void waiter_drop(gpointer data)
{
    Waiter *waiter = data;

    turn_away(waiter->reply);
    g_free(waiter->id);
    g_free(waiter);
}

void desk_free(Desk *desk)
{
    if (!desk)
        return;
    g_queue_clear_full(&desk->calls, call_free);
    g_queue_clear_full(&desk->waiters, waiter_drop);
    g_queue_clear_full(&desk->entries, entry_free);
    g_hash_table_unref(desk->tallies);
    g_free(desk->chore);
    g_free(desk->claim);
    g_free(desk->state);
    g_free(desk->etag);
    if (desk->timer >= 0)
        close(desk->timer);
    pthread_mutex_destroy(&desk->mutex);
    g_free(desk);
}

static void lock(Desk *desk)
{
    pthread_mutex_lock(&desk->mutex);
}

static void unlock(Desk *desk)
{
    pthread_mutex_unlock(&desk->mutex);
}

void desk_set_bell(Desk *desk, void (*ring)(gpointer data), gpointer data)
{
    lock(desk);
    desk->ring = ring;
    desk->ring_data = data;
    desk->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (desk->timer < 0)
        g_error("timerfd_create: no descriptor is left");
    unlock(desk);
}

static DeskVerdict judge(const Desk *desk, gboolean wants_claim, char **why)
{
    if (desk->verdict != DESK_TAKEN) {
        *why = g_strdup(desk->chore);
        return desk->verdict;
    }
    if (desk->claim && wants_claim) {
        *why = g_strdup(desk->claim);
        return DESK_BUSY;
    }
    return g_queue_get_length((GQueue *)&desk->calls) < DESK_CALLS_MAX ? DESK_TAKEN : DESK_FULL;
}

DeskVerdict desk_ask(Desk *desk, char **why)
{
    DeskVerdict verdict;

    lock(desk);
    verdict = judge(desk, TRUE, why);
    unlock(desk);
    return verdict;
}

/* Notes leave half of the room to those who wait for an answer. */
static DeskVerdict judge_note(const Desk *desk)
{
    return g_queue_get_length((GQueue *)&desk->calls) < DESK_CALLS_MAX / 2 ? DESK_TAKEN : DESK_FULL;
}

DeskVerdict desk_take(Desk *desk, Call *call, char **why)
{
    gboolean wants_claim = call->kind == CALL_ORDER && !call->order->is_dry_run;
    DeskVerdict verdict;

    lock(desk);
    verdict = call->kind == CALL_NOTE ? judge_note(desk) : judge(desk, wants_claim, why);
    if (verdict == DESK_TAKEN) {
        if (wants_claim)
            desk->claim = g_strdup_printf("%s, asked for by %s", call->action, call->principal);
        call->has_claim = wants_claim;
        g_queue_push_tail(&desk->calls, call);
        if (desk->ring)
            desk->ring(desk->ring_data);
    }
    unlock(desk);
    return verdict;
}

Call *desk_next(Desk *desk)
{
    Call *call;

    lock(desk);
    call = g_queue_pop_head(&desk->calls);
    unlock(desk);
    return call;
}

void desk_turn_away(Desk *desk)
{
    GList *next;

    lock(desk);
    for (GList *link = desk->calls.head; link; link = next) {
        Call *call = link->data;

        next = link->next;
        if (call->kind == CALL_NOTE)
            continue;
        if (call->has_claim)
            g_clear_pointer(&desk->claim, g_free);
        g_queue_delete_link(&desk->calls, link);
        call_free(call);
    }
    unlock(desk);
}

void desk_set_chore(Desk *desk, DeskVerdict verdict, const char *why)
{
    lock(desk);
    desk->verdict = verdict;
    if (g_strcmp0(desk->chore, why) != 0) {
        g_free(desk->chore);
        desk->chore = g_strdup(why);
    }
    unlock(desk);
}

void desk_drop_claim(Desk *desk, Call *call)
{
    if (!call->has_claim)
        return;
    call->has_claim = FALSE;
    lock(desk);
    g_clear_pointer(&desk->claim, g_free);
    unlock(desk);
}

static gboolean is_old(gpointer key, gpointer value, gpointer data)
{
    const gint64 *now = data;

    (void)key;
    return *now - ((const Tally *)value)->since >= MINUTE;
}

gboolean desk_may_record(Desk *desk, Call *call)
{
    gint64 now = clock_monotonic();
    gboolean may;
    Tally *tally;

    lock(desk);
    if (g_hash_table_size(desk->tallies) >= PRINCIPALS_MAX)
        g_hash_table_foreach_remove(desk->tallies, is_old, &now);
    tally = g_hash_table_lookup(desk->tallies, call->principal);
    if (!tally && g_hash_table_size(desk->tallies) < PRINCIPALS_MAX) {
        tally = g_new0(Tally, 1);
        tally->since = now;
        g_hash_table_insert(desk->tallies, g_strdup(call->principal), tally);
    }
    if (tally && now - tally->since >= MINUTE)
        *tally = (Tally){now, 0, tally->suppressed};
    may = tally && tally->recorded < DESK_REFUSALS_PER_MINUTE;
    if (may) {
        call->suppressed = tally->suppressed;
        tally->suppressed = 0;
        tally->recorded++;
    } else if (tally) {
        tally->suppressed++;
    }
    unlock(desk);
    return may;
}

void desk_set_ground(Desk *desk, const char *state, const char *etag)
{
    lock(desk);
    g_free(desk->state);
    g_free(desk->etag);
    desk->state = g_strdup(state);
    desk->etag = g_strdup(etag);
    unlock(desk);
}

char *desk_etag(Desk *desk)
{
    char *etag;

    lock(desk);
    etag = g_strdup(desk->etag);
    unlock(desk);
    return etag;
}

char *desk_state(Desk *desk)
{
    char *state;

    lock(desk);
    state = g_strdup(desk->state);
    unlock(desk);
    return state;
}

/* --- Tasks ------------------------------------------------------------------------------------ */

static Entry *find(Desk *desk, const char *id)
{
    for (GList *link = desk->entries.head; link; link = link->next)
        if (g_ascii_strcasecmp(((Entry *)link->data)->task->id, id) == 0)
            return link->data;
    return NULL;
}

static char *describe(const Desk *desk, const Entry *entry)
{
    return task_document(entry->task, entry->gate ? entry->gate : desk->state);
}

gboolean desk_find_key(Desk *desk, const char *principal, const char *key, char **body_digest,
                       char **id, char **answer)
{
    gboolean is_known = FALSE;

    lock(desk);
    for (GList *link = desk->entries.head; link && !is_known; link = link->next) {
        const Task *task = ((Entry *)link->data)->task;

        if (g_strcmp0(task->key, key) != 0 || g_strcmp0(task->principal, principal) != 0)
            continue;
        *body_digest = g_strdup(task->body_digest);
        *id = g_strdup(task->id);
        *answer = g_strdup(task->answer);
        is_known = TRUE;
    }
    unlock(desk);
    return is_known;
}

char *desk_describe(Desk *desk, const char *id, gboolean *is_running)
{
    char *document = NULL;
    const Entry *entry;

    lock(desk);
    entry = find(desk, id);
    if (entry) {
        document = describe(desk, entry);
        *is_running = entry->task->state == TASK_RUNNING;
    }
    unlock(desk);
    return document;
}

/* The oldest that has ended. */
static void forget_one(Desk *desk)
{
    for (GList *link = desk->entries.head; link; link = link->next) {
        if (((Entry *)link->data)->task->state == TASK_RUNNING)
            continue;
        entry_free(link->data);
        g_queue_delete_link(&desk->entries, link);
        return;
    }
}

/* The earliest deadline; none: never. */
static void set_timer(Desk *desk)
{
    struct itimerspec spec = {0};
    gint64 earliest = 0;

    for (GList *link = desk->waiters.head; link; link = link->next) {
        const Waiter *waiter = link->data;

        if (!earliest || waiter->deadline < earliest)
            earliest = waiter->deadline;
    }
    if (earliest) {
        gint64 left = MAX(earliest - clock_monotonic(), 1);

        spec.it_value.tv_sec = left / G_USEC_PER_SEC;
        spec.it_value.tv_nsec = left % G_USEC_PER_SEC * 1000;
    }
    timerfd_settime(desk->timer, 0, &spec, NULL);
}

static void add_waiter(Desk *desk, const char *id, HttpReply *reply, gint64 wait)
{
    Waiter *waiter = g_new(Waiter, 1);

    *waiter = (Waiter){g_strdup(id), reply, clock_monotonic() + wait};
    g_queue_push_tail(&desk->waiters, waiter);
    set_timer(desk);
}

gboolean desk_wait(Desk *desk, const char *id, HttpReply *reply, gint64 wait)
{
    const Entry *entry;
    gboolean is_known;

    lock(desk);
    entry = find(desk, id);
    is_known = entry != NULL;
    if (is_known && entry->task->state == TASK_RUNNING) {
        add_waiter(desk, id, reply, wait);
    } else if (is_known) {
        g_autofree char *document = describe(desk, entry);

        answer_with(reply, id, TRUE, document);
    }
    unlock(desk);
    return is_known;
}

void desk_begin(Desk *desk, Task *task, Call *call)
{
    Entry *entry = g_new0(Entry, 1);
    HttpReply *reply = g_steal_pointer(&call->reply);

    entry->task = task;
    call->has_claim = FALSE;
    lock(desk);
    if (g_queue_get_length(&desk->entries) >= DESK_TASKS_MAX)
        forget_one(desk);
    g_queue_push_tail(&desk->entries, entry);
    if (call->wait)
        add_waiter(desk, task->id, reply, call->wait);
    else
        answer_with(reply, task->id, FALSE, task->answer);
    unlock(desk);
}

void desk_note(Desk *desk, const char *id, const char *event, const char *revision,
               const char *text)
{
    Entry *entry;

    lock(desk);
    entry = find(desk, id);
    if (entry)
        task_note(entry->task, clock_wall(), event, revision, text);
    unlock(desk);
}

char *desk_prepare_end(Desk *desk, const char *id, const GError *error, const char *const *to,
                       const char *gate)
{
    char *document = NULL;
    Entry *entry;

    lock(desk);
    entry = find(desk, id);
    if (entry) {
        Task *task = entry->task;

        entry->gate = g_strdup(gate);
        entry->end = error ? TASK_FAILED : TASK_SUCCEEDED;
        task->error = error ? g_error_copy(error) : NULL;
        task->finished_at = clock_wall();
        g_strfreev(task->to);
        task->to = g_strdupv((char **)to);
        task->state = entry->end;
        document = describe(desk, entry);
        task->state = TASK_RUNNING;
    }
    unlock(desk);
    return document;
}

static void answer_waiters(Desk *desk, const Entry *entry)
{
    g_autofree char *document = describe(desk, entry);
    GList *next;

    for (GList *link = desk->waiters.head; link; link = next) {
        Waiter *waiter = link->data;

        next = link->next;
        if (!g_str_equal(waiter->id, entry->task->id))
            continue;
        answer_with(waiter->reply, waiter->id, TRUE, document);
        g_queue_delete_link(&desk->waiters, link);
        g_free(waiter->id);
        g_free(waiter);
    }
    set_timer(desk);
}

void desk_end(Desk *desk, const char *id)
{
    Entry *entry;

    lock(desk);
    entry = find(desk, id);
    if (entry) {
        entry->task->state = entry->end;
        answer_waiters(desk, entry);
        g_clear_pointer(&desk->claim, g_free);
    }
    unlock(desk);
}

/* --- The event loop --------------------------------------------------------------------------- */

int desk_fd(const Desk *desk)
{
    return desk->timer;
}

void desk_expire(Desk *desk)
{
    gint64 now = clock_monotonic();
    guint64 count;
    GList *next;

    if (read(desk->timer, &count, sizeof count) < 0) {
        /* EAGAIN: it was set anew meanwhile */
    }
    lock(desk);
    for (GList *link = desk->waiters.head; link; link = next) {
        Waiter *waiter = link->data;
        const Entry *entry = find(desk, waiter->id);
        g_autofree char *document = entry ? describe(desk, entry) : NULL;

        next = link->next;
        if (waiter->deadline > now)
            continue;
        answer_with(waiter->reply, waiter->id, FALSE, document);
        g_queue_delete_link(&desk->waiters, link);
        g_free(waiter->id);
        g_free(waiter);
    }
    set_timer(desk);
    unlock(desk);
}

gboolean desk_running(Desk *desk, char **id, char **kind)
{
    gboolean is_running = FALSE;

    lock(desk);
    for (GList *link = desk->entries.tail; link && !is_running; link = link->prev) {
        const Task *task = ((Entry *)link->data)->task;

        is_running = task->state == TASK_RUNNING;
        if (is_running) {
            *id = g_strdup(task->id);
            *kind = g_strdup(task->kind);
        }
    }
    unlock(desk);
    return is_running;
}
