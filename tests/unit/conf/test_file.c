/* Mistakes in the configuration file: each is told with its line and what to write instead. */
#include "scratch.h"

typedef struct {
    const char *text;
    unsigned line;
    const char *message; /* a part of it */
    const char *hint;    /* a part of it */
} Mistake;

static void check_mistake(const Mistake *mistake)
{
    ConfSources sources = {.path = "a.conf"};
    g_autoptr(GError) error = NULL;
    ErrorSite site = {NULL, 0, 0, NULL};

    write_file("a.conf", mistake->text);
    g_test_message("%s", mistake->text);
    g_assert_null(conf_load(&sources, &error));
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_test_message("%s; %s", error->message, error_hint(error));
    g_assert_nonnull(strstr(error->message, mistake->message));
    g_assert_nonnull(error_hint(error));
    g_assert_nonnull(strstr(error_hint(error), mistake->hint));
    g_assert_true(error_site(error, &site));
    g_assert_cmpstr(site.path, ==, "a.conf");
    g_assert_cmpuint(site.line, ==, mistake->line);
}

static void check_mistakes(const Mistake *mistakes, gsize count)
{
    for (gsize i = 0; i < count; i++)
        check_mistake(&mistakes[i]);
}

static void test_unknown_names(Scratch *scratch, gconstpointer data)
{
    static const Mistake mistakes[] = {
        {"gate: {\n lock_wiat = \"1s\";\n};", 2, "unknown configuration key gate.lock_wiat",
         "did you mean gate.lock_wait?"},
        {"\n\ngaet: { };", 3, "unknown configuration section gaet", "did you mean gate?"},
        {"migration_url = \"x\";", 1, "unknown configuration key migration_url",
         "did you mean database.migration_url?"},
        {"database: { lock_timeout = \"1s\"; };", 1, "database.lock_timeout",
         "did you mean execution.lock_timeout?"},
        {"gate: { colour = \"red\"; };", 1, "gate.colour",
         "the keys of section gate are on_pending,"},
        {"http: { trafic: { }; };", 1, "http.trafic", "did you mean http.traffic?"},
        {"kitchen: { };", 1, "kitchen", "the sections are database, migrations,"},
        {"gate = 1;", 1, "gate is a section", "gate: { ... };"},
    };

    check_mistakes(mistakes, G_N_ELEMENTS(mistakes));
}

static void test_wrong_types(Scratch *scratch, gconstpointer data)
{
    static const Mistake mistakes[] = {
        {"gate: {\n lock_wait = true;\n};", 2, "gate.lock_wait: must be a duration",
         "lock_wait = \"15min\";"},
        {"gate: { lock_wait = 15; };", 1, "\"15\" is a number without a unit", "\"15s\""},
        {"gate: { on_pending = 1; };", 1, "must be a word", "on_pending = \"wait\";"},
        {"environment: { controlled = \"true\"; };", 1, "must be true or false, without quotes",
         "controlled = false;"},
        {"environment: { name = [ \"a\" ]; };", 1, "must be text", "name = \"production\";"},
        {"database: { migration_url = 5; };", 1, "must be a connection URL", "postgresql://"},
        {"http: { threads = \"2\"; };", 1, "must be a whole number", "threads = 2;"},
        {"http: { threads = 1.5; };", 1, "must be a whole number", "threads = 2;"},
        {"http: { traffic: { listen = [ 8080 ]; }; };", 1, "must be a list", "listen = [ \"127"},
        {"http: { admin: { tokens = \"x\"; }; };", 1, "must be a list of", "( { name = "},
        {"execution: { search_path = 1; };", 1, "must be text", "= \"\\\"$user\\\", public\";"},
    };

    check_mistakes(mistakes, G_N_ELEMENTS(mistakes));
}

