/* Going on with a half-run revision: what the journal says, and the catalog where that does not
 * know. */
#pragma once

#include "engine/script.h"
#include "engine/session.h"

/* A run may only go on with what is half-run: `plan` must have that revision among its steps, in
 * the same direction; one without steps would leave it half-run, too. */
gboolean recover_allows(const DatabaseState *state, const Plan *plan, GError **error);

/* Before the first segment of a script that is not transactional: when the journal has it, finds
 * out how its last statement ended (of an index that was left invalid: drops it), and makes the
 * script go on behind what has run. REFUSED, with the place, when the catalog cannot tell, and when
 * what has run was changed in the file since. `events` hears a notice of what is found. */
gboolean recover_script(Session *session, Script *script, const EventSink *events, GError **error);
