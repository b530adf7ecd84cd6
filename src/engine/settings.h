/* What the engine's settings mean to the server: the names in the queries of q/, and the parameters
 * of the session that migrates. Values only; online and offline runs share them. */
#pragma once

#include "engine/session.h"

/* Name, value, ..., NULL: what the queries of q/ call version_schema, version_table, version_pkey
 * and state, and the environment's name, for sql_expand. g_strfreev. */
char **settings_variables(const EngineSettings *settings);

/* '"schema"."version_table"' for a regclass parameter; g_free. */
char *settings_version_table(const EngineSettings *settings);

/* The search_path of a session whose role is called like the state schema: without "$user", which
 * would put the application's tables there. g_free. */
char *settings_namesake_search_path(const EngineSettings *settings);
/* What a session's search_path is to be, as an SQL expression that knows the role. g_free. */
char *settings_search_path_sql(const EngineSettings *settings);

/* A parameter that role, database, server or the revision before may have set to what would change
 * how a migration runs. */
typedef struct {
    const char *name;
    char value[32];
    int since; /* the first server_version_num that knows it; 0: all do */
} SessionParameter;

enum { SESSION_PARAMETERS = 10 };

/* How long statements outside of runs wait for a lock, microseconds, 0: as long as it takes. Such a
 * wait ends before answer_within does, since behind that the connection counts as broken. */
gint64 settings_patience(const EngineSettings *settings);
/* All of them but the search_path; `lock_timeout` in microseconds. */
void settings_parameters(const EngineSettings *settings, gint64 lock_timeout,
                         SessionParameter parameters[SESSION_PARAMETERS]);
