/* Where values come from, which one wins, and how that is shown. */
#include "scratch.h"

static Conf *load(const char *path, const char *const *options)
{
    ConfSources sources = {.path = path, .options = options, .reads_dotenv = TRUE};
    g_autoptr(GError) error = NULL;
    Conf *conf = conf_load(&sources, &error);

    g_assert_no_error(error);
    return conf;
}

/* The error of a configuration that must not load. */
static GError *fail(const char *path, const char *const *options)
{
    ConfSources sources = {.path = path, .options = options, .reads_dotenv = TRUE};
    GError *error = NULL;

    g_assert_null(conf_load(&sources, &error));
    g_assert_nonnull(error_hint(error));
    return error;
}

static void test_defaults(Scratch *scratch, gconstpointer data)
{
    ConfSources sources = {.path = NULL};
    g_autoptr(Conf) conf = conf_load(&sources, NULL);
    gsize count = 7;

    g_assert_null(conf_file(conf));
    g_assert_null(conf_secret(conf, CONF_MIGRATION_URL));
    g_assert_cmpint(conf_duration(conf, CONF_CONNECT_TIMEOUT), ==, 60 * G_USEC_PER_SEC);
    g_assert_cmpint(conf_duration(conf, CONF_EXECUTION_STATEMENT_TIMEOUT), ==, 0);
    g_assert_cmpstr(conf_string(conf, CONF_VERSION_TABLE), ==, "alembic_version");
    g_assert_cmpstr(conf_string(conf, CONF_GATE_ON_PENDING), ==, "wait");
    g_assert_cmpstr(conf_path(conf, CONF_MIGRATIONS_DIRECTORY), ==,
                    PGSLUICE_SYSCONFDIR "/migrations");
    g_assert_null(conf_paths(conf, CONF_MIGRATIONS_MODELS)[0]);
    g_assert_false(conf_boolean(conf, CONF_ENVIRONMENT_CONTROLLED));
    g_assert_true(conf_boolean(conf, CONF_ADMIN_ANONYMOUS_READ));
    g_assert_cmpint(conf_integer(conf, CONF_HTTP_THREADS), ==, 2);
    g_assert_cmpuint(conf_size(conf, CONF_HTTP_BODY_MAX), ==, 1024 * 1024);
    g_assert_cmpstr(conf_list(conf, CONF_ADMIN_LISTEN)[0], ==, "unix:/run/pgsluice/admin.sock");
    g_assert_cmpstr(conf_list(conf, CONF_ADMIN_LISTEN)[1], ==, "127.0.0.1:8081");
    g_assert_null(conf_list(conf, CONF_ADMIN_LISTEN)[2]);
    g_assert_null(conf_grants(conf, CONF_ADMIN_TOKENS, &count));
    g_assert_cmpuint(count, ==, 0);
    g_assert_cmpint(conf_origin(conf, CONF_LOG_LEVEL), ==, CONF_FROM_DEFAULT);
    g_assert_cmpstr(conf_origin_text(conf, CONF_LOG_LEVEL), ==, "default");
}

static char *describe_url(const char *url)
{
    return g_strdup_printf("%u bytes", (unsigned)strlen(url));
}

/* "key = value" of conf_show, without the origin; g_strfreev. */
static char **shown_values(const Conf *conf)
{
    g_autofree char *show = conf_show(conf, describe_url);
    char **lines = g_strsplit(show, "\n", -1);

    for (gsize i = 0; lines[i] && *lines[i]; i++)
        *strstr(lines[i], "  # ") = '\0';
    return lines;
}

/* The shipped file as it is installed: it names the folder where it goes. */
static void install(const char *shipped, const char *name)
{
    g_autofree char *text = NULL;
    g_autoptr(GString) installed = NULL;

    g_assert_true(g_file_get_contents(shipped, &text, NULL, NULL));
    installed = g_string_new(text);
    g_string_replace(installed, "/etc/pgsluice", PGSLUICE_SYSCONFDIR, 0);
    write_file(name, installed->str);
}

