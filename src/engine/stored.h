/* Revisions that are applied but have no file here, as the database keeps them: with these an older
 * program can undo what a newer one has applied. */
#pragma once

#include "engine/session.h"
#include "revision/file.h"
#include "revision/plan.h"

typedef struct Stored Stored;

/* The revisions from those of `heads` that the files do not know down to what they know. With all
 * heads known there are none, and nothing is asked. The files' graph must outlive it. */
Stored *stored_read(Session *session, const Graph *files, const char *const *heads, GError **error);
void stored_free(Stored *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stored, stored_free)

/* The files and these together; belongs to the Stored. */
const Graph *stored_graph(const Stored *stored);
gboolean stored_has(const Stored *stored, const Revision *revision);
/* What is kept of the body: the down section, and the checksum of up. The caller's; NULL when the
 * revision has a file, or the second time. */
RevisionBody *stored_take_body(Stored *stored, const Revision *revision);
/* Refuses (IRREVERSIBLE) a plan that undoes a revision of which no down section is kept. */
gboolean stored_require(const Stored *stored, const Plan *plan, GError **error);
