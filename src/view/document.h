/* The documents: one rendering for the HTTP API, `pgsluice --json` and the page.
 * Values in, JSON text out: UTF-8 (whatever is not is made so), keys in a fixed order, indented by
 * two, with a final line end. Times are RFC 3339. Free each with g_free. */
#pragma once

#include "base/findings.h"
#include "engine/drift.h"
#include "engine/ledger.h"
#include "engine/status.h"
#include "view/operation.h"

typedef struct {
    const char *version;
    const char *instance;
    gint64 started_at; /* microseconds since 1970; 0: not a running service */
} ServiceView;

typedef struct {
    const char *state;  /* a name from gate.def; the CLI, which has no gate, gives NULL */
    const char *reason; /* a sentence, or NULL */
    gint64 since;       /* microseconds since 1970; 0: unknown */
    gboolean is_controlled;
    const char *required_revision;
    const Operation *operation; /* the migration that runs, or NULL */
    const char *task; /* the operation that was asked for over HTTP and runs: its id and kind;
                         or NULL */
    const char *task_kind;
    const char *const *fence; /* the revisions whose fence is held, see engine/fence.h; or NULL */
    const Drift *drift;       /* as last checked; NULL: never */
} GateView;

/* The status document. `status` NULL (nothing known yet): "database" and "lock.held" are null, the
 * lists empty. `graph` NULL (the files could not be read): "scripts.count" is null.
 *
 * *etag (may be NULL) is a strong entity tag with its quotes: SHA-256 over what a change rests on:
 * heads of the database, the hold, the gate's state, the files with their checksums as status_read
 * saw them, and each mismatch. Not over what moves by itself. */
char *status_document(const ServiceView *service, const GateView *gate, const Status *status,
                      const Graph *graph, const char *directory, char **etag);

/* {"state","reason"} of the gate: what /livez and /readyz say. */
char *gate_document(const char *state, const char *reason);
/* {"direction","from":[],"to":[],"steps":[{"revision","down_revision":[],"depends_on":[],"message",
 * "path","transactional"}]}; direction is "upgrade" or "downgrade". */
char *plan_document(const Plan *plan);
/* [{"revision","down_revision":[],"depends_on":[],"children":[],"labels":[],"message","doc",
 * "create_date","path","transactional","is_head","is_current","is_branch_point","is_merge_point"}];
 * labels are those that flow too; `current` (heads of the database) may be NULL. */
char *revisions_document(const Graph *graph, GPtrArray *revisions, const char *const *current);
/* {"error":{"kind","message","path","line","column","sqlstate","detail","database","hint"}}; what
 * is unknown is null, "database" says what is in it now, secrets are redacted. */
char *error_document(const GError *error);
/* One row of the ledger: {"id","at","event","revision","heads_before":[],"heads_after":[],
 * "plan_digest","up_checksum","role","actor","peer","request_id","host","instance","reason","sqlstate","message",
 * "duration_us","system_identifier","timeline","hash"}; what the row does not have is null. */
char *ledger_row_document(const LedgerRow *row);
/* One revision with its SQL: {"revision","down_revision":[],"depends_on":[],"message","doc",
 * "create_date","path","transactional","labels":[],"applied","recorded":{"up_checksum",
 * "down_checksum"}|null,"up":{"sql","checksum"},"down":{...}|null,"verify":{...}|null}; secrets are
 * redacted. `record` NULL: the database has none of it. */
char *revision_document(const Graph *graph, const Revision *revision, const RevisionBody *body,
                        const Record *record, gboolean is_applied);
/* {"ok","files","database","findings":[...]}: the number of files looked at, the database (NULL: it
 * was not looked at, null), and each finding as the object of error_document. */
char *findings_document(const Findings *findings, guint files, const char *database);
