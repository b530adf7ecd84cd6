/* The desk: between the HTTP threads, which take calls in, and the thread that has the database,
 * which obeys them one after the other. It keeps the operations and whoever waits for their end,
 * and lets one change in at a time. Every call is thread-safe. */
#pragma once

#include "api/api.h"
#include "engine/guards.h"
#include "http/reply.h"
#include "view/order.h"
#include "view/task.h"

enum {
    DESK_CALLS_MAX = 64,           /* taken in and not obeyed yet */
    DESK_TASKS_MAX = 64,           /* remembered; the oldest that have ended give way */
    DESK_REFUSALS_PER_MINUTE = 10, /* of one principal that the ledger gets */
};

typedef enum {
    CALL_ORDER,    /* order, and whether it is a dry run */
    CALL_LOOKUP,   /* operation */
    CALL_LEDGER,   /* since, limit */
    CALL_REVISION, /* revision */
    CALL_NOTE,     /* refusal alone: for the ledger; no reply; taken whatever goes on */
} CallKind;

/* One call, all of it its own. */
typedef struct {
    CallKind kind;
    Order *order;
    char *operation; /* an id */
    char *revision;  /* an id, or the beginning of one */
    char *since;     /* RFC 3339; NULL: from the beginning */
    guint limit;
    Refusal *refusal;
    char *action; /* "rollback to -1", for the ledger */
    char *principal;
    char *peer;
    char *request_id;
    char *key;
    char *body_digest;
    char *if_match;
    guint suppressed;   /* of a refusal: so many before it the ledger was spared */
    gint64 wait;        /* microseconds for the end of the operation; 0: answer at its acceptance */
    gboolean has_claim; /* it is the one change that was let in */
    HttpReply *reply;   /* NULL: answered */
} Call;
/* With a reply that is still open, that is answered with 503. */
void call_free(gpointer call);

/* The answers, of which each call gets one: call->reply is sent, and NULL behind that. They copy
 * what they are given unless they say otherwise. On any thread. */

/* A JSON document, which is taken (g_free). */
void call_answer(Call *call, unsigned status, char *document);
/* 202 with Location: the operation `id`, with `document` as its body. */
void call_accept(Call *call, const char *id, const char *document);
/* 200 with Location: it has ended, and was waited for; `document` tells how. */
void call_end(Call *call, const char *id, const char *document);
/* Without a body. */
void call_answer_empty(Call *call, unsigned status);
/* The problem of a guard that refuses. */
void call_refuse(Call *call, const Refusal *refusal);
/* The problem of the error's kind, redacted; with Retry-After where its status is 503. */
void call_fail(Call *call, const GError *error);

/* Empty, and away until desk_set_chore says otherwise. */
Desk *desk_new(void);
/* Nobody uses it any more; calls that wait are answered with 503. */
void desk_free(Desk *desk);

/* --- By the HTTP threads ---------------------------------------------------------------------- */

typedef enum {
    DESK_TAKEN,
    DESK_BUSY, /* *why says with what */
    DESK_AWAY, /* the database cannot be reached now; *why */
    DESK_FULL,
} DeskVerdict;
/* Whether a change would be let in; *why as of desk_take. */
DeskVerdict desk_ask(Desk *desk, char **why);
/* Takes the call, with TAKEN only. A CALL_ORDER that is no dry run needs the claim; the other kinds
 * are taken while nothing else is under way. *why: g_free. */
DeskVerdict desk_take(Desk *desk, Call *call, char **why);
/* The task with that key: its document for the first answer and its body's digest (g_free both);
 * FALSE: not known here. */
gboolean desk_find_key(Desk *desk, const char *principal, const char *key, char **body_digest,
                       char **id, char **answer);
/* NULL: not known here. g_free. */
char *desk_describe(Desk *desk, const char *id, gboolean *is_running);
/* Answers the call when the task ends or the time is over. FALSE: no such task. */
gboolean desk_wait(Desk *desk, const char *id, HttpReply *reply, gint64 wait);

/* --- By the thread that has the database ------------------------------------------------------ */

/* Who is told that calls have been taken: quickly, and without calling the desk. Once, when the
 * descriptors that the process inherited have been looked at: from here on there is desk_fd. */
void desk_set_bell(Desk *desk, void (*ring)(gpointer data), gpointer data);
Call *desk_next(Desk *desk); /* the oldest, the caller's; NULL: none */
/* Answers all that want the database, which cannot be reached. */
void desk_turn_away(Desk *desk);
/* What keeps that thread from the desk; NULL with TAKEN: nothing. */
void desk_set_chore(Desk *desk, DeskVerdict verdict, const char *why);
/* Lets the next change in. */
void desk_drop_claim(Desk *desk, Call *call);
/* FALSE: of that principal the ledger has had enough for this minute. Sets call->suppressed. */
gboolean desk_may_record(Desk *desk, Call *call);
/* The ETag and the gate's state now; NULL: not known. g_free. */
char *desk_etag(Desk *desk);
char *desk_state(Desk *desk);

/* Takes the task, answers the call (202, or at its end), and takes over the claim. */
void desk_begin(Desk *desk, Task *task, Call *call);
/* One more line of a task's story: what happened (engine_event_name's), to which revision (NULL:
 * none), in words (NULL: none). */
void desk_note(Desk *desk, const char *id, const char *event, const char *revision,
               const char *text);
/* How it ended: the document with that end is for the database; the desk says so only after
 * desk_end. Copies error; `to` are the heads now, NULL: not known. g_free. */
char *desk_prepare_end(Desk *desk, const char *id, const GError *error, const char *const *to,
                       const char *gate);
/* Says what desk_prepare_end has made, to all who wait for it. */
void desk_end(Desk *desk, const char *id);

/* --- By the event loop ------------------------------------------------------------------------ */

/* Readable when somebody has waited long enough. */
int desk_fd(const Desk *desk);
/* Answers those, with the task as it is. */
void desk_expire(Desk *desk);
/* The task that runs: id and kind (g_free both); FALSE: none. */
gboolean desk_running(Desk *desk, char **id, char **kind);
/* The gate's state and the ETag, with each snapshot. */
void desk_set_ground(Desk *desk, const char *state, const char *etag);
