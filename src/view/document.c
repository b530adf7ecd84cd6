/* The smaller documents: gate, plan, revisions, error. The status document has a file of its own.
 */
#include "view/document.h"

#include "base/error.h"
#include "view/document_private.h"
#include "view/render.h"

char *gate_document(const char *state, const char *reason)
{
    json_t *json = json_object();

    json_object_set_new(json, "state", render_text(state));
    json_object_set_new(json, "reason", render_text(reason));
    return render_print(json);
}

static void set_identity(json_t *json, const Revision *revision)
{
    json_object_set_new(json, "revision", render_text(revision->id));
    json_object_set_new(json, "down_revision",
                        render_texts((const char *const *)revision->down_revisions));
    json_object_set_new(json, "depends_on",
                        render_texts((const char *const *)revision->depends_on));
}

static void set_file(json_t *json, const Revision *revision)
{
    json_object_set_new(json, "path", render_text(revision->path));
    json_object_set_new(json, "transactional",
                        json_boolean(revision->transaction == TRANSACTION_AUTO));
}

char *plan_document(const Plan *plan)
{
    json_t *json = json_object();
    json_t *steps = json_array();

    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        json_t *item = json_object();

        set_identity(item, step->revision);
        json_object_set_new(item, "message", render_text(step->revision->message));
        set_file(item, step->revision);
        json_array_append_new(steps, item);
    }
    json_object_set_new(json, "direction",
                        render_text(plan->direction == PLAN_UPGRADE ? "upgrade" : "downgrade"));
    json_object_set_new(json, "from", render_texts((const char *const *)plan->from));
    json_object_set_new(json, "to", render_texts((const char *const *)plan->to));
    json_object_set_new(json, "steps", steps);
    return render_print(json);
}

static json_t *labels_json(const Graph *graph, const Revision *revision)
{
    g_autoptr(GPtrArray) labels = graph_labels(graph, revision);
    json_t *array = json_array();

    for (guint i = 0; i < labels->len; i++)
        json_array_append_new(array, render_text(g_ptr_array_index(labels, i)));
    return array;
}

static json_t *children_json(const Graph *graph, const Revision *revision)
{
    g_autoptr(GPtrArray) children = graph_children(graph, revision);
    g_auto(GStrv) ids = revision_ids(children);

    return render_texts((const char *const *)ids);
}

static json_t *revision_json(const Graph *graph, const Revision *revision, gboolean is_current)
{
    json_t *json = json_object();
    gboolean is_merge_point = g_strv_length(revision->down_revisions) > 1;

    set_identity(json, revision);
    json_object_set_new(json, "children", children_json(graph, revision));
    json_object_set_new(json, "labels", labels_json(graph, revision));
    json_object_set_new(json, "message", render_text(revision->message));
    json_object_set_new(json, "doc", render_text(revision->doc));
    json_object_set_new(json, "create_date", render_text(revision->create_date));
    set_file(json, revision);
    json_object_set_new(json, "is_head", json_boolean(graph_is_head(graph, revision)));
    json_object_set_new(json, "is_current", json_boolean(is_current));
    json_object_set_new(json, "is_branch_point",
                        json_boolean(graph_is_branch_point(graph, revision)));
    json_object_set_new(json, "is_merge_point", json_boolean(is_merge_point));
    return json;
}

char *revisions_document(const Graph *graph, GPtrArray *revisions, const char *const *current)
{
    g_autoptr(GHashTable) heads = g_hash_table_new(g_str_hash, g_str_equal);
    json_t *array = json_array();

    for (; current && *current; current++)
        g_hash_table_add(heads, (gpointer)*current);
    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = g_ptr_array_index(revisions, i);
        gboolean is_current = g_hash_table_contains(heads, revision->id);

        json_array_append_new(array, revision_json(graph, revision, is_current));
    }
    return render_print(array);
}

static json_t *count_or_null(unsigned number)
{
    return number > 0 ? json_integer(number) : json_null();
}

