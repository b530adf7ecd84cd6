/* Connection poolers that are known by their names, so that no connection need be tried. What other
 * poolers give themselves away by is the session's business (engine/session.h). */
#pragma once

#include "db/dsn.h"

/* FALSE when a host of `dsn` is one of Supabase's poolers: a host *.pooler.supabase.com, port 6543
 * of *.supabase.co, or a user of the form ROLE.PROJECT. PGHOST, PGPORT and PGUSER stand in for what
 * the URL leaves out, as with libpq, and before them a service file. ERROR_POOLER, the kind that
 * a pooler has whatever gave it away, whose hint has the URL of the direct connection without its
 * password. `accepts_session`: one in session mode is let through, never port 6543. */
gboolean pooler_refuse(const Dsn *dsn, gboolean accepts_session, GError **error);

/* The URL of the direct connection in place of a Supabase pooler's: "postgresql://postgres:***@
 * db.PROJECT.supabase.co:5432/postgres?sslmode=require", the word PROJECTREF where the project is
 * not told. NULL when `dsn` names no such pooler. g_free. */
char *pooler_direct_url(const Dsn *dsn);

/* Whether the host is one of Supabase's direct ones, which have IPv6 addresses only. */
gboolean pooler_is_direct_host(const char *host);