static void test_ranges_and_choices(Scratch *scratch, gconstpointer data)
{
    static const Mistake mistakes[] = {
        {"gate: { poll_interval = \"10ms\"; };", 1, "10ms is out of range", "50ms to 10min"},
        {"gate: { lock_wait = \"25h\"; };", 1, "25h is out of range", "0 to 24h"},
        {"http: { threads = 65; };", 1, "65 is out of range", "1 to 64"},
        {"http: { threads = -1; };", 1, "-1 is out of range", "1 to 64"},
        {"http: { body_max = \"2GiB\"; };", 1, "2GiB is out of range", "1KiB to 1GiB"},
        {"http: { body_max = 1; };", 1, "1 is out of range", "1KiB to 1GiB"},
        {"gate: { on_pending = \"fial\"; };", 1, "not one of wait, fail", "did you mean \"fail\"?"},
        {"log: { level = \"everything\"; };", 1, "not one of error", "write one of"},
        {"log: { level = \"warnin\"; };", 1, "not one of error", "did you mean \"warning\"?"},
        {"environment: { name = \"\"; };", 1, "the value is empty", "production"},
        {"http: { traffic: { listen = [ \"a:1\", \"\" ]; }; };", 1, "element of the list is empty",
         "comma"},
        {"migrations: { version_locations = [ \"a\", \"\" ]; };", 1, "element of the list is empty",
         "comma"},
        {"migrations: { version_locations = [ \"a,b\" ]; };", 1, "list of paths without commas",
         "= [ \"versions\", \"../more\" ];"},
        {"migrations: { version_locations = 1; };", 1, "list of paths", "version_locations = ["},
        {"migrations: { post_write = 1; };", 1, "list of commands", "post_write = ["},
        {"migrations: { post_write = [ \"a 'b\" ]; };", 1, "\"a 'b\" is no command", "quote"},
        {"migrations: {\n file_template = \"%(slgu)s\"; };", 2, "unknown token %(slgu)",
         "did you mean %(slug)?"},
        {"migrations: { file_template = \"a/%(rev)s\"; };", 1, "no slash", "version_locations"},
        {"migrations: { timezone = \"Europe/Brelin\"; };", 1, "no time zone \"Europe/Brelin\"",
         "Europe/Berlin"},
        {"migrations: { truncate_slug_length = 0; };", 1, "0 is out of range", "1 to 200"},
        {"database: { version_table = \"a23456789_123456789_123456789_123456789_123456789_123456789"
         "_1234\"; };",
         1, "too long", "63 bytes"},
    };

    check_mistakes(mistakes, G_N_ELEMENTS(mistakes));
}

static void test_syntax(Scratch *scratch, gconstpointer data)
{
    static const Mistake mistakes[] = {
        {"gate: {\n lock_wait = ;\n};", 2, "syntax error", "name = value;"},
        {"gate: {", 1, "syntax error", "name: { ... };"},
        {"gate: { lock_wait = \"1s\";\n lock_wait = \"2s\"; };", 2, "duplicate", "name = value;"},
        {"@include \"absent.conf\"\n", 1, "cannot open include file",
         "relative to the folder of a.conf"},
    };

    check_mistakes(mistakes, G_N_ELEMENTS(mistakes));
}

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF"
#define TOKENS(list) "http: { admin: { tokens = (\n" list "\n); }; };"

static void test_wrong_tokens(Scratch *scratch, gconstpointer data)
{
    static const Mistake mistakes[] = {
        {TOKENS("{ name = \"a\"; sha256 = \"hunter22\"; scopes = [ \"read\" ]; }"), 2,
         "sha256 must be 64 hexadecimal digits", "sha256sum"},
        {TOKENS("{ name = \"a b\"; }"), 2, "name must be", "name = \"ops\";"},
        {TOKENS("{ name = \"a\"; sha256 = \"" HASH "\";\n scopes = [ \"raed\" ]; }"), 3,
         "\"raed\" is not a scope", "did you mean \"read\"?"},
        {TOKENS("{ name = \"a\"; sha256 = \"" HASH "\"; scopes = [ \"rolback\" ]; }"), 2,
         "not a scope", "did you mean \"rollback\"?"},
        {TOKENS("{ name = \"a\"; sha256 = \"" HASH "\"; scopes = [ ]; }"), 2, "not empty", "read"},
        {TOKENS("{ name = \"a\"; sha256 = \"" HASH "\"; }"), 2, "lacks its scopes", "scopes"},
        {TOKENS("{ name = \"a\"; hash = \"x\"; }"), 2, "no field hash", "name, sha256, scopes"},
        {TOKENS("{ name = \"a\"; sha256 = \"" HASH "\"; scopes = [ \"read\" ]; },\n"
                "{ name = \"a\"; sha256 = \"" HASH "\"; scopes = [ \"read\" ]; }"),
         3, "two tokens are named a", "its own name"},
        {TOKENS("\"a\""), 1, "each token must be a group", "name = "},
    };

    check_mistakes(mistakes, G_N_ELEMENTS(mistakes));
}

