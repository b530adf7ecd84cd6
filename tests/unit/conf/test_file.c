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

#define EXPIRING(time)                                                                             \
    TOKENS("{ name = \"a\"; sha256 = \"" HASH "\"; scopes = [ \"read\" ]; expires = " time "; }")
#define PEERS(list) "http: { admin: { peers = (\n" list "\n); }; };"
#define CERTIFICATES(list) "http: { admin: { certificates = (\n" list "\n); }; };"

static void test_wrong_grants(Scratch *scratch, gconstpointer data)
{
    static const Mistake mistakes[] = {
        {EXPIRING("\"soon\""), 2, "\"soon\" is not a time", "2027-01-31T18:00:00Z"},
        {EXPIRING("30"), 2, "expires must be a time", "expires = "},
        {PEERS("{ name = \"ops\"; scopes = [ \"read\" ]; }"), 2, "lacks its uid or gid", "uid = "},
        {PEERS("{ name = \"ops\"; uid = [ ]; scopes = [ \"read\" ]; }"), 2, "uid must be", "alice"},
        {PEERS("{ name = \"ops\"; uid = -1; scopes = [ \"read\" ]; }"), 2, "uid must be", "alice"},
        {PEERS("{ name = \"ops\"; gid = ( \"a\", { } ); scopes = [ \"read\" ]; }"), 2,
         "gid must be", "gid = "},
        {PEERS("{ name = \"ops\"; gid = true; scopes = [ \"read\" ]; }"), 2, "gid must be",
         "gid = "},
        {PEERS("{ name = \"ops\"; sha256 = \"x\"; }"), 2, "group of peers has no field sha256",
         "name, scopes, uid, gid"},
        {CERTIFICATES("{ subject = \"\"; scopes = [ \"read\" ]; }"), 2, "distinguished name",
         "rfc2253"},
        {CERTIFICATES("{ subject = \"CN=a\"; scopes = [ \"read\" ]; },\n"
                      "{ subject = \"CN=a\"; scopes = [ \"hold\" ]; }"),
         3, "two certificates have the subject CN=a", "one group"},
        {CERTIFICATES("{ scopes = [ \"read\" ]; }"), 2, "lacks its subject", "CN=ops"},
    };

    check_mistakes(mistakes, G_N_ELEMENTS(mistakes));
}

static void test_peers_are_read(Scratch *scratch, gconstpointer data)
{
    ConfSources sources = {.path = "a.conf"};
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = NULL;
    const ConfGrant *peers;
    gsize count;

    write_file("a.conf", PEERS("{ name = \"a\"; uid = 1000; scopes = [ \"read\" ]; },\n"
                               "{ name = \"b\"; uid = ( \"alice\", 7 ); gid = [ \"dba\", \"9\" ];\n"
                               "  scopes = [ \"hold\" ]; }"));
    conf = conf_load(&sources, &error);
    g_assert_no_error(error);
    peers = conf_grants(conf, CONF_ADMIN_PEERS, &count);
    g_assert_cmpuint(count, ==, 2);
    g_assert_cmpstr(peers[0].users[0], ==, "1000");
    g_assert_null(peers[0].users[1]);
    g_assert_null(peers[0].groups);
    g_assert_cmpstr(peers[1].users[0], ==, "alice");
    g_assert_cmpstr(peers[1].users[1], ==, "7");
    g_assert_cmpstr(peers[1].groups[1], ==, "9");
}

static Conf *load_credential(const char *text, GError **error)
{
    ConfSources sources = {.path = "a.conf"};

    write_file("a.conf", TOKENS("{ name = \"a\"; sha256 = \"" HASH "\"; scopes = [ \"read\" ]; }"));
    write_file("credentials/pgsluice.tokens", text);
    return conf_load(&sources, error);
}

static void test_tokens_of_a_credential(Scratch *scratch, gconstpointer data)
{
    g_autofree char *folder = in_scratch(scratch, "credentials");
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = NULL;
    const ConfGrant *tokens;
    gsize count;

    g_setenv("CREDENTIALS_DIRECTORY", folder, TRUE);
    conf = load_credential("# made by hand\n\n  b\t" HASH " read,hold 2027-01-01T00:00:00Z\r\n"
                           "c " HASH " usage:write",
                           &error);
    g_unsetenv("CREDENTIALS_DIRECTORY");
    g_assert_no_error(error);
    tokens = conf_grants(conf, CONF_ADMIN_TOKENS, &count);
    g_assert_cmpuint(count, ==, 3);
    g_assert_cmpstr(tokens[0].name, ==, "a");
    g_assert_cmpstr(tokens[1].name, ==, "b");
    g_assert_cmpstr(tokens[1].scopes[1], ==, "hold");
    g_assert_cmpint(tokens[1].expires, ==, G_GINT64_CONSTANT(1798761600) * G_USEC_PER_SEC);
    g_assert_cmpint(tokens[2].expires, ==, 0);
    g_assert_cmpstr(conf_origin_text(conf, CONF_ADMIN_TOKENS), ==,
                    "a.conf:1, credential pgsluice.tokens");
}

