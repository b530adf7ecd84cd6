/* A plan: the ordered steps from the database's heads to a target, each with its move of heads. */
#pragma once

#include "revision/graph.h"

typedef enum { PLAN_UPGRADE, PLAN_DOWNGRADE } PlanDirection;

typedef struct Plan Plan;

/* The vectors belong to the plan, their strings to the graph; each is sorted and NULL-terminated.
 */
typedef struct {
    const Plan *plan;
    const Revision *revision;
    char **removed_heads; /* rows that must leave the version table */
    char **added_heads;   /* rows that enter it */
    guint number;         /* of the step, from 0 */
    guint whole;          /* which of plan->wholes step_heads_* start from */
} PlanStep;

struct Plan {
    PlanDirection direction;
    GPtrArray *steps;   /* PlanStep *, in order */
    char **from;        /* heads before */
    char **to;          /* heads after */
    char digest[65];    /* SHA-256 over direction, from, and each step's id */
    GPtrArray *vectors; /* owns every vector above; nothing else to read here */
    GArray *wholes;     /* the whole table before some of the steps, for step_heads_* */
};

/* The whole version table before and after a step, sorted, NULL-terminated: the container is the
 * caller's (g_free), the strings are the graph's. They are not kept for each step, because a plan
 * of thousands of steps over thousands of heads would not fit in memory. */
char **step_heads_before(const PlanStep *step);
char **step_heads_after(const PlanStep *step);

/* Steps to bring the database from `current` (heads) to `target` (see spec.h), order and heads as
 * Alembic has them. At or past the target: an empty plan. The graph must outlive the plan. A
 * current head that the files do not know is UNKNOWN_REVISION; rows of which one is an ancestor of
 * another are REFUSED by an upgrade, as Alembic does. */
Plan *plan_upgrade(const Graph *graph, const char *const *current, const char *target,
                   GError **error);
/* Undoes everything above `target` (on its branch, when it names one); "-1" with several heads is
 * AMBIGUOUS and lists the commands to choose from. A target that is not below the database's heads
 * is USAGE. Whether each step is reversible is the engine's to check (it needs the bodies). */
Plan *plan_downgrade(const Graph *graph, const char *const *current, const char *target,
                     GError **error);
/* "Running upgrade a -> b, message", as Alembic says it; g_free. */
char *plan_describe_step(const Revision *revision, PlanDirection direction);

/* The heads that `stamp TARGETS` leaves, sorted; NULL-terminated, g_strfreev. Heads on other lines
 * than the targets stay; a target below another one is left out. To forget unknown heads (--purge),
 * give no current ones. */
char **plan_stamp(const Graph *graph, const char *const *current, const char *const *targets,
                  GError **error);
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)
