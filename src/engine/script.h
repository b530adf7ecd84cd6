/* A script: one step of a plan with the SQL that it will run, read, split and checked before
 * anything is sent to the server. */
#pragma once

#include "base/variables.h"
#include "engine/segment.h"
#include "engine/stored.h"
#include "revision/file.h"
#include "revision/plan.h"
#include "sql/split.h"

typedef struct {
    const PlanStep *step;
    PlanDirection direction;
    RevisionBody *body;
    const Section *section;    /* of body: the one that runs */
    GPtrArray *statements;     /* Statement *: what is sent, with the values of variables in it */
    GPtrArray *checks;         /* Statement * of the verify section; empty for a downgrade */
    gboolean is_transactional; /* one transaction holds all of it, and its record */
    GPtrArray *natures;        /* Nature * of each statement; NULL when it is transactional */
    GArray *segments;          /* Segment: what has not run yet, when it began or was resumed */
    guint segment;             /* the one that runs next */
    GChecksum *sum;            /* over the first `summed` statements */
    guint summed;
    gboolean records_apart;      /* the record has a transaction behind the last segment */
    gboolean has_rows;           /* of a COPY ... FROM STDIN, which no pipeline can carry */
    gboolean may_change_session; /* role, parameters, temporary tables: not for the next one */
    gboolean may_keep_locks;     /* advisory ones of the session, which outlive a transaction */
    gboolean may_listen;         /* to notifications */
    gboolean is_stored;          /* the body is the database's: there is no file */
    gsize length; /* bytes that it sends, about: the section goes to the applied table, too */
} Script;

void script_free(Script *script);

/* The segment that runs next; NULL when only checks and record remain. */
const Segment *script_segment(const Script *script);
/* The transaction that runs next ends with the record. */
gboolean script_ends_next(const Script *script);
/* Of a script that is not transactional the first `finished` statements have run: goes on behind
 * them. */
void script_resume(Script *script, guint finished);
/* SHA-256 over the first `end` statements as they stand in the file; hex, g_free. */
char *script_digest(Script *script, guint end);
/* "path:line:column" of a statement; g_free. */
char *script_describe_place(const Script *script, guint index);

/* One Script a step, in order (a GPtrArray with free function). The bodies keep the text of the
 * files; the values of `variables` (NULL: none are set) are in the statements only. Errors: an
 * unreadable or broken file; BEGIN or COMMIT and the like, or COPY ... TO STDOUT, in a section,
 * and a variable that is not set (with place); an irreversible step of a downgrade. The plan must
 * outlive the scripts. The bodies of revisions without a file come out of `stored` (NULL: all have
 * one). */
GPtrArray *scripts_load(const Plan *plan, const Variables *variables, Stored *stored,
                        GError **error);

/* The down text that a database may keep to undo the revision without its file: NULL when it is
 * irreversible, or has a password in it that must not be stored. g_free. */
char *script_down_to_keep(const RevisionBody *body);

/* Line `row` of the rows of a COPY ... FROM STDIN, in the file; as script_locate. */
void script_locate_row(const Section *section, const Statement *statement, guint64 row,
                       unsigned *line, unsigned *column, char **source);

/* Where the server's position (in characters from 1, 0 = unknown) in a statement stands in the
 * file: in the value of a variable, where the reference to it does. *source is the line's text as
 * place_quote gives it, g_free. */
void script_locate(const Section *section, const Statement *statement, unsigned position,
                   unsigned *line, unsigned *column, char **source);
