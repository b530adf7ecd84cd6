/* The inside of a run, for the files that carry out execute_scripts: what a run knows, and what
 * each of its parts needs. The parts, from the inside out:
 *
 *   exchange   one revision's messages into the pipeline, and its answers out of it
 *   batch      many revisions through one pipeline
 *   dialogue   a revision that no pipeline can carry
 *   breakage   what a failure has left, and going on after a connection broke
 *   retry      a batch as often as its locks take
 *   segmented  a revision that one transaction cannot hold
 *
 * Nobody else includes this. */
#pragma once

#include "engine/doubt.h"
#include "engine/run.h"
#include "engine/step.h"
#include "engine/watch.h"

typedef struct {
    Session *session;
    GPtrArray *scripts;
    const RunOrigin *origin;
    char *run;           /* run_format's, of this connection */
    const char *listing; /* goes with the last script; NULL: none */
    const EventSink *events;
    char *record_sql;
    char *segment_sql;          /* records a segment that is not the last of its revision */
    char *restoring_record_sql; /* the same, and sets the session's parameters again */
    char *restoring_segment_sql;
    char *prepared_record;   /* the name under which the server has record_sql; NULL: has not */
    char *last_commit_sql;   /* what the last commit of the run runs with */
    char *release_locks_sql; /* for step_messages; NULL: no script takes advisory locks */
    char *listen_sql;        /* for step_messages; NULL: the session does not listen */
    char *version_table;
    gint64 lock_timeout;  /* of this try, microseconds */
    LedgerEnd ledger_end; /* before the run */
    guint next;           /* the first script that is not committed */
    guint sent;           /* scripts from `next` to here have been sent, and may be committed */
    guint broken_under;   /* 1 + the script under which a connection broke last; 0: none did */
    guint statement;      /* of that script, the last that was awaited */
    Watch *watch;         /* of this connection */
    gboolean is_alone;    /* what runs has no lock timeout: how long it waits is seen from here */
    gint64 waits_since;   /* it was seen to wait for others, on clock_monotonic(); 0: it does not */
    Sight *in_the_way;    /* of a statement that was ended for that; NULL: none was */
} Execution;

void execution_clear(Execution *execution);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Execution, execution_clear)

/* Script `index` of the run, which owns it; and whether no other comes behind it. */
Script *execution_script(const Execution *execution, guint index);
gboolean execution_is_last(const Execution *execution, guint index);

/* Tells the observer of script `index`; `event` has what the kind needs beyond that. */
void execution_tell(const Execution *execution, EventKind kind, guint index, EngineEvent event);

/* What a connection needs before the first revision is sent on it: at first, and after
 * session_reconnect. Forgets what the server knew on the one before. */
gboolean execution_connect(Execution *execution, GError **error);
/* What the next transaction runs with. `lock_timeout` in microseconds. */
void execution_prepare_try(Execution *execution, gint64 lock_timeout);
/* Sets that try's lock timeout in the session, and that commits do not wait for the disk. g_free.
 */
char *execution_opening_sql(const Execution *execution);
/* What takes that back: the session lives on behind the run, and waits for locks as long as
 * settings_patience says. The second one is for g_free. */
#define EXECUTION_DURABILITY_SQL "SET synchronous_commit TO DEFAULT"
char *execution_patience_sql(const Execution *execution);
/* Sends both, outside a pipeline, and gives back the advisory locks that a failed revision has
 * left; quiet about a failure. */
void execution_restore(const Execution *execution);
/* Leaves the pipeline and the transaction that a failure or a cancellation has left open; does so
 * after a cancellation, too, and not for long. */
void execution_roll_back(const Execution *execution);

/* Between these two calls on the connection obey no cancellation and take a second at most. */
void execution_begin_last_words(const Execution *execution);
void execution_end_last_words(const Execution *execution);

/* step_messages of script `index`; g_array_unref. */
GArray *execution_messages(const Execution *execution, guint index);
/* The values of the message that has no sql, which ends a transaction of script `index`: those of
 * the journal's or of the record. A GPtrArray with free function. */
GPtrArray *execution_values(const Execution *execution, guint index, ScriptPhase phase);
/* Its text, which sets the session's parameters again where the script may have changed them. */
const char *execution_own_sql(const Execution *execution, guint index, ScriptPhase phase);

/* From now on this message's answer is what is waited for. */
void execution_await(Execution *execution, const StepMessage *message);
/* A transaction of script `index` has been committed; `took` microseconds, of a whole revision. */
void execution_advance(Execution *execution, guint index, gint64 took);

/* The place of a failure of this message. */
FailurePlace execution_place(const Execution *execution, const Script *script,
                             const StepMessage *message);
/* Where in the message the server saw its failure, in characters from 1; 0: it did not say. */
unsigned execution_position(const Execution *execution, const StepMessage *message);
/* Moves *place to the first script that is not committed, where none of its own messages failed. */
void execution_move_place(const Execution *execution, FailurePlace *place);
