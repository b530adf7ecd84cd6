/* From configuration to values: what the CLI and the daemon both need before the engine can start.
 */
#pragma once

#include "conf/conf.h"
#include "db/cluster.h"
#include "engine/session.h"

/* Fills *settings from `conf`; strings belong to conf and `instance`. ERROR_CONFIG with the ways to
 * set it when there is no migration URL. A runtime_url alone does not do. */
gboolean setup_engine(const Conf *conf, const char *instance, EngineSettings *settings,
                      GError **error);
/* The same without URL and instance, which are NULL then: for what needs no database. */
void setup_engine_offline(const Conf *conf, EngineSettings *settings);
/* This process to others: "hostname:pid"; g_free. */
char *setup_instance(void);
/* The script directory, absolute; belongs to conf. */
const char *setup_script_directory(const Conf *conf);
/* The folders of revision files, NULL-terminated; g_strfreev. Missing: ERROR_CONFIG naming
 * `pgsluice init`. */
char **setup_folders(const Conf *conf, GError **error);
/* Reads the graph of the script directory's versions/ folder. Missing folder: ERROR_CONFIG naming
 * `pgsluice init`. */
Graph *setup_graph(const Conf *conf, GError **error);
/* An embedded cluster in `directory` (NULL: ".pgsluice") by the embedded.* keys, which
 * is to end with this process. Not started. */
Cluster *setup_cluster(const Conf *conf, const char *directory, GError **error);
