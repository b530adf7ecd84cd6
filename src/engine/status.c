/* Comparing database and files. */
#include "engine/status.h"

#include <string.h>

#include "base/error.h"
#include "engine/budget.h"
#include "engine/session_private.h"
#include "revision/plan.h"

void status_free(Status *status)
{
    if (!status)
        return;
    g_free(status->server_version);
    g_free(status->database);
    g_strfreev(status->heads);
    g_strfreev(status->script_heads);
    if (status->overridden)
        g_ptr_array_unref(status->overridden);
    if (status->pending)
        g_ptr_array_unref(status->pending);
    g_strfreev(status->unknown);
    g_strfreev(status->applied);
    if (status->mismatched)
        g_ptr_array_unref(status->mismatched);
    if (status->edited_downs)
        g_ptr_array_unref(status->edited_downs);
    g_free(status->environment);
    g_free(status->files_digest);
    hold_free(status->hold);
    journal_free(status->half_run);
    lock_holder_free(status->holder);
    g_clear_pointer(&status->instances, g_ptr_array_unref);
    g_strfreev(status->fence);
    g_free(status);
}

static int compare_strings(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

static char **script_heads(const Graph *graph)
{
    g_autoptr(GPtrArray) heads = graph_heads(graph);
    GPtrArray *ids = g_ptr_array_new();

    for (guint i = 0; i < heads->len; i++)
        g_ptr_array_add(ids, g_strdup(((const Revision *)g_ptr_array_index(heads, i))->id));
    g_ptr_array_sort(ids, compare_strings);
    g_ptr_array_add(ids, NULL);
    return (char **)g_ptr_array_free(ids, FALSE);
}

/* What the files and the heads of the database say about what is applied. Below a head that the
 * files do not know only the applied table can tell; else it may name what another tool, which
 * shares the version table, has undone since. */
typedef struct {
    GHashTable *below_heads; /* a set of Revision * */
    gboolean trusts_records;
} Extent;

static void extent_clear(Extent *extent)
{
    g_hash_table_unref(extent->below_heads);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Extent, extent_clear)

static Extent extent_of(const Graph *graph, const Status *status)
{
    return (Extent){graph_applied(graph, (const char *const *)status->heads),
                    status->unknown[0] != NULL};
}

static gboolean is_applied(const Extent *extent, const Status *status, const Revision *revision)
{
    return g_hash_table_contains(extent->below_heads, revision) ||
           (extent->trusts_records &&
            g_strv_contains((const char *const *)status->applied, revision->id));
}

/* What an upgrade to the files' heads would run. */
static GPtrArray *pending_revisions(const Graph *graph, const Status *status)
{
    g_auto(Extent) extent = extent_of(graph, status);
    g_autoptr(GPtrArray) all = graph_revisions(graph);
    GPtrArray *pending = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++) {
        const Revision *revision = g_ptr_array_index(all, i);

        if (!is_applied(&extent, status, revision))
            g_ptr_array_add(pending, (gpointer)revision);
    }
    return pending;
}

/* Fills status->applied. */
static GPtrArray *read_applied(Session *session, Status *status, GError **error)
{
    GPtrArray *records = records_read(session, error);

    if (!records)
        return NULL;
    status->applied = g_new0(char *, records->len + 1);
    for (guint i = 0; i < records->len; i++)
        status->applied[i] = g_strdup(((const Record *)g_ptr_array_index(records, i))->revision);
    return records;
}

static void add_text(GChecksum *sum, const char *text)
{
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

static void add_texts(GChecksum *sum, char *const *texts)
{
    for (; *texts; texts++)
        add_text(sum, *texts);
    add_text(sum, "");
}

/* One file: its part of the digest, and whether it still is what was applied. */
static void look_at_file(const Revision *revision, Integrity *integrity, GChecksum *sum)
{
    g_autoptr(RevisionBody) body = revision_read_body(revision, NULL);

    integrity_look(integrity, revision, body);
    add_text(sum, revision->id);
    add_text(sum, strrchr(revision->path, '/') ? strrchr(revision->path, '/') : revision->path);
    add_texts(sum, revision->down_revisions);
    add_texts(sum, revision->depends_on);
    add_text(sum, body ? body->up.checksum : "");
    add_text(sum, body ? body->down.checksum : "");
}

static gboolean look_at_files(Session *session, const Graph *graph, Status *status, GError **error)
{
    g_autoptr(GPtrArray) records = read_applied(session, status, error);
    g_autoptr(GPtrArray) all = graph_revisions(graph);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(Integrity) integrity = NULL;

    if (!records)
        return FALSE;
    integrity = integrity_new(graph, (const char *const *)status->heads, records);
    for (guint i = 0; i < all->len; i++)
        look_at_file(g_ptr_array_index(all, i), integrity, sum);
    integrity_take(integrity, &status->mismatched, &status->edited_downs);
    status->files_digest = g_strdup(g_checksum_get_string(sum));
    return TRUE;
}

/* What its first change has called the database. */
static void look_at_environment(const Session *session, const DatabaseState *state, Status *status)
{
    status->environment = g_strdup(state->environment);
    status->is_foreign =
        state->environment && g_strcmp0(state->environment, session->settings->environment) != 0;
}

static gboolean look_at_others(Session *session, const Graph *graph, Status *status, GError **error)
{
    status->instances = instances_read(session, graph, NULL, error);
    return status->instances &&
           lock_find_holder(session->conn, session->key, &status->holder, error);
}

Status *status_read(Session *session, const Graph *graph, gboolean asks_holder, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    g_autoptr(Status) status = g_new0(Status, 1);
    const char *const *heads;

    if (!state)
        return NULL;
    status->overridden = overridden_read(session, error);
    if (!status->overridden)
        return NULL;
    heads = (const char *const *)state->heads;
    status->server_version = g_strdup(session->facts.server_version);
    status->database = g_strdup(session->facts.database);
    status->in_recovery = session->facts.in_recovery;
    status->heads = g_strdupv(state->heads);
    status->script_heads = script_heads(graph);
    status->script_count = graph_count(graph);
    status->unknown = graph_unknown(graph, heads);
    status->hold = hold_copy(state->hold);
    if (status->hold)
        status->hold->is_void = budget_hold_is_void(state->hold, graph);
    look_at_environment(session, state, status);
    if (!look_at_files(session, graph, status, error) ||
        (state->half_run && !journal_read(session, &status->half_run, error)) ||
        (asks_holder && !look_at_others(session, graph, status, error)))
        return NULL;
    status->pending = pending_revisions(graph, status);
    status->is_locked = status->holder != NULL;
    return g_steal_pointer(&status);
}
