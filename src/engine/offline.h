/* Offline mode: the script that psql runs in the place of an online run, made from files and plan
 * without a server. It takes the same lock, refuses the same databases, sends the same statements
 * and leaves the same records; what only the server knows it asks when it runs. It does not retry a
 * lock timeout, and a failure is not in the ledger: psql stops there.
 *
 * The same input gives the same text. Bodies are in it as they are, passwords too. */
#pragma once

#include "engine/session.h"
#include "revision/plan.h"

/* All g_free. Of `settings` the connection's are not used (no URL). `reason` (may be NULL) goes
 * into the ledger. */

/* From `from` (heads) to `target` (see spec.h). At the target already: a script that only checks.
 * Errors: those of plan_upgrade and plan_downgrade, those of scripts_load, and REVISION_FILE for
 * what psql would take for a command of its own. */
char *offline_change(const EngineSettings *settings, const Graph *graph, PlanDirection direction,
                     const char *const *from, const char *target, const char *reason,
                     GError **error);
/* Sets the heads of a database that is at `from` to those of `targets`. */
char *offline_stamp(const EngineSettings *settings, const Graph *graph, const char *const *from,
                    const char *const *targets, const char *reason, GError **error);
/* Makes the version table and the state schema where they are missing. */
char *offline_ensure_version(const EngineSettings *settings);
