/* What the database and the files say together: the matter of the status document. */
#pragma once

#include "engine/instance.h"
#include "engine/integrity.h"
#include "engine/journal.h"
#include "engine/overridden.h"

typedef struct {
    char *server_version;
    char *database;
    gboolean in_recovery;
    GPtrArray
        *overridden; /* Overridden *: what role and database set, and no migration runs with */
    char **heads;    /* of the database */
    char **script_heads;
    guint script_count;
    GPtrArray *pending; /* const Revision *, in the order of an upgrade to heads; borrowed from the
                           graph */
    char **unknown;     /* database heads that the files do not know */
    char **applied; /* every revision recorded in the applied table, sorted; empty without state */
    GPtrArray *mismatched;   /* Mismatch *: an upgrade or downgrade would be refused */
    GPtrArray *edited_downs; /* Mismatch *: down sections that have changed; they bar nothing */
    char *environment;       /* what the database is called; NULL: nothing yet */
    gboolean is_foreign;     /* that is not what the configuration calls it */
    char *files_digest;      /* SHA-256 over ids, names, parents and checksums of all files; hex */
    Hold *hold;              /* NULL: none */
    Journal *half_run;       /* the revision that is half-run; NULL: none */
    gboolean is_locked;
    LockHolder *holder;   /* of the migration lock; NULL */
    GPtrArray *instances; /* Instance *, by reference; NULL: not asked */
    char **fence; /* what this session holds of it; NULL: nothing. For who takes it to fill in */
} Status;
void status_free(Status *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Status, status_free)

/* Reads all of it (is_locked, holder and instances only when `asks_holder`: a new server process
 * pays most for that); works at unknown revisions, without a version table, and while somebody
 * migrates. The graph must outlive the Status. */
Status *status_read(Session *session, const Graph *graph, gboolean asks_holder, GError **error);
