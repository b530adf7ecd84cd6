/* Comments in DDL that say what something was called before. Pure. */
#pragma once

#include <glib.h>

/* The hints of one statement that creates a table, view, sequence or type: a comment
 * "-- rename: OLD" on the line of its name tells the old name of that, on the line where a column
 * or a label begins that of the column or label. Appends (char *) to `hints` what `--rename` takes:
 * NAME.OLD=NEW, or OLD=NEW with the schema that the new name is written with. */
void statement_rename_hints(const char *sql, GPtrArray *hints);
