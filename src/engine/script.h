/* A script: one step of a plan with the SQL that it will run, read, split and checked before
 * anything is sent to the server. */
#pragma once

#include "revision/file.h"
#include "revision/plan.h"
#include "sql/split.h"

typedef struct {
    const PlanStep *step;
    PlanDirection direction;
    RevisionBody *body;
    const Section *section; /* of body: the one that runs */
    GPtrArray *statements;  /* Statement * */
    gboolean is_transactional;
    gsize length; /* bytes that it sends, about: the section goes to the applied table, too */
} Script;

void script_free(Script *script);

/* One Script a step, in order (a GPtrArray with free function). Errors: an unreadable or broken
 * file; BEGIN or COMMIT and the like, or COPY ... FROM STDIN, in a section (with place); an
 * irreversible step of a downgrade. The plan must outlive the scripts. */
GPtrArray *scripts_load(const Plan *plan, GError **error);

/* Where the server's position (in characters from 1, 0 = unknown) in a statement stands in the
 * file. *source is the line's text, g_free. */
void script_locate(const Script *script, const Statement *statement, unsigned position,
                   unsigned *line, unsigned *column, char **source);
