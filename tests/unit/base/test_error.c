/* Errors as values: what they carry, and how they read. */
#include "base/error.h"

#include <string.h>

#include "base/secret.h"

static GError *migration_error(void)
{
    GError *error = NULL;
    ErrorSite site = {"versions/a_b.sql", 4, 7, "ALTER\tTABL x"};

    error_set(&error, ERROR_MIGRATION, "applying %s", "a");
    error_set_site(&error, &site);
    error_set_sql(&error, "42601", "a detail", "a server hint", NULL);
    error_set_outcome(&error, "nothing of %s is in the database", "a");
    error_set_hint(&error, "correct the file");
    return error;
}

static void test_an_error_carries_what_was_set(void)
{
    g_autoptr(GError) error = migration_error();
    ErrorSite site;

    g_assert_true(error_is(error, ERROR_MIGRATION));
    g_assert_cmpstr(error->message, ==, "applying a");
    g_assert_cmpstr(error_hint(error), ==, "correct the file");
    g_assert_cmpstr(error_sqlstate(error), ==, "42601");
    g_assert_cmpstr(error_detail(error), ==, "a detail");
    g_assert_cmpstr(error_server_hint(error), ==, "a server hint");
    g_assert_null(error_context(error));
    g_assert_cmpstr(error_outcome(error), ==, "nothing of a is in the database");
    g_assert_true(error_site(error, &site));
    g_assert_cmpstr(site.path, ==, "versions/a_b.sql");
    g_assert_cmpuint(site.line, ==, 4);
    g_assert_cmpuint(site.column, ==, 7);
}

static void test_copying_and_prefixing_keep_everything(void)
{
    g_autoptr(GError) error = migration_error();
    g_autoptr(GError) copy = g_error_copy(error);

    g_prefix_error(&copy, "upgrade: ");
    g_clear_error(&error);
    g_assert_cmpstr(copy->message, ==, "upgrade: applying a");
    g_assert_cmpstr(error_hint(copy), ==, "correct the file");
    g_assert_cmpstr(error_sqlstate(copy), ==, "42601");
}

static void test_the_description_shows_the_place_with_a_caret(void)
{
    g_autoptr(GError) error = migration_error();
    g_autofree char *text = error_describe(error);

    g_assert_cmpstr(text, ==,
                    "applying a\n"
                    "  at versions/a_b.sql:4:7\n"
                    "       4 | ALTER\tTABL x\n"
                    "         |      \t^\n"
                    "  SQLSTATE: 42601\n"
                    "  DETAIL: a detail\n"
                    "  HINT: a server hint\n"
                    "  database: nothing of a is in the database\n"
                    "  next: correct the file");
}

static void test_the_short_description_is_one_line(void)
{
    g_autoptr(GError) error = migration_error();
    g_autofree char *text = NULL;

    g_prefix_error(&error, "two\nlines: ");
    text = error_describe_short(error);
    g_assert_cmpstr(
        text, ==,
        "two lines: applying a at versions/a_b.sql:4:7 (SQLSTATE 42601); correct the file");
}

static void test_descriptions_are_redacted(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;

    error_set(&error, ERROR_UNREACHABLE, "cannot reach postgresql://u:pw@h/db");
    error_set_hint(&error, "try password=pw");
    text = error_describe(error);
    line = error_describe_short(error);
    g_assert_null(strstr(text, "pw"));
    g_assert_null(strstr(line, "pw"));
    g_assert_nonnull(strstr(text, "u:***@h"));
}

static void test_nothing_happens_without_an_error(void)
{
    g_autoptr(GError) none = NULL;
    ErrorSite site = {"x", 1, 1, NULL};

    error_set(NULL, ERROR_USAGE, "nobody listens");
    error_set_hint(&none, "no error yet");
    error_set_site(&none, &site);
    g_assert_null(none);
    g_assert_false(error_is(NULL, ERROR_USAGE));
}

static void test_foreign_errors_have_a_kind(void)
{
    g_autoptr(GError) file = g_error_new(G_FILE_ERROR, G_FILE_ERROR_NOENT, "no file");
    g_autoptr(GError) other = g_error_new(G_SHELL_ERROR, G_SHELL_ERROR_FAILED, "other");
    g_autofree char *text = error_describe(other);

    error_set_hint(&file, "ignored");
    g_assert_cmpint(error_kind(file), ==, ERROR_FILE);
    g_assert_cmpint(error_kind(other), ==, ERROR_INTERNAL);
    g_assert_null(error_hint(file));
    g_assert_cmpstr(text, ==, "other");
}

/* The statuses that the design promises to scripts. */
static void test_kinds_map_to_statuses(void)
{
    g_assert_cmpint(error_kind_exit_status(ERROR_BEHIND), ==, 1);
    g_assert_cmpint(error_kind_exit_status(ERROR_CONFIG), ==, 2);
    g_assert_cmpint(error_kind_exit_status(ERROR_UNREACHABLE), ==, 3);
    g_assert_cmpint(error_kind_exit_status(ERROR_LOCK_TIMEOUT), ==, 4);
    g_assert_cmpint(error_kind_exit_status(ERROR_MIGRATION), ==, 5);
    g_assert_cmpint(error_kind_exit_status(ERROR_REFUSED), ==, 6);
    g_assert_cmpint(error_kind_exit_status(ERROR_INTERNAL), ==, 7);
    g_assert_cmpint(error_kind_http_status(ERROR_UNKNOWN_REVISION), ==, 422);
    g_assert_true(error_kind_is_retryable(ERROR_CONNECTION_LOST));
    g_assert_false(error_kind_is_retryable(ERROR_LOGIN));
    g_assert_cmpstr(error_kind_slug(ERROR_HELD), ==, "held");
    for (int kind = 0; kind < ERROR_KIND_COUNT; kind++)
        g_assert_nonnull(error_kind_title((ErrorKind)kind));
}

/* Which a caller does who knows more than the callee. */
static void test_hint_may_be_made_of_the_old_one(void)
{
    g_autoptr(GError) error = NULL;

    error_set(&error, ERROR_CONFIG, "no database");
    error_set_hint(&error, "set the URL");
    error_set_hint(&error, "%s; or go without", error_hint(error));
    g_assert_cmpstr(error_hint(error), ==, "set the URL; or go without");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/error/carries", test_an_error_carries_what_was_set);
    g_test_add_func("/error/copy", test_copying_and_prefixing_keep_everything);
    g_test_add_func("/error/describe", test_the_description_shows_the_place_with_a_caret);
    g_test_add_func("/error/describe-short", test_the_short_description_is_one_line);
    g_test_add_func("/error/redacted", test_descriptions_are_redacted);
    g_test_add_func("/error/absent", test_nothing_happens_without_an_error);
    g_test_add_func("/error/foreign", test_foreign_errors_have_a_kind);
    g_test_add_func("/error/kinds", test_kinds_map_to_statuses);
    g_test_add_func("/base/error/hint may be made of the old one",
                    test_hint_may_be_made_of_the_old_one);
    return g_test_run();
}