/* The file that is installed says what the program does without it. */
static void test_the_shipped_file_holds_the_defaults(Scratch *scratch, gconstpointer data)
{
    const char *tree = g_getenv("top_srcdir");
    g_autofree char *file =
        g_build_filename(tree ? tree : scratch->before, "etc/pgsluice.conf", NULL);
    g_autoptr(Conf) shipped = NULL;
    g_autoptr(Conf) defaults = load(NULL, NULL);
    g_auto(GStrv) left = NULL;
    g_auto(GStrv) right = shown_values(defaults);

    install(file, "shipped.conf");
    shipped = load("shipped.conf", NULL);
    left = shown_values(shipped);
    for (guint key = 0; key < CONF_KEY_COUNT; key++)
        g_assert_cmpstr(left[key], ==, right[key]);
}

/* Adds one source after the other; each must win over all before it. */
static void test_precedence(Scratch *scratch, gconstpointer data)
{
    static const char *const options[] = {"environment.name=option", NULL};
    static const char *const twice[] = {"environment.name=option", "environment.name=last", NULL};
    const struct {
        const char *file, *text;      /* written first */
        const char *variable, *value; /* set first */
        const char *const *options;
        const char *name, *origin_text; /* expected */
        ConfOrigin origin;
    } steps[] = {
        {NULL, NULL, NULL, NULL, NULL, "production", "default", CONF_FROM_DEFAULT},
        {"pgsluice.conf", "\nenvironment: { name = \"file\"; };", NULL, NULL, NULL, "file",
         "pgsluice.conf:2", CONF_FROM_FILE},
        {"credentials/environment.name", "credential\n", "CREDENTIALS_DIRECTORY", "credentials",
         NULL, "credential", "credential environment.name", CONF_FROM_CREDENTIAL},
        {".env", "# x\n\nPGSLUICE_ENVIRONMENT_NAME=dotenv\n", NULL, NULL, NULL, "dotenv", ".env:3",
         CONF_FROM_ENVIRONMENT},
        {NULL, NULL, "PGSLUICE_ENVIRONMENT_NAME", "variable", NULL, "variable",
         "PGSLUICE_ENVIRONMENT_NAME", CONF_FROM_ENVIRONMENT},
        {NULL, NULL, NULL, NULL, options, "option", "--set", CONF_FROM_OPTION},
        {NULL, NULL, NULL, NULL, twice, "last", "--set", CONF_FROM_OPTION},
        {NULL, NULL, "PGSLUICE_ENVIRONMENT_NAME", "", NULL, "dotenv", ".env:3",
         CONF_FROM_ENVIRONMENT},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autoptr(Conf) conf = NULL;

        if (steps[i].file)
            write_file(steps[i].file, steps[i].text);
        if (steps[i].variable)
            g_setenv(steps[i].variable, steps[i].value, TRUE);
        conf = load(NULL, steps[i].options);
        g_assert_cmpstr(conf_string(conf, CONF_ENVIRONMENT_NAME), ==, steps[i].name);
        g_assert_cmpstr(conf_origin_text(conf, CONF_ENVIRONMENT_NAME), ==, steps[i].origin_text);
        g_assert_cmpint(conf_origin(conf, CONF_ENVIRONMENT_NAME), ==, steps[i].origin);
    }
}

static void test_only_the_cli_reads_dotenv(Scratch *scratch, gconstpointer data)
{
    ConfSources sources = {.path = NULL};
    g_autoptr(Conf) conf = NULL;

    write_file(".env", "this is not NAME=value\n");
    conf = conf_load(&sources, NULL);
    g_assert_nonnull(conf);
}

static const char *revealed(const Conf *conf, ConfKey key)
{
    return secret_reveal(conf_secret(conf, key));
}

static void test_the_guides_variables_work(Scratch *scratch, gconstpointer data)
{
    g_autoptr(Conf) conf = NULL;
    g_autoptr(Conf) full = NULL;
    g_autoptr(Conf) over_dotenv = NULL;

    write_file(".env", "DATABASE_URL=\"postgresql+asyncpg://u:pw@h/db\"\n"
                       "SYNC_DATABASE_URL=postgresql://dotenv/db\nSECRET_KEY=x\n");
    g_setenv("PGSLUICE_CONTROLLED", "yes", TRUE);
    conf = load(NULL, NULL);
    g_assert_cmpstr(revealed(conf, CONF_RUNTIME_URL), ==, "postgresql+asyncpg://u:pw@h/db");
    g_assert_cmpstr(revealed(conf, CONF_MIGRATION_URL), ==, "postgresql://dotenv/db");
    g_assert_cmpstr(conf_origin_text(conf, CONF_MIGRATION_URL), ==, ".env:2");
    g_assert_true(conf_boolean(conf, CONF_ENVIRONMENT_CONTROLLED));
    g_assert_cmpstr(conf_origin_text(conf, CONF_ENVIRONMENT_CONTROLLED), ==, "PGSLUICE_CONTROLLED");

    g_setenv("SYNC_DATABASE_URL", "postgresql://alias/db", TRUE);
    over_dotenv = load(NULL, NULL);
    g_assert_cmpstr(revealed(over_dotenv, CONF_MIGRATION_URL), ==, "postgresql://alias/db");
    g_setenv("PGSLUICE_DATABASE_MIGRATION_URL", "postgresql://full/db", TRUE);
    full = load(NULL, NULL);
    g_assert_cmpstr(revealed(full, CONF_MIGRATION_URL), ==, "postgresql://full/db");
}

