/* The sections of a revision file, from the operations of a change. */
#include <string.h>

#include "engine/autogenerate.h"
#include "schema/ddl.h"

/* A name may have line ends in it, and a comment ends with its line. g_free. */
static char *one_line(const char *text)
{
    char *line = g_strdup(text);

    for (char *at = line; *at; at++)
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    return line;
}

static const char *short_name(const char *subject)
{
    static const char prefix[] = "public.";

    return g_str_has_prefix(subject, prefix) ? subject + strlen(prefix) : subject;
}

G_GNUC_PRINTF(2, 3) static void comment(GString *section, const char *format, ...)
{
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    line = one_line(text);
    g_string_append_printf(section, "-- %s\n", line);
}

static void begin_operation(GString *section)
{
    if (section->len)
        g_string_append_c(section, '\n');
}

static void append_guard(GString *section, const DiffOperation *operation)
{
    g_autofree char *message = g_strchug(sql_quote_literal(operation->guard_message));
    g_autofree char *body = g_strdup_printf("BEGIN\n"
                                            "    IF EXISTS (%s) THEN\n"
                                            "        RAISE EXCEPTION USING ERRCODE = "
                                            "'restrict_violation',\n"
                                            "            MESSAGE = %s;\n"
                                            "    END IF;\n"
                                            "END",
                                            operation->guard, message);
    g_autofree char *block = ddl_block("guard", body);

    g_string_append_printf(section, "%s;\n", block);
}

/* A label is a part of its type. */
static gboolean is_about(const DiffRename *question, const DiffOperation *operation)
{
    gsize length = strlen(operation->subject);

    if (question->kind == KIND_ENUM)
        return strncmp(question->from, operation->subject, length) == 0 &&
               (question->from[length] == '.' || question->from[length] == '\0');
    return g_str_has_prefix(operation->verb, "drop_") &&
           strcmp(question->from, operation->subject) == 0;
}

static const DiffRename *question_about(const Change *change, const DiffOperation *operation)
{
    for (guint i = 0; i < change->questions->len; i++)
        if (is_about(change->questions->pdata[i], operation))
            return change->questions->pdata[i];
    return NULL;
}

static void append_loss(GString *section, const DiffOperation *operation,
                        const DiffRename *question)
{
    if (question)
        comment(section, "data-loss: unless this is a rename: --rename '%s=%s'",
                short_name(question->from), question->to);
    else if (operation->loss)
        comment(section, "data-loss: %s", operation->loss);
}

static void append_operation(GString *section, const DiffOperation *operation,
                             const DiffRename *question)
{
    begin_operation(section);
    comment(section, "%s %s", operation->verb, short_name(operation->subject));
    append_loss(section, operation, question);
    if (operation->commits_before)
        g_string_append(section, "-- pgsluice:commit\n");
    if (operation->guard)
        append_guard(section, operation);
    for (guint i = 0; i < operation->statements->len; i++)
        g_string_append_printf(section, "%s;\n", (const char *)operation->statements->pdata[i]);
}

static const char *rename_verb(const DiffRename *rename)
{
    switch (rename->kind) {
    case KIND_TABLE:
        return "rename_table";
    case KIND_COLUMN:
        return "alter_column";
    default:
        return "rename";
    }
}

static void append_renames(GString *section, const GPtrArray *renames)
{
    for (guint i = 0; i < renames->len; i++) {
        const DiffRename *rename = renames->pdata[i];

        begin_operation(section);
        comment(section, "%s %s, now %s", rename_verb(rename), short_name(rename->from),
                rename->to);
        g_string_append_printf(section, "%s;\n", rename->statement);
    }
}

char *change_up_section(const Change *change)
{
    GString *section = g_string_new(NULL);

    append_renames(section, change->renames);
    for (guint i = 0; i < change->up->operations->len; i++) {
        const DiffOperation *operation = change->up->operations->pdata[i];

        append_operation(section, operation, question_about(change, operation));
    }
    return g_strchomp(g_string_free(section, FALSE));
}

char *change_down_section(const Change *change)
{
    GString *section = g_string_new(NULL);

    if (!change->down) {
        comment(section, "Cannot be undone: %s.", change->why_not);
        return g_strchomp(g_string_free(section, FALSE));
    }
    if (change->unrenames_first)
        append_renames(section, change->unrenames);
    for (guint i = 0; i < change->down->operations->len; i++)
        append_operation(section, change->down->operations->pdata[i], NULL);
    if (!change->unrenames_first)
        append_renames(section, change->unrenames);
    if (!section->len)
        g_string_append(section, "-- nothing to undo\n");
    return g_strchomp(g_string_free(section, FALSE));
}

static void append_hazard(GString *lines, const char *text, const DiffOperation *operation)
{
    g_autofree char *line =
        g_strdup_printf("%s (%s %s)", text, operation->verb, short_name(operation->subject));
    g_autofree char *plain = one_line(line);

    g_string_append_printf(lines, "\n- %s", plain);
}

char *change_hazards(const Change *change)
{
    GString *lines = g_string_new("Hazards, to be read before it is applied");

    for (guint i = 0; i < change->up->operations->len; i++) {
        const DiffOperation *operation = change->up->operations->pdata[i];
        g_autofree char *loss =
            operation->loss ? g_strconcat("loses ", operation->loss, NULL) : NULL;

        if (loss)
            append_hazard(lines, loss, operation);
        if (operation->hazard)
            append_hazard(lines, operation->hazard, operation);
    }
    if (!strchr(lines->str, '\n')) {
        g_string_free(lines, TRUE);
        return NULL;
    }
    return g_string_free(lines, FALSE);
}
