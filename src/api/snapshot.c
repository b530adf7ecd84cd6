/* From what the daemon publishes to answers that only need to be sent. */
#include "api/snapshot.h"

#include <string.h>

static HttpResponse *json_response(char *text)
{
    g_autoptr(GBytes) body = g_bytes_new_take(text, strlen(text));

    return http_response_new(200, "application/json", body);
}

static HttpResponse *make_live(const ApiSnapshot *source)
{
    HttpResponse *response = json_response(gate_document(source->state, source->reason));

    http_response_add_header(response, "Cache-Control", "no-store");
    return response;
}

static HttpResponse *make_pass(void)
{
    HttpResponse *response = http_response_new(204, NULL, NULL);

    http_response_add_header(response, "Cache-Control", "no-store");
    return response;
}

/* no-cache: a client may keep the document, but must ask each time whether it still holds. */
static HttpResponse *tag(HttpResponse *response, const char *etag)
{
    http_response_add_header(response, "Cache-Control", "no-cache");
    if (etag)
        http_response_add_header(response, "ETag", etag);
    return response;
}

static void insert_applied(GHashTable *revisions, const char *const *ids)
{
    for (; ids && *ids; ids++)
        g_hash_table_insert(revisions, g_strdup(*ids), GINT_TO_POINTER(TRUE));
}

/* Whether the database is merely newer than the files: what was recorded while it got there can be
 * believed. A head that is not recorded itself was put there by somebody who keeps no records. */
static gboolean is_recorded(const ApiSnapshot *source)
{
    g_auto(GStrv) unknown = source->graph && source->heads && source->applied
                                ? graph_unknown(source->graph, source->heads)
                                : NULL;

    for (char **head = unknown; head && *head; head++)
        if (!g_strv_contains(source->applied, *head))
            return FALSE;
    return unknown && *unknown;
}

/* Every id of the files and whether it is applied; the heads count even when no file knows them. */
static GHashTable *make_revisions(const ApiSnapshot *source)
{
    GHashTable *revisions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) files = source->graph ? graph_revisions(source->graph) : NULL;
    g_autoptr(GHashTable) applied =
        source->graph && source->heads ? graph_applied(source->graph, source->heads) : NULL;

    for (guint i = 0; files && i < files->len; i++) {
        const Revision *revision = g_ptr_array_index(files, i);
        gboolean is_applied = applied && g_hash_table_contains(applied, revision);

        g_hash_table_insert(revisions, g_strdup(revision->id), GINT_TO_POINTER(is_applied));
    }
    insert_applied(revisions, source->heads);
    if (is_recorded(source))
        insert_applied(revisions, source->applied);
    return revisions;
}

Snapshot *snapshot_new(const ApiSnapshot *source)
{
    Snapshot *snapshot = g_new0(Snapshot, 1);

    atomic_init(&snapshot->references, 1);
    snapshot->is_open = source->is_open;
    snapshot->is_controlled = source->is_controlled;
    snapshot->allows_rollback = source->allows_rollback;
    snapshot->action_types = g_strdupv((char **)source->action_types);
    snapshot->usage_absence = g_strdup(source->usage_absence);
    snapshot->state = g_strdup(source->state);
    snapshot->reason = g_strdup(source->reason);
    snapshot->retry_after = source->retry_after;
    snapshot->etag = g_strdup(source->etag);
    snapshot->revisions = source->is_open ? make_revisions(source) : NULL;
    snapshot->live = make_live(source);
    snapshot->pass = make_pass();
    if (source->document)
        snapshot->document = tag(json_response(g_strdup(source->document)), source->etag);
    snapshot->not_modified = tag(http_response_new(304, NULL, NULL), source->etag);
    return snapshot;
}

Snapshot *snapshot_ref(Snapshot *snapshot)
{
    atomic_fetch_add_explicit(&snapshot->references, 1, memory_order_relaxed);
    return snapshot;
}

void snapshot_unref(Snapshot *snapshot)
{
    if (!snapshot || atomic_fetch_sub(&snapshot->references, 1) > 1)
        return;
    g_strfreev(snapshot->action_types);
    g_free(snapshot->usage_absence);
    g_free(snapshot->state);
    g_free(snapshot->reason);
    g_free(snapshot->etag);
    g_clear_pointer(&snapshot->revisions, g_hash_table_unref);
    http_response_unref(snapshot->live);
    http_response_unref(snapshot->pass);
    http_response_unref(snapshot->document);
    http_response_unref(snapshot->not_modified);
    g_free(snapshot);
}
