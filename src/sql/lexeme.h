/* Stepping through SQL text that goes over into something else: libpg_query's scanner takes the
 * whole of a text or nothing, and the rows behind COPY ... FROM STDIN are no SQL. */
#pragma once

#include <glib.h>

/* Behind the lexeme at `at`, at most `end`: a literal or quoted identifier of any form, a comment,
 * a word, or any other byte. One that does not end reaches to `end`. `at` is before `end`. */
const char *sql_skip_lexeme(const char *at, const char *end);
