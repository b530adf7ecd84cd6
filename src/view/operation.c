/* From events to the "operation" of the status document. */
#include "view/operation.h"

#include "view/operation_private.h"
#include "view/render.h"

struct Operation {
    char *revision;
    char *message;
    guint number; /* from 1 */
    guint count;
    guint statement; /* from 1 */
    guint statements;
    gint64 elapsed;
    Sight *sight; /* NULL: nothing was seen */
};

/* The statement that runs, from 1. */
static guint current_statement(const EngineEvent *event)
{
    guint following = event->kind == EVENT_STATEMENT_DONE ? 1 : 0;

    return MIN(event->statement + following + 1, event->statements);
}

Operation *operation_new(const EngineEvent *event)
{
    Operation *operation;

    if (event->kind != EVENT_REVISION_STARTED && event->kind != EVENT_STATEMENT_DONE &&
        event->kind != EVENT_PROGRESS && event->kind != EVENT_REVISION_RETRY)
        return NULL;
    operation = g_new0(Operation, 1);
    operation->revision = g_strdup(event->step->revision->id);
    operation->message = g_strdup(event->step->revision->message);
    operation->number = event->index + 1;
    operation->count = event->count;
    operation->statement = current_statement(event);
    operation->statements = event->statements;
    operation->elapsed = event->kind == EVENT_PROGRESS ? event->elapsed : 0;
    operation->sight = sight_ref(event->sight);
    return operation;
}

void operation_free(Operation *operation)
{
    if (!operation)
        return;
    g_free(operation->revision);
    g_free(operation->message);
    sight_unref(operation->sight);
    g_free(operation);
}

static json_t *blockers_json(const Sight *sight)
{
    json_t *array = json_array();

    for (guint i = 0; sight && i < sight->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(sight->blockers, i);
        json_t *json = json_object();

        json_object_set_new(json, "pid", json_integer(blocker->pid));
        json_object_set_new(json, "application_name", render_text(blocker->application_name));
        json_object_set_new(json, "user", render_text(blocker->user));
        json_object_set_new(json, "state", render_text(blocker->state));
        json_object_set_new(json, "query", render_text(blocker->query));
        json_object_set_new(json, "query_start", render_text(blocker->query_start));
        json_array_append_new(array, json);
    }
    return array;
}

json_t *operation_json(const Operation *operation)
{
    const Sight *sight = operation ? operation->sight : NULL;
    int percent = sight ? sight_percent(sight) : -1;
    json_t *json;

    if (!operation)
        return json_null();
    json = json_object();
    json_object_set_new(json, "revision", render_text(operation->revision));
    json_object_set_new(json, "message", render_text(operation->message));
    json_object_set_new(json, "number", json_integer(operation->number));
    json_object_set_new(json, "count", json_integer(operation->count));
    json_object_set_new(json, "statement", json_integer(operation->statement));
    json_object_set_new(json, "statements", json_integer(operation->statements));
    json_object_set_new(json, "elapsed_us", json_integer(operation->elapsed));
    json_object_set_new(json, "wait_event_type",
                        render_text(sight ? sight->wait_event_type : NULL));
    json_object_set_new(json, "wait_event", render_text(sight ? sight->wait_event : NULL));
    json_object_set_new(json, "command", render_text(sight ? sight->command : NULL));
    json_object_set_new(json, "phase", render_text(sight ? sight->phase : NULL));
    json_object_set_new(json, "percent", percent < 0 ? json_null() : json_integer(percent));
    json_object_set_new(json, "blockers", blockers_json(sight));
    return json;
}
