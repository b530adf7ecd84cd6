/* A scratch database: empty, with the extensions, roles and locale of the target's, to make schemas
 * in and read what the server makes of them. It is one of three:
 *
 *   a new database on the target's server, which needs CREATEDB: its name says which session it
 *   belongs to, so that a later run drops what a crash has left;
 *   the database of settings->scratch_url, which must be empty, and is emptied again;
 *   a private cluster of the same major version, when scratch_url is the word "embedded". */
#pragma once

#include "engine/session.h"

typedef struct Scratch Scratch;

/* Drops left-overs, and finds out that there can be a scratch database. The target's session must
 * outlive it, and keeps it alive: another run takes it for a left-over when that has ended. Errors:
 * REFUSED without CREATEDB and scratch_url, for a scratch_url that is the target, holds somebody's
 * objects or is in use, and for a server of another major version. */
Scratch *scratch_open(Session *target, GError **error);
/* An empty database. The one before, with its session, is gone. The session belongs to the Scratch.
 * Its search_path and all else is as a migration's on the target. */
Session *scratch_renew(Scratch *scratch, GError **error);
/* Drops it, even after a cancellation; quiet when the server has gone: the next run does it. */
void scratch_close(Scratch *scratch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scratch, scratch_close)
