/* Turning configuration into the engine's settings. */
#include "setup/setup.h"

#include <unistd.h>

#include "base/error.h"

void setup_engine_offline(const Conf *conf, EngineSettings *settings)
{
    *settings = (EngineSettings){
        .version_table = conf_string(conf, CONF_VERSION_TABLE),
        .version_table_schema = conf_string(conf, CONF_VERSION_TABLE_SCHEMA),
        .state_schema = conf_string(conf, CONF_STATE_SCHEMA),
        .connect_timeout = conf_duration(conf, CONF_CONNECT_TIMEOUT),
        .lock_wait = conf_duration(conf, CONF_GATE_LOCK_WAIT),
        .lock_timeout = conf_duration(conf, CONF_EXECUTION_LOCK_TIMEOUT),
        .statement_timeout = conf_duration(conf, CONF_EXECUTION_STATEMENT_TIMEOUT),
        .search_path = conf_string(conf, CONF_EXECUTION_SEARCH_PATH),
        .retry_deadline = conf_duration(conf, CONF_EXECUTION_RETRY_DEADLINE),
        .accepts_session_pooler = g_str_equal(conf_string(conf, CONF_POOLER), "session"),
        .variables = conf_variables(conf),
    };
}

gboolean setup_engine(const Conf *conf, const char *instance, EngineSettings *settings,
                      GError **error)
{
    const Secret *url = conf_secret(conf, CONF_MIGRATION_URL);

    if (!url) {
        error_set(error, ERROR_CONFIG, "no database is configured");
        error_set_hint(error, "set SYNC_DATABASE_URL in the environment, or "
                              "database.migration_url in pgsluice.conf, for example "
                              "postgresql://user@host:5432/name?sslmode=require");
        return FALSE;
    }
    setup_engine_offline(conf, settings);
    settings->url = url;
    settings->instance = instance;
    return TRUE;
}

char *setup_instance(void)
{
    return g_strdup_printf("%s:%d", g_get_host_name(), (int)getpid());
}

Cluster *setup_cluster(const Conf *conf, const char *directory, GError **error)
{
    ClusterOptions options = {
        .directory = directory ? directory : ".pgsluice",
        .bindir = conf_path(conf, CONF_EMBEDDED_BINDIR),
        .user = conf_string(conf, CONF_EMBEDDED_USER),
        .is_owned = TRUE,
    };

    return cluster_new(&options, error);
}
