/* What a terminal would obey is written as text. */
#include "cli/escape.h"

#include <glib.h>

static void assert_escaped(const char *text, const char *expected)
{
    g_autofree char *escaped = escape_controls(text);

    g_assert_cmpstr(escaped, ==, expected);
}

static void test_text_stays(void)
{
    assert_escaped("", "");
    assert_escaped("one\n\ttwo größe € 𝄞", "one\n\ttwo größe € 𝄞");
}

static void test_control_characters_are_written_out(void)
{
    assert_escaped("\033[2Jgone\a\r", "\\x1b[2Jgone\\x07\\x0d");
    assert_escaped("\x7f", "\\x7f");
    assert_escaped("\xc2\x9b"
                   "2J",
                   "\\u009b2J");
}

static void test_bytes_that_are_no_text(void)
{
    assert_escaped("caf\xe9", "caf\\xe9");
    assert_escaped("\x9b"
                   "2J",
                   "\\x9b2J");
    assert_escaped("\xe2\x82", "\\xe2\\x82");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/escape/text stays", test_text_stays);
    g_test_add_func("/cli/escape/control characters are written out",
                    test_control_characters_are_written_out);
    g_test_add_func("/cli/escape/bytes that are no text", test_bytes_that_are_no_text);
    return g_test_run();
}
