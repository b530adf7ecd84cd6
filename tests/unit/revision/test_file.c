/* Revision files: what headers and sections say, where a broken one is broken, and that what we
 * write we read. */
#include "revision/file.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "revision/template.h"
#include "table.h"

/* The lines that begin with ">", as the bytes of a file. */
static GString *file_of(const Case *one)
{
    GString *file = g_string_new(NULL);

    for (guint i = 0; i < one->lines->len; i++) {
        const char *text = table_after(g_ptr_array_index(one->lines, i), ">");
        g_autofree char *line = text ? g_strcompress(text) : NULL;

        if (line)
            g_string_append_printf(file, "%s\n", line);
    }
    return file;
}

static const char *name_of(const Case *one)
{
    for (guint i = 0; i < one->lines->len; i++) {
        const char *name = table_after(g_ptr_array_index(one->lines, i), "@");

        if (name)
            return name;
    }
    return "test.sql";
}

static void assert_contains(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        g_error("expected \"%s\" in \"%s\"", part, text ? text : "(nothing)");
}

static void check_error(const char *expected, const GError *error)
{
    unsigned line = 0;
    unsigned column = 0;
    int length = 0;
    ErrorSite site;

    g_assert_nonnull(error);
    g_assert_cmpint(sscanf(expected, "%u:%u %n", &line, &column, &length), ==, 2);
    assert_contains(error->message, expected + length);
    g_assert_true(error_is(error, ERROR_REVISION_FILE));
    g_assert_true(error_site(error, &site));
    g_assert_cmpuint(site.line, ==, line);
    g_assert_cmpuint(site.column, ==, column);
    g_assert_nonnull(error_hint(error));
}

/* Compares one "= KEY VALUE"; `actual` answers for a key, escaped. */
static void check_value(const char *expected, char *(*actual)(gconstpointer, const char *),
                        gconstpointer thing)
{
    const char *blank = strchr(expected, ' ');
    g_autofree char *key = blank ? g_strndup(expected, (gsize)(blank - expected)) : NULL;
    g_autofree char *value = actual(thing, key ? key : expected);

    g_assert_nonnull(value);
    g_assert_cmpstr(value, ==, blank ? blank + 1 : "");
}

static void check_case(const Case *one, char *(*actual)(gconstpointer, const char *),
                       gconstpointer thing, const GError *error)
{
    gboolean expects_error = FALSE;

    for (guint i = 0; i < one->lines->len; i++) {
        const char *line = g_ptr_array_index(one->lines, i);
        const char *rest;

        if ((rest = table_after(line, "!")) != NULL) {
            expects_error = TRUE;
            check_error(rest, error);
        } else if ((rest = table_after(line, "?")) != NULL) {
            assert_contains(error_hint(error), rest);
        } else if ((rest = table_after(line, "=")) != NULL) {
            g_assert_no_error(error);
            check_value(rest, actual, thing);
        }
    }
    g_assert_true(expects_error == (thing == NULL));
}

static char *header_value(gconstpointer thing, const char *key)
{
    const Revision *revision = thing;

    if (strcmp(key, "id") == 0)
        return g_strdup(revision->id);
    if (strcmp(key, "message") == 0)
        return g_strescape(revision->message, NULL);
    if (strcmp(key, "doc") == 0)
        return g_strescape(revision->doc, NULL);
    if (strcmp(key, "revises") == 0)
        return g_strjoinv(",", revision->down_revisions);
    if (strcmp(key, "depends") == 0)
        return g_strjoinv(",", revision->depends_on);
    if (strcmp(key, "labels") == 0)
        return g_strjoinv(",", revision->labels);
    if (strcmp(key, "date") == 0)
        return g_strdup(revision->create_date);
    if (strcmp(key, "review") == 0)
        return g_strdup(revision->review);
    if (strcmp(key, "transaction") == 0)
        return g_strdup(revision->transaction == TRANSACTION_NONE ? "none" : "auto");
    return NULL;
}

static void run_header(gconstpointer data)
{
    const Case *one = data;
    g_autoptr(GString) file = file_of(one);
    /* a copy without a byte to spare lets AddressSanitizer see a read too far */
    g_autofree char *exact = g_memdup2(file->str, file->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) revision =
        revision_parse_header(exact, file->len, name_of(one), NULL, &error);

    check_case(one, header_value, revision, error);
    if (revision)
        g_assert_cmpstr(revision->path, ==, name_of(one));
}

static char *section_value(const Section *section, gboolean wants_line)
{
    if (wants_line)
        return g_strdup_printf("%u", section->first_line);
    if (!section->text)
        return g_strdup("absent");
    return *section->text ? g_strescape(section->text, NULL) : g_strdup("empty");
}

