/* Connection strings as people write them, and the ones that must be refused without showing a
 * password. */
#include <string.h>

#include "base/error.h"
#include "db/dsn.h"

static const struct {
    const char *text;
    const char *described;
} good[] = {
    {"postgresql://u:secret@h:5433/d", "postgresql://u:***@h:5433/d"},
    {"  postgres://h/d\n", "postgresql://h/d"},
    {"POSTGRESQL+asyncpg://u@h/d?ssl=true", "postgresql://u@h/d?sslmode=require"},
    {"postgresql+psycopg2://u@h/d?ssl=verify-full", "postgresql://u@h/d?sslmode=verify-full"},
    {"postgresql+pg8000://h/d?ssl=False", "postgresql://h/d?sslmode=disable"},
    {"postgresql+psycopg_async://h/d", "postgresql://h/d"},
    {"postgresql://u:secret@h1:1,h2:2/d", "postgresql://u:***@h1:1,h2:2/d"},
    {"postgresql://u@/d?host=h1:1&host=h2:2", "postgresql://u@h1:1,h2:2/d"},
    {"postgresql://u@/d?host=h1&host=h2", "postgresql://u@h1,h2/d"},
    {"postgresql://u@[::1]:5432/d", "postgresql://u@[::1]:5432/d"},
    {"postgresql://u:p%40ss%2Fword@h/d", "postgresql://u:***@h/d"},
    {"postgresql:///d?host=%2Frun%2Fpg&user=u", "postgresql://u@/d?host=/run/pg"},
    {"postgresql://u:secret@:5433/d?host=/run/pg", "postgresql://u:***@/d?host=/run/pg&port=5433"},
    {"host=/run/pg,h port=1,2 dbname=d", "postgresql:///d?host=/run/pg,h&port=1,2"},
    {"user=u port=5433 dbname=d", "postgresql://u@/d?port=5433"},
    {"postgresql://h/d?application_name=a@b", "postgresql://h/d?application_name=a%40b"},
    {"postgresql://u:s@h/d?application_name=a@b", "postgresql://u:***@h/d?application_name=a%40b"},
    {"postgresql://[::1]/d?application_name=a@b", "postgresql://[::1]/d?application_name=a%40b"},
    {"postgresql://u:a/b?c#d@h/d", "postgresql://u:***@h/d"},
    {"postgresql://[fe80::1%eth0]:1/d", "postgresql://[fe80::1%25eth0]:1/d"},
    {"postgresql://[fe80::1%25eth0]/d", "postgresql://[fe80::1%25eth0]/d"},
    {"postgresql://[fe80::1%25e%C3%A4]/d", "postgresql://[fe80::1%25e%C3%A4]/d"},
    {"postgresql://u@%2Frun%2Fpg/d", "postgresql://u@/d?host=/run/pg"},
    {"host='a b' dbname=d", "postgresql:///d?host=a%20b"},
    {"postgresql://h/d?options=-csearch_path=x", "postgresql://h/d?options=-csearch_path%3Dx"},
    {"postgresql://h/d?application_name=a+b", "postgresql://h/d?application_name=a%2Bb"},
    {"postgresql+psycopg2://h/d?application_name=a+b", "postgresql://h/d?application_name=a%20b"},
    {"postgresql+asyncpg://h/d?ssl=verify_full&prepared_statement_cache_size=0",
     "postgresql://h/d?sslmode=verify-full"},
    {"postgresql://h/?database=d", "postgresql://h/d"},
    {"host=h dbname=d user=u password='a b'", "postgresql://u:***@h/d"},
    {"host=h sslpassword=hushhush", "postgresql://h/?sslpassword=***"},
    {"service=prod", "postgresql:///?service=prod"},
    {"postgresql://", "postgresql:///"},
};

static void test_good(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Dsn) dsn = dsn_parse(good[i].text, &error);
        g_autofree char *described = NULL;

        g_assert_no_error(error);
        described = dsn_describe(dsn);
        g_assert_cmpstr(described, ==, good[i].described);
    }
}

