/* Which server answers: its system identifier, given once by initdb and shared by all copies of its
 * data folder, and its timeline, which every failover raises. A ledger that was written on another
 * system is a dump that was restored elsewhere, or a name that leads to the wrong server: nothing
 * is changed there until somebody says that it is meant. append_ledger in layout_1.sql refuses it
 * once more, for what pgsluice does not run itself (scripts of --sql). */
#pragma once

#include "engine/pairs.h"
#include "engine/session.h"

/* Adds system_identifier and timeline to the facts of a run. Asks the server once a session. A
 * managed server may keep them to itself: then they are left out. */
gboolean server_add_identity(Session *session, Pairs *pairs, GError **error);

/* Frees what was learned; for session_close. */
void server_clear(Session *session);

/* ERROR_REFUSED when the ledger's last row with a system identifier was written on another system.
 * The timeline may differ. Asks once a session; run_format does it, too, so that nothing is written
 * to a ledger that is not this server's. */
gboolean server_require_recorded(Session *session, GError **error);

/* Accepts the server that answers as the one whose ledger this is, by a ledger row of its own
 * ("accept-server"). *before is the identifier that the ledger had (g_free), NULL when there was
 * nothing to accept: then nothing is written. */
gboolean server_accept(Session *session, const char *actor, const char *reason, char **before,
                       GError **error);