static void test_variables_of_every_type(Scratch *scratch, gconstpointer data)
{
    g_autoptr(Conf) conf = NULL;
    gsize count;

    g_setenv("PGSLUICE_HTTP_TRAFFIC_LISTEN", "127.0.0.1:1, [::1]:2 ,unix:/x", TRUE);
    g_setenv("PGSLUICE_GATE_LOCK_WAIT", "1h 30min", TRUE);
    g_setenv("PGSLUICE_HTTP_BODY_MAX", "2048", TRUE);
    g_setenv("PGSLUICE_ROLLBACK_ENABLED", "ON", TRUE);
    g_setenv("PGSLUICE_USAGE_LOG_ENABLED", "0", TRUE);
    g_setenv("PGSLUICE_HTTP_ADMIN_TOKENS",
             "( { name = \"ci\"; scopes = [ \"upgrade\" ]; sha256 = "
             "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"; } )",
             TRUE);
    conf = load(NULL, NULL);
    g_assert_cmpstr(conf_list(conf, CONF_TRAFFIC_LISTEN)[1], ==, "[::1]:2");
    g_assert_cmpuint(g_strv_length((char **)conf_list(conf, CONF_TRAFFIC_LISTEN)), ==, 3);
    g_assert_cmpint(conf_duration(conf, CONF_GATE_LOCK_WAIT), ==, G_GINT64_CONSTANT(5400000000));
    g_assert_cmpuint(conf_size(conf, CONF_HTTP_BODY_MAX), ==, 2048);
    g_assert_true(conf_boolean(conf, CONF_ROLLBACK_ENABLED));
    g_assert_false(conf_boolean(conf, CONF_USAGE_LOG_ENABLED));
    g_assert_cmpstr(conf_grants(conf, CONF_ADMIN_TOKENS, &count)[0].name, ==, "ci");
}