static const struct {
    const char *text;
    const char *says; /* in message or hint */
} bad[] = {
    {"", "empty"},
    {"mydb", "not understood"},
    {"mysql://u:hunter22@h/d", "mysql"},
    {"postgresql://u:hunter22@h/d?foo=1", "\"foo\""},
    {"postgresql://u:hunter22@h/d?prepared_statement_cache_size=0", "SQLAlchemy"},
    {"postgresql://u:hunter22@h/d?command_timeout=5", "command_timeout"},
    {"postgresql://u:hunter22@h/d?pgbouncer=true", "direct connection"},
    {"postgresql://u:hunter22@h/d?ssl=hunter", "ssl parameter"},
    {"postgresql://u:hunter22@h/d?sslmode=hunter", "verify-full"},
    {"postgresql+asyncpg://u:hunter22@h/d?command_timeout=5", "statement_timeout"},
    {"postgresql://u:hunter22@h/d?flag", "NAME=VALUE"},
    {"postgresql://u:p@hunter22?hunter23=5@h/d", "***"},
    {"postgresql://u:p@w?hunter22@h/d", "NAME=VALUE"},
    {"postgresql://u:12345/hunter22@h/d", "two ways"},
    {"postgresql://u:12345?x=hunter22@h/d", "two ways"},
    {"postgresql://h?application_name=a@b", "two ways"},
    {"postgresql://u:p@hunter22/x@h/d", "%40"},
    {"postgresql://u:${PASSWORD}@h/d", "expanded"},
    {"\"postgresql://u:hunter22@h/d\"", "quotes"},
    {"jdbc:postgresql://h/d?user=u&password=hunter22", "jdbc:"},
    {"postgresql://u:hunter22@h:hunter/d", "65535"},
    {"postgresql://h:0/d", "65535"},
    {"host=a:1", "port="},
    {"postgresql://u@/d?host=h1:1,h2:2", "port="},
    {"host=a,b port=1,2,3", "3 ports for 2 hosts"},
    {"postgresql://a:1,b:2/d?port=3,4,5", "one for each host"},
    {"postgresql://h/d?connect_timeout=soon", "whole number"},
    {"postgresql://u:hunter22@x@h/d", "%40"},
    {"postgresql://u:hunter22%00@h/d", "%00"},
    {"postgresql://u:hunter22@[::1/d", "IPv6"},
    {"password='hunter22", "unterminated"},
    {"host=h password=my hunter22 port=1", "missing"},
    {"host=h foo=1 password=hunter22", "\"foo\""},
    {"host=h x://u:hunter22@h/d?x=1", "\"***\""},
    {"postgresql://u:p@h/d?l\"://u:hunter22@h/\"x=0", "\"***\""},
    {"host=h password=my hunter22=1", "\"***\""},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *all = NULL;

        g_assert_null(dsn_parse(bad[i].text, &error));
        g_assert_cmpstr(error_kind_slug(error_kind(error)), ==, "configuration");
        g_assert_nonnull(error_hint(error));
        all = g_strconcat(error->message, "\n", error_hint(error), NULL);
        if (!strstr(all, bad[i].says))
            g_error("%s: does not say %s", all, bad[i].says);
        g_assert_null(strstr(all, "hunter"));
    }
}

static void test_hosts_have_a_ceiling(void)
{
    g_autofree char *most = g_strnfill(31, ',');
    g_autofree char *many = g_strconcat("host=", most, ",", NULL);
    g_autofree char *fits = g_strconcat("host=", most, NULL);
    g_autoptr(Dsn) dsn = dsn_parse(fits, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(dsn);
    g_assert_null(dsn_parse(many, &error));
    g_assert_nonnull(strstr(error->message, "more than 32 hosts"));
}

static void test_passwords_are_remembered(void)
{
    g_autoptr(Dsn) dsn = dsn_parse("postgresql://u:plain%2Dsesame@h/d", NULL);
    g_autoptr(Dsn) refused = dsn_parse("postgresql://u:un%2Dsaid@x@h/d", NULL);
    g_autofree char *other = secret_redact("and un-said, un-said@x");
    g_autofree char *text = secret_redact("said plain-sesame aloud");

    g_assert_cmpstr(dsn_get(dsn, "password"), ==, "plain-sesame");
    g_assert_cmpstr(text, ==, "said *** aloud");
    g_assert_null(refused);
    g_assert_cmpstr(other, ==, "and ***, ***");
}

static void test_with(void)
{
    g_autoptr(Dsn) dsn = dsn_parse("host=h dbname=d", NULL);
    g_autoptr(Dsn) other = dsn_with(dsn, "dbname", "e");
    g_autoptr(Dsn) without = dsn_with(other, "host", NULL);

    g_assert_cmpstr(dsn_get(dsn, "dbname"), ==, "d");
    g_assert_cmpstr(dsn_get(other, "dbname"), ==, "e");
    g_assert_cmpstr(dsn_get(other, "host"), ==, "h");
    g_assert_null(dsn_get(without, "host"));
    g_assert_cmpstr(dsn_keywords(without)[0], ==, "dbname");
    g_assert_cmpstr(dsn_values(without)[0], ==, "e");
    g_assert_null(dsn_keywords(without)[1]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dsn/good", test_good);
    g_test_add_func("/dsn/bad", test_bad);
    g_test_add_func("/dsn/hosts-have-a-ceiling", test_hosts_have_a_ceiling);
    g_test_add_func("/dsn/passwords-are-remembered", test_passwords_are_remembered);
    g_test_add_func("/dsn/with", test_with);
    return g_test_run();
}
