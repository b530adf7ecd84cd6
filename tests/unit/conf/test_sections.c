/* Named sections: which source wins, and what is refused whether it is chosen or not. */
#include "scratch.h"

static const char file[] =
    "database: { migration_url = \"postgresql://plain/d\"; connect_timeout = \"7s\"; };\n"
    "migrations: { directory = \"plain\"; };\n"
    "gate: { lock_wait = \"2min\"; };\n"
    "sections:\n"
    "{\n"
    "    billing: { database: { migration_url = \"postgresql://billing/d\"; };\n"
    "               migrations: { directory = \"billing\"; }; };\n"
    "    no-url: { migrations: { directory = \"other\"; }; };\n"
    "};\n";

static Conf *load(const char *section, const char *option, GError **error)
{
    const char *const options[] = {option, NULL};
    ConfSources sources = {.section = section, .options = options, .reads_dotenv = TRUE};

    return conf_load(&sources, error);
}

static const char *url_of(const Conf *conf)
{
    const Secret *url = conf_secret(conf, CONF_MIGRATION_URL);

    return url ? secret_reveal(url) : NULL;
}

static void test_a_section_wins_over_the_surroundings(Scratch *scratch, gconstpointer data)
{
    g_autofree char *directory = in_scratch(scratch, "billing");
    g_autoptr(Conf) plain = NULL;
    g_autoptr(Conf) billing = NULL;
    g_autoptr(Conf) option = NULL;

    write_file("pgsluice.conf", file);
    write_file(".env", "PGSLUICE_MIGRATIONS_DIRECTORY=from-dotenv\nDATABASE_URL=postgresql://r/d");
    g_setenv("SYNC_DATABASE_URL", "postgresql://environment/d", TRUE);
    g_setenv("PGSLUICE_GATE_LOCK_WAIT", "3min", TRUE);
    plain = load(NULL, NULL, NULL);
    billing = load("billing", NULL, NULL);
    option = load("billing", "database.migration_url=postgresql://option/d", NULL);

    g_assert_cmpstr(url_of(plain), ==, "postgresql://environment/d");
    g_assert_null(conf_section(plain));
    g_assert_cmpstr(conf_sections(plain)[0], ==, "billing");
    g_assert_cmpstr(conf_sections(plain)[1], ==, "no-url");
    g_assert_null(conf_sections(plain)[2]);
    g_assert_cmpstr(url_of(billing), ==, "postgresql://billing/d");
    g_assert_cmpstr(conf_origin_text(billing, CONF_MIGRATION_URL), ==,
                    "pgsluice.conf:6 (section billing)");
    g_assert_cmpint(conf_origin(billing, CONF_MIGRATION_URL), ==, CONF_FROM_SECTION);
    g_assert_cmpstr(conf_section(billing), ==, "billing");
    g_assert_null(conf_secret(billing, CONF_RUNTIME_URL));
    g_assert_cmpstr(conf_origin_text(billing, CONF_RUNTIME_URL), ==, "not in section billing");
    g_assert_cmpstr(conf_path(billing, CONF_MIGRATIONS_DIRECTORY), ==, directory);
    g_assert_cmpint(conf_duration(billing, CONF_CONNECT_TIMEOUT), ==, 7 * G_USEC_PER_SEC);
    g_assert_cmpstr(conf_origin_text(billing, CONF_GATE_LOCK_WAIT), ==, "PGSLUICE_GATE_LOCK_WAIT");
    g_assert_cmpstr(url_of(option), ==, "postgresql://option/d");
}

static void test_a_section_has_variables_and_credentials(Scratch *scratch, gconstpointer data)
{
    g_autoptr(Conf) none = NULL;
    g_autoptr(Conf) credential = NULL;
    g_autoptr(Conf) dotenv = NULL;
    g_autoptr(Conf) variable = NULL;
    g_autoptr(GError) error = NULL;

    write_file("pgsluice.conf", file);
    none = load("no-url", NULL, NULL);
    g_assert_null(url_of(none));
    g_setenv("CREDENTIALS_DIRECTORY", "credentials", TRUE);
    write_file("credentials/database.migration_url", "postgresql://not-mine/d\n");
    write_file("credentials/sections.no-url.database.migration_url", "postgresql://mine/d\n");
    credential = load("no-url", NULL, NULL);
    g_assert_cmpstr(url_of(credential), ==, "postgresql://mine/d");
    g_assert_cmpstr(conf_origin_text(credential, CONF_MIGRATION_URL), ==,
                    "credential sections.no-url.database.migration_url");
    write_file(".env", "PGSLUICE_SECTIONS_NO_URL_DATABASE_MIGRATION_URL=postgresql://dotenv/d");
    dotenv = load("no-url", NULL, NULL);
    g_assert_cmpstr(url_of(dotenv), ==, "postgresql://dotenv/d");
    g_setenv("PGSLUICE_SECTIONS_NO_URL_DATABASE_MIGRATION_URL", "postgresql://variable/d", TRUE);
    variable = load("no-url", NULL, NULL);
    g_assert_cmpstr(url_of(variable), ==, "postgresql://variable/d");
    g_assert_cmpint(conf_origin(variable, CONF_MIGRATION_URL), ==, CONF_FROM_SECTION);
    g_setenv("PGSLUICE_SECTIONS_NO_URL_DATABASE_MIGRATON_URL", "postgresql://hunter2/d", TRUE);
    g_assert_null(load("no-url", NULL, &error));
    g_assert_nonnull(strstr(error->message, "PGSLUICE_SECTIONS_NO_URL_DATABASE_MIGRATON_URL"));
    g_assert_null(strstr(error->message, "hunter2"));
}

