/* Reading and telling what was seen. */
#include "engine/sight.h"

#include "base/units.h"
#include "db/query.h"

/* The columns of watch.sql. */
enum {
    STATE,
    TEXT,
    AGE,
    WAIT_EVENT_TYPE,
    WAIT_EVENT,
    COMMAND,
    PHASE,
    DONE,
    TOTAL,
    BLOCKER_PID,
    BLOCKER_APPLICATION_NAME,
    BLOCKER_USER,
    BLOCKER_STATE,
    BLOCKER_QUERY_AGE,
    BLOCKER_QUERY_START,
    BLOCKER_QUERY,
    BLOCKER_TRANSACTION,
    BLOCKER_GIVES_WAY,
};

static void blocker_free(gpointer data)
{
    Blocker *blocker = data;

    g_free(blocker->application_name);
    g_free(blocker->user);
    g_free(blocker->state);
    g_free(blocker->query);
    g_free(blocker->query_start);
    g_free(blocker->transaction);
    g_free(blocker);
}

static Blocker *blocker_read(const Result *result, int row)
{
    Blocker *blocker = g_new0(Blocker, 1);

    blocker->pid = (int)result_int64(result, row, BLOCKER_PID);
    blocker->application_name = g_strdup(result_text(result, row, BLOCKER_APPLICATION_NAME));
    blocker->user = g_strdup(result_text(result, row, BLOCKER_USER));
    blocker->state = g_strdup(result_text(result, row, BLOCKER_STATE));
    blocker->query_age = result_int64(result, row, BLOCKER_QUERY_AGE);
    blocker->query_start = g_strdup(result_text(result, row, BLOCKER_QUERY_START));
    blocker->query = query_shorten(result_text(result, row, BLOCKER_QUERY));
    blocker->transaction = g_strdup(result_text(result, row, BLOCKER_TRANSACTION));
    blocker->gives_way = result_boolean(result, row, BLOCKER_GIVES_WAY);
    return blocker;
}

static void sight_clear(gpointer data)
{
    Sight *sight = data;

    g_free(sight->state);
    g_free(sight->text);
    g_free(sight->wait_event_type);
    g_free(sight->wait_event);
    g_free(sight->command);
    g_free(sight->phase);
    g_ptr_array_unref(sight->blockers);
}

Sight *sight_read(const Result *result)
{
    Sight *sight = g_atomic_rc_box_new0(Sight);

    sight->state = g_strdup(result_text(result, 0, STATE));
    sight->text = g_strdup(result_text(result, 0, TEXT));
    sight->age = result_int64(result, 0, AGE);
    sight->wait_event_type = g_strdup(result_text(result, 0, WAIT_EVENT_TYPE));
    sight->wait_event = g_strdup(result_text(result, 0, WAIT_EVENT));
    sight->command = g_strdup(result_text(result, 0, COMMAND));
    sight->phase = g_strdup(result_text(result, 0, PHASE));
    sight->done = result_int64(result, 0, DONE);
    sight->total = result_int64(result, 0, TOTAL);
    sight->blockers = g_ptr_array_new_with_free_func(blocker_free);
    for (int row = 0; row < result_rows(result); row++)
        if (result_text(result, row, BLOCKER_PID))
            g_ptr_array_add(sight->blockers, blocker_read(result, row));
    return sight;
}

Sight *sight_ref(const Sight *sight)
{
    return sight ? g_atomic_rc_box_acquire((Sight *)sight) : NULL;
}

void sight_unref(Sight *sight)
{
    if (sight)
        g_atomic_rc_box_release_full(sight, sight_clear);
}

gboolean sight_is_working(const Sight *sight)
{
    return sight && g_strcmp0(sight->state, "active") == 0 && sight->blockers->len == 0 &&
           g_strcmp0(sight->wait_event_type, "Lock") != 0;
}

int sight_percent(const Sight *sight)
{
    if (sight->total <= 0)
        return -1;
    return (int)(100.0 * (double)CLAMP(sight->done, 0, sight->total) / (double)sight->total);
}

char *sight_describe(const Sight *sight)
{
    int percent = sight_percent(sight);
    const char *what = sight->phase && *sight->phase ? sight->phase : sight->command;

    if (what && percent >= 0)
        return g_strdup_printf("%d %% of %s", percent, what);
    if (what)
        return g_strdup(what);
    if (sight->wait_event_type)
        return g_strdup_printf("waits: %s, %s", sight->wait_event_type, sight->wait_event);
    return NULL;
}

static void add_query(GString *text, const Blocker *blocker, gboolean tells_age)
{
    gboolean is_active = g_strcmp0(blocker->state, "active") == 0;
    g_autofree char *age = duration_describe(MAX(blocker->query_age, 0));

    if (is_active)
        g_string_append(text, tells_age ? ", running for " : ", running");
    else
        g_string_append_printf(text, ", %s, last query%s", blocker->state, tells_age ? " " : "");
    if (tells_age)
        g_string_append_printf(text, is_active ? "%s" : "%s ago", age);
    if (blocker->query_start)
        g_string_append_printf(text, " (%s)", blocker->query_start);
    if (blocker->query && *blocker->query)
        g_string_append_printf(text, ": %s", blocker->query);
}

static char *describe_blocker(const Blocker *blocker, gboolean tells_age)
{
    const char *name = blocker->application_name;
    GString *text;

    if (blocker->pid == 0)
        return g_strdup("a prepared transaction");
    text = g_string_new(name && *name ? name : "a session without a name");
    g_string_append_printf(text, " (process %d", blocker->pid);
    if (blocker->user)
        g_string_append_printf(text, ", user %s", blocker->user);
    if (blocker->state)
        add_query(text, blocker, tells_age);
    g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

static char *describe_blockers(const Sight *sight, gboolean tells_age)
{
    guint count = sight ? sight->blockers->len : 0;
    g_autofree char *first = NULL;

    if (count == 0)
        return NULL;
    first = describe_blocker(g_ptr_array_index(sight->blockers, 0), tells_age);
    if (count == 1)
        return g_steal_pointer(&first);
    return g_strdup_printf("%s and %u more", first, count - 1);
}

char *sight_describe_blockers(const Sight *sight)
{
    return describe_blockers(sight, TRUE);
}

char *sight_identify_blockers(const Sight *sight)
{
    return describe_blockers(sight, FALSE);
}

char *sight_remedy(const Sight *sight)
{
    GString *sql = g_string_new(NULL);

    for (guint i = 0; sight && i < sight->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(sight->blockers, i);

        if (sql->len)
            g_string_append(sql, "; ");
        if (blocker->pid == 0)
            g_string_append(sql, "ROLLBACK PREPARED what SELECT * FROM pg_prepared_xacts shows");
        else
            g_string_append_printf(sql, "SELECT pg_terminate_backend(%d)", blocker->pid);
    }
    return g_string_free(sql, sql->len == 0);
}

static gboolean is_same_transaction(const Blocker *then, const Blocker *now)
{
    return then->pid == now->pid && g_strcmp0(then->transaction, now->transaction) == 0;
}

gboolean sight_shares_blocker(const Sight *then, const Sight *now)
{
    for (guint i = 0; then && now && i < now->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(now->blockers, i);

        for (guint j = 0; !blocker->gives_way && j < then->blockers->len; j++)
            if (is_same_transaction(g_ptr_array_index(then->blockers, j), blocker))
                return TRUE;
    }
    return FALSE;
}
