/* Writing control characters as text. Nothing here prints. */
#include "cli/escape.h"

#include <glib.h>

static gboolean is_harmless(gunichar character)
{
    return character == '\n' || character == '\t' ||
           (character >= 0x20 && character != 0x7f && (character < 0x80 || character > 0x9f));
}

char *escape_controls(const char *text)
{
    GString *escaped = g_string_new(NULL);

    while (*text) {
        gunichar character = g_utf8_get_char_validated(text, -1);
        gboolean is_utf8 = character < (gunichar)-2;
        const char *next = is_utf8 ? g_utf8_next_char(text) : text + 1;

        if (is_utf8 && is_harmless(character))
            g_string_append_len(escaped, text, next - text);
        else if (is_utf8 && character > 0x7f)
            g_string_append_printf(escaped, "\\u%04x", character);
        else
            g_string_append_printf(escaped, "\\x%02x", (guchar)*text);
        text = next;
    }
    return g_string_free(escaped, FALSE);
}

char *escape_document(const char *document)
{
    GString *escaped = g_string_new(NULL);

    for (const char *text = document; *text;) {
        gunichar character = g_utf8_get_char_validated(text, -1);
        gboolean is_utf8 = character < (gunichar)-2;
        const char *next = is_utf8 ? g_utf8_next_char(text) : text + 1;

        if (is_utf8 && character >= 0x7f && character <= 0x9f)
            g_string_append_printf(escaped, "\\u%04x", character);
        else
            g_string_append_len(escaped, text, next - text);
        text = next;
    }
    return g_string_free(escaped, FALSE);
}
