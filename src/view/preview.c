/* Previews to JSON. */
#include "view/preview.h"

#include "view/render.h"

static json_t *count_or_null(gint64 count)
{
    return count < 0 ? json_null() : json_integer(count);
}

static json_t *relations_json(const GPtrArray *relations)
{
    json_t *array = json_array();

    for (guint i = 0; i < relations->len; i++) {
        const PreviewRelation *relation = g_ptr_array_index(relations, i);
        json_t *json = json_object();

        json_object_set_new(json, "name", render_text(relation->name));
        json_object_set_new(json, "bytes", count_or_null(relation->bytes));
        json_object_set_new(json, "rows", count_or_null(relation->rows));
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *statements_json(const GPtrArray *statements)
{
    json_t *array = json_array();

    for (guint i = 0; i < statements->len; i++) {
        const PreviewStatement *statement = g_ptr_array_index(statements, i);
        json_t *json = json_object();

        json_object_set_new(json, "index", json_integer(statement->index));
        json_object_set_new(json, "line", json_integer(statement->line));
        json_object_set_new(json, "sql", render_text(statement->sql));
        json_object_set_new(json, "lock", render_text(statement->lock));
        json_object_set_new(json, "relations", relations_json(statement->relations));
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *step_json(const PreviewStep *step)
{
    json_t *json = json_object();

    json_object_set_new(json, "revision", render_text(step->revision));
    json_object_set_new(json, "message", render_text(step->message));
    json_object_set_new(json, "down_revision",
                        render_texts((const char *const *)step->down_revisions));
    json_object_set_new(json, "path", render_text(step->path));
    json_object_set_new(json, "source", render_text(step->is_stored ? "database" : "file"));
    json_object_set_new(json, "transactional", json_boolean(step->is_transactional));
    json_object_set_new(json, "checksum", render_text(step->checksum));
    json_object_set_new(json, "statements", statements_json(step->statements));
    return json;
}

static json_t *steps_json(const GPtrArray *steps)
{
    json_t *array = json_array();

    for (guint i = 0; i < steps->len; i++)
        json_array_append_new(array, step_json(g_ptr_array_index(steps, i)));
    return array;
}

static json_t *irreversible_json(const GPtrArray *steps)
{
    json_t *array = json_array();

    for (guint i = 0; i < steps->len; i++) {
        const PreviewStep *step = g_ptr_array_index(steps, i);
        json_t *json;

        if (step->is_reversible)
            continue;
        json = json_object();
        json_object_set_new(json, "revision", render_text(step->revision));
        json_object_set_new(json, "message", render_text(step->message));
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *losses_json(const GPtrArray *losses)
{
    json_t *array = json_array();

    for (guint i = 0; i < losses->len; i++) {
        const PreviewLoss *loss = g_ptr_array_index(losses, i);
        json_t *json = json_object();
        gboolean has_rows = loss_kind_has_data(loss->kind);

        json_object_set_new(json, "kind", render_text(loss_kind_name(loss->kind)));
        json_object_set_new(json, "name", render_text(loss->name));
        json_object_set_new(json, "rows", has_rows ? count_or_null(loss->rows) : json_null());
        json_object_set_new(json, "is_estimate", json_boolean(loss->is_estimate));
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *instances_json(const GPtrArray *instances)
{
    json_t *array = json_array();

    for (guint i = 0; i < instances->len; i++) {
        const Instance *instance = g_ptr_array_index(instances, i);
        g_autofree char *required = instance_describe_required(instance);
        json_t *json = json_object();

        json_object_set_new(json, "instance", render_text(instance->name));
        json_object_set_new(json, "host", render_text(instance->host));
        json_object_set_new(json, "version", render_text(instance->version));
        json_object_set_new(json, "required_revision", render_text(required));
        json_object_set_new(json, "since", render_text(instance->since));
        json_object_set_new(json, "pid", json_integer(instance->pid));
        json_array_append_new(array, json);
    }
    return array;
}

static void append_texts(json_t *array, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        json_array_append_new(array, render_text(g_ptr_array_index(texts, i)));
}

static json_t *drift_json_of(const Preview *preview)
{
    json_t *array = json_array();

    append_texts(array, preview->drift);
    append_texts(array, preview->changed);
    return array;
}

static json_t *refusals_json(const GPtrArray *refusals)
{
    json_t *array = json_array();

    for (guint i = 0; i < refusals->len; i++) {
        const Refusal *refusal = g_ptr_array_index(refusals, i);
        g_autofree char *type =
            g_strconcat("urn:pgsluice:problem:", guard_slug(refusal->guard), NULL);
        json_t *json = json_object();

        json_object_set_new(json, "type", render_text(type));
        json_object_set_new(json, "status", json_integer(guard_status(refusal->guard)));
        json_object_set_new(json, "title", render_text(guard_title(refusal->guard)));
        json_object_set_new(json, "detail", render_text(refusal->detail));
        json_object_set_new(json, "hint", render_text(refusal->hint));
        json_array_append_new(array, json);
    }
    return array;
}

static gboolean is_reversible(const Preview *preview)
{
    for (guint i = 0; i < preview->steps->len; i++)
        if (!((const PreviewStep *)preview->steps->pdata[i])->is_reversible)
            return FALSE;
    return TRUE;
}

char *preview_document(const PreviewView *view)
{
    const Preview *preview = view->preview;
    json_t *json = json_object();

    json_object_set_new(json, "direction",
                        render_text(preview->direction == PLAN_UPGRADE ? "upgrade" : "downgrade"));
    json_object_set_new(json, "target", render_text(preview->target));
    json_object_set_new(json, "from", render_texts((const char *const *)preview->from));
    json_object_set_new(json, "to", render_texts((const char *const *)preview->to));
    json_object_set_new(json, "digest", render_text(view->digest));
    json_object_set_new(json, "expires_at", render_time(view->expires_at));
    json_object_set_new(json, "etag", render_text(view->etag));
    json_object_set_new(json, "reversible", json_boolean(is_reversible(preview)));
    json_object_set_new(json, "steps", steps_json(preview->steps));
    json_object_set_new(json, "losses", losses_json(preview->losses));
    json_object_set_new(json, "irreversible", irreversible_json(preview->steps));
    json_object_set_new(json, "instances", instances_json(preview->instances));
    json_object_set_new(json, "drift", drift_json_of(preview));
    json_object_set_new(json, "refusals", refusals_json(view->refusals));
    return render_print(json);
}
