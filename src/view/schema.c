/* Objects as JSON. */
#include "view/schema.h"

#include "view/render.h"

static json_t *identities_json(const GPtrArray *objects)
{
    json_t *array = json_array();

    for (guint i = 0; objects && i < objects->len; i++)
        json_array_append_new(array, render_text(((const Object *)objects->pdata[i])->identity));
    return array;
}

char *schema_object_document(const Object *object, const char *fingerprint, gboolean has_sql,
                             DdlFlags flags)
{
    g_autofree char *sql = has_sql ? ddl_text(object, flags) : NULL;
    json_t *json = json_object();

    json_object_set_new(json, "identity", render_text(object->identity));
    json_object_set_new(json, "kind", render_text(kind_traits(object->kind)->slug));
    json_object_set_new(json, "schema", render_text(object->schema));
    json_object_set_new(json, "name", render_text(object->name));
    json_object_set_new(json, "fingerprint", render_text(fingerprint));
    if (has_sql) {
        json_object_set_new(json, "needs", identities_json(object->needs));
        json_object_set_new(json, "default_needs", identities_json(object->default_needs));
        json_object_set_new(json, "sql", render_text(sql));
    }
    return render_print(json);
}
