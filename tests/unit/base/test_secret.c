/* The redactor against a table of texts: what must vanish, and what must stay readable. */
#include "base/secret.h"

#include <string.h>

typedef struct {
    const char *text;
    const char *redacted;
} Row;

static void check(const Row *rows, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        g_autofree char *redacted = secret_redact(rows[i].text);

        g_assert_cmpstr(redacted, ==, rows[i].redacted);
    }
}

static void test_urls(void)
{
    static const Row rows[] = {
        {"postgresql://u:pw@h/db", "postgresql://u:***@h/db"},
        {"postgresql+asyncpg://u:pw@h:5432/db", "postgresql+asyncpg://u:***@h:5432/db"},
        {"postgresql://u:p%40w%2F@h/db", "postgresql://u:***@h/db"},
        {"postgresql://u:pw@h1:1,h2:2/db", "postgresql://u:***@h1:1,h2:2/db"},
        {"postgresql://u:a:b@h/db", "postgresql://u:***@h/db"},
        {"postgresql://u:a/b@h/db", "postgresql://u:***@h/db"},
        {"postgresql://u:a@b@h/db", "postgresql://u:***@h/db"},
        {"postgresql://u:a@b/c@h/db", "postgresql://u:***@h/db"},
        {"postgresql://u:a?b@h/db", "postgresql://u:***@h/db"},
        {"postgresql://u:pw@h/db?application_name=me@here",
         "postgresql://u:***@h/db?application_name=me@here"},
        {"postgresql://:pw@h/db", "postgresql://:***@h/db"},
        {"cannot reach 'postgresql://u:pw@h/db', ask dba@example.org",
         "cannot reach 'postgresql://u:***@h/db', ask dba@example.org"},
        {"{\"url\":\"postgresql://u:pw@h/db\",\"mail\":\"x@y\"}",
         "{\"url\":\"postgresql://u:***@h/db\",\"mail\":\"x@y\"}"},
        {"url=postgresql://u:p\"w@h/db x@y", "url=postgresql://u:***@h/db x@y"},
        {"postgresql://me@corp:pw@h/db", "postgresql://me@corp:***@h/db"},
        {"a://me@h,b://u:pw@h2/db", "a://me@h,b:***@h2/db"},
        {"a://u:one@h b://u:two@h", "a://u:***@h b://u:***@h"},
    };

    check(rows, G_N_ELEMENTS(rows));
}

static void test_conninfo(void)
{
    static const Row rows[] = {
        {"host=h password=pw user=u", "host=h password=*** user=u"},
        {"password = pw user=u", "password = *** user=u"},
        {"PASSWORD=pw", "PASSWORD=***"},
        {"PGPASSWORD=pw psql", "PGPASSWORD=*** psql"},
        {"sslpassword=pw sslmode=require", "sslpassword=*** sslmode=require"},
        {"password='a b' user=u", "password='***' user=u"},
        {"password='a\\' b' user=u", "password='***' user=u"},
        {"password=a\\ b user=u", "password=*** user=u"},
        {"password='never closed", "password='***"},
        {"postgresql://h/db?password=pw&user=u", "postgresql://h/db?password=***&user=u"},
        {"postgresql://h/db?user=u&password=pw&sslpassword=two",
         "postgresql://h/db?user=u&password=***&sslpassword=***"},
        {"dblink('host=h password=''a b'' user=u')", "dblink('host=h password=''***'' user=u')"},
        {"password=a&b user=u", "password=*** user=u"},
        {"password= user=u", "password= ***"}, /* libpq reads it so */
    };

    check(rows, G_N_ELEMENTS(rows));
}

static void test_sql(void)
{
    static const Row rows[] = {
        {"CREATE ROLE r PASSWORD 'pw';", "CREATE ROLE r PASSWORD '***';"},
        {"alter role r encrypted password 'pw' valid until 'x'",
         "alter role r encrypted password '***' valid until 'x'"},
        {"PASSWORD 'a''b' LOGIN", "PASSWORD '***' LOGIN"},
        {"PASSWORD 'a\\' LOGIN 'shown'", "PASSWORD '***' LOGIN 'shown'"},
        {"PASSWORD E'a\\'b' LOGIN", "PASSWORD E'***' LOGIN"},
        {"PASSWORD e'a\\'b' LOGIN", "PASSWORD e'***' LOGIN"},
        {"PASSWORD U&'a\\0041' LOGIN", "PASSWORD U&'***' LOGIN"},
        {"PASSWORD $$a'b$$ LOGIN", "PASSWORD $$***$$ LOGIN"},
        {"PASSWORD $t$a$$b$t$ LOGIN", "PASSWORD $t$***$t$ LOGIN"},
        {"PASSWORD /* why */ 'pw'", "PASSWORD /* why */ '***'"},
        {"PASSWORD -- why\n 'pw'", "PASSWORD -- why\n '***'"},
        {"PASSWORD 'a'\n  'b' LOGIN", "PASSWORD '***'\n  '***' LOGIN"},
        {"PASSWORD'pw'", "PASSWORD'***'"},
        {"PASSWORD 'never closed", "PASSWORD '***"},
        {"OPTIONS (user 'u', password 'pw')", "OPTIONS (user 'u', password '***')"},
        {"PASSWORD NULL", "PASSWORD NULL"},
        {"PASSWORD $1", "PASSWORD $1"},
    };

    check(rows, G_N_ELEMENTS(rows));
}

