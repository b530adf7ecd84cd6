/* Quoting for SQL text. Pure; any thread may call it. */
#pragma once

#include <glib.h>

enum { SQL_IDENTIFIER_MAX = 63 }; /* bytes: the server cuts what is longer */

/* An identifier ("a""b") or a literal ('it''s') that reads the same whatever the server's settings
 * are; g_free. A literal with a backslash in it begins with a blank and E. */
char *sql_quote_identifier(const char *name);
char *sql_quote_literal(const char *value);