static const char *variable_of(const Conf *conf, const char *name)
{
    return variables_get(conf_variables(conf), name, strlen(name));
}

static void test_a_section_has_variables_for_revisions(Scratch *scratch, gconstpointer data)
{
    g_autoptr(Conf) plain = NULL;
    g_autoptr(Conf) section = NULL;

    write_file("pgsluice.conf", "variables: { a = \"1\"; b = \"1\"; c = \"1\"; };\n"
                                "sections: { x: { variables: { b = \"2\"; c = \"2\"; }; }; };\n");
    g_setenv("PGSLUICE_SECTIONS_X_VARIABLES_C", "3", TRUE);
    g_setenv("CREDENTIALS_DIRECTORY", "credentials", TRUE);
    write_file("credentials/sections.x.variables.d", "4");
    plain = load(NULL, NULL, NULL);
    section = load("x", NULL, NULL);
    g_assert_cmpstr(variable_of(plain, "c"), ==, "1");
    g_assert_null(variable_of(plain, "d"));
    g_assert_cmpstr(variable_of(section, "a"), ==, "1");
    g_assert_cmpstr(variable_of(section, "b"), ==, "2");
    g_assert_cmpstr(variables_origin(conf_variables(section), "b"), ==,
                    "pgsluice.conf:2 (section x)");
    g_assert_cmpstr(variable_of(section, "c"), ==, "3");
    g_assert_cmpstr(variable_of(section, "d"), ==, "4");
}

static const struct {
    const char *text;
    const char *section;
    const char *message;
    const char *hint;
    unsigned line; /* 0: none */
} wrong[] = {
    {file, "biling", "-n biling: pgsluice.conf has no section of that name",
     "did you mean billing? The sections of pgsluice.conf are billing, no-url", 0},
    {file, "nothing-like-it", "nothing-like-it", "are billing, no-url", 0},
    {file, "Billing", "-n Billing", "did you mean billing?", 0},
    {file, "", "-n :", "are billing, no-url", 0},
    {"log: { };", "billing", "-n billing", "it has none: ", 0},
    {NULL, "billing", "there is no configuration file", "-c", 0},
    /* Also when another one, or none, is chosen. */
    {"sections: { a: {\n databse: { }; }; };", NULL, "sections.a: unknown", "database", 2},
    {"sections: { a: { database: {\n migration_ulr = \"postgresql://hunter2/d\"; }; }; };", "a",
     "sections.a: unknown configuration key database.migration_ulr", "migration_url", 2},
    {"sections: { b: { }; a: { gate: {\n lock_wait = 5; }; }; };", "b",
     "sections.a.gate.lock_wait: ", "5", 2},
    {"sections: { a: { gate: {\n lock_wait = \"soon\"; }; }; };", NULL,
     "sections.a.gate.lock_wait: ", "", 2},
    {"sections: {\n a = 1; };", NULL, "sections.a is not a group", "write a: {", 2},
    {"sections = 1;", NULL, "sections is a section, not a key", "{ ... }", 1},
    {"sections: {\n a: {\n sections: { }; }; };", NULL, "sections.a: unknown", "", 3},
    {"sections: { a-b: { };\n A_B: { }; };", NULL, "sections a-b and A_B", "another name", 2},
};

static void test_mistakes(Scratch *scratch, gconstpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *all = NULL;
        ErrorSite site = {0};

        g_remove("pgsluice.conf");
        if (wrong[i].text)
            write_file("pgsluice.conf", wrong[i].text);
        g_assert_null(load(wrong[i].section, NULL, &error));
        g_test_message("%s", error->message);
        g_assert_true(error_is(error, ERROR_CONFIG));
        g_assert_nonnull(strstr(error->message, wrong[i].message));
        g_assert_nonnull(strstr(error_hint(error), wrong[i].hint));
        all = error_describe(error);
        g_assert_null(strstr(all, "hunter2"));
        error_site(error, &site);
        g_assert_cmpuint(site.line, ==, wrong[i].line);
    }
}

#define ADD(path, function) g_test_add(path, Scratch, NULL, scratch_enter, function, scratch_leave)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/sections/precedence", test_a_section_wins_over_the_surroundings);
    ADD("/sections/variables", test_a_section_has_variables_and_credentials);
    ADD("/sections/variables-of-revisions", test_a_section_has_variables_for_revisions);
    ADD("/sections/mistakes", test_mistakes);
    return g_test_run();
}
