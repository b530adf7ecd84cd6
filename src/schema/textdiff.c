/* The longest common subsequence of what is left between a common head and a common tail. */
#include "schema/textdiff.h"

#include <string.h>

enum {
    CONTEXT = 3,
    CELLS_MAX = 4 * 1000 * 1000, /* of the table, two bytes each... */
    LINES_MAX = G_MAXUINT16,     /* ...so no common part may be longer */
};

typedef struct {
    char **lines; /* as split, NULL-terminated */
    guint count;
} Text;

/* A line of the edit: of the first text (' ' and '-') or of the second ('+'). */
typedef struct {
    char sign;
    const char *line;
} Edit;

static Text text_split(const char *text)
{
    Text split = {g_strsplit(text ? text : "", "\n", -1), 0};

    split.count = g_strv_length(split.lines);
    /* what is behind the last line end is a line only when there is something */
    if (split.count && !*split.lines[split.count - 1])
        split.count--;
    return split;
}

static void add(GArray *edits, char sign, const char *line)
{
    const Edit edit = {sign, line};

    g_array_append_val(edits, edit);
}

static void add_all(GArray *edits, char sign, const Text *text, guint first, guint end)
{
    for (guint i = first; i < end; i++)
        add(edits, sign, text->lines[i]);
}

static guint common_head(const Text *from, const Text *to)
{
    guint length = MIN(from->count, to->count);
    guint i = 0;

    while (i < length && g_str_equal(from->lines[i], to->lines[i]))
        i++;
    return i;
}

static guint common_tail(const Text *from, const Text *to, guint head)
{
    guint length = MIN(from->count, to->count) - head;
    guint i = 0;

    while (i < length &&
           g_str_equal(from->lines[from->count - 1 - i], to->lines[to->count - 1 - i]))
        i++;
    return i;
}

/* cells[i * (columns + 1) + j]: how long the longest common part of the ends from i and j is. */
static guint16 *fill_table(char *const *from, guint rows, char *const *to, guint columns)
{
    guint width = columns + 1;
    guint16 *cells = g_new0(guint16, (gsize)(rows + 1) * width);

    for (guint i = rows; i-- > 0;)
        for (guint j = columns; j-- > 0;)
            cells[i * width + j] = g_str_equal(from[i], to[j])
                                       ? (guint16)(cells[(i + 1) * width + j + 1] + 1)
                                       : MAX(cells[(i + 1) * width + j], cells[i * width + j + 1]);
    return cells;
}

static void add_middle(GArray *edits, char *const *from, guint rows, char *const *to, guint columns)
{
    g_autofree guint16 *cells = fill_table(from, rows, to, columns);
    guint width = columns + 1;
    guint i = 0;
    guint j = 0;

    while (i < rows && j < columns) {
        if (g_str_equal(from[i], to[j])) {
            add(edits, ' ', from[i++]);
            j++;
        } else if (cells[(i + 1) * width + j] >= cells[i * width + j + 1]) {
            add(edits, '-', from[i++]);
        } else {
            add(edits, '+', to[j++]);
        }
    }
    while (i < rows)
        add(edits, '-', from[i++]);
    while (j < columns)
        add(edits, '+', to[j++]);
}

static GArray *find_edits(const Text *from, const Text *to)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    guint head = common_head(from, to);
    guint tail = common_tail(from, to, head);
    guint rows = from->count - head - tail;
    guint columns = to->count - head - tail;

    add_all(edits, ' ', from, 0, head);
    if (MIN(rows, columns) < LINES_MAX && (gsize)(rows + 1) * (columns + 1) <= CELLS_MAX) {
        add_middle(edits, from->lines + head, rows, to->lines + head, columns);
    } else {
        add_all(edits, '-', from, head, head + rows);
        add_all(edits, '+', to, head, head + columns);
    }
    add_all(edits, ' ', from, from->count - tail, from->count);
    return edits;
}

/* The end of the hunk that begins with the change at `first`: behind it are more common lines than
 * two contexts, or nothing. */
static guint hunk_end(const GArray *edits, guint first)
{
    guint end = first;

    for (guint i = first; i < edits->len && i - end <= 2 * CONTEXT; i++)
        if (g_array_index(edits, Edit, i).sign != ' ')
            end = i + 1;
    return MIN(end + CONTEXT, edits->len);
}

static guint count_of(const GArray *edits, guint first, guint end, char sign)
{
    guint count = 0;

    for (guint i = first; i < end; i++) {
        char found = g_array_index(edits, Edit, i).sign;

        count += found == ' ' || found == sign;
    }
    return count;
}

/* Of an empty range the line before it is named. */
static void append_range(GString *text, char sign, guint before, guint count)
{
    g_string_append_printf(text, "%c%u,%u ", sign, count ? before + 1 : before, count);
}

static void append_hunk(GString *text, const GArray *edits, guint first, guint end)
{
    g_string_append(text, "@@ ");
    append_range(text, '-', count_of(edits, 0, first, '-'), count_of(edits, first, end, '-'));
    append_range(text, '+', count_of(edits, 0, first, '+'), count_of(edits, first, end, '+'));
    g_string_append(text, "@@\n");
    for (guint i = first; i < end; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);

        g_string_append_printf(text, "%c%s\n", edit->sign, edit->line);
    }
}

char *textdiff(const char *from, const char *to)
{
    Text left = text_split(from);
    Text right = text_split(to);
    g_autoptr(GArray) edits = find_edits(&left, &right);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < edits->len; i++) {
        guint end;

        if (g_array_index(edits, Edit, i).sign == ' ')
            continue;
        end = hunk_end(edits, i);
        append_hunk(text, edits, i > CONTEXT ? i - CONTEXT : 0, end);
        i = end - 1;
    }
    g_strfreev(left.lines);
    g_strfreev(right.lines);
    return g_string_free(text, FALSE);
}