static char *body_value(gconstpointer thing, const char *key)
{
    const RevisionBody *body = thing;
    gboolean wants_line = g_str_has_suffix(key, "_line");

    if (g_str_has_prefix(key, "up"))
        return section_value(&body->up, wants_line);
    if (g_str_has_prefix(key, "down"))
        return section_value(&body->down, wants_line);
    if (g_str_has_prefix(key, "verify"))
        return section_value(&body->verify, wants_line);
    if (strcmp(key, "reversible") == 0)
        return g_strdup(revision_body_is_reversible(body) ? "yes" : "no");
    if (strcmp(key, "nothing_to_undo") == 0)
        return g_strdup(body->has_nothing_to_undo ? "yes" : "no");
    return NULL;
}

static void run_body(gconstpointer data)
{
    const Case *one = data;
    g_autoptr(GString) file = file_of(one);
    g_autofree char *exact = g_memdup2(file->str, file->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(RevisionBody) body = revision_parse_body(exact, file->len, "test.sql", &error);

    check_case(one, body_value, body, error);
}

static RevisionBody *parse_body(const char *text)
{
    g_autoptr(GError) error = NULL;
    RevisionBody *body = revision_parse_body(text, strlen(text), "test.sql", &error);

    g_assert_no_error(error);
    return body;
}

static void test_checksum_ignores_what_editors_change(void)
{
    static const char *const same[] = {
        "-- migrate:up\nSELECT 1;\n\n  SELECT 2;\n",
        "\xEF\xBB\xBF-- migrate:up\r\nSELECT 1;\r\n\r\n  SELECT 2;\r\n",
        "-- migrate:up  \nSELECT 1; \t\n \n  SELECT 2;",
        "-- other header\n-- Revision ID: x\n\n-- migrate:up\n\n\nSELECT 1;\n\n  SELECT 2;\n\n\n",
        "-- migrate:down\nSELECT 3;\n-- migrate:up\nSELECT 1;\n\n  SELECT 2; \n-- migrate:verify\n",
    };
    g_autoptr(RevisionBody) first = parse_body(same[0]);
    g_autofree char *expected =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, "SELECT 1;\n\n  SELECT 2;", -1);

    g_assert_cmpstr(first->up.checksum, ==, expected);
    g_assert_cmpstr(first->down.checksum, ==, "");
    for (guint i = 1; i < G_N_ELEMENTS(same); i++) {
        g_autoptr(RevisionBody) body = parse_body(same[i]);

        g_assert_cmpstr(body->up.checksum, ==, first->up.checksum);
    }
}

static void test_checksum_sees_what_the_server_sees(void)
{
    static const char *const different[] = {
        "-- migrate:up\nSELECT 1;\n",    "-- migrate:up\nSELECT  1;\n",
        "-- migrate:up\n SELECT 1;\n",   "-- migrate:up\nSELECT 1;\n-- why\n",
        "-- migrate:up\nSELECT\r1;\n",   "-- migrate:up\nSELECT\n1;\n",
        "-- migrate:up\nSELECT\n\n1;\n",
    };
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(different); i++) {
        g_autoptr(RevisionBody) body = parse_body(different[i]);

        g_assert_true(g_hash_table_add(seen, g_strdup(body->up.checksum)));
    }
}

static void test_nul_bytes_are_refused(void)
{
    static const char bytes[] = "-- Revision ID: a\n-- migrate:up\nSELECT \0 1;\n";
    g_autoptr(GError) error = NULL;

    g_assert_null(revision_parse_body(bytes, sizeof bytes - 1, "a.sql", &error));
    check_error("3:8 A NUL byte", error);
    g_clear_error(&error);
    g_assert_null(revision_parse_header(bytes, sizeof bytes - 1, "a.sql", NULL, &error));
    check_error("3:8 A NUL byte", error);
}

static void test_a_cut_header_asks_for_more(void)
{
    static const char text[] = "-- z\303\244hle\n-- Revision ID: a\n\n-- migrate:up\nSELECT 1;\n";
    gsize whole = strlen("-- z\303\244hle\n-- Revision ID: a\n\n-- migrate:up\n");

    for (gsize length = 0; length < sizeof text; length++) {
        g_autofree char *exact = g_memdup2(text, length);
        g_autoptr(GError) error = NULL;
        gboolean is_complete = length < whole;
        g_autoptr(Revision) revision =
            revision_parse_header(exact, length, "a.sql", &is_complete, &error);

        g_assert_no_error(error);
        g_assert_true(is_complete == (length >= whole));
        g_assert_true(is_complete == (revision != NULL));
    }
}

