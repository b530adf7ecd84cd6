/* SQL as psql must read it. psql does not send what it reads: outside of quotes it replaces ":name"
 * by its variables, takes a backslash for a command of its own, and sends at a semicolon what it
 * takes for a statement. Pure. */
#pragma once

#include <glib.h>

/* Appends one statement (as sql_split gives it) and its end, a line end included, so that psql (10
 * and newer) sends the server exactly the bytes of `sql` and nothing before them. A backslash that
 * would be a psql command is ERROR_REVISION_FILE without a place: it is byte *at of `sql`; `script`
 * is then unchanged. */
gboolean sql_append_for_psql(GString *script, const char *sql, gsize *at, GError **error);

/* Appends the rows of a COPY ... FROM STDIN behind it: `length` bytes, whole lines or none. */
void sql_append_rows_for_psql(GString *script, const char *rows, gsize length);

/* Appends `text` as one argument of a psql command, in quotes: '...'. */
void sql_append_psql_argument(GString *script, const char *text);
