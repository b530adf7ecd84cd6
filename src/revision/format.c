/* Writes the text of a new revision file. What it writes, header.c and body.c read back. */
#include <string.h>

#include "revision/file.h"
#include "revision/lines.h"

/* A line that the parser would take for a key or a marker loses its colon. */
static void append_prose(GString *text, const char *line)
{
    g_autofree char *plain = g_strdup(line);

    for (char *at = plain; *at; at++) {
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    }
    g_strstrip(plain);
    if (!header_line_is_prose(plain))
        *strchr(plain, ':') = ' ';
    g_string_append_printf(text, "--%s%s\n", *plain ? " " : "", plain);
}

static void append_message(GString *text, const char *message)
{
    g_autofree char *stripped = g_strstrip(g_strdup(message));
    g_auto(GStrv) lines = g_strsplit(stripped, "\n", -1);

    for (guint i = 0; lines[i]; i++)
        append_prose(text, lines[i]);
    if (lines[0])
        g_string_append(text, "--\n");
}

static void append_list(GString *text, const char *key, char **values)
{
    g_autofree char *list = values ? g_strjoinv(", ", values) : g_strdup("");

    g_string_append_printf(text, "-- %s:%s%s\n", key, *list ? " " : "", list);
}

static void append_sections(GString *text, gboolean is_merge)
{
    if (is_merge) {
        g_string_append(text, "\n-- migrate:up\n\n-- migrate:down\n-- nothing to undo\n");
        return;
    }
    g_string_append(text, "\n-- migrate:up\n\n\n-- migrate:down\n"
                          "-- Undo the above. Nothing to undo? Say so in a line \"-- nothing to "
                          "undo\".\n-- Cannot be undone? Delete this section.\n\n");
}

char *revision_format(const Revision *revision)
{
    GString *text = g_string_new(NULL);
    gboolean is_merge =
        revision->down_revisions && revision->down_revisions[0] && revision->down_revisions[1];

    append_message(text, revision->message ? revision->message : "");
    g_string_append_printf(text, "-- Revision ID: %s\n", revision->id);
    append_list(text, "Revises", revision->down_revisions);
    if (revision->create_date && *revision->create_date)
        g_string_append_printf(text, "-- Create Date: %s\n", revision->create_date);
    if (revision->labels && revision->labels[0])
        append_list(text, "Branch Labels", revision->labels);
    if (revision->depends_on && revision->depends_on[0])
        append_list(text, "Depends On", revision->depends_on);
    if (revision->transaction == TRANSACTION_NONE)
        g_string_append(text, "-- Transaction: none\n");
    append_sections(text, is_merge);
    return g_string_free(text, FALSE);
}
