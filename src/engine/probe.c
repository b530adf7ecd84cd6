/* The questions of probe.sql, and what their answers mean. */
#include "engine/probe.h"

#include "engine/session_private.h"
#include "engine/sql_engine.h"

void probe_clear(Probe *probe)
{
    g_free(probe->state);
    g_free(probe->object);
    g_free(probe->part);
    g_strfreev(probe->leftovers);
    *probe = (Probe){0};
}

const char *probe_name(const Nature *nature)
{
    switch (nature->kind) {
    case NATURE_BUILD_INDEX:
        return nature->part ? "build index" : "build unnamed index";
    case NATURE_DROP_INDEX:
        return "drop index";
    case NATURE_DETACH:
        return "detach";
    case NATURE_REPEATABLE:
        return "reindex";
    case NATURE_DATABASE:
        return "database";
    case NATURE_TABLESPACE:
        return "tablespace";
    case NATURE_SUBSCRIPTION:
        return "subscription";
    case NATURE_ORDINARY:
    case NATURE_SESSION:
    case NATURE_LABEL:
    case NATURE_COMMITS:
    case NATURE_ALONE:
        break;
    }
    return NULL;
}

gboolean probe_ask(Session *session, const char *name, const char *object, const char *part,
                   Probe *probe, GError **error)
{
    const char *const values[] = {name, object, part};
    g_autoptr(Result) result = NULL;

    if (!name) {
        *probe = (Probe){g_strdup(""), g_strdup(""), g_strdup(""), g_new0(char *, 1)};
        return TRUE;
    }
    if (!conn_exec_params(session->conn, sql_probe, G_N_ELEMENTS(values), values, &result, error))
        return FALSE;
    *probe = (Probe){g_strdup(result_text(result, 0, 0)), g_strdup(result_text(result, 0, 1)),
                     g_strdup(result_text(result, 0, 2)), result_text_array(result, 0, 3)};
    return TRUE;
}

ProbeOutcome probe_outcome(const char *name, const char *before, const char *now)
{
    gboolean has_changed = g_strcmp0(before, now) != 0;

    if (g_strcmp0(name, "reindex") == 0)
        return OUTCOME_REPEATABLE;
    if (!name || !before || !*now)
        return OUTCOME_UNKNOWN;
    if (g_str_equal(name, "detach") && g_str_equal(now, "pending"))
        return OUTCOME_HALF;
    if (g_str_equal(now, "several"))
        return OUTCOME_UNKNOWN;
    if (g_str_equal(name, "build index") || g_str_equal(name, "build unnamed index"))
        return has_changed && g_str_has_prefix(now, "valid ") ? OUTCOME_DONE : OUTCOME_NOT_DONE;
    if (g_str_equal(name, "drop index"))
        return has_changed && g_str_equal(now, "absent") ? OUTCOME_DONE : OUTCOME_NOT_DONE;
    return has_changed ? OUTCOME_DONE : OUTCOME_NOT_DONE;
}