static void test_wrong_variables(Scratch *scratch, gconstpointer data)
{
    static const struct {
        const char *variable, *value, *message, *hint;
    } rows[] = {
        {"PGSLUICE_GATE_LOCK_WIAT", "1s", "PGSLUICE_GATE_LOCK_WIAT", "PGSLUICE_GATE_LOCK_WAIT"},
        {"PGSLUICE_GATE_LOCK_WAIT", "soon", "PGSLUICE_GATE_LOCK_WAIT: \"soon\"", "15min"},
        {"PGSLUICE_CONTROLLED", "maybe", "PGSLUICE_CONTROLLED: \"maybe\"", "true or false"},
        {"PGSLUICE_HTTP_ADMIN_TOKENS", "x y", "PGSLUICE_HTTP_ADMIN_TOKENS: ", "name = "},
        {"PGSLUICE_CONFIG", "absent.conf", "absent.conf (named by PGSLUICE_CONFIG)", "leave"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_setenv(rows[i].variable, rows[i].value, TRUE);
        error = fail(NULL, NULL);
        g_assert_true(error_is(error, ERROR_CONFIG));
        g_assert_nonnull(strstr(error->message, rows[i].message));
        g_assert_nonnull(strstr(error_hint(error), rows[i].hint));
        g_unsetenv(rows[i].variable);
    }
}

static void test_other_variables_are_not_ours(Scratch *scratch, gconstpointer data)
{
    g_autoptr(Conf) conf = NULL;

    g_setenv("PGSLUICE_TEST_URL", "x", TRUE);
    g_setenv("PGSLUICE_COLOUR", "red", TRUE);
    g_setenv("PGSLUICE_GATE_LOCK_WIAT", "", TRUE);
    g_setenv("PGSLUICE_GATE_LOCK_WAIT", "", TRUE);
    conf = load(NULL, NULL);
    g_assert_cmpstr(conf_origin_text(conf, CONF_GATE_LOCK_WAIT), ==, "default");
}

static void test_wrong_dotenv_names_its_line(Scratch *scratch, gconstpointer data)
{
    static const char *const texts[] = {"\nPGSLUICE_GATE_LOCK_WIAT=1s", "\nPGSLUICE_LOG_LEVEL=loud",
                                        "\nno value here"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        ErrorSite site;

        write_file(".env", texts[i]);
        error = fail(NULL, NULL);
        g_assert_true(error_site(error, &site));
        g_assert_cmpstr(site.path, ==, ".env");
        g_assert_cmpuint(site.line, ==, 2);
    }
}

static void test_wrong_options(Scratch *scratch, gconstpointer data)
{
    static const struct {
        const char *option, *message, *hint;
    } rows[] = {
        {"gate.lock_wiat=1s", "--set: unknown configuration key gate.lock_wiat", "gate.lock_wait"},
        {"gate.lock_wait", "--set gate.lock_wait: the value is missing", "gate.lock_wait=VALUE"},
        {"gate.lock_wait=1", "--set gate.lock_wait: \"1\" is a number", "1s"},
        {"gate.lock_wait=", "--set gate.lock_wait: the value is empty", "15min"},
        {"environment.name=a\nb", "line end", ""},
        {"", "unknown configuration key", "sections"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *const options[] = {rows[i].option, NULL};
        ConfSources sources = {.options = options};
        g_autoptr(GError) error = NULL;

        g_assert_null(conf_load(&sources, &error));
        g_assert_nonnull(strstr(error->message, rows[i].message));
        g_assert_true(!*rows[i].hint || strstr(error_hint(error), rows[i].hint));
    }
}

static void test_paths_are_relative_to_what_names_them(Scratch *scratch, gconstpointer data)
{
    static const char *const options[] = {"migrations.models=m", NULL};
    g_autofree char *directory = in_scratch(scratch, "etc/scripts");
    g_autofree char *models = in_scratch(scratch, "m");
    g_autofree char *bin = in_scratch(scratch, "bin");
    g_autofree char *file = in_scratch(scratch, "etc/a.conf");
    g_autoptr(Conf) conf = NULL;

    write_file("etc/a.conf", "migrations: { directory = \"./scripts\"; models = \"other\"; };");
    g_setenv("PGSLUICE_EMBEDDED_BINDIR", "x/../bin", TRUE);
    conf = load("etc/a.conf", options);
    g_assert_cmpstr(conf_path(conf, CONF_MIGRATIONS_DIRECTORY), ==, directory);
    g_assert_cmpstr(conf_paths(conf, CONF_MIGRATIONS_MODELS)[0], ==, models);
    g_assert_cmpstr(conf_path(conf, CONF_EMBEDDED_BINDIR), ==, bin);
    g_assert_cmpstr(conf_file(conf), ==, file);
}

static void test_lists_of_paths_and_commands(Scratch *scratch, gconstpointer data)
{
    const char *options[] = {"migrations.post_write=a, b 'c d'\nsh -c 'x'", NULL};
    g_autofree char *versions = in_scratch(scratch, "sub/versions");
    g_autofree char *more = in_scratch(scratch, "more");
    g_autoptr(Conf) conf = NULL;

    write_file("sub/a.conf", "migrations: { version_locations = [ \"versions\", \"../more\" ];\n"
                             "post_write = [ \"one, two\" ]; timezone = \"+02:00\"; };");
    conf = load("sub/a.conf", NULL);
    g_assert_cmpstr(conf_string(conf, CONF_MIGRATIONS_TIMEZONE), ==, "+02:00");
    g_assert_cmpstr(conf_paths(conf, CONF_MIGRATIONS_VERSION_LOCATIONS)[0], ==, versions);
    g_assert_cmpstr(conf_paths(conf, CONF_MIGRATIONS_VERSION_LOCATIONS)[1], ==, more);
    g_assert_cmpstr(conf_commands(conf, CONF_MIGRATIONS_POST_WRITE)[0], ==, "one, two");
    g_assert_null(conf_commands(conf, CONF_MIGRATIONS_POST_WRITE)[1]);
    conf_free(conf);
    conf = load("sub/a.conf", options);
    g_assert_cmpstr(conf_commands(conf, CONF_MIGRATIONS_POST_WRITE)[0], ==, "a, b 'c d'");
    g_assert_cmpstr(conf_commands(conf, CONF_MIGRATIONS_POST_WRITE)[1], ==, "sh -c 'x'");
}

static void test_an_empty_option_unsets(Scratch *scratch, gconstpointer data)
{
    static const char *const options[] = {"database.runtime_url=", NULL};
    g_autoptr(Conf) conf = NULL;

    g_setenv("DATABASE_URL", "postgresql://h/db", TRUE);
    conf = load(NULL, options);
    g_assert_null(conf_secret(conf, CONF_RUNTIME_URL));
}

/* A socket is beside the file that names it, wherever the daemon is started. */
static void test_relative_sockets(Scratch *scratch, gconstpointer data)
{
    g_autofree char *beside = in_scratch(scratch, "there/admin.sock");
    g_autofree char *here = in_scratch(scratch, "here.sock");
    g_autofree char *beside_address = g_strconcat("unix:", beside, NULL);
    g_autofree char *here_address = g_strconcat("unix:", here, NULL);
    g_autoptr(Conf) conf = NULL;

    write_file("there/pgsluice.conf",
               "http: { admin: { listen = [ \"unix:admin.sock\", \"127.0.0.1:1\" ]; }; };");
    g_setenv("PGSLUICE_HTTP_TRAFFIC_LISTEN", "unix:./here.sock,unix:/x", TRUE);
    conf = load("there/pgsluice.conf", NULL);
    g_assert_cmpstr(conf_list(conf, CONF_ADMIN_LISTEN)[0], ==, beside_address);
    g_assert_cmpstr(conf_list(conf, CONF_ADMIN_LISTEN)[1], ==, "127.0.0.1:1");
    g_assert_cmpstr(conf_list(conf, CONF_TRAFFIC_LISTEN)[0], ==, here_address);
    g_assert_cmpstr(conf_list(conf, CONF_TRAFFIC_LISTEN)[1], ==, "unix:/x");
}

static void test_local_scripts_are_found_without_a_file(Scratch *scratch, gconstpointer data)
{
    g_autofree char *scripts = in_scratch(scratch, "migrations");
    g_autoptr(Conf) without = NULL;
    g_autoptr(Conf) with = NULL;

    write_file("migrations/versions/x.sql", "");
    without = load(NULL, NULL);
    g_assert_cmpstr(conf_path(without, CONF_MIGRATIONS_DIRECTORY), ==, scripts);
    g_assert_cmpstr(conf_origin_text(without, CONF_MIGRATIONS_DIRECTORY), ==,
                    "default (./migrations)");
    g_assert_cmpint(conf_origin(without, CONF_MIGRATIONS_DIRECTORY), ==, CONF_FROM_DEFAULT);
    write_file("pgsluice.conf", "log: { };");
    with = load(NULL, NULL);
    g_assert_cmpstr(conf_path(with, CONF_MIGRATIONS_DIRECTORY), ==,
                    PGSLUICE_SYSCONFDIR "/migrations");
}

static void test_the_script_directory_itself_is_found(Scratch *scratch, gconstpointer data)
{
    g_autoptr(Conf) conf = NULL;

    write_file("versions/x.sql", "");
    conf = load(NULL, NULL);
    g_assert_cmpstr(conf_path(conf, CONF_MIGRATIONS_DIRECTORY), ==, scratch->folder);
    g_assert_cmpstr(conf_origin_text(conf, CONF_MIGRATIONS_DIRECTORY), ==, "default (.)");
}

static void test_which_file_is_read(Scratch *scratch, gconstpointer data)
{
    g_autoptr(Conf) local = NULL;
    g_autoptr(Conf) dotenv = NULL;
    g_autoptr(Conf) variable = NULL;
    g_autoptr(Conf) named = NULL;

    write_file("pgsluice.conf", "environment: { name = \"local\"; };");
    write_file("b.conf", "environment: { name = \"b\"; };");
    write_file("c.conf", "environment: { name = \"c\"; };");
    write_file("d.conf", "environment: { name = \"d\"; };");
    local = load(NULL, NULL);
    write_file(".env", "PGSLUICE_CONFIG=b.conf");
    dotenv = load(NULL, NULL);
    g_setenv("PGSLUICE_CONFIG", "c.conf", TRUE);
    variable = load(NULL, NULL);
    named = load("d.conf", NULL);
    g_assert_cmpstr(conf_string(local, CONF_ENVIRONMENT_NAME), ==, "local");
    g_assert_cmpstr(conf_string(dotenv, CONF_ENVIRONMENT_NAME), ==, "b");
    g_assert_cmpstr(conf_string(variable, CONF_ENVIRONMENT_NAME), ==, "c");
    g_assert_cmpstr(conf_string(named, CONF_ENVIRONMENT_NAME), ==, "d");
}

static void test_credentials_have_a_ceiling(Scratch *scratch, gconstpointer data)
{
    g_autofree char *big = g_strnfill(64 * 1024 + 1, 'x');
    ConfSources sources = {.path = NULL};
    g_autoptr(GError) error = NULL;

    g_setenv("CREDENTIALS_DIRECTORY", scratch->folder, TRUE);
    write_file("database.migration_url", big);
    g_assert_null(conf_load(&sources, &error));
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_assert_nonnull(strstr(error->message, "larger than 64 KiB"));
}

static void test_show_hides_secrets_and_names_origins(Scratch *scratch, gconstpointer data)
{
    static const char *const options[] = {
        "database.migration_url=postgresql://u:hunter22@h/db",
        "database.runtime_url=postgresql://u:hunter 22@h/db", "environment.name=password=hunter22",
        "http.admin.tokens=( { name = \"ops\"; scopes = [ \"read\", \"hold\" ]; sha256 = "
        "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"; } )",
        NULL};
    g_autoptr(Conf) conf = load(NULL, options);
    g_autofree char *show = conf_show(conf, describe_url);
    g_auto(GStrv) lines = g_strsplit(show, "\n", -1);

    g_assert_null(strstr(show, "hunter"));
    g_assert_null(strstr(show, "0123456789"));
    g_assert_cmpstr(lines[CONF_MIGRATION_URL], ==, "database.migration_url = 28 bytes  # --set");
    g_assert_cmpstr(lines[CONF_RUNTIME_URL], ==, "database.runtime_url = 29 bytes  # --set");
    g_assert_cmpstr(lines[CONF_ADMIN_TOKENS], ==, "http.admin.tokens = ops (read, hold)  # --set");
    g_assert_cmpstr(lines[CONF_LOG_LEVEL], ==, "log.level = info  # default");
    g_assert_cmpuint(g_strv_length(lines), ==, CONF_KEY_COUNT + 1);
}

