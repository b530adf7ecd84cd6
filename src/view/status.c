/* The status document and its entity tag. */
#include <string.h>

#include "view/document.h"
#include "view/drift_private.h"
#include "view/instance_private.h"
#include "view/operation_private.h"
#include "view/render.h"

static gint compare_texts(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static json_t *service_json(const ServiceView *service)
{
    json_t *json = json_object();

    json_object_set_new(json, "version", render_text(service->version));
    json_object_set_new(json, "instance", render_text(service->instance));
    json_object_set_new(json, "started_at", render_time(service->started_at));
    return json;
}

static json_t *gate_json(const GateView *gate)
{
    json_t *json = json_object();

    json_object_set_new(json, "state", render_text(gate->state));
    json_object_set_new(json, "reason", render_text(gate->reason));
    json_object_set_new(json, "since", render_time(gate->since));
    json_object_set_new(json, "controlled", json_boolean(gate->is_controlled));
    json_object_set_new(json, "required_revision", render_text(gate->required_revision));
    return json;
}

static json_t *overridden_json(const GPtrArray *all)
{
    json_t *array = json_array();

    for (guint i = 0; all && i < all->len; i++) {
        const Overridden *overridden = g_ptr_array_index(all, i);
        json_t *json = json_object();

        json_object_set_new(json, "name", render_text(overridden->name));
        json_object_set_new(json, "value", render_text(overridden->value));
        json_object_set_new(json, "source", render_text(overridden->source));
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *database_json(const Status *status)
{
    json_t *json;

    if (!status)
        return json_null();
    json = json_object();
    json_object_set_new(json, "server_version", render_text(status->server_version));
    json_object_set_new(json, "name", render_text(status->database));
    json_object_set_new(json, "in_recovery", json_boolean(status->in_recovery));
    json_object_set_new(json, "heads", render_texts((const char *const *)status->heads));
    json_object_set_new(json, "environment", render_text(status->environment));
    json_object_set_new(json, "foreign", json_boolean(status->is_foreign));
    json_object_set_new(json, "overridden", overridden_json(status->overridden));
    return json;
}

static json_t *ids_json(GPtrArray *revisions)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();

    for (guint i = 0; revisions && i < revisions->len; i++)
        g_ptr_array_add(ids, ((const Revision *)g_ptr_array_index(revisions, i))->id);
    g_ptr_array_sort(ids, compare_texts);
    g_ptr_array_add(ids, NULL);
    return render_texts((const char *const *)ids->pdata);
}

/* The heads that another's dependencies imply: `upgrade` brings them in, but they have no row. */
static json_t *implied_heads_json(const Graph *graph, GPtrArray *heads)
{
    g_autoptr(GPtrArray) effective = graph ? graph_effective_heads(graph) : NULL;
    g_autoptr(GPtrArray) implied = g_ptr_array_new();

    for (guint i = 0; heads && i < heads->len; i++)
        if (!g_ptr_array_find(effective, g_ptr_array_index(heads, i), NULL))
            g_ptr_array_add(implied, g_ptr_array_index(heads, i));
    return ids_json(implied);
}

static json_t *scripts_json(const Graph *graph, const char *directory)
{
    json_t *json = json_object();
    g_autoptr(GPtrArray) heads = graph ? graph_heads(graph) : NULL;

    json_object_set_new(json, "directory", render_text(directory));
    json_object_set_new(json, "folders", render_texts(graph ? graph_folders(graph) : NULL));
    json_object_set_new(json, "heads", ids_json(heads));
    json_object_set_new(json, "implied_heads", implied_heads_json(graph, heads));
    json_object_set_new(json, "count", graph ? json_integer(graph_count(graph)) : json_null());
    return json;
}

static json_t *pending_json(const Status *status)
{
    json_t *array = json_array();

    for (guint i = 0; status && status->pending && i < status->pending->len; i++) {
        const Revision *revision = g_ptr_array_index(status->pending, i);
        json_t *json = json_object();

        json_object_set_new(json, "revision", render_text(revision->id));
        json_object_set_new(json, "message", render_text(revision->message));
        json_object_set_new(json, "down_revision",
                            render_texts((const char *const *)revision->down_revisions));
        json_object_set_new(json, "depends_on",
                            render_texts((const char *const *)revision->depends_on));
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *mismatched_json(const Status *status)
{
    json_t *array = json_array();

    for (guint i = 0; status && status->mismatched && i < status->mismatched->len; i++) {
        const Mismatch *mismatch = g_ptr_array_index(status->mismatched, i);
        g_autofree char *text = mismatch_describe(mismatch);
        json_t *json = json_object();

        json_object_set_new(json, "revision", render_text(mismatch->revision));
        json_object_set_new(json, "file_checksum", render_text(mismatch->file_checksum));
        json_object_set_new(json, "applied_checksum", render_text(mismatch->applied_checksum));
        json_object_set_new(json, "path", render_text(mismatch->path));
        json_object_set_new(json, "kind", render_text(mismatch_kind_name(mismatch->kind)));
        json_object_set_new(json, "detail", render_text(mismatch->detail));
        json_object_set_new(json, "text", render_text(text));
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *hold_json(const Hold *hold)
{
    json_t *json;

    if (!hold)
        return json_null();
    json = json_object();
    json_object_set_new(json, "target", render_text(hold->target));
    json_object_set_new(json, "reason", render_text(hold->reason));
    json_object_set_new(json, "actor", render_text(hold->actor));
    json_object_set_new(json, "since", render_text(hold->since));
    json_object_set_new(json, "failed_revision", render_text(hold->failed_revision));
    json_object_set_new(json, "void", json_boolean(hold->is_void));
    return json;
}

static json_t *half_run_json(const Journal *journal)
{
    const JournalRow *row;
    json_t *json;

    if (!journal)
        return json_null();
    row = journal_in_doubt(journal);
    json = json_object();
    json_object_set_new(json, "revision", render_text(journal->revision));
    json_object_set_new(json, "direction",
                        render_text(journal->direction == PLAN_UPGRADE ? "upgrade" : "downgrade"));
    json_object_set_new(json, "statements_run", json_integer(journal_finished(journal)));
    json_object_set_new(json, "in_doubt", row ? json_integer(row->first + 1) : json_null());
    json_object_set_new(json, "begun_at", render_text(row ? row->started_at : NULL));
    json_object_set_new(json, "sqlstate", render_text(row ? row->sqlstate : NULL));
    json_object_set_new(json, "awaits_mark", json_boolean(journal_awaits_mark(journal)));
    return json;
}

static json_t *holder_json(const LockHolder *holder)
{
    json_t *json;

    if (!holder)
        return json_null();
    json = json_object();
    json_object_set_new(json, "pid", json_integer(holder->pid));
    json_object_set_new(json, "application_name", render_text(holder->application_name));
    json_object_set_new(json, "since", render_text(holder->since));
    json_object_set_new(json, "user", render_text(holder->user));
    json_object_set_new(json, "client", render_text(holder->client));
    return json;
}

static json_t *lock_json(const Status *status)
{
    json_t *json = json_object();

    json_object_set_new(json, "held", status ? json_boolean(status->is_locked) : json_null());
    json_object_set_new(json, "holder", holder_json(status ? status->holder : NULL));
    return json;
}

static json_t *fence_json(const GateView *gate)
{
    json_t *json = json_object();

    json_object_set_new(json, "held", json_boolean(gate->fence != NULL));
    json_object_set_new(json, "required", render_texts(gate->fence));
    return json;
}

static json_t *instances_json(const Status *status)
{
    json_t *array = json_array();

    for (guint i = 0; status && status->instances && i < status->instances->len; i++)
        json_array_append_new(array, instance_json(status->instances->pdata[i]));
    return array;
}

/* Each part with its name and its length, so that no two grounds look alike. */
static void add_part(GChecksum *sum, const char *name, const char *value)
{
    g_autofree char *prefix =
        g_strdup_printf("%s %" G_GSSIZE_FORMAT " ", name, value ? (gssize)strlen(value) : -1);

    g_checksum_update(sum, (const guchar *)prefix, -1);
    if (value)
        g_checksum_update(sum, (const guchar *)value, -1);
}

static void add_parts(GChecksum *sum, const char *name, char *const *values)
{
    for (; values && *values; values++)
        add_part(sum, name, *values);
}

static void add_half_run(GChecksum *sum, const Journal *journal)
{
    g_autofree char *run = g_strdup_printf("%u", journal_finished(journal));

    add_part(sum, "half-run", journal->revision);
    add_part(sum, "statements run", run);
}

static void add_database(GChecksum *sum, const Status *status)
{
    const Hold *hold = status ? status->hold : NULL;

    add_part(sum, "database", status ? "" : NULL);
    add_part(sum, "files", status ? status->files_digest : NULL);
    add_parts(sum, "head", status ? status->heads : NULL);
    add_part(sum, "hold", hold ? hold->target : NULL);
    add_part(sum, "held since", hold ? hold->since : NULL);
    if (status && status->half_run)
        add_half_run(sum, status->half_run);
    for (guint i = 0; status && status->mismatched && i < status->mismatched->len; i++) {
        const Mismatch *mismatch = g_ptr_array_index(status->mismatched, i);

        add_part(sum, "mismatch", mismatch->revision);
        add_part(sum, "checksum", mismatch->file_checksum);
        add_part(sum, "kind", mismatch_kind_name(mismatch->kind));
        add_part(sum, "detail", mismatch->detail);
    }
}

static char *make_etag(const GateView *gate, const Status *status)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    add_part(sum, "gate", gate->state);
    add_database(sum, status);
    return g_strdup_printf("\"%s\"", g_checksum_get_string(sum));
}

/* Who asks for it can know of an operation before its first statement runs. */
static json_t *operation_json_of(const GateView *gate)
{
    json_t *json;

    if (!gate->operation && !gate->task)
        return json_null();
    json = gate->operation ? operation_json(gate->operation) : json_object();
    json_object_set_new(json, "id", render_text(gate->task));
    json_object_set_new(json, "kind", render_text(gate->task_kind));
    return json;
}

char *status_document(const ServiceView *service, const GateView *gate, const Status *status,
                      const Graph *graph, const char *directory, char **etag)
{
    json_t *json = json_object();
    const char *const *unknown = status ? (const char *const *)status->unknown : NULL;

    json_object_set_new(json, "service", service_json(service));
    json_object_set_new(json, "gate", gate_json(gate));
    json_object_set_new(json, "database", database_json(status));
    json_object_set_new(json, "scripts", scripts_json(graph, directory));
    json_object_set_new(json, "pending", pending_json(status));
    json_object_set_new(json, "unknown", render_texts(unknown));
    json_object_set_new(json, "mismatched", mismatched_json(status));
    json_object_set_new(json, "hold", hold_json(status ? status->hold : NULL));
    json_object_set_new(json, "half_run", half_run_json(status ? status->half_run : NULL));
    json_object_set_new(json, "lock", lock_json(status));
    json_object_set_new(json, "drift", drift_json(gate->drift));
    json_object_set_new(json, "operation", operation_json_of(gate));
    json_object_set_new(json, "fence", fence_json(gate));
    json_object_set_new(json, "instances", instances_json(status));
    if (etag)
        *etag = make_etag(gate, status);
    return render_print(json);
}
