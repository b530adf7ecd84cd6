/* Loading configuration and revision files together, and comparing two configurations. */
#include "daemon/bundle.h"

#include "daemon/recorder.h"
#include "daemon/required.h"
#include "setup/setup.h"

enum {
    /* One try; a host that drops packets must not use up all of database.connect_timeout. */
    TRY_TIMEOUT = 10 * G_USEC_PER_SEC,
    ANSWER_WITHIN = 5 * G_USEC_PER_SEC, /* what a server may take to tell heads and lock */
};

static Conf *load_conf(const BundleSources *sources, const char *const *more, GError **error)
{
    g_autoptr(GPtrArray) options = g_ptr_array_new();
    ConfSources from = {.path = sources->config, .section = sources->section};

    for (guint i = 0; i < sources->options->len; i++)
        g_ptr_array_add(options, g_ptr_array_index(sources->options, i));
    for (gsize i = 0; more[i]; i++)
        g_ptr_array_add(options, (gpointer)more[i]);
    g_ptr_array_add(options, NULL);
    from.options = (const char *const *)options->pdata;
    return conf_load(&from, error);
}

Conf *bundle_load_conf(const BundleSources *sources, GError **error)
{
    g_autofree char *url = NULL;
    g_autoptr(Conf) conf = NULL;

    if (!sources->embedded_url)
        return load_conf(sources, (const char *const[]){NULL}, error);
    url = g_strconcat("database.migration_url=", sources->embedded_url, NULL);
    conf = load_conf(sources, (const char *const[]){url, NULL}, error);
    if (!conf || conf_origin(conf, CONF_ENVIRONMENT_CONTROLLED) != CONF_FROM_DEFAULT)
        return g_steal_pointer(&conf);
    return load_conf(sources, (const char *const[]){url, "environment.controlled=true", NULL},
                     error);
}

Bundle *bundle_ref(Bundle *bundle)
{
    atomic_fetch_add(&bundle->references, 1);
    return bundle;
}

void bundle_unref(Bundle *bundle)
{
    if (!bundle || atomic_fetch_sub(&bundle->references, 1) > 1)
        return;
    g_free(bundle->scripts);
    graph_free(bundle->graph);
    admission_free(bundle->admission);
    conf_free(bundle->conf);
    g_free(bundle);
}

Bundle *bundle_load(const BundleSources *sources, GError **error)
{
    g_autoptr(Bundle) bundle = g_new0(Bundle, 1);

    atomic_init(&bundle->references, 1);
    bundle->conf = bundle_load_conf(sources, error);
    if (!bundle->conf)
        return NULL;
    if (!setup_engine(bundle->conf, sources->instance, &bundle->settings, error))
        return NULL;
    bundle->admission = admission_load(bundle->conf, error);
    if (!bundle->admission || !recorder_check(bundle->conf, error))
        return NULL;
    bundle->connect_timeout = bundle->settings.connect_timeout;
    bundle->settings.connect_timeout = TRY_TIMEOUT;
    if (bundle->connect_timeout)
        bundle->settings.connect_timeout = MIN(TRY_TIMEOUT, bundle->connect_timeout);
    bundle->settings.answer_within =
        MAX(ANSWER_WITHIN, 2 * conf_duration(bundle->conf, CONF_GATE_POLL_INTERVAL));
    bundle->directory = setup_script_directory(bundle->conf);
    bundle->scripts = setup_describe_scripts(bundle->conf);
    bundle->graph = setup_graph(bundle->conf, error);
    if (!bundle->graph ||
        !required_check(bundle->graph, conf_string(bundle->conf, CONF_GATE_REQUIRED_REVISION),
                        &bundle->knows_required, error))
        return NULL;
    return g_steal_pointer(&bundle);
}

static char *warn_of_required(const Bundle *bundle)
{
    if (bundle->knows_required)
        return NULL;
    return g_strdup_printf("gate.required_revision is %s, which no file in %s has: the gate opens "
                           "only on a newer database that records it",
                           conf_string(bundle->conf, CONF_GATE_REQUIRED_REVISION), bundle->scripts);
}