static void test_tokens_are_read(Scratch *scratch, gconstpointer data)
{
    ConfSources sources = {.path = "a.conf"};
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = NULL;
    const ConfToken *tokens;
    gsize count;

    write_file("a.conf", TOKENS("{ name = \"ops\"; sha256 = \"" HASH "\"; scopes = [ \"read\", "
                                "\"usage:write\" ]; }"));
    conf = conf_load(&sources, &error);
    g_assert_no_error(error);
    tokens = conf_tokens(conf, &count);
    g_assert_cmpuint(count, ==, 1);
    g_assert_cmpstr(tokens[0].name, ==, "ops");
    g_assert_true(g_str_has_suffix(tokens[0].sha256, "abcdef"));
    g_assert_cmpstr(tokens[0].scopes[1], ==, "usage:write");
    g_assert_null(tokens[0].scopes[2]);
    g_assert_cmpstr(conf_origin_text(conf, CONF_ADMIN_TOKENS), ==, "a.conf:1");
}

static void test_includes_name_their_own_file(Scratch *scratch, gconstpointer data)
{
    ConfSources sources = {.path = "etc/a.conf"};
    g_autofree char *models = in_scratch(scratch, "etc/m");
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = NULL;
    ErrorSite site;

    write_file("etc/a.conf", "environment: { name = \"x\"; };\n@include \"b.conf\"\n");
    write_file("etc/b.conf", "\nmigrations: { models = \"m\"; };\n");
    conf = conf_load(&sources, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(conf_path(conf, CONF_MIGRATIONS_MODELS), ==, models);
    g_assert_cmpstr(conf_origin_text(conf, CONF_MIGRATIONS_MODELS), ==, "etc/b.conf:2");
    write_file("etc/b.conf", "\nmigrations: { model = \"m\"; };\n");
    g_assert_null(conf_load(&sources, &error));
    g_assert_true(error_site(error, &site));
    g_assert_cmpstr(site.path, ==, "etc/b.conf");
    g_assert_cmpuint(site.line, ==, 2);
}

static void test_unusable_files(Scratch *scratch, gconstpointer data)
{
    static const char *const paths[] = {"absent.conf", "folder", "big.conf", "nul.conf"};
    g_autofree char *big = g_strnfill(1024 * 1024 + 1, '\n');

    write_file("folder/x", "");
    write_file("big.conf", big);
    g_assert_true(g_file_set_contents("nul.conf", "log: {\0};", 9, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        ConfSources sources = {.path = paths[i]};
        g_autoptr(GError) error = NULL;

        g_assert_null(conf_load(&sources, &error));
        g_assert_true(error_is(error, ERROR_CONFIG));
        g_assert_nonnull(strstr(error->message, paths[i]));
    }
}

#define ADD(path, function) g_test_add(path, Scratch, NULL, scratch_enter, function, scratch_leave)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/file/unknown", test_unknown_names);
    ADD("/file/types", test_wrong_types);
    ADD("/file/ranges", test_ranges_and_choices);
    ADD("/file/syntax", test_syntax);
    ADD("/file/tokens/wrong", test_wrong_tokens);
    ADD("/file/tokens/read", test_tokens_are_read);
    ADD("/file/include", test_includes_name_their_own_file);
    ADD("/file/unusable", test_unusable_files);
    return g_test_run();
}
