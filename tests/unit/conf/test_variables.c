/* The variables of revision bodies: the group in the file, and every other source. */
#include "scratch.h"

static const char *value_of(const Conf *conf, const char *name)
{
    return variables_get(conf_variables(conf), name, strlen(name));
}

static Conf *load(const ConfSources *sources)
{
    g_autoptr(GError) error = NULL;
    Conf *conf = conf_load(sources, &error);

    g_assert_no_error(error);
    return conf;
}

static void assert_refused(const ConfSources *sources, const char *message, const char *hint)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(conf_load(sources, &error));
    g_assert_cmpstr(error->message, ==, message);
    g_assert_nonnull(error_hint(error));
    if (!strstr(error_hint(error), hint))
        g_error("expected \"%s\" in \"%s\"", hint, error_hint(error));
}

static void test_scalars_become_text(Scratch *scratch, gconstpointer data)
{
    g_autoptr(Conf) conf = NULL;

    write_file("pgsluice.conf", "variables: { text = \"it's \\\"one\\\"\"; None = \"\"; number = "
                                "-7; big = 1234567890123L; hex = 0xFF;"
                                " yes = true; no = false; rate = 0.1; half = 2.50; };\n");
    conf = load(&(ConfSources){0});
    g_assert_cmpstr(value_of(conf, "text"), ==, "it's \"one\"");
    g_assert_cmpstr(value_of(conf, "none"), ==, "");
    g_assert_cmpstr(value_of(conf, "number"), ==, "-7");
    g_assert_cmpstr(value_of(conf, "big"), ==, "1234567890123");
    g_assert_cmpstr(value_of(conf, "hex"), ==, "255");
    g_assert_cmpstr(value_of(conf, "yes"), ==, "true");
    g_assert_cmpstr(value_of(conf, "no"), ==, "false");
    g_assert_cmpstr(value_of(conf, "rate"), ==, "0.1");
    g_assert_cmpstr(value_of(conf, "half"), ==, "2.5");
    g_assert_null(value_of(conf, "other"));
}

/* Adds one source after the other; each must win over all before it. */
static void test_precedence(Scratch *scratch, gconstpointer data)
{
    static const char *const set[] = {"variables.Region= from --set ", NULL};
    static const char *const given[] = {"region=first", "REGION=a=b", NULL};
    static const char *const tagged[] = {"variables.tag=other", NULL};
    const struct {
        const char *file, *text;      /* written first */
        const char *variable, *value; /* set first */
        const char *const *options, *const *given;
        const char *expected, *origin;
    } steps[] = {
        {"pgsluice.conf", "\nvariables: { reGion = \"file\"; };", NULL, NULL, NULL, NULL, "file",
         "pgsluice.conf:2"},
        {"credentials/variables.region", "credential\n", "CREDENTIALS_DIRECTORY", "credentials",
         NULL, NULL, "credential", "credential variables.region"},
        {".env", "PGSLUICE_VARIABLES_REGION=dotenv\n", NULL, NULL, NULL, NULL, "dotenv", ".env:1"},
        {NULL, NULL, "PGSLUICE_VARIABLES_REGION", "environment", NULL, NULL, "environment",
         "PGSLUICE_VARIABLES_REGION"},
        {NULL, NULL, NULL, NULL, set, NULL, " from --set ", "--set"},
        {NULL, NULL, NULL, NULL, set, given, "a=b", "-x"},
        {NULL, NULL, "PGSLUICE_VARIABLES_REGION", "", NULL, NULL, "dotenv", ".env:1"},
    };
    g_autoptr(Conf) conf = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autoptr(Conf) next = NULL;

        if (steps[i].file)
            write_file(steps[i].file, steps[i].text);
        if (steps[i].variable)
            g_setenv(steps[i].variable, steps[i].value, TRUE);
        next = load(&(ConfSources){
            .options = steps[i].options, .variables = steps[i].given, .reads_dotenv = TRUE});
        g_assert_cmpstr(value_of(next, "region"), ==, steps[i].expected);
        g_assert_cmpstr(variables_origin(conf_variables(next), "region"), ==, steps[i].origin);
    }
    conf = load(&(ConfSources){.options = tagged, .tag = "v1.2"});
    g_assert_cmpstr(value_of(conf, "tag"), ==, "v1.2");
}