static void test_http(void)
{
    static const Row rows[] = {
        {"Bearer xyz", "Bearer ***"},
        {"a pgs_0123456789abcdefghijABCDEFGHIJ-_0123456789012, b", "a pgs_***, b"},
        {"{\"t\":\"pgs_0123456789abcdefghijABCDEFGHIJ-_0123456789012\"}", "{\"t\":\"pgs_***\"}"},
        {"x-pgs_0123456789abcdefghijABCDEFGHIJ-_0123456789012", "x-pgs_***"},
        {"bearer a.b-c_d~e+f/g== rest", "bearer *** rest"},
        {"Authorization: Basic abc\r\nHost: h", "Authorization: ***\r\nHost: h"},
        {"authorization:secret words", "authorization:***"},
        {"curl -H 'Authorization: Bearer xyz' http://h/", "curl -H 'Authorization: ***' http://h/"},
        {"Proxy-Authorization: Basic abc", "Proxy-Authorization: ***"},
    };

    check(rows, G_N_ELEMENTS(rows));
}

static void test_ordinary_text_stays(void)
{
    static const char *const texts[] = {
        "",
        "password authentication failed for user \"u\"",
        "ALTER TABLE users ADD COLUMN password text NOT NULL",
        "postgresql://user@host:5432/db",
        "postgresql://h1:5432,h2:5433/db",
        "postgresql://[::1]:5432/db",
        "postgresql:///db?host=/run/postgresql",
        "see http://127.0.0.1:8080/admin or mail ops@example.org",
        "a bearer token is missing; Bearer tokens: name, sha256, scopes",
        "WWW-Authenticate: Bearer realm=\"pgsluice\"",
        "forbearer of apples, authorization is missing",
        "DROP TABLE pgs_customers; pgs_; pgs_short_enough_to_be_a_table",
        "p b a : :/ pa be au passwor beare",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *redacted = secret_redact(texts[i]);

        g_assert_cmpstr(redacted, ==, texts[i]);
    }
    g_assert_null(secret_redact(NULL));
}

static void test_remembered_values_vanish_everywhere(void)
{
    static const Row rows[] = {
        {"the word hunter22 and hunter22", "the word *** and ***"},
        {"hunter2266", "***"},                      /* the longer of two */
        {"password=two words x", "password=*** x"}, /* both rules, one *** */
        {"ababab", "***"},                          /* occurrences that overlap */
        {"cat", "cat"},                             /* too short to be remembered */
    };

    secret_remember("hunter22");
    secret_remember("hunter2266");
    secret_remember("two words");
    secret_remember("abab");
    secret_remember("cat");
    secret_remember(NULL);
    check(rows, G_N_ELEMENTS(rows));
}

static void test_values_that_the_server_has_cut(void)
{
    static const Row rows[] = {
        {"row contains (1, sk-0123456..., null).", "row contains (1, ***..., null)."},
        {"line 1: ...56789abcdef} ...", "line 1: ...***} ..."},
        {"line 1: ...3456789...", "line 1: ...***..."},
        {"sk-01 is no piece, ...", "sk-01 is no piece, ..."},
        {"...sk-...", "...sk-..."}, /* too short to tell */
        {"Generating x ...  done", "Generating x ...  done"},
        {"...", "..."},
    };

    secret_remember("sk-0123456789abcdef");
    check(rows, G_N_ELEMENTS(rows));
}

static void test_the_oldest_values_give_way(void)
{
    g_autofree char *first = NULL;
    g_autofree char *renewed = NULL;
    g_autofree char *last = NULL;

    secret_remember("oldest-value");
    secret_remember("renewed-value");
    for (int i = 0; i < 255; i++) {
        g_autofree char *value = g_strdup_printf("filler-%d", i);

        secret_remember(value);
        secret_remember("renewed-value");
    }
    first = secret_redact("oldest-value");
    renewed = secret_redact("renewed-value");
    last = secret_redact("filler-254!");
    g_assert_cmpstr(first, ==, "oldest-value");
    g_assert_cmpstr(renewed, ==, "***");
    g_assert_cmpstr(last, ==, "***!");
}

static void test_a_secret_is_a_copy(void)
{
    char value[] = "value";
    g_autoptr(Secret) secret = secret_new(value);

    value[0] = 'X';
    g_assert_cmpstr(secret_reveal(secret), ==, "value");
    g_assert_null(secret_new(NULL));
    g_assert_null(secret_reveal(NULL));
    secret_free(NULL);
}

/* Much text that begins like a pattern must not take quadratic time: that would be more than a test
 * may take. */
static void test_long_texts_are_quick(void)
{
    static const char *const parts[] = {
        "://",       "password ",   "password='",  "bearer ",      "a://u:p ",      "://@",
        "password=", "PASSWORD /*", "PASSWORD --", "PASSWORD $a$", "authorization:"};

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *redacted = NULL;

        while (text->len < 256 * 1024)
            g_string_append(text, parts[i]);
        redacted = secret_redact(text->str);
        g_assert_nonnull(redacted);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/secret/redact/url", test_urls);
    g_test_add_func("/secret/redact/conninfo", test_conninfo);
    g_test_add_func("/secret/redact/sql", test_sql);
    g_test_add_func("/secret/redact/http", test_http);
    g_test_add_func("/secret/redact/ordinary-text", test_ordinary_text_stays);
    g_test_add_func("/secret/redact/remembered", test_remembered_values_vanish_everywhere);
    g_test_add_func("/secret/redact/cut", test_values_that_the_server_has_cut);
    g_test_add_func("/secret/redact/oldest", test_the_oldest_values_give_way);
    g_test_add_func("/secret/redact/long", test_long_texts_are_quick);
    g_test_add_func("/secret/copy", test_a_secret_is_a_copy);
    return g_test_run();
}