static void test_wrong_lines_of_a_credential(Scratch *scratch, gconstpointer data)
{
    static const struct {
        const char *line;
        const char *message;
    } rows[] = {
        {"b", "three or four words"},
        {"b " HASH " read 2027-01-01T00:00:00Z more", "three or four words"},
        {"b pgs_hunter22 read", "64 hexadecimal digits"},
        {"b " HASH " read,", "\"\" is not a scope"},
        {"b " HASH " raed", "\"raed\" is not a scope"},
        {"b " HASH " read never", "\"never\" is not a time"},
        {"a " HASH " read", "two tokens are named a"},
    };
    g_autofree char *folder = in_scratch(scratch, "credentials");

    g_setenv("CREDENTIALS_DIRECTORY", folder, TRUE);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat("# one\n", rows[i].line, "\n", NULL);
        g_autoptr(GError) error = NULL;
        ErrorSite site = {0};

        g_test_message("%s", rows[i].line);
        g_assert_null(load_credential(text, &error));
        g_assert_nonnull(strstr(error->message, rows[i].message));
        g_assert_null(strstr(error->message, "hunter22"));
        g_assert_true(error_site(error, &site));
        g_assert_true(g_str_has_suffix(site.path, "/pgsluice.tokens"));
        g_assert_cmpuint(site.line, ==, 2);
    }
    g_unsetenv("CREDENTIALS_DIRECTORY");
}

/* Credentials that are files: the key names the file where systemd has put it. What a unit has for
 * one that nobody wrote is empty, and sets nothing. */
static void test_file_credentials(Scratch *scratch, gconstpointer data)
{
    ConfSources sources = {.path = "a.conf"};
    g_autofree char *folder = in_scratch(scratch, "credentials");
    g_autofree char *key = in_scratch(scratch, "credentials/pgsluice.tls_key");
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = NULL;

    write_file("a.conf", "http: { tls_certificate = \"c.pem\"; tls_key = \"k.pem\"; };");
    write_file("credentials/pgsluice.tls_key", "KEY\n");
    write_file("credentials/pgsluice.tls_certificate", "\n");
    write_file("credentials/pgsluice.client_ca", "");
    g_setenv("CREDENTIALS_DIRECTORY", folder, TRUE);
    conf = conf_load(&sources, &error);
    g_unsetenv("CREDENTIALS_DIRECTORY");
    g_assert_no_error(error);
    g_assert_cmpstr(conf_path(conf, CONF_HTTP_TLS_KEY), ==, key);
    g_assert_cmpstr(conf_origin_text(conf, CONF_HTTP_TLS_KEY), ==, "credential pgsluice.tls_key");
    g_assert_true(g_str_has_suffix(conf_path(conf, CONF_HTTP_TLS_CERTIFICATE), "/c.pem"));
    g_assert_null(conf_path(conf, CONF_ADMIN_CLIENT_CA));
}

static void test_tokens_are_read(Scratch *scratch, gconstpointer data)
{
    ConfSources sources = {.path = "a.conf"};
    g_autoptr(GError) error = NULL;
    g_autoptr(Conf) conf = NULL;
    const ConfGrant *tokens;
    gsize count;

    write_file("a.conf", TOKENS("{ name = \"ops\"; sha256 = \"" HASH "\"; scopes = [ \"read\", "
                                "\"usage:write\" ]; }"));
    conf = conf_load(&sources, &error);
    g_assert_no_error(error);
    tokens = conf_grants(conf, CONF_ADMIN_TOKENS, &count);
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
    g_assert_cmpstr(conf_paths(conf, CONF_MIGRATIONS_MODELS)[0], ==, models);
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
    ADD("/file/tokens/credential", test_tokens_of_a_credential);
    ADD("/file/tokens/credential-wrong", test_wrong_lines_of_a_credential);
    ADD("/file/grants/wrong", test_wrong_grants);
    ADD("/file/peers/read", test_peers_are_read);
    ADD("/file/credentials", test_file_credentials);
    ADD("/file/include", test_includes_name_their_own_file);
    ADD("/file/unusable", test_unusable_files);
    return g_test_run();
}
