/* What the engine's settings mean to the server: the names in the queries of q/, and the parameters
 * of the session that migrates. Values only; online and offline runs share them. */
#pragma once

#include "engine/session.h"

/* Name, value, ..., NULL: what the queries of q/ call version_schema, version_table, version_pkey
 * and state, and the environment's name, for sql_expand. g_strfreev. */
char **settings_variables(const EngineSettings *settings);

/* '"schema"."version_table"' for a regclass parameter; g_free. */
char *settings_version_table(const EngineSettings *settings);

/* A parameter that role, database, server or the revision before may have set to what would change
 * how a migration runs. */
typedef struct {
    const char *name;
    char value[32];
    int since; /* the first server_version_num that knows it; 0: all do */
} SessionParameter;

enum { SESSION_PARAMETERS = 10 };

/* All of them but the search_path, which is settings->search_path; `lock_timeout` in microseconds.
 */
void settings_parameters(const EngineSettings *settings, gint64 lock_timeout,
                         SessionParameter parameters[SESSION_PARAMETERS]);
