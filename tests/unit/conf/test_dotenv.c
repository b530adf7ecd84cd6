/* The .env reader against the forms that developers write, and the ones that are mistakes. */
#include "conf/dotenv.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"

static void test_forms(void)
{
    static const struct {
        const char *text;
        const char *value; /* of A */
    } rows[] = {
        {"A=b", "b"},
        {"A=b\r\n", "b"},
        {"\xef\xbb\xbf"
         "A=b",
         "b"},
        {"  A = b  \n", "b"},
        {"export A=b", "b"},
        {"export\tA=b", "b"},
        {"export=1\nA=b", "b"},
        {"# A=c\n\n\t\nA=b # why\n", "b"},
        {"A=b#c", "b#c"},
        {"A=b c", "b c"},
        {"A='b # c' # why", "b # c"},
        {"A='b\\n$C'", "b\\n$C"},
        {"A=\"b # c\"", "b # c"},
        {"A=\"b\\nc\\\"d\\\\e\\$f\\tg\\q\"", "b\nc\"d\\e$f\tg\\q"},
        {"A='b\\'c\\\\'", "b'c\\"},
        {"A=#b #c", "#b"},
        {"1=2\nA=b", "b"},
        {"A=\"$B ${C}\"", "$B ${C}"},
        {"A=\"b\r\nc\"\r\n", "b\nc"},
        {"A=b=c", "b=c"},
        {"A=b\nA=c", "c"},
        {"A=postgresql://u:p#w@h/db?x=y", "postgresql://u:p#w@h/db?x=y"},
        {"A=", NULL},
        {"A=''", NULL},
        {"A= # nothing", NULL},
        {"B=b", NULL},
        {"", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GArray) entries = dotenv_parse(rows[i].text, ".env", &error);

        g_test_message("%s", rows[i].text);
        g_assert_no_error(error);
        g_assert_cmpstr(dotenv_get(entries, "A"), ==, rows[i].value);
    }
}

static void test_lines_are_counted(void)
{
    g_autoptr(GArray) rows = dotenv_parse("# x\nA='1\n2'\n\nB=3\n", ".env", NULL);

    g_assert_cmpuint(rows->len, ==, 2);
    g_assert_cmpuint(g_array_index(rows, DotenvEntry, 0).line, ==, 2);
    g_assert_cmpuint(g_array_index(rows, DotenvEntry, 1).line, ==, 5);
}

static void test_mistakes_name_their_line_and_no_value(void)
{
    static const struct {
        const char *text;
        unsigned line;
    } rows[] = {
        {"A=1\nhunter2", 2},     {"=hunter2", 1},
        {"A B=hunter2", 1},      {"A=1\n\nB=\"hunter2\nC=3\n", 3},
        {"A='hunter2", 1},       {"A='x' hunter2", 1},
        {"A=\"x\"hunter2\"", 1}, {"A='1\n2' hunter2", 2},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        ErrorSite site;

        g_test_message("%s", rows[i].text);
        g_assert_null(dotenv_parse(rows[i].text, ".env", &error));
        g_assert_true(error_is(error, ERROR_CONFIG));
        g_assert_true(error_site(error, &site));
        g_assert_cmpstr(site.path, ==, ".env");
        g_assert_cmpuint(site.line, ==, rows[i].line);
        g_assert_nonnull(error_hint(error));
        text = error_describe(error);
        g_assert_null(strstr(text, "hunter2"));
    }
}

static void test_files_have_a_ceiling(void)
{
    g_autofree char *folder = g_dir_make_tmp("pgsluice-dotenv-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, ".env", NULL);
    g_autofree char *fits = g_strnfill(64 * 1024, '\n');
    g_autofree char *too_long = g_strnfill(64 * 1024 + 1, '\n');
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) none = dotenv_read(path, &error);
    g_autoptr(GArray) rows = NULL;

    g_assert_no_error(error);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_true(g_file_set_contents(path, fits, -1, NULL));
    rows = dotenv_read(path, &error);
    g_assert_no_error(error);
    g_assert_nonnull(rows);
    g_assert_true(g_file_set_contents(path, too_long, -1, NULL));
    g_assert_null(dotenv_read(path, &error));
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(path, "A=b\0c", 5, NULL));
    g_assert_null(dotenv_read(path, &error));
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_unlink(path);
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dotenv/forms", test_forms);
    g_test_add_func("/dotenv/lines", test_lines_are_counted);
    g_test_add_func("/dotenv/mistakes", test_mistakes_name_their_line_and_no_value);
    g_test_add_func("/dotenv/ceiling", test_files_have_a_ceiling);
    return g_test_run();
}
