/* One running program as JSON. */
#include "view/instance_private.h"
#include "view/render.h"

static json_t *required_json(const Instance *instance)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *text = NULL;

    for (char **id = instance->required; *id; id++)
        g_ptr_array_add(names, *id);
    if (instance->unknown)
        g_ptr_array_add(names, (gpointer) "unknown");
    if (!names->len)
        return json_null();
    g_ptr_array_add(names, NULL);
    text = g_strjoinv(", ", (char **)names->pdata);
    return render_text(text);
}

json_t *instance_json(const Instance *instance)
{
    json_t *json = json_object();

    json_object_set_new(json, "instance", render_text(instance->name));
    json_object_set_new(json, "host", render_text(instance->host));
    json_object_set_new(json, "version", render_text(instance->version));
    json_object_set_new(json, "required_revision", required_json(instance));
    json_object_set_new(json, "required", render_texts((const char *const *)instance->required));
    json_object_set_new(json, "unknown", json_integer(instance->unknown));
    json_object_set_new(json, "since", render_text(instance->since));
    json_object_set_new(json, "pid", json_integer(instance->pid));
    return json;
}
