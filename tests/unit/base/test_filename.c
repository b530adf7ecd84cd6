/* Names of new revision files: Alembic's file_template, and what no name can be. */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/filename.h"

#define ALEMBIC_EXAMPLE "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s"

static char *expand(const char *template, const char *rev, const char *slug, GError **error)
{
    g_autoptr(GDateTime) date = g_date_time_new_utc(2026, 3, 7, 4, 0, 9);
    const FilenameParts parts = {rev, slug, date};

    return filename_expand(template, &parts, error);
}

/* The right column is what Python makes of the left one, with .sql; but for empty slugs. */
static void test_templates(void)
{
    static const struct {
        const char *template, *slug, *name;
    } rows[] = {
        {"%(rev)s_%(slug)s", "add_b", "abc_add_b.sql"},
        {"%(rev)s_%(slug)s", "", "abc.sql"},
        {"%(slug)s-%(rev)s", "", "abc.sql"},
        {"%(rev)s_%(slug)s", "cut_", "abc_cut_.sql"},
        {ALEMBIC_EXAMPLE, "x", "2026_03_07_0400-abc_x.sql"},
        {"%(epoch)s", "x", "1772856009.sql"},
        {"%(minute)d %(month)d %(month)02d %(month)2d %(month)s %(second).2d", "x",
         "0 3 03  3 3 09.sql"},
        {"100%% %(rev)s", "x", "100% abc.sql"},
        {"\303\251_%(slug)s", "\303\244", "\303\251_\303\244.sql"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *name = NULL;

        g_assert_true(filename_check(rows[i].template, &error));
        name = expand(rows[i].template, "abc", rows[i].slug, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(name, ==, rows[i].name);
    }
}

static void test_wrong_templates(void)
{
    static const struct {
        const char *template, *problem, *hint;
    } rows[] = {
        {"%(slgu)s", "unknown token %(slgu)", "did you mean %(slug)?"},
        {"%(revision_of_the_file)s", "unknown token", "%(rev)s"},
        {"%(rev)", "no", "write %(rev)s"},
        {"%(rev)d", "not followed by its form", "write %(rev)s"},
        {"%(rev)20s", "not followed by its form", "write %(rev)s"},
        {"%(day).99d", "not followed by its form", "%(day)d"},
        {"%(day)x", "not followed by its form", "%(day)d"},
        {"%(rev", "has no )", "the tokens are"},
        {"%%(rev)s_%%(slug)s", "stands before no token", "alembic.ini"},
        {"100%", "begins no token", "the tokens are"},
        {"%Y-%(rev)s", "begins no token", "the tokens are"},
        {"%(year)d/%(rev)s", "no slash", "version_locations"},
        {"../%(rev)s", "no slash", "version_locations"},
        {".%(rev)s", "begins with a dot", "a letter"},
        {"%(rev)s.sql", "is added by itself", "leave it out"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(filename_check(rows[i].template, &error));
        g_assert_true(error_is(error, ERROR_CONFIG));
        g_assert_nonnull(strstr(error->message, rows[i].problem));
        g_assert_nonnull(strstr(error_hint(error), rows[i].hint));
    }
}

static void test_names_that_cannot_be(void)
{
    g_autofree char *long_slug = g_strnfill(FILENAME_MAX_BYTES, 'a');
    g_autofree char *full = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_null(expand("%(rev)s_%(slug)s", ".abc", "x", &error));
    g_assert_true(error_is(error, ERROR_USAGE));
    g_clear_error(&error);
    g_assert_null(expand("%(slug)s", "abc", "", &error));
    g_assert_true(error_is(error, ERROR_USAGE));
    g_clear_error(&error);
    g_assert_null(expand("%(slug)s", "abc", long_slug, &error));
    g_assert_true(error_is(error, ERROR_USAGE));
    full = expand("%(slug)s", "abc", long_slug + strlen(".sql"), NULL);
    g_assert_cmpuint(strlen(full), ==, FILENAME_MAX_BYTES);
}

static void test_time_zones(void)
{
    static const char *const good[] = {"UTC", "utc", "+02:00", "Europe/Berlin"};
    static const char *const bad[] = {"", "Nowhere", "../../../etc/passwd", "/etc/localtime",
                                      "Europe/Berlin\n"};

    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(GTimeZone) zone = clock_zone(good[i], NULL);

        g_assert_nonnull(zone);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(clock_zone(bad[i], &error));
        g_assert_true(error_is(error, ERROR_CONFIG));
        g_assert_nonnull(error_hint(error));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filename/templates", test_templates);
    g_test_add_func("/filename/wrong templates", test_wrong_templates);
    g_test_add_func("/filename/names that cannot be", test_names_that_cannot_be);
    g_test_add_func("/clock/time zones", test_time_zones);
    return g_test_run();
}
