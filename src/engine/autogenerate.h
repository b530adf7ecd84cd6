/* From one schema to another as a revision: renames, operations, the two sections of the file, and
 * the proof that they do what they say. */
#pragma once

#include "engine/workbench.h"
#include "schema/diff.h"

/* Asks a person whether it is one thing renamed. */
typedef gboolean (*AutogenerateAsk)(const DiffRename *candidate, gboolean *is_rename, gpointer data,
                                    GError **error);

typedef struct {
    const char *const *renames; /* --rename: each must be one; NULL: none */
    const char *const *hints; /* of the models: those that are done already are passed over; NULL */
    gboolean refuses_renames; /* what nobody has called a rename is none */
    AutogenerateAsk ask;      /* NULL: nobody can be asked */
    gpointer ask_data;
    DiffOptions diff;
} AutogenerateOptions;

typedef struct {
    GPtrArray *renames;       /* DiffRename *: done before everything else */
    GPtrArray *unrenames;     /* DiffRename *: what undoes them, in its order */
    gboolean unrenames_first; /* before all that `down` does; else after it */
    Diff *up;
    Diff *down; /* NULL: there is no way back, for `why_not` */
    char *why_not;
    GPtrArray *questions; /* const DiffRename * of up: perhaps renames, and nobody has said so */
    GPtrArray *detected;  /* char *: detect_changes, and the renames */
} Change;
void change_free(Change *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Change, change_free)

/* What leads from one schema to the other. `workbench` makes what has been renamed; NULL: there
 * are no renames. */
Change *autogenerate_compare(Workbench *workbench, Catalog *from, Catalog *to,
                             const AutogenerateOptions *options, GError **error);
gboolean change_is_empty(const Change *change);

/* The sections of the file: each operation with its comment; g_free. */
char *change_up_section(const Change *change);
char *change_down_section(const Change *change);
/* What the operations do to a database in use, as lines for the top of the file; NULL: nothing
 * worth saying. g_free. */
char *change_hazards(const Change *change);

/* Runs the whole text of a revision file, the revision `id` above `parents` (ids), on a copy of
 * `from` with the engine's own path: up must give `to`, down `from` again, and up `to` once more.
 * FALSE with FINDINGS when it does not, and what is different in *difference (g_free). `heads` are
 * the database's. */
typedef struct {
    const Graph *graph;
    const char *const *heads;
    const char *const *parents;
    const char *id;
    const char *text;
    gboolean is_irreversible;
} AutogenerateProof;
gboolean autogenerate_prove(Workbench *workbench, Catalog *from, Catalog *to,
                            const AutogenerateProof *proof, char **difference, GError **error);

/* Refuses a database that is not where the files are (BEHIND), or not as the last run left it
 * (REFUSED). `allows_drift`: only the first. */
gboolean autogenerate_require_current(Session *session, const Graph *graph, gboolean allows_drift,
                                      GError **error);
