/* Where schemas are made and read: a target with what is around its schema, and a scratch database.
 * What the daemon makes at run time is in none of the catalogs. */
#pragma once

#include "engine/models.h"
#include "engine/scratch.h"
#include "engine/surroundings.h"
#include "revision/graph.h"

typedef struct Workbench Workbench;

/* The schema of the session's database, in which what belongs to its role belongs to nobody;
 * catalog_free. */
Catalog *workbench_read(Session *session, GError **error);

/* Reads the target's schema. The scratch database is opened with the first call that needs it. */
Workbench *workbench_open(Session *target, GError **error);
void workbench_close(Workbench *workbench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workbench, workbench_close)

/* The target's own schema; belongs to the workbench. */
Catalog *workbench_live(const Workbench *workbench);

/* What the server makes of the models. NULL with no error: `findings` say what does not load. What
 * the models do not give to anybody has the owner that it has in the target. */
Catalog *workbench_read_models(Workbench *workbench, const Models *models, Findings *findings,
                               GError **error);
/* What the revision files up to `target` (spec.h) make. */
Catalog *workbench_read_revisions(Workbench *workbench, const Graph *graph, const char *target,
                                  GError **error);

/* A scratch database with that schema, found to be the same when it is read back; REFUSED, with the
 * differing objects, when it is not. The session belongs to the workbench, until the next call. */
Session *workbench_make(Workbench *workbench, const Catalog *catalog, GError **error);

/* The difference of two schemas as a text for people (objects and a unified diff of each), NULL
 * when they are the same but for the order of columns; g_free. `flags` say what counts. */
char *workbench_compare(Catalog *left, Catalog *right, DdlFlags flags);
