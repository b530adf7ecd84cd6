/* What a piece ends in the middle of waits for the next one. */
#include "view/usage_lines.h"

#include <string.h>

struct UsageLines {
    GByteArray *begun; /* of a line whose end has not come */
    guint number;      /* of the last line that has ended */
    guint refused;     /* of them */
    gboolean is_long;  /* the line that has begun is; its bytes are not kept */
};

UsageLines *usage_lines_new(void)
{
    UsageLines *lines = g_new0(UsageLines, 1);

    lines->begun = g_byte_array_new();
    return lines;
}

void usage_lines_free(UsageLines *lines)
{
    if (!lines)
        return;
    g_byte_array_unref(lines->begun);
    g_free(lines);
}

static gboolean is_blank(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return FALSE;
    return TRUE;
}

static void read_line(UsageLines *lines, const char *text, gsize length, const UsageRules *rules,
                      GArray *items)
{
    GPtrArray *faults;

    if (is_blank(text, length))
        return;
    faults = usage_faults_new();
    usage_items_add(items, lines->number, usage_read_record(text, length, rules, "", faults),
                    faults, &lines->refused);
}

static void refuse_long_line(UsageLines *lines, GArray *items)
{
    GPtrArray *faults = usage_faults_new();
    g_autofree char *detail = g_strdup_printf("is longer than %d bytes", USAGE_LINE_MAX);

    usage_faults_add(faults, "", detail);
    usage_items_add(items, lines->number, NULL, faults, &lines->refused);
}

static void keep(UsageLines *lines, const char *text, gsize length)
{
    lines->is_long = lines->is_long || length > USAGE_LINE_MAX - lines->begun->len;
    if (!lines->is_long)
        g_byte_array_append(lines->begun, (const guint8 *)text, (guint)length);
    else
        g_byte_array_set_size(lines->begun, 0);
}

/* The last bytes of a line. */
static void end_line(UsageLines *lines, const char *text, gsize length, const UsageRules *rules,
                     GArray *items)
{
    gboolean is_whole = lines->begun->len == 0 && !lines->is_long && length <= USAGE_LINE_MAX;

    lines->number++;
    if (is_whole) {
        read_line(lines, text, length, rules, items);
        return;
    }
    keep(lines, text, length);
    if (lines->is_long)
        refuse_long_line(lines, items);
    else
        read_line(lines, (const char *)lines->begun->data, lines->begun->len, rules, items);
    g_byte_array_set_size(lines->begun, 0);
    lines->is_long = FALSE;
}

void usage_lines_take(UsageLines *lines, const char *bytes, gsize size, const UsageRules *rules,
                      GArray *items)
{
    const char *end = bytes + size;

    while (bytes < end) {
        const char *line_end = memchr(bytes, '\n', (gsize)(end - bytes));

        if (!line_end) {
            keep(lines, bytes, (gsize)(end - bytes));
            return;
        }
        end_line(lines, bytes, (gsize)(line_end - bytes), rules, items);
        bytes = line_end + 1;
    }
}

void usage_lines_end(UsageLines *lines, const UsageRules *rules, GArray *items)
{
    if (lines->begun->len > 0 || lines->is_long)
        end_line(lines, "", 0, rules, items);
}
