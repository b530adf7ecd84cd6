/* Names of keys and of the variables that stand for them. */
#include "conf/keys.h"

static void test_every_key_has_its_own_variable(void)
{
    for (guint key = 0; key < CONF_KEY_COUNT; key++) {
        g_autofree char *upper = g_ascii_strup(conf_key_name((ConfKey)key), -1);
        g_autofree char *variable = g_strconcat("PGSLUICE_", g_strdelimit(upper, ".", '_'), NULL);
        ConfKey found = CONF_KEY_COUNT;

        g_assert_true(conf_key_find_variable(variable, &found));
        g_assert_cmpuint(found, ==, key);
        g_assert_true(conf_key_find(conf_key_name((ConfKey)key), &found));
        g_assert_cmpuint(found, ==, key);
        g_assert_true(conf_variable_names_section(variable));
        g_assert_cmpstr(conf_key_text((ConfKey)key), !=, "");
    }
}

static void test_sections_are_known_by_whole_words(void)
{
    g_assert_true(conf_section_exists("http"));
    g_assert_true(conf_section_exists("http.traffic"));
    g_assert_false(conf_section_exists("htt"));
    g_assert_false(conf_section_exists("http.traffic.listen"));
    g_assert_false(conf_section_exists(""));
    g_assert_true(conf_variable_names_section("PGSLUICE_HTTP_X"));
    g_assert_false(conf_variable_names_section("PGSLUICE_HTTP_"));
    g_assert_false(conf_variable_names_section("PGSLUICE_TEST_URL"));
    g_assert_false(conf_variable_names_section("GATE_X"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keys/variables", test_every_key_has_its_own_variable);
    g_test_add_func("/keys/sections", test_sections_are_known_by_whole_words);
    return g_test_run();
}
