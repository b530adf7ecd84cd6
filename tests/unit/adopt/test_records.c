/* What the project's Python says, whole, refused and cut off. */
#include "adopt/records.h"

#include <string.h>

#include "base/error.h"

static const char whole[] =
    "table\0alembic_version\0schema\0\0"
    "revision\0a1\0message\0first\0doc\0\0date\0\0origin\0a1.py\0up\0SELECT 1;\0"
    "revision\0a2\0parent\0a1\0label\0x\0label\0y\0depends\0z\0up.blocked\0why\0"
    "up\0\0down\0-- nothing to undo\0none\0up\0note\0look\0end\0\0";

/* Without the NUL that C adds. */
#define LENGTH(text) (sizeof(text) - 1)

static void test_whole(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Import) import = records_parse(whole, LENGTH(whole), &error);
    const Arrival *first, *second;

    g_assert_no_error(error);
    g_assert_cmpstr(import->version_table, ==, "alembic_version");
    g_assert_null(import->version_table_schema);
    g_assert_cmpuint(import->arrivals->len, ==, 2);
    first = import->arrivals->pdata[0];
    second = import->arrivals->pdata[1];
    g_assert_cmpstr(first->up.sql, ==, "SELECT 1;");
    g_assert_null(first->down.sql);
    g_assert_false(arrival_is_blocked(first));
    g_assert_cmpuint(second->labels->len, ==, 2);
    g_assert_cmpstr(second->depends_on->pdata[0], ==, "z");
    g_assert_true(second->leaves_transaction && arrival_is_blocked(second));
}

/* However little of it arrives, it is an error and never half a history. */
static void test_cut_off(void)
{
    for (gsize length = 0; length < LENGTH(whole); length++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(records_parse(whole, length, &error));
        g_assert_true(error_is(error, ERROR_FILE));
    }
}

static void expect(const char *bytes, gsize length, const char *message, const char *hint)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(records_parse(bytes, length, &error));
    g_assert_nonnull(strstr(error->message, message));
    g_assert_cmpstr(error_hint(error), ==, hint);
}

static void test_refused(void)
{
    static const char refused[] = "table\0t\0refused\0no env.py\0hint\0make one\0";
    static const char unknown[] = "table\0t\0colour\0red\0end\0\0";
    static const char homeless[] = "up\0SELECT 1\0end\0\0";

    expect(refused, LENGTH(refused), "cannot be imported: no env.py", "make one");
    expect(unknown, LENGTH(unknown), "ended before", "look at what it printed");
    expect(homeless, LENGTH(homeless), "ended before", "look at what it printed");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/records/whole", test_whole);
    g_test_add_func("/records/cut-off", test_cut_off);
    g_test_add_func("/records/refused", test_refused);
    return g_test_run();
}
