/* Turning configuration into the engine's settings. */
#include "setup/setup.h"

#include <unistd.h>

#include "base/error.h"
#include "db/pooler.h"

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
        .environment = conf_string(conf, CONF_ENVIRONMENT_NAME),
        .managed_schemas = conf_list(conf, CONF_MIGRATIONS_SCHEMAS),
        .unmanaged = conf_list(conf, CONF_MIGRATIONS_EXCLUDE),
        .records_schema = conf_boolean(conf, CONF_DRIFT_RECORD),
        .scratch_url = conf_secret(conf, CONF_MIGRATIONS_SCRATCH_URL),
        .embedded_bindir = conf_path(conf, CONF_EMBEDDED_BINDIR),
        .embedded_user = conf_string(conf, CONF_EMBEDDED_USER),
        .failure_limit = (int)conf_integer(conf, CONF_EXECUTION_FAILURE_LIMIT),
    };
}

/* The application's URL as a migration would need it: without its driver, and direct. g_free. */
static char *suggest_url(const Conf *conf)
{
    const Secret *url = conf_secret(conf, CONF_RUNTIME_URL);
    g_autoptr(Dsn) dsn = dsn_parse(secret_reveal(url), NULL);
    char *direct = dsn ? pooler_direct_url(dsn) : NULL;

    if (direct || !dsn)
        return direct ? direct : g_strdup("postgresql://USER@HOST:5432/DATABASE?sslmode=require");
    return dsn_describe(dsn);
}

/* A URL from elsewhere would be a guess at whose database that is. */
static void refuse_section_without_url(const char *section, GError **error)
{
    g_autofree char *prefix = conf_section_variable_prefix(section);

    error_set(error, ERROR_CONFIG, "section %s has no database.migration_url", section);
    error_set_hint(error,
                   "write it into sections.%s.database of the configuration file, or set "
                   "%sDATABASE_MIGRATION_URL; with -n no other URL counts, nor does "
                   "SYNC_DATABASE_URL",
                   section, prefix);
}

static gboolean refuse_missing_url(const Conf *conf, GError **error)
{
    g_autofree char *url = NULL;

    if (conf_section(conf)) {
        refuse_section_without_url(conf_section(conf), error);
        return FALSE;
    }
    if (!conf_secret(conf, CONF_RUNTIME_URL)) {
        error_set(error, ERROR_CONFIG, "no database is configured");
        error_set_hint(error, "set SYNC_DATABASE_URL in the environment, or "
                              "database.migration_url in pgsluice.conf, for example "
                              "postgresql://user@host:5432/name?sslmode=require");
        return FALSE;
    }
    url = suggest_url(conf);
    error_set(error, ERROR_CONFIG,
              "there is no URL for migrations, only one for the application's traffic (%s)",
              conf_origin_text(conf, CONF_RUNTIME_URL));
    error_set_hint(error,
                   "set SYNC_DATABASE_URL or database.migration_url to the direct connection to "
                   "the same database: %s",
                   url);
    return FALSE;
}

/* What can be said of the URL without a connection. */
static gboolean check_url(const Conf *conf, GError **error)
{
    const Secret *url = conf_secret(conf, CONF_MIGRATION_URL);
    gboolean accepts_session = g_str_equal(conf_string(conf, CONF_POOLER), "session");
    g_autoptr(Dsn) dsn = dsn_parse(secret_reveal(url), error);

    if (dsn && pooler_refuse(dsn, accepts_session, error))
        return TRUE;
    g_prefix_error(error, "%s (%s): ", conf_key_name(CONF_MIGRATION_URL),
                   conf_origin_text(conf, CONF_MIGRATION_URL));
    return FALSE;
}

gboolean setup_engine(const Conf *conf, const char *instance, EngineSettings *settings,
                      GError **error)
{
    if (!conf_secret(conf, CONF_MIGRATION_URL))
        return refuse_missing_url(conf, error);
    if (!check_url(conf, error))
        return FALSE;
    setup_engine_offline(conf, settings);
    settings->url = conf_secret(conf, CONF_MIGRATION_URL);
    settings->instance = instance;
    return TRUE;
}

static char *describe_url(const char *url)
{
    g_autoptr(Dsn) dsn = dsn_parse(url, NULL);

    return dsn ? dsn_describe(dsn) : g_strdup("*** (not understood)");
}

char *setup_show(const Conf *conf)
{
    return conf_show(conf, describe_url);
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

static gboolean refuse_two_models(const Conf *conf, GError **error)
{
    error_set(error, ERROR_CONFIG,
              "migrations.models (%s) and migrations.models_command (%s) are "
              "both set",
              conf_origin_text(conf, CONF_MIGRATIONS_MODELS),
              conf_origin_text(conf, CONF_MIGRATIONS_MODELS_COMMAND));
    error_set_hint(error, "the models come from one of them: remove the other");
    return FALSE;
}

gboolean setup_models(const Conf *conf, ModelsSource *source, char ***folder, GError **error)
{
    const char *const *paths = conf_paths(conf, CONF_MIGRATIONS_MODELS);
    const char *const *command = conf_words(conf, CONF_MIGRATIONS_MODELS_COMMAND);
    g_autofree char *models = g_build_filename(setup_script_directory(conf), "models", NULL);
    gboolean is_there = g_file_test(models, G_FILE_TEST_IS_DIR);

    if (paths[0] && command[0])
        return refuse_two_models(conf, error);
    *folder = g_strdupv((char *[]){is_there ? models : NULL, NULL});
    *source = (ModelsSource){.paths = paths[0] ? paths : (const char *const *)*folder,
                             .command = command,
                             .timeout = conf_duration(conf, CONF_MIGRATIONS_MODELS_TIMEOUT)};
    return TRUE;
}
