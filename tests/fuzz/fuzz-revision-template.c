/* Fuzzes the template of new revision files, and, with its first line, that of their names. */
#include <string.h>

#include "base/error.h"
#include "base/filename.h"
#include "revision/file.h"
#include "revision/template.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_name(const char *template)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(0);
    const FilenameParts parts = {"aaaa1111", "slug", date};
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;

    if (!filename_check(template, &error)) {
        g_assert_nonnull(error_hint(error));
        return;
    }
    name = filename_expand(template, &parts, &error);
    g_assert_true((name == NULL) == (error != NULL));
    if (name)
        g_assert_true(*name != '.' && !strchr(name, '/') && strlen(name) <= FILENAME_MAX_BYTES);
}

/* What passes the check is read back as the revision. */
static void check_text(const char *text, const Revision *revision)
{
    g_autoptr(Revision) read = NULL;

    if (!template_check(text, "fuzz.sql", revision, NULL))
        return;
    read = revision_parse_header(text, strlen(text), "fuzz.sql", NULL, NULL);
    g_assert_cmpstr(read->id, ==, revision->id);
    g_assert_cmpstr(read->down_revisions[0], ==, revision->down_revisions[0]);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *template = g_strndup((const char *)data, size);
    g_autofree char *line = g_strndup(template, strcspn(template, "\n"));
    char *one[] = {(char *)"bbbb2222", NULL};
    char *none[] = {NULL};
    Revision revision = {.id = (char *)"aaaa1111",
                         .message = (char *)"one\nRevises: two",
                         .down_revisions = one,
                         .depends_on = none,
                         .labels = none,
                         .create_date = (char *)"2026-11-22 14:02:11+00:00",
                         .path = (char *)"fuzz.sql"};
    const TemplateValues values = {.revision = &revision, .year = "2026", .user = "me"};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = template_expand(template, "revision.sql.in", &values, &error);

    g_assert_true((text == NULL) == (error != NULL));
    if (text)
        check_text(text, &revision);
    check_name(line);
    return 0;
}
