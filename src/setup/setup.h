/* From configuration to values: what the CLI and the daemon both need before the engine can start.
 */
#pragma once

#include "conf/conf.h"
#include "db/cluster.h"
#include "engine/models.h"
#include "engine/session.h"

/* Fills *settings from `conf`; strings belong to conf and `instance`. ERROR_CONFIG with the ways to
 * set it when there is no migration URL (a runtime_url alone does not do) and when it is not
 * understood; ERROR_POOLER when its names are a pooler's (db/pooler.h), before anything connects.
 */
gboolean setup_engine(const Conf *conf, const char *instance, EngineSettings *settings,
                      GError **error);
/* The same without URL and instance, which are NULL then: for what needs no database. */
void setup_engine_offline(const Conf *conf, EngineSettings *settings);
/* conf_show, with each URL as it is understood; one that is not is hidden as a whole: a password
 * may stand anywhere in it. g_free. */
char *setup_show(const Conf *conf);
/* This process to others: "hostname:pid"; g_free. */
char *setup_instance(void);
/* The script directory, absolute; belongs to conf. */
const char *setup_script_directory(const Conf *conf);
/* The folders of revision files, NULL-terminated; g_strfreev: migrations.version_locations, else
 * versions/ in the script directory. ERROR_CONFIG, which says what to type, when one is missing, is
 * there twice or is within another. */
char **setup_folders(const Conf *conf, GError **error);
/* Reads the graph of these folders. */
Graph *setup_graph(const Conf *conf, GError **error);
/* Where the files are, for people: the script directory, or the folders when they are named;
 * g_free.
 */
char *setup_describe_scripts(const Conf *conf);
/* Where the models are: migrations.models_command or migrations.models, which may not both be set,
 * else models/ in the script directory when that is there. Its strings belong to conf and *folder
 * (g_strfreev). */
gboolean setup_models(const Conf *conf, ModelsSource *source, char ***folder, GError **error);
/* The template for new revision files (revision/template.h): revision.sql.in in the script
 * directory, else the built-in one; g_free. *path says where it is, for messages; g_free. */
char *setup_template(const Conf *conf, char **path, GError **error);
/* An embedded cluster in `directory` (NULL: ".pgsluice") by the embedded.* keys, which
 * is to end with this process. Not started. */
Cluster *setup_cluster(const Conf *conf, const char *directory, GError **error);
