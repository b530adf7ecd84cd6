/* Templates of revision files: what their tokens become, what is wrong in them, what reads back. */
#include <string.h>

#include "base/error.h"
#include "revision/file.h"
#include "revision/template.h"

static char *none[] = {NULL};
static char *parents[] = {(char *)"p1", (char *)"p2", NULL};
static char *labels[] = {(char *)"usage", (char *)"my-branch", NULL};
static char *dependencies[] = {(char *)"d1", NULL};

static Revision plain(const char *message)
{
    return (Revision){.id = (char *)"abc",
                      .message = (char *)message,
                      .down_revisions = none,
                      .depends_on = none,
                      .labels = none,
                      .create_date = (char *)"2026-11-22 14:02:11+00:00",
                      .path = (char *)"abc.sql"};
}

static Revision full(const char *message)
{
    Revision revision = plain(message);

    revision.down_revisions = parents;
    revision.depends_on = dependencies;
    revision.labels = labels;
    return revision;
}

static char *expand(const char *text, const Revision *revision, GError **error)
{
    const TemplateValues values = {
        .revision = revision, .year = "2026", .user = "me\n-- Revises: x", .up = "A;\nB;"};

    return template_expand(text, "revision.sql.in", &values, error);
}

static void test_tokens(void)
{
    static const char *const rows[][2] = {
        {"-- @{message}\n", "-- Add it\n"},
        {"-- @{revision_id} @{revises} @{branch_labels} @{depends_on}\n",
         "-- abc p1, p2 usage, my-branch d1\n"},
        {"@{create_date}|@{year}\n", "2026-11-22 14:02:11+00:00|2026\n"},
        {"-- By: @{user}\n", "-- By: me -- Revises: x\n"},
        {"    @{up}\nend", "    A;\n    B;\nend\n"},
        {"@{down}", "-- nothing to undo\n"},
        {"-- Transaction: @{transaction}\nx\n", "x\n"},
        {"@# for whoever edits the template @{nonsense}\nx\n", "x\n"},
        {"SELECT '@@{x}', a @> b, '{1}'::int[] @ c, @-1, :{name}\r\n",
         "SELECT '@{x}', a @> b, '{1}'::int[] @ c, @-1, :{name}\n"},
        {"\357\273\277x", "x\n"},
        {"", ""},
    };
    Revision revision = full("Add it");

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = expand(rows[i][0], &revision, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(text, ==, rows[i][1]);
    }
}

static void test_empty_optional_keys_are_left_out(void)
{
    Revision revision = plain("Add it");
    g_autofree char *text = expand("-- Revises: @{revises}\n"
                                   "-- Branch Labels: @{branch_labels}\n"
                                   "-- Depends On: @{depends_on}\n"
                                   "-- Transaction: @{transaction}\n",
                                   &revision, NULL);

    g_assert_cmpstr(text, ==, "-- Revises:\n");
}

static void test_wrong_tokens(void)
{
    static const struct {
        const char *text, *problem, *hint;
        unsigned line, column;
    } rows[] = {
        {"-- @{message}\n-- \303\244 @{mesage}\n", "Unknown token '@{mesage}'",
         "did you mean @{message}?", 2, 6},
        {"@{everything_there_is}", "Unknown token", "the tokens are message", 1, 1},
        {"SELECT 1;\n  '@{message\n}", "not closed by }", "@@{", 2, 4},
        {"@{}", "Unknown token '@{}'", "the tokens are", 1, 1},
    };
    Revision revision = plain("x");

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        ErrorSite site;

        g_assert_null(expand(rows[i].text, &revision, &error));
        g_assert_true(error_is(error, ERROR_REVISION_FILE));
        g_assert_nonnull(strstr(error->message, rows[i].problem));
        g_assert_nonnull(strstr(error_hint(error), rows[i].hint));
        g_assert_true(error_site(error, &site));
        g_assert_cmpstr(site.path, ==, "revision.sql.in");
        g_assert_cmpuint(site.line, ==, rows[i].line);
        g_assert_cmpuint(site.column, ==, rows[i].column);
    }
}

