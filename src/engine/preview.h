/* A preview: all that can be known of a change before it is made. Nothing in the database is
 * changed or locked for longer than a bounded count takes. */
#pragma once

#include "engine/instance.h"
#include "revision/graph.h"
#include "revision/plan.h"
#include "sql/losses.h"

typedef struct {
    char *name;   /* qualified, as the catalog has it; as written while it is not there */
    gint64 bytes; /* estimates of the catalog; -1: not known */
    gint64 rows;
    gboolean is_there;
} PreviewRelation;

typedef struct {
    guint index;          /* in its section, from 1 */
    unsigned line;        /* of the file */
    char *sql;            /* redacted */
    const char *lock;     /* "AccessExclusiveLock"; NULL: none on relations, or not known */
    GPtrArray *relations; /* PreviewRelation *, of the preview */
} PreviewStatement;

typedef struct {
    char *revision;
    char *message;
    char **down_revisions;
    char *path;
    gboolean is_stored; /* the SQL is the database's: there is no file */
    gboolean is_transactional;
    gboolean is_reversible; /* TRUE in an upgrade, too, when there is a way back */
    char *checksum;         /* of the section that runs; "" when there is none */
    GPtrArray *statements;  /* PreviewStatement * */
} PreviewStep;

typedef struct {
    LossKind kind;
    char *name;           /* "public.usage_logs.success" */
    gint64 rows;          /* of a column those that are not null; -1: not known */
    gboolean is_estimate; /* also where a WHERE says that it may be fewer */
} PreviewLoss;
/* Whether people's data goes. */
gboolean preview_loss_is_data(const PreviewLoss *loss);

typedef struct {
    PlanDirection direction;
    char *target; /* as asked for */
    char **from;  /* heads before and after */
    char **to;
    char *content;        /* for confirm_issue */
    GPtrArray *steps;     /* PreviewStep * */
    GPtrArray *losses;    /* PreviewLoss *, the database's only: not what the plan itself makes */
    GPtrArray *drift;     /* char *: relations and columns that the SQL needs and are not there */
    GPtrArray *changed;   /* char *: "table public.t (changed)": what is not as the last run left it
                             and has to do with relations that the SQL names; of a downgrade */
    GPtrArray *instances; /* Instance *: live ones that require what would be undone */
    GHashTable *relations; /* of the steps */
    /* What would refuse the change; NULL: nothing. */
    GError *foreign;  /* the database belongs to another environment */
    GError *held;     /* an upgrade past a hold */
    GError *half_run; /* another revision is half-run */
    GError *mismatch; /* files are not what was applied */
} Preview;

/* Reads heads, plan, files and catalog. Errors: those of the plan (UNKNOWN_REVISION, AMBIGUOUS,
 * USAGE) and of files; everything that bars the change but leaves it knowable is in the preview. */
Preview *preview_make(Session *session, const Graph *graph, PlanDirection direction,
                      const char *target, GError **error);
void preview_free(Preview *preview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Preview, preview_free)
