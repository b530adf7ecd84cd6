/* Tests out of a table, one a case: SQL text into statements. */
#pragma once

#include <glib.h>

/* Adds every case of tests/unit/sql/cases/<name>.txt as the test /<name>/<title>. */
void table_add(const char *name);
