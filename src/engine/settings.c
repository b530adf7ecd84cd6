/* From settings to names and parameters. */
#include "engine/settings.h"

#include <string.h>

#include "base/quote.h"

#define VERSION_PKEY_SUFFIX "_pkc"

/* Alembic's name; cut where PostgreSQL would otherwise cut it down to the table's own. */
static char *name_version_pkey(const char *version_table)
{
    gsize length = MIN(strlen(version_table), SQL_IDENTIFIER_MAX - strlen(VERSION_PKEY_SUFFIX));
    g_autofree char *stem = g_strndup(version_table, length);
    const char *end;

    if (!g_utf8_validate(stem, -1, &end))
        stem[end - stem] = '\0';
    return g_strconcat(stem, VERSION_PKEY_SUFFIX, NULL);
}

char **settings_variables(const EngineSettings *settings)
{
    g_autofree char *version_pkey = name_version_pkey(settings->version_table);
    const char *variables[] = {"version_schema",
                               settings->version_table_schema,
                               "version_table",
                               settings->version_table,
                               "version_pkey",
                               version_pkey,
                               "state",
                               settings->state_schema,
                               "environment",
                               settings->environment,
                               NULL};

    return g_strdupv((char **)variables);
}

char *settings_version_table(const EngineSettings *settings)
{
    g_autofree char *schema = sql_quote_identifier(settings->version_table_schema);
    g_autofree char *table = sql_quote_identifier(settings->version_table);

    return g_strconcat(schema, ".", table, NULL);
}

static void set_timeout(SessionParameter *parameter, gint64 microseconds)
{
    g_snprintf(parameter->value, sizeof parameter->value, "%" G_GINT64_FORMAT "us", microseconds);
}

gint64 settings_patience(const EngineSettings *settings)
{
    gint64 longest = settings->answer_within / 5 * 4;

    if (longest == 0 || (settings->lock_timeout != 0 && settings->lock_timeout < longest))
        return settings->lock_timeout;
    return longest;
}

void settings_parameters(const EngineSettings *settings, gint64 lock_timeout,
                         SessionParameter parameters[SESSION_PARAMETERS])
{
    const SessionParameter all[SESSION_PARAMETERS] = {
        {"client_min_messages", "warning", 0},
        {"default_transaction_read_only", "off", 0},
        {"default_transaction_isolation", "read committed", 0},
        {"standard_conforming_strings", "on", 0}, /* as the splitter reads */
        {"row_security", "off", 0},               /* a hidden head must be an error */
        {"idle_in_transaction_session_timeout", "0", 0},
        {"client_connection_check_interval", "1s", 140000},
        {"idle_session_timeout", "0", 140000},
        {"statement_timeout", "", 0},
        {"lock_timeout", "", 0},
    };

    memcpy(parameters, all, sizeof all);
    set_timeout(&parameters[SESSION_PARAMETERS - 2], settings->statement_timeout);
    set_timeout(&parameters[SESSION_PARAMETERS - 1], lock_timeout);
}

/* The end of the element of a search_path that begins here: a comma outside of quotes, or the end.
 */
static const char *find_end_of_name(const char *text)
{
    gboolean is_quoted = FALSE;

    for (; *text && (is_quoted || *text != ','); text++)
        is_quoted ^= *text == '"';
    return text;
}

char *settings_namesake_search_path(const EngineSettings *settings)
{
    const char *rest = settings->search_path;
    GString *path = g_string_new(NULL);

    while (*rest) {
        const char *end = find_end_of_name(rest);
        g_autofree char *name = g_strndup(rest, (gsize)(end - rest));

        g_strstrip(name);
        if (strcmp(name, "\"$user\"") != 0 && strcmp(name, "$user") != 0)
            g_string_append_printf(path, "%s%s", path->len ? ", " : "", name);
        rest = *end ? end + 1 : end;
    }
    return g_string_free(path, FALSE);
}

char *settings_search_path_sql(const EngineSettings *settings)
{
    g_autofree char *namesake = settings_namesake_search_path(settings);
    g_autofree char *of_namesake = sql_quote_literal(namesake);
    g_autofree char *of_others = sql_quote_literal(settings->search_path);
    g_autofree char *state = sql_quote_literal(settings->state_schema);

    return g_strdup_printf("CASE current_user WHEN %s THEN %s ELSE %s END", state, of_namesake,
                           of_others);
}