/* A new file by the built-in template. */
static char *format(const Revision *revision)
{
    const TemplateValues values = {.revision = revision};

    return template_expand(template_builtin, "template", &values, NULL);
}

static void check_round_trip(const Revision *written)
{
    g_autofree char *text = format(written);
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) read =
        revision_parse_header(text, strlen(text), "a_slug.sql", NULL, &error);
    g_autoptr(RevisionBody) body = revision_parse_body(text, strlen(text), "a_slug.sql", &error);

    g_assert_no_error(error);
    g_assert_cmpstr(read->id, ==, written->id);
    g_assert_cmpstr(read->create_date, ==, written->create_date);
    g_assert_true(read->transaction == written->transaction);
    g_assert_true(g_strv_equal((const char *const *)read->down_revisions,
                               (const char *const *)written->down_revisions));
    g_assert_true(g_strv_equal((const char *const *)read->depends_on,
                               (const char *const *)written->depends_on));
    g_assert_true(
        g_strv_equal((const char *const *)read->labels, (const char *const *)written->labels));
    g_assert_nonnull(body->down.text);
}

static void test_a_new_file_reads_back(void)
{
    char *none[] = {NULL};
    char *one[] = {(char *)"b", NULL};
    char *two[] = {(char *)"b", (char *)"c", NULL};
    char *labels[] = {(char *)"usage", NULL};
    Revision rows[] = {
        {.id = (char *)"a", .message = (char *)"add success column", .down_revisions = one},
        {.id = (char *)"a", .message = (char *)"", .down_revisions = none},
        {.id = (char *)"a", .message = (char *)"merge", .down_revisions = two, .labels = labels},
        {.id = (char *)"a", .message = (char *)"Revises: x", .depends_on = two},
        {.id = (char *)"a", .message = (char *)"migrate:down\n-- migrate:up\n\nSELECT"},
        {.id = (char *)"a", .message = (char *)"x\r\ny\tz\n", .transaction = TRANSACTION_NONE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!rows[i].down_revisions)
            rows[i].down_revisions = none;
        if (!rows[i].depends_on)
            rows[i].depends_on = none;
        if (!rows[i].labels)
            rows[i].labels = none;
        rows[i].create_date = (char *)"2026-11-22 14:02:11+00:00";
        check_round_trip(&rows[i]);
    }
}

static void test_a_new_file_keeps_its_message(void)
{
    char *none[] = {NULL};
    Revision revision = {.id = (char *)"a",
                         .message = (char *)"fix: the colon\n\nWhy: because.",
                         .down_revisions = none,
                         .depends_on = none,
                         .labels = none,
                         .create_date = (char *)""};
    g_autofree char *text = format(&revision);
    g_autoptr(Revision) read = revision_parse_header(text, strlen(text), "a.sql", NULL, NULL);
    g_autoptr(RevisionBody) body = revision_parse_body(text, strlen(text), "a.sql", NULL);

    g_assert_cmpstr(read->message, ==, "fix: the colon");
    g_assert_cmpstr(read->doc, ==, "Why: because.");
    g_assert_false(revision_body_is_reversible(body)); /* until somebody writes the way back */
}

/* Longer than the time limit of a test when every line costs as much as the section is long. */
static void test_many_lines_take_linear_time(void)
{
    enum { COUNT = 4000000 };
    g_autoptr(GString) text = g_string_new("-- migrate:up\n-- migrate:down\n");
    g_autoptr(RevisionBody) body = NULL;

    for (guint i = 0; i < COUNT; i++)
        g_string_append(text, "--\n");
    g_string_append(text, "-- nothing to undo\n");
    body = revision_parse_body(text->str, text->len, "a.sql", NULL);
    g_assert_true(body->has_nothing_to_undo);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    table_add("header", "headers.txt", run_header);
    table_add("body", "bodies.txt", run_body);
    g_test_add_func("/checksum/ignores what editors change",
                    test_checksum_ignores_what_editors_change);
    g_test_add_func("/checksum/sees what the server sees", test_checksum_sees_what_the_server_sees);
    g_test_add_func("/file/NUL bytes are refused", test_nul_bytes_are_refused);
    g_test_add_func("/file/many lines take linear time", test_many_lines_take_linear_time);
    g_test_add_func("/file/a cut header asks for more", test_a_cut_header_asks_for_more);
    g_test_add_func("/format/a new file reads back", test_a_new_file_reads_back);
    g_test_add_func("/format/a new file keeps its message", test_a_new_file_keeps_its_message);
    return g_test_run();
}
