/* Variables: names, ceilings, and what is shown of them. */
#include "base/variables.h"

#include <string.h>

#include "base/error.h"
#include "base/secret.h"

static void set(Variables *variables, const char *name, const char *value, const char *origin)
{
    g_autoptr(GError) error = NULL;

    variables_set(variables, name, value, origin, &error);
    g_assert_no_error(error);
}

static void assert_refused(Variables *variables, const char *name, const char *value,
                           const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(variables_set(variables, name, value, "-x", &error));
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_assert_cmpstr(error->message, ==, message);
    g_assert_nonnull(error_hint(error));
}

static void test_the_last_value_counts(void)
{
    g_autoptr(Variables) variables = variables_new();

    set(variables, "Schema", "one", "pgsluice.conf:1");
    set(variables, "sCHEMA", "two", "-x");
    g_assert_cmpstr(variables_get(variables, "schema", 6), ==, "two");
    g_assert_cmpstr(variables_get(variables, "SCHEMAS", 6), ==, "two");
    g_assert_cmpstr(variables_origin(variables, "schema"), ==, "-x");
    g_assert_null(variables_get(variables, "schem", 5));
    g_assert_null(variables_get(NULL, "schema", 6));
}

static void test_names(void)
{
    static const char *const bad[] = {"", "1a", "a-b", "a b", "a.b", "\303\244", "a\n"};
    g_autoptr(Variables) variables = variables_new();
    g_autofree char *longest = g_strnfill(VARIABLE_NAME_MAX, 'n');
    g_autofree char *longer = g_strnfill(VARIABLE_NAME_MAX + 1, 'n');

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *message =
            g_strdup_printf("\"%s\" cannot be the name of a variable", bad[i]);

        assert_refused(variables, bad[i], "x", message);
    }
    g_assert_false(variables_set(variables, longer, "x", "-x", NULL));
    set(variables, longest, "x", "-x");
    set(variables, "_9", "x", "-x");
}

static void test_values_have_ceilings(void)
{
    g_autoptr(Variables) variables = variables_new();
    g_autofree char *longest = g_strnfill(VARIABLE_VALUE_MAX, 'v');
    g_autofree char *longer = g_strnfill(VARIABLE_VALUE_MAX + 1, 'v');

    set(variables, "a", longest, "-x");
    set(variables, "empty", "", "-x");
    g_assert_cmpstr(variables_get(variables, "empty", 5), ==, "");
    assert_refused(variables, "a", longer, "the value of a is longer than 64 KiB");
    assert_refused(variables, "a", "\377", "the value of a is not UTF-8");
    g_assert_cmpstr(variables_get(variables, "a", 1), ==, longest);
}

static void test_their_number_has_a_ceiling(void)
{
    g_autoptr(Variables) variables = variables_new();
    char name[] = "vaa";

    for (guint i = 0; i < 256; i++) {
        name[1] = (char)('a' + i / 16);
        name[2] = (char)('a' + i % 16);
        set(variables, name, "x", "-x");
    }
    assert_refused(variables, "one_more", "x", "more than 256 variables");
    set(variables, name, "another value", "-x");
}

static void test_shown_without_secrets(void)
{
    g_autoptr(Variables) variables = variables_new();
    g_autoptr(GString) text = g_string_new(NULL);

    set(variables, "tenant", "Gr\303\274n \"&\" Co\nB", "pgsluice.conf:7");
    set(variables, "App_PassWord", "it's \\a \"canary\"", "-x");
    set(variables, "quoted", "a it's \\a \"canary\" b", "-x");
    variables_show(variables, text);
    g_assert_cmpstr(text->str, ==,
                    "variables.app_password = ***  # -x\n"
                    "variables.quoted = a *** b  # -x\n"
                    "variables.tenant = Gr\303\274n \"&\" Co\\nB  # pgsluice.conf:7\n");
}

static void assert_redacted(const char *text, const char *expected)
{
    g_autofree char *redacted = secret_redact(text);

    g_assert_cmpstr(redacted, ==, expected);
}

static void test_secrets_are_redacted_in_every_form(void)
{
    g_autoptr(Variables) variables = variables_new();

    set(variables, "API_TOKEN", "it's \\b \"rosebud\"", "-x");
    assert_redacted("bare it's \\b \"rosebud\" x", "bare *** x");
    assert_redacted("at or near \" E'it''s \\\\b \"rosebud\"'\"", "at or near \" E***\"");
    assert_redacted("column \"it's \\b \"\"rosebud\"\"\" x", "column *** x");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/variables/the last value counts", test_the_last_value_counts);
    g_test_add_func("/variables/names", test_names);
    g_test_add_func("/variables/values have ceilings", test_values_have_ceilings);
    g_test_add_func("/variables/their number has a ceiling", test_their_number_has_a_ceiling);
    g_test_add_func("/variables/shown without secrets", test_shown_without_secrets);
    g_test_add_func("/variables/secrets are redacted in every form",
                    test_secrets_are_redacted_in_every_form);
    return g_test_run();
}
