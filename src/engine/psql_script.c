/* Writing for psql. */
#include "engine/psql_script.h"

#include <string.h>

#include "base/error.h"
#include "base/quote.h"
#include "engine/settings.h"
#include "sql/classify.h"
#include "sql/psql.h"

PsqlScript *psql_script_new(const EngineSettings *settings)
{
    PsqlScript *script = g_new(PsqlScript, 1);

    script->text = g_string_new(NULL);
    script->variables = settings_variables(settings);
    return script;
}

void psql_script_free(PsqlScript *script)
{
    if (!script)
        return;
    g_string_free(script->text, TRUE);
    g_strfreev(script->variables);
    g_free(script);
}

void psql_script_add(PsqlScript *script, const char *lines)
{
    g_string_append(script->text, lines);
}

/* A line end of any kind would end the comment. */
static char *on_one_line(const char *text)
{
    char *line = g_strdup(text);

    for (char *at = line; *at; at++)
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    return line;
}

void psql_script_add_comment(PsqlScript *script, const char *comment)
{
    g_autofree char *line = on_one_line(comment);

    g_string_append_printf(script->text, "\n-- %s\n", line);
}

void psql_script_add_echo(PsqlScript *script, const char *line)
{
    g_autofree char *safe = on_one_line(line);

    g_string_append(script->text, "\\echo ");
    sql_append_psql_argument(script->text, safe);
    g_string_append_c(script->text, '\n');
}

void psql_script_add_variable(PsqlScript *script, const char *name, const char *value)
{
    g_string_append_printf(script->text, "\\set pgsluice_%s ", name);
    sql_append_psql_argument(script->text, value);
    g_string_append_c(script->text, '\n');
}

/* Behind the quoted name or literal at `at`; what is doubled in it reads as two of them. */
static const char *skip_quoted(const char *at)
{
    const char *end = strchr(at + 1, *at);

    g_assert(end);
    return end + 1;
}

/* Outside of quotes the queries of q/ have "$" only where a parameter stands. */
static void append_bound(GString *text, const char *sql, const char *const *arguments)
{
    for (const char *at; *sql; sql = at) {
        at = sql + strcspn(sql, "$'\"");
        if (*at == '\'' || *at == '"')
            at = skip_quoted(at);
        g_string_append_len(text, sql, at - sql);
        if (*at == '$') {
            guint64 number = g_ascii_strtoull(at + 1, (char **)&at, 10);

            g_assert(number >= 1 && number <= g_strv_length((char **)arguments));
            g_string_append(text, arguments[number - 1]);
        }
    }
}

/* The query without its end. */
static void append_query(PsqlScript *script, const char *query, const char *const *arguments)
{
    const char *first = sql_skip_blank(query, query + strlen(query));
    g_autofree char *sql = sql_expand(first, (const char *const *)script->variables);

    g_strchomp(sql);
    if (arguments)
        append_bound(script->text, sql, arguments);
    else
        g_string_append(script->text, sql);
}

void psql_script_add_query(PsqlScript *script, const char *query, const char *const *arguments)
{
    append_query(script, query, arguments);
    if (!g_str_has_suffix(script->text->str, ";"))
        g_string_append_c(script->text, ';');
    g_string_append_c(script->text, '\n');
}

void psql_script_ask(PsqlScript *script, const char *query, const char *const *arguments)
{
    append_query(script, query, arguments);
    g_string_append(script->text, "\n\\gset pgsluice_\n");
}

gboolean psql_script_add_statement(PsqlScript *script, const Revision *revision,
                                   const Section *section, const Statement *statement,
                                   GError **error)
{
    g_autofree char *source = NULL;
    ErrorSite site = {.path = revision->path};
    gsize at;

    if (sql_append_for_psql(script->text, statement->sql, &at, error)) {
        if (statement->data_line)
            sql_append_rows_for_psql(script->text, section->text + statement->data_offset,
                                     statement->data_length);
        return TRUE;
    }
    script_locate(section, statement, (unsigned)g_utf8_strlen(statement->sql, (gssize)at) + 1,
                  &site.line, &site.column, &source);
    site.source = source;
    error_set_site(error, &site);
    return FALSE;
}

char *psql_script_end(PsqlScript *script)
{
    char *text = g_string_free(script->text, FALSE);

    script->text = g_string_new(NULL);
    return text;
}

char *psql_script_literal(const char *value)
{
    char *literal = value ? sql_quote_literal(value) : g_strdup("NULL");

    return g_strchug(literal); /* a blank stands before E'' */
}