/* Whatever the message, the file is the revision that was asked for. */
static void test_any_message_reads_back(void)
{
    static const char *const messages[] = {
        "",           "x",
        "Revises: x", "revision id : y",
        "--",         "-- migrate:up",
        "migrate:up", "@{up} @@{",
        "-1 --drop",  "'quoted' \"names\" \\ $1 %s",
        "a\nb\n\nc",  "Depends on nothing: yet",
        "Reveiw: z",  "\346\227\245\346\234\254\350\252\236 \303\244",
    };

    for (guint i = 0; i < G_N_ELEMENTS(messages); i++) {
        Revision revision = full(messages[i]);
        g_autoptr(GError) error = NULL;
        g_autofree char *text = expand(template_builtin, &revision, &error);

        g_assert_no_error(error);
        g_assert_true(template_check(text, "abc.sql", &revision, &error));
    }
}

#define HEADER "-- Revision ID: @{revision_id}\n-- Revises: @{revises}\n"
#define REST "-- Depends On: @{depends_on}\n-- Branch Labels: @{branch_labels}\n"

static void test_what_does_not_read_back(void)
{
    static const struct {
        const char *text, *problem;
    } rows[] = {
        {HEADER REST, "migrate:up"},
        {REST "-- migrate:up\n", "no 'Revision ID'"},
        {"-- Revision ID: fixed\n-- migrate:up\n", "says 'Revision ID: fixed', but must say"},
        {"-- Revision ID: @{revision_id}\n" REST "-- migrate:up\n", "must say 'Revises: p1, p2'"},
        {HEADER "-- Depends On: @{depends_on}\n-- migrate:up\n",
         "says 'Branch Labels:', but must say 'Branch Labels: usage, my-branch'"},
        {HEADER "-- Branch Labels: @{branch_labels}\n-- migrate:up\n", "'Depends On: d1'"},
        {HEADER REST "-- Transaction: none\n-- migrate:up\n", "must say 'Transaction: auto'"},
        {HEADER REST "-- migrate:up\n-- migrate:up\n", "migrate:up"},
        {HEADER REST "\377\n-- migrate:up\n", "UTF-8"},
    };
    Revision revision = full("x");

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = expand(rows[i].text, &revision, NULL);

        g_assert_false(template_check(text, "abc.sql", &revision, &error));
        g_assert_true(error_is(error, ERROR_REVISION_FILE));
        if (!strstr(error->message, rows[i].problem))
            g_error("row %u: %s", i, error->message);
    }
}

/* Every line that a token makes would be repeated by the next one. */
static void test_what_grows_without_end_is_refused(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Revision revision = plain("x");
    g_autoptr(GError) error = NULL;

    while (text->len < TEMPLATE_MAX)
        g_string_append(text, "@{up}");
    g_assert_null(expand(text->str, &revision, &error));
    g_assert_nonnull(strstr(error->message, "more than 16 MiB"));
}

/* Behind the last key, whatever stands there; what only looks like a key further down is not one.
 */
static void test_review_is_added(void)
{
    static const char text[] = "-- msg\n--\n-- Revision ID: abc\n-- Revises:\n\n-- migrate:up\n"
                               "-- Review: no\nSELECT 1;\n";
    g_autofree char *reviewed = template_with_review(text, "pending");

    g_assert_cmpstr(reviewed, ==,
                    "-- msg\n--\n-- Revision ID: abc\n-- Revises:\n-- Review: pending\n\n"
                    "-- migrate:up\n-- Review: no\nSELECT 1;\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/template/tokens", test_tokens);
    g_test_add_func("/template/empty optional keys are left out",
                    test_empty_optional_keys_are_left_out);
    g_test_add_func("/template/wrong tokens", test_wrong_tokens);
    g_test_add_func("/template/any message reads back", test_any_message_reads_back);
    g_test_add_func("/template/what does not read back", test_what_does_not_read_back);
    g_test_add_func("/template/review is added", test_review_is_added);
    g_test_add_func("/template/what grows without end is refused",
                    test_what_grows_without_end_is_refused);
    return g_test_run();
}