static json_t *error_json(const GError *error)
{
    json_t *json = json_object();
    ErrorSite site = {0};
    const char *hint = error_hint(error) ? error_hint(error) : error_server_hint(error);

    error_site(error, &site);
    json_object_set_new(json, "kind", render_text(error_kind_slug(error_kind(error))));
    json_object_set_new(json, "message", render_text(error->message));
    json_object_set_new(json, "path", render_text(site.path));
    json_object_set_new(json, "line", count_or_null(site.line));
    json_object_set_new(json, "column", count_or_null(site.column));
    json_object_set_new(json, "sqlstate", render_text(error_sqlstate(error)));
    json_object_set_new(json, "detail", render_text(error_detail(error)));
    json_object_set_new(json, "database", render_text(error_outcome(error)));
    json_object_set_new(json, "hint", render_text(hint));
    return json;
}

char *error_document(const GError *error)
{
    json_t *document = json_object();

    json_object_set_new(document, "error", error_json(error));
    return render_print(document);
}

json_t *findings_json(const Findings *findings, guint files, const char *database)
{
    json_t *document = json_object();
    json_t *array = json_array();

    for (guint i = 0; i < findings->errors->len; i++)
        json_array_append_new(array, error_json(g_ptr_array_index(findings->errors, i)));
    json_object_set_new(document, "ok", json_boolean(findings_are_empty(findings)));
    json_object_set_new(document, "files", json_integer(files));
    json_object_set_new(document, "database", render_text(database));
    json_object_set_new(document, "findings", array);
    return document;
}

char *findings_document(const Findings *findings, guint files, const char *database)
{
    return render_print(findings_json(findings, files, database));
}

static json_t *section_json(const Section *section)
{
    json_t *json;

    if (!section->text)
        return json_null();
    json = json_object();
    json_object_set_new(json, "sql", render_text(section->text));
    json_object_set_new(json, "checksum", render_text(section->checksum));
    return json;
}

static json_t *record_json(const Record *record)
{
    json_t *json;

    if (!record)
        return json_null();
    json = json_object();
    json_object_set_new(json, "up_checksum", render_text(record->up_checksum));
    json_object_set_new(json, "down_checksum", render_text(record->down_checksum));
    return json;
}

char *revision_document(const Graph *graph, const Revision *revision, const RevisionBody *body,
                        const Record *record, gboolean is_applied)
{
    json_t *json = json_object();

    set_identity(json, revision);
    json_object_set_new(json, "message", render_text(revision->message));
    json_object_set_new(json, "doc", render_text(revision->doc));
    json_object_set_new(json, "create_date", render_text(revision->create_date));
    set_file(json, revision);
    json_object_set_new(json, "labels", labels_json(graph, revision));
    json_object_set_new(json, "applied", json_boolean(is_applied));
    json_object_set_new(json, "recorded", record_json(record));
    json_object_set_new(json, "up", section_json(&body->up));
    json_object_set_new(json, "down", section_json(&body->down));
    json_object_set_new(json, "verify", section_json(&body->verify));
    return render_print(json);
}

static json_t *number_or_null(const char *digits)
{
    return digits ? json_integer(g_ascii_strtoll(digits, NULL, 10)) : json_null();
}

char *ledger_row_document(const LedgerRow *row)
{
    json_t *json = json_object();

    json_object_set_new(json, "id", number_or_null(row->id));
    json_object_set_new(json, "at", render_text(row->at));
    json_object_set_new(json, "event", render_text(row->event));
    json_object_set_new(json, "revision", render_text(row->revision));
    json_object_set_new(json, "heads_before", render_texts((const char *const *)row->heads_before));
    json_object_set_new(json, "heads_after", render_texts((const char *const *)row->heads_after));
    json_object_set_new(json, "plan_digest", render_text(row->plan_digest));
    json_object_set_new(json, "up_checksum", render_text(row->up_checksum));
    json_object_set_new(json, "role", render_text(row->role));
    json_object_set_new(json, "actor", render_text(row->actor));
    json_object_set_new(json, "peer", render_text(row->peer));
    json_object_set_new(json, "request_id", render_text(row->request_id));
    json_object_set_new(json, "host", render_text(row->host));
    json_object_set_new(json, "instance", render_text(row->instance));
    json_object_set_new(json, "reason", render_text(row->reason));
    json_object_set_new(json, "sqlstate", render_text(row->sqlstate));
    json_object_set_new(json, "message", render_text(row->message));
    json_object_set_new(json, "duration_us", number_or_null(row->duration_us));
    json_object_set_new(json, "system_identifier", render_text(row->system_identifier));
    json_object_set_new(json, "timeline", number_or_null(row->timeline));
    json_object_set_new(json, "hash", render_text(row->hash));
    return render_print(json);
}