static void test_restart_keys_are_marked(Scratch *scratch, gconstpointer data)
{
    g_assert_false(conf_key_is_reloadable(CONF_TRAFFIC_LISTEN));
    g_assert_true(conf_key_is_reloadable(CONF_LOG_LEVEL));
    g_assert_cmpstr(conf_key_name(CONF_TRAFFIC_LISTEN), ==, "http.traffic.listen");
}

#define ADD(path, function) g_test_add(path, Scratch, NULL, scratch_enter, function, scratch_leave)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/conf/defaults", test_defaults);
    ADD("/conf/shipped-file", test_the_shipped_file_holds_the_defaults);
    ADD("/conf/precedence", test_precedence);
    ADD("/conf/dotenv/cli-only", test_only_the_cli_reads_dotenv);
    ADD("/conf/dotenv/wrong", test_wrong_dotenv_names_its_line);
    ADD("/conf/variables/guide", test_the_guides_variables_work);
    ADD("/conf/variables/types", test_variables_of_every_type);
    ADD("/conf/variables/wrong", test_wrong_variables);
    ADD("/conf/variables/other", test_other_variables_are_not_ours);
    ADD("/conf/options/wrong", test_wrong_options);
    ADD("/conf/lists of paths and commands", test_lists_of_paths_and_commands);
    ADD("/conf/options/empty", test_an_empty_option_unsets);
    ADD("/conf/paths/relative", test_paths_are_relative_to_what_names_them);
    ADD("/conf/paths/relative-sockets", test_relative_sockets);
    ADD("/conf/paths/local-scripts", test_local_scripts_are_found_without_a_file);
    ADD("/conf/paths/inside-scripts", test_the_script_directory_itself_is_found);
    ADD("/conf/which-file", test_which_file_is_read);
    ADD("/conf/credentials/ceiling", test_credentials_have_a_ceiling);
    ADD("/conf/show", test_show_hides_secrets_and_names_origins);
    ADD("/conf/restart-keys", test_restart_keys_are_marked);
    return g_test_run();
}