char **bundle_warnings(const Bundle *bundle)
{
    g_autoptr(GStrvBuilder) warnings = g_strv_builder_new();
    g_auto(GStrv) of_admission = admission_warnings(bundle->admission);
    g_autofree char *of_required = warn_of_required(bundle);

    if (of_required)
        g_strv_builder_add(warnings, of_required);
    g_strv_builder_addv(warnings, (const char **)of_admission);
    return g_strv_builder_end(warnings);
}

char *bundle_describe(const Bundle *bundle)
{
    const char *file = conf_file(bundle->conf);
    guint count = graph_count(bundle->graph);

    return g_strdup_printf("%s, %u %s in %s", file ? file : "no configuration file", count,
                           count == 1 ? "revision" : "revisions", bundle->scripts);
}

/* One comparison a type; CONF_KEY picks it by the type's name. Secrets and grants are never
 * restart-only, so they need no answer. */
#define DIFFERS_STRING(a, b, key) (g_strcmp0(conf_string(a, key), conf_string(b, key)) != 0)
#define DIFFERS_CHOICE(a, b, key) DIFFERS_STRING(a, b, key)
#define DIFFERS_PATH(a, b, key) (g_strcmp0(conf_path(a, key), conf_path(b, key)) != 0)
#define DIFFERS_BOOLEAN(a, b, key) (conf_boolean(a, key) != conf_boolean(b, key))
#define DIFFERS_INTEGER(a, b, key) (conf_integer(a, key) != conf_integer(b, key))
#define DIFFERS_DURATION(a, b, key) (conf_duration(a, key) != conf_duration(b, key))
#define DIFFERS_SIZE(a, b, key) (conf_size(a, key) != conf_size(b, key))
#define DIFFERS_LIST(a, b, key) (!g_strv_equal(conf_list(a, key), conf_list(b, key)))
#define DIFFERS_PATHS(a, b, key) (!g_strv_equal(conf_paths(a, key), conf_paths(b, key)))
#define DIFFERS_COMMANDS(a, b, key) (!g_strv_equal(conf_commands(a, key), conf_commands(b, key)))
#define DIFFERS_WORDS(a, b, key) (!g_strv_equal(conf_words(a, key), conf_words(b, key)))
#define DIFFERS_FILENAME(a, b, key) DIFFERS_STRING(a, b, key)
#define DIFFERS_TIMEZONE(a, b, key) DIFFERS_STRING(a, b, key)
#define DIFFERS_SECRET(a, b, key) FALSE
#define DIFFERS_TOKENS(a, b, key) FALSE
#define DIFFERS_PEERS(a, b, key) FALSE
#define DIFFERS_CERTIFICATES(a, b, key) FALSE

static gboolean key_differs(const Conf *a, const Conf *b, ConfKey key)
{
    switch (key) {
#define CONF_KEY(name, section, key_name, type, default_value, minimum, maximum, flags, text)      \
    case CONF_##name:                                                                              \
        return DIFFERS_##type(a, b, CONF_##name);
#include "conf/conf_keys.def"
#undef CONF_KEY
    case CONF_KEY_COUNT:
        break;
    }
    return FALSE;
}

/* Interned: few distinct values ever occur, and they must outlive the older bundle. */
static void keep_settings(EngineSettings *next, const EngineSettings *first)
{
    next->version_table = g_intern_string(first->version_table);
    next->version_table_schema = g_intern_string(first->version_table_schema);
    next->state_schema = g_intern_string(first->state_schema);
}

char **bundle_succeed(Bundle *next, const Bundle *first)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (ConfKey key = 0; key < CONF_KEY_COUNT; key++) {
        if (!conf_key_is_reloadable(key) && key_differs(next->conf, first->conf, key))
            g_strv_builder_add(names, conf_key_name(key));
    }
    keep_settings(&next->settings, &first->settings);
    return g_strv_builder_end(names);
}
