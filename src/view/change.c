/* Operations as JSON: SQL and names are the schema's own, and redacted like everything else. */
#include "view/change.h"

#include "view/document_private.h"
#include "view/render.h"

static json_t *texts_json(const GPtrArray *texts)
{
    json_t *array = json_array();

    for (guint i = 0; i < texts->len; i++)
        json_array_append_new(array, render_text(texts->pdata[i]));
    return array;
}

static json_t *operation_json(const DiffOperation *operation)
{
    json_t *json = json_object();

    json_object_set_new(json, "operation", render_text(operation->verb));
    json_object_set_new(json, "subject", render_text(operation->subject));
    json_object_set_new(json, "statements", texts_json(operation->statements));
    json_object_set_new(json, "loss", render_text(operation->loss));
    json_object_set_new(json, "hazard", render_text(operation->hazard));
    json_object_set_new(json, "guard", render_text(operation->guard));
    return json;
}

static json_t *operations_json(const Diff *diff)
{
    json_t *array = json_array();

    for (guint i = 0; i < diff->operations->len; i++)
        json_array_append_new(array, operation_json(diff->operations->pdata[i]));
    return array;
}

static json_t *rename_json(const DiffRename *rename, gboolean has_sql)
{
    json_t *json = json_object();

    json_object_set_new(json, "from", render_text(rename->from));
    json_object_set_new(json, "to", render_text(rename->to));
    if (has_sql)
        json_object_set_new(json, "sql", render_text(rename->statement));
    return json;
}

static json_t *renames_json(const GPtrArray *renames, gboolean has_sql)
{
    json_t *array = json_array();

    for (guint i = 0; i < renames->len; i++)
        json_array_append_new(array, rename_json(renames->pdata[i], has_sql));
    return array;
}

char *change_document(const Change *change)
{
    json_t *json = json_object();
    json_t *down = change->down ? operations_json(change->down) : json_null();

    json_object_set_new(json, "renames", renames_json(change->renames, TRUE));
    json_object_set_new(json, "operations", operations_json(change->up));
    json_object_set_new(json, "down", down);
    json_object_set_new(json, "irreversible_because", render_text(change->why_not));
    json_object_set_new(json, "questions", renames_json(change->questions, FALSE));
    json_object_set_new(json, "detected", texts_json(change->detected));
    return render_print(json);
}

char *check_document(const Findings *findings, guint files, const char *database,
                     const Change *change)
{
    json_t *json = findings_json(findings, files, database);
    gboolean is_good = findings_are_empty(findings) && (!change || change_is_empty(change));

    json_object_set_new(json, "ok", json_boolean(is_good));
    json_object_set_new(json, "renames",
                        change ? renames_json(change->renames, TRUE) : json_null());
    json_object_set_new(json, "operations", change ? operations_json(change->up) : json_null());
    return render_print(json);
}
