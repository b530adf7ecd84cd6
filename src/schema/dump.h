/* A catalog as a script that makes it again in an empty database when psql runs it. Canonical: no
 * dates, no random words, nothing of the server that it was read from. Pure. */
#pragma once

#include "schema/catalog.h"
#include "schema/ddl.h"

/* Takes one piece of the script at a time, so that it is never held as a whole. */
typedef void (*DumpSink)(const char *text, gpointer data);
void dump_write(const Catalog *catalog, DdlFlags flags, DumpSink sink, gpointer data);

/* The same as single statements for a session with an empty search_path and without
 * check_function_bodies: char *, with free function. What only says what cannot be made is left
 * out. */
GPtrArray *dump_statements(const Catalog *catalog, DdlFlags flags);
