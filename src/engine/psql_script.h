/* A script for psql while it is being written. What it learns at run time goes into psql variables
 * whose names begin with "pgsluice_"; only meta-commands that psql 10 knows are used. */
#pragma once

#include "engine/session.h"
#include "engine/step.h"

typedef struct {
    GString *text;
    char **variables; /* settings_variables */
} PsqlScript;

PsqlScript *psql_script_new(const EngineSettings *settings);
void psql_script_free(PsqlScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PsqlScript, psql_script_free)

/* Whole lines as they are: comments, meta-commands, SQL that psql reads as it stands. */
void psql_script_add(PsqlScript *script, const char *lines);
/* An empty line and a comment; control characters become blanks. */
void psql_script_add_comment(PsqlScript *script, const char *comment);
/* What psql prints when it comes here, on one line. */
void psql_script_add_echo(PsqlScript *script, const char *line);

/* Sets pgsluice_<name>; the value has no line ends. */
void psql_script_add_variable(PsqlScript *script, const char *name, const char *value);

/* A query of q/ (without the comment above it) with its variables, and with `arguments` in the
 * place of $1, $2...: SQL expressions, an array that NULL ends; NULL for a query without. The first
 * form is a statement of its own, the second keeps the columns of the one row as pgsluice_<column>.
 */
void psql_script_add_query(PsqlScript *script, const char *query, const char *const *arguments);
void psql_script_ask(PsqlScript *script, const char *query, const char *const *arguments);

/* A statement of a revision's `section`; what sql_append_for_psql refuses with its place in the
 * file. */
gboolean psql_script_add_statement(PsqlScript *script, const Revision *revision,
                                   const Section *section, const Statement *statement,
                                   GError **error);

/* What has been written, g_free; the script is empty then. */
char *psql_script_end(PsqlScript *script);

/* `value` as an SQL expression: a literal, or NULL. g_free. */
char *psql_script_literal(const char *value);
