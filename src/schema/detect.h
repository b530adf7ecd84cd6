/* The differences of two schemas in the words of Alembic's log, for people. What is done about them
 * is diff's business. Pure. */
#pragma once

#include "schema/catalog.h"

/* "Detected added column 'account.email'": char *, with free function; names in public stand
 * without it. What comes and goes with a table is not said apart, but for its indexes. */
GPtrArray *detect_changes(const Catalog *from, const Catalog *to);
