/* Supabase's poolers by their names, and what to write instead. */
#include "db/pooler.h"

#include <string.h>

#include "base/error.h"

#define REF "abcdefghijklmnopqrst"

typedef enum { DIRECT, SESSION, TRANSACTION } Mode;

static const struct {
    const char *text;
    Mode mode;
    const char *direct; /* NULL: the usual one */
} urls[] = {
    {"postgresql://postgres:hush-hush@db." REF ".supabase.co:5432/postgres", DIRECT, NULL},
    {"postgresql://postgres:hush-hush@db." REF ".supabase.co/postgres", DIRECT, NULL},
    {"postgresql://postgres." REF ":hush-hush@aws-0-eu-west-1.pooler.supabase.com:6543/postgres",
     TRANSACTION, NULL},
    {"postgresql+asyncpg://postgres." REF
     ":hush-hush@aws-0-eu-west-1.pooler.supabase.com:6543/postgres?ssl=require",
     TRANSACTION, NULL},
    {"postgresql://postgres." REF ":hush-hush@aws-0-eu-west-1.pooler.supabase.com:5432/postgres",
     SESSION, NULL},
    {"postgresql://postgres." REF ":hush-hush@AWS-0-eu-west-1.Pooler.Supabase.COM./postgres",
     SESSION, NULL},
    {"postgresql://postgres." REF ":hush-hush@aws-0-eu-west-1.pooler.supabase.com:7777/postgres",
     SESSION, NULL},
    {"postgresql://postgres:hush-hush@db." REF ".supabase.co:6543/postgres", TRANSACTION, NULL},
    {"postgresql://postgres." REF ":hush-hush@10.0.0.1/postgres", SESSION, NULL},
    {"postgresql://postgres." REF ":hush-hush@10.0.0.1:6543/postgres", TRANSACTION, NULL},
    {"host=db." REF ".supabase.co port=6543 user=postgres password=hush-hush", TRANSACTION, NULL},
    {"postgresql://migrator." REF ":hush-hush@x.pooler.supabase.com/app", SESSION,
     "postgresql://migrator:***@db." REF ".supabase.co:5432/app?sslmode=require"},
    {"postgresql://x:hush-hush@x.pooler.supabase.com/app", SESSION,
     "postgresql://x:***@db.PROJECTREF.supabase.co:5432/app?sslmode=require"},
    /* One of several hosts is enough, and each has its own port. */
    {"postgresql://postgres:hush-hush@h:1,db." REF ".supabase.co:6543/postgres", TRANSACTION, NULL},
    {"postgresql://postgres:hush-hush@db." REF ".supabase.co:5432,h:6543/postgres", DIRECT, NULL},
    {"postgresql://postgres." REF
     ":hush-hush@x.pooler.supabase.com,y.pooler.supabase.com:6543/postgres",
     TRANSACTION, NULL},
    {"postgresql://postgres:hush-hush@/postgres?host=h:1&host=db." REF ".supabase.co:6543",
     TRANSACTION, NULL},
    /* Neither a port nor a dot nor a likeness makes a pooler. */
    {"postgresql://u:hush-hush@db.example.org:6543/d", DIRECT, NULL},
    {"postgresql://u:hush-hush@pooler.supabase.com.example.org/d", DIRECT, NULL},
    {"postgresql://u:hush-hush@notsupabase.co:6543/d", DIRECT, NULL},
    {"postgresql://app.reader:hush-hush@h/d", DIRECT, NULL},
    {"postgresql://postgres.ABCDEFGHIJKLMNOPQRST:hush-hush@h/d", DIRECT, NULL},
    {"postgresql:///d?host=/run/postgresql&port=6543", DIRECT, NULL},
    {"postgresql://", DIRECT, NULL},
};

static void check_refusal(const GError *error, const char *direct)
{
    g_autofree char *text = error_describe(error);
    g_autofree char *bare = g_strconcat(error->message, error_hint(error), NULL);

    g_assert_true(error_is(error, ERROR_POOLER));
    g_assert_nonnull(strstr(text, direct));
    g_assert_null(strstr(bare, "hush-hush"));
}

static void test_names(void)
{
    static const char usual[] =
        "postgresql://postgres:***@db." REF ".supabase.co:5432/postgres?sslmode=require";

    for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
        g_autoptr(Dsn) dsn = dsn_parse(urls[i].text, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) session_error = NULL;
        g_autofree char *direct = pooler_direct_url(dsn);

        g_test_message("%s", urls[i].text);
        g_assert_true(pooler_refuse(dsn, FALSE, &error) == (urls[i].mode == DIRECT));
        g_assert_true(pooler_refuse(dsn, TRUE, &session_error) == (urls[i].mode != TRANSACTION));
        g_assert_true((direct == NULL) == (urls[i].mode == DIRECT));
        if (error)
            check_refusal(error, urls[i].direct ? urls[i].direct : usual);
    }
}

static void test_the_environment_counts(void)
{
    g_autoptr(Dsn) dsn = dsn_parse("postgresql:///postgres", NULL);
    g_autoptr(Dsn) elsewhere = dsn_parse("postgresql://h:5432/postgres", NULL);
    g_autoptr(GError) error = NULL;

    g_setenv("PGHOST", "db." REF ".supabase.co", TRUE);
    g_assert_true(pooler_refuse(dsn, FALSE, NULL));
    g_setenv("PGPORT", "6543", TRUE);
    g_assert_false(pooler_refuse(dsn, TRUE, &error));
    g_assert_true(pooler_refuse(elsewhere, FALSE, NULL));
    g_unsetenv("PGHOST");
    g_unsetenv("PGPORT");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pooler/names", test_names);
    g_test_add_func("/pooler/environment", test_the_environment_counts);
    return g_test_run();
}
