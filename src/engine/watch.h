/* The watch: looks, over a second connection, at what the migrating one is waiting for. The
 * connection is opened when a statement has lasted for a while or a try met a lock, so that what is
 * quick never pays for it. No thread: it is driven while the first connection waits. */
#pragma once

#include "db/conn.h"
#include "engine/sight.h"

typedef struct Watch Watch;

/* Hears about once a second how long the statement has taken; `sight` is NULL when nothing could be
 * seen (no second connection to be had, or no answer). */
typedef void (*WatchTell)(gint64 elapsed, const Sight *sight, gpointer data);

/* From now on until watch_free `conn` calls it while it waits; `backend_pid` is the process that
 * answers on it. */
Watch *watch_new(Conn *conn, const char *backend_pid, const char *instance, WatchTell tell,
                 gpointer data);
void watch_free(Watch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watch, watch_free)

/* The connection waits for another statement from now on. */
void watch_begin_statement(Watch *watch);
/* No statement runs: nothing is looked at and nothing told. */
void watch_rest(Watch *watch);

/* The second connection is there, or on its way. */
gboolean watch_is_open(const Watch *watch);
/* Opens the second connection, for up to `limit` microseconds. FALSE: there is none. */
gboolean watch_prepare(Watch *watch, gint64 limit, Cancel *cancel);
/* Before a try that is likely to meet a lock: the server is asked to look out for whoever blocks it
 * from now on. Quiet when there is no second connection. */
void watch_look_out(Watch *watch);
/* After such a try has failed, what was seen in its way, the caller's; NULL when nobody was seen.
 * Waits up to `limit` microseconds for an answer that is due. */
Sight *watch_find_blockers(Watch *watch, gint64 limit, Cancel *cancel);
