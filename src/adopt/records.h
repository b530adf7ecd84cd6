/* What export_alembic.py says: keys and values, each followed by a NUL. Pure.
 *
 *   table, schema             the version table that env.py configures (schema "": not said)
 *   left_out                  what is not imported, and why; repeatable
 *   revision                  its id; what follows is about it
 *   parent, label, depends    repeatable
 *   message, doc, date, origin
 *   up, down                  SQL
 *   up.blocked, down.blocked  why the section must not run as it is
 *   none                      the section in which a transaction is left
 *   note                      what a person must look at; repeatable
 *   refused, hint             the project as a whole cannot be read, and what to do
 *   end                       all is said
 */
#pragma once

#include "adopt/import.h"

/* `length` bytes, all that the program said. ERROR_FILE when it refused the project, and when what
 * it said is cut off or not understood. */
Import *records_parse(const char *bytes, gsize length, GError **error);
