/* Fuzzes the reading of a revision file: header, a header cut anywhere, sections. */
#include <string.h>

#include "revision/file.h"
#include "revision/template.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_body(const char *bytes, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RevisionBody) body = revision_parse_body(bytes, size, "fuzz.sql", &error);

    g_assert_true((body == NULL) == (error != NULL));
    if (!body)
        return;
    g_assert_nonnull(body->up.text);
    g_assert_cmpuint(strlen(body->up.checksum), ==, 64);
    revision_body_is_reversible(body);
}

/* What was read is written and read again the same. */
static void check_round_trip(const Revision *revision)
{
    const TemplateValues values = {.revision = revision};
    g_autofree char *text = template_expand(template_builtin, "template", &values, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) again = revision_parse_header(text, strlen(text), "fuzz.sql", NULL, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(again->id, ==, revision->id);
    g_assert_true(g_strv_equal((const char *const *)again->down_revisions,
                               (const char *const *)revision->down_revisions));
    g_assert_true(
        g_strv_equal((const char *const *)again->labels, (const char *const *)revision->labels));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const char *bytes = (const char *)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) cut_error = NULL;
    gboolean is_complete = FALSE;
    g_autoptr(Revision) cut =
        revision_parse_header(bytes, size, "fuzz.sql", &is_complete, &cut_error);
    g_autoptr(Revision) whole = revision_parse_header(bytes, size, "fuzz.sql", NULL, &error);

    g_assert_true((whole == NULL) == (error != NULL));
    if (cut && whole) /* the last character of a cut file may be incomplete */
        g_assert_cmpstr(cut->id, ==, whole->id);
    if (whole)
        check_round_trip(whole);
    check_body(bytes, size);
    return 0;
}