static void test_options(Scratch *scratch, gconstpointer data)
{
    static const char *const bare[] = {"empty", "also_empty=", NULL};
    static const char *const bad[] = {"a-b=1", NULL};
    static const char *const no_value[] = {"variables.a", NULL};
    static const char *const bad_set[] = {"variables.1=x", NULL};
    static const char *const tag[] = {"tag=x", NULL};
    g_autoptr(Conf) conf = load(&(ConfSources){.variables = bare});

    g_assert_cmpstr(value_of(conf, "empty"), ==, "");
    g_assert_cmpstr(value_of(conf, "also_empty"), ==, "");
    assert_refused(&(ConfSources){.variables = bad},
                   "-x variables.a-b: \"a-b\" cannot be the name of a variable", "a name is");
    assert_refused(&(ConfSources){.options = no_value}, "--set variables.a: the value is missing",
                   "variables.a=VALUE");
    assert_refused(&(ConfSources){.options = bad_set},
                   "--set variables.1: \"1\" cannot be the name of a variable", "a name is");
    assert_refused(&(ConfSources){.variables = tag, .tag = "y"},
                   "--tag and -x tag=... set the same variable", "leave");
}

static void test_mistakes_in_the_file(Scratch *scratch, gconstpointer data)
{
    static const struct {
        const char *text;
        const char *message;
        const char *hint;
    } mistakes[] = {
        {"variables: { a = [ 1 ]; };", "variables.a: must be text, a number, true or false",
         "a = \"text\";"},
        {"variables: { a: { b = 1; }; };", "variables.a: must be text, a number, true or false",
         "a = \"text\";"},
        {"variables: { a-b = 1; };", "variables.a-b: \"a-b\" cannot be the name of a variable",
         "a name is"},
        {"variables: { ab = 1; aB = 2; };", "variables.aB: is there twice", "upper and lower"},
        {"variables: { a = 1;\n b = -5000000000; };",
         "variables.b: the number needs more than 32 bits", "double quotes"},
        {"variables: { a = 0x1FFFFFFFF; };", "variables.a: the number needs more than 32 bits",
         "double quotes"},
        {"variables = 1;", "variables is a section, not a key", "variables: { ... };"},
        {"variabels: { a = 1; };", "unknown configuration section variabels",
         "did you mean variables?"},
        {"gate: { a = 1; };", "unknown configuration key gate.a", "the keys of section gate"},
        {"kitchen: { };", "unknown configuration section kitchen", "embedded, variables"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        write_file("pgsluice.conf", mistakes[i].text);
        assert_refused(&(ConfSources){0}, mistakes[i].message, mistakes[i].hint);
    }
}

static void test_mistakes_in_the_environment(Scratch *scratch, gconstpointer data)
{
    g_autofree char *longer = g_strnfill(VARIABLE_VALUE_MAX + 1, 'v');

    g_setenv("PGSLUICE_VARIABLES_1A", "x", TRUE);
    assert_refused(&(ConfSources){0},
                   "PGSLUICE_VARIABLES_1A: \"1A\" cannot be the name of a variable", "a name is");
    g_unsetenv("PGSLUICE_VARIABLES_1A");
    g_setenv("PGSLUICE_VARIABLES_A", longer, TRUE);
    assert_refused(&(ConfSources){0}, "PGSLUICE_VARIABLES_A: the value of a is longer than 64 KiB",
                   "revision file");
    g_setenv("PGSLUICE_VARIABLES_A", "\377", TRUE);
    assert_refused(&(ConfSources){0}, "PGSLUICE_VARIABLES_A: the value of a is not UTF-8",
                   "convert");
}

static char *hide_url(const char *url)
{
    return g_strdup("***");
}

static void test_show(Scratch *scratch, gconstpointer data)
{
    static const char *const given[] = {"region=eu\nwest", "app_password=canary", NULL};
    g_autoptr(Conf) conf = load(&(ConfSources){.variables = given, .tag = "v1"});
    g_autofree char *show = conf_show(conf, hide_url);

    g_assert_true(g_str_has_suffix(show, "variables.app_password = ***  # -x\n"
                                         "variables.region = eu\\nwest  # -x\n"
                                         "variables.tag = v1  # --tag\n"));
}

#define ADD(path, function) g_test_add(path, Scratch, NULL, scratch_enter, function, scratch_leave)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/conf/body-variables/scalars", test_scalars_become_text);
    ADD("/conf/body-variables/precedence", test_precedence);
    ADD("/conf/body-variables/options", test_options);
    ADD("/conf/body-variables/file-mistakes", test_mistakes_in_the_file);
    ADD("/conf/body-variables/environment-mistakes", test_mistakes_in_the_environment);
    ADD("/conf/body-variables/show", test_show);
    return g_test_run();
}
