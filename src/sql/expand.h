/* Statements with the values of variables in place of the references to them. Pure. */
#pragma once

#include "base/variables.h"
#include "sql/split.h"

/* sql_split of a text in which references may stand (sql/reference.h). Offset, length, line and
 * column of a statement are those in the text, its sql has the values of `variables` (NULL: none
 * are set). What reads like a reference in the rows of a COPY is none. A statement that is nothing
 * but a raw variable with nothing in it is left out. Errors are those of sql_split; and with the
 * place of the reference: a malformed one, an unset variable, an identifier that is empty or longer
 * than 63 bytes, a raw value that leaves a quote open or makes several statements of one. No error
 * shows a value. */
GPtrArray *sql_split_expanded(const char *text, const char *path, unsigned first_line,
                              const Variables *variables, GError **error);

/* The same before any value is known: the sql of the statements has what references_mask puts in
 * their place. */
GPtrArray *sql_split_masked(const char *text, const char *path, unsigned first_line,
                            GError **error);
