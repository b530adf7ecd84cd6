/* What kind of statement a text is, by its first words. Pure. */
#pragma once

#include "sql/split.h"

/* `sql` is one statement that begins with its first token. */
StatementKind statement_classify(const char *sql);

/* Whether it runs outside of transactions only: CREATE INDEX CONCURRENTLY, VACUUM and the like. */
gboolean statement_refuses_transaction(const char *sql);

/* Past blanks and comments (also nested ones) from `at`, at most to `end`. */
const char *sql_skip_blank(const char *at, const char *end);

/* Whether a line comment among the blanks and comments from `at` to `end` begins with the word
 * `mark`. `end` is a NUL, or what stands there is no blank and no dash. */
gboolean sql_has_mark(const char *at, const char *end, const char *mark);

/* Nothing but blanks, comments and semicolons. */
gboolean sql_is_empty(const char *sql);
