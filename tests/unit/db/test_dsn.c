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
    {"postgresql://h:5432/d?application_name=a@b", "postgresql://h:5432/d?application_name=a%40b"},
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
    {"postgresql://u:hunter22@h/d?flag", "\"flag\""},
    {"postgresql://u:hunter22@h:hunter/d", "65535"},
    {"postgresql://h:0/d", "65535"},
    {"postgresql://h/d?connect_timeout=soon", "whole number"},
    {"postgresql://u:hunter22@x@h/d", "%40"},
    {"postgresql://u:hunter22/x@h/d", "%2F"},
    {"postgresql://u:hunter22%zz@h/d", "percent-encoded"},
    {"postgresql://u:hunter22@[::1/d", "IPv6"},
    {"password='hunter22", "unterminated"},
    {"host=h password=my hunter22 port=1", "missing"},
    {"host=h password=hunter22 foo=1", "\"foo\""},
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

static void test_passwords_are_remembered(void)
{
    g_autoptr(Dsn) dsn = dsn_parse("postgresql://u:plain%2Dsesame@h/d", NULL);
    g_autofree char *text = secret_redact("said plain-sesame aloud");

    g_assert_cmpstr(dsn_get(dsn, "password"), ==, "plain-sesame");
    g_assert_cmpstr(text, ==, "said *** aloud");
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
    g_test_add_func("/dsn/passwords-are-remembered", test_passwords_are_remembered);
    g_test_add_func("/dsn/with", test_with);
    return g_test_run();
}
