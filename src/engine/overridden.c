/* Role and database level parameters that the session has set otherwise. */
#include "engine/overridden.h"

#include "engine/session_private.h"
#include "engine/settings.h"
#include "engine/sql_engine.h"

static void overridden_free(gpointer data)
{
    Overridden *overridden = data;

    g_free(overridden->name);
    g_free(overridden->value);
    g_free(overridden->source);
    g_free(overridden);
}

/* The names of what every session sets, as a text[] literal; g_free. */
static char *format_names(const Session *session)
{
    SessionParameter parameters[SESSION_PARAMETERS];
    const char *names[SESSION_PARAMETERS + 2] = {"search_path"};

    settings_parameters(session->settings, session->settings->lock_timeout, parameters);
    for (guint i = 0; i < SESSION_PARAMETERS; i++)
        names[i + 1] = parameters[i].name;
    return text_array_format(names);
}

GPtrArray *overridden_read(Session *session, GError **error)
{
    g_autofree char *names = format_names(session);
    g_autoptr(Result) result = NULL;
    GPtrArray *all;

    if (session->overridden)
        return g_ptr_array_ref(session->overridden);
    if (!conn_exec_params(session->conn, sql_overridden, 1, (const char *[]){names}, &result,
                          error))
        return NULL;
    all = g_ptr_array_new_with_free_func(overridden_free);
    for (int i = 0; i < result_rows(result); i++) {
        Overridden *overridden = g_new(Overridden, 1);

        *overridden =
            (Overridden){g_strdup(result_text(result, i, 0)), g_strdup(result_text(result, i, 1)),
                         g_strdup(result_text(result, i, 2))};
        g_ptr_array_add(all, overridden);
    }
    session->overridden = all;
    return g_ptr_array_ref(all);
}
