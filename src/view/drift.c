/* Drift as JSON, in full and in brief. */
#include "view/drift.h"

#include "schema/textdiff.h"
#include "view/drift_private.h"
#include "view/render.h"

enum { OBJECTS_MAX = 100 }; /* in a status, which is asked for often */

static const char *state_name(const Drift *drift)
{
    if (drift->state != BASELINE_GOOD)
        return "unknown";
    return drift->objects->len ? "drifted" : "same";
}

static json_t *object_json(const DriftObject *object, gboolean has_texts)
{
    json_t *json = json_object();

    json_object_set_new(json, "kind", render_text(object->kind));
    json_object_set_new(json, "name", render_text(object->name));
    json_object_set_new(json, "change", render_text(drift_change_name(object->change)));
    if (has_texts) {
        g_autofree char *diff = textdiff(object->recorded, object->live);

        json_object_set_new(json, "diff", render_text(diff));
    }
    return json;
}

static json_t *make_json(const Drift *drift, gboolean has_texts, guint limit)
{
    json_t *json = json_object();
    json_t *objects = json_array();
    g_autofree char *reason = drift_describe_state(drift);
    const char *const *heads = (const char *const *)drift->recorded_for;

    for (guint i = 0; i < MIN(drift->objects->len, limit); i++)
        json_array_append_new(objects, object_json(drift->objects->pdata[i], has_texts));
    json_object_set_new(json, "checked_at", render_time(drift->checked_at));
    json_object_set_new(json, "state", render_text(state_name(drift)));
    json_object_set_new(json, "reason", render_text(reason));
    json_object_set_new(json, "recorded_for", render_texts(heads));
    json_object_set_new(json, "recorded_at", render_text(drift->recorded_at));
    json_object_set_new(json, "heads", render_texts((const char *const *)drift->heads));
    json_object_set_new(json, "count", json_integer(drift->objects->len));
    json_object_set_new(json, "objects", objects);
    return json;
}

json_t *drift_json(const Drift *drift)
{
    return drift ? make_json(drift, FALSE, OBJECTS_MAX) : json_null();
}

char *drift_document(const Drift *drift)
{
    return render_print(make_json(drift, TRUE, G_MAXUINT));
}
