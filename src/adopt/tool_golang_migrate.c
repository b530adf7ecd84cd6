/* golang-migrate: 000001_name.up.sql and 000001_name.down.sql. It sends a file as one query, which
 * is a transaction unless the file says otherwise; people write BEGIN and COMMIT all the same. */
#include <string.h>

#include "adopt/filetool_private.h"
#include "sql/split.h"

static gboolean recognise(const char *file, HistoryFile *entry)
{
    static const char up[] = ".up.sql";
    static const char down[] = ".down.sql";
    gsize digits = strspn(file, "0123456789");
    const char *suffix = g_str_has_suffix(file, up)     ? up
                         : g_str_has_suffix(file, down) ? down
                                                        : NULL;

    if (!suffix || digits == 0 || file[digits] != '_')
        return FALSE;
    entry->kind = suffix == up ? HISTORY_UP : HISTORY_DOWN;
    entry->version = g_strndup(file, digits);
    entry->title = g_strndup(file + digits, strlen(file + digits) - strlen(suffix));
    return TRUE;
}

static const Statement *statement_at(const GPtrArray *statements, guint index)
{
    return statements->pdata[index];
}

static gboolean begins_with(const Statement *statement, const char *word)
{
    return g_ascii_strncasecmp(statement->sql, word, strlen(word)) == 0;
}

/* One transaction around all of it and no other. */
static gboolean is_wrapped(const GPtrArray *statements)
{
    if (statements->len < 2 || !(begins_with(statement_at(statements, 0), "begin") ||
                                 begins_with(statement_at(statements, 0), "start")))
        return FALSE;
    for (guint i = 0; i < statements->len; i++) {
        gboolean is_edge = i == 0 || i == statements->len - 1;
        gboolean is_control = statement_at(statements, i)->kind == STATEMENT_TRANSACTION_CONTROL;

        if (is_edge != is_control)
            return FALSE;
    }
    return begins_with(statement_at(statements, statements->len - 1), "commit") ||
           begins_with(statement_at(statements, statements->len - 1), "end");
}

/* Without the statement, its semicolon and the line end behind it. */
static void cut(GString *text, const Statement *statement)
{
    gsize end = statement->offset + statement->length;

    end += strspn(text->str + end, " \t");
    end += text->str[end] == ';';
    end += strspn(text->str + end, " \t");
    end += text->str[end] == '\n';
    g_string_erase(text, (gssize)statement->offset, (gssize)(end - statement->offset));
}

/* pgsluice puts the transaction around it. */
static char *unwrap(Arrival *arrival, const char *section, const char *text)
{
    g_autoptr(GPtrArray) statements = sql_split(text, section, 1, NULL);
    GString *plain = g_string_new(text);

    if (statements && is_wrapped(statements)) {
        cut(plain, statement_at(statements, statements->len - 1));
        cut(plain, statement_at(statements, 0));
        arrival_add_note(arrival,
                         "%s: its BEGIN and COMMIT are left out, the revision is one "
                         "transaction",
                         section);
    }
    return g_string_free(plain, FALSE);
}

static gboolean fill(Arrival *arrival, const HistoryFile *entry, const char *text,
                     const char *settings, const char *path, GError **error)
{
    if (entry->kind == HISTORY_UP)
        arrival->up.sql = unwrap(arrival, "up", text);
    else
        arrival_set_down(arrival, unwrap(arrival, "down", text));
    return TRUE;
}

const FileTool tool_golang_migrate = {"golang-migrate", recognise, fill};
