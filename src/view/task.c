/* Tasks to JSON. */
#include "view/task.h"

#include <string.h>

#include "base/error.h"
#include "base/names.h"
#include "view/render.h"

enum { NAMES_MAX = 8 };

typedef struct {
    gint64 at;
    char *event;
    char *revision;
    char *text;
} Event;

static void event_free(gpointer data)
{
    Event *event = data;

    g_free(event->event);
    g_free(event->revision);
    g_free(event->text);
    g_free(event);
}

Task *task_new(void)
{
    Task *task = g_new0(Task, 1);

    g_queue_init(&task->events);
    return task;
}

void task_free(Task *task)
{
    if (!task)
        return;
    g_free(task->id);
    g_free(task->kind);
    g_free(task->principal);
    g_free(task->peer);
    g_free(task->reason);
    g_free(task->request_id);
    g_free(task->target);
    g_strfreev(task->from);
    g_strfreev(task->to);
    g_free(task->digest);
    g_clear_error(&task->error);
    g_free(task->key);
    g_free(task->body_digest);
    g_free(task->answer);
    g_queue_clear_full(&task->events, event_free);
    g_free(task);
}

void task_note(Task *task, gint64 at, const char *name, const char *revision, const char *text)
{
    Event *event = g_new(Event, 1);

    *event = (Event){at, g_strdup(name), g_strdup(revision), g_strdup(text)};
    g_queue_push_tail(&task->events, event);
    if (g_queue_get_length(&task->events) > TASK_EVENTS_MAX) {
        event_free(g_queue_pop_head(&task->events));
        task->dropped++;
    }
}

static const char *state_name(TaskState state)
{
    return state == TASK_RUNNING ? "running" : state == TASK_SUCCEEDED ? "succeeded" : "failed";
}

static json_t *error_json(const GError *error)
{
    g_autofree char *type = NULL;
    g_autofree char *text = NULL;
    json_t *json;

    if (!error)
        return json_null();
    type = g_strconcat("urn:pgsluice:problem:", error_kind_slug(error_kind(error)), NULL);
    text = error_describe(error);
    json = json_object();
    json_object_set_new(json, "type", render_text(type));
    json_object_set_new(json, "title", render_text(error_kind_title(error_kind(error))));
    json_object_set_new(json, "status", json_integer(error_kind_http_status(error_kind(error))));
    json_object_set_new(json, "detail", render_text(error->message));
    json_object_set_new(json, "sqlstate", render_text(error_sqlstate(error)));
    json_object_set_new(json, "database", render_text(error_outcome(error)));
    json_object_set_new(json, "hint", render_text(error_hint(error)));
    json_object_set_new(json, "text", render_text(text));
    return json;
}

static json_t *events_json(const Task *task)
{
    json_t *array = json_array();

    for (const GList *link = task->events.head; link; link = link->next) {
        const Event *event = link->data;
        json_t *json = json_object();

        json_object_set_new(json, "at", render_time(event->at));
        json_object_set_new(json, "event", render_text(event->event));
        json_object_set_new(json, "revision", render_text(event->revision));
        json_object_set_new(json, "text", render_text(event->text));
        json_array_append_new(array, json);
    }
    return array;
}

char *task_document(const Task *task, const char *gate)
{
    json_t *json = json_object();

    json_object_set_new(json, "id", render_text(task->id));
    json_object_set_new(json, "kind", render_text(task->kind));
    json_object_set_new(json, "state", render_text(state_name(task->state)));
    json_object_set_new(json, "principal", render_text(task->principal));
    json_object_set_new(json, "peer", render_text(task->peer));
    json_object_set_new(json, "reason", render_text(task->reason));
    json_object_set_new(json, "request_id", render_text(task->request_id));
    json_object_set_new(json, "target", render_text(task->target));
    json_object_set_new(json, "from", render_texts((const char *const *)task->from));
    json_object_set_new(json, "to",
                        task->to ? render_texts((const char *const *)task->to) : json_null());
    json_object_set_new(json, "digest", render_text(task->digest));
    json_object_set_new(json, "started_at", render_time(task->started_at));
    json_object_set_new(json, "finished_at", render_time(task->finished_at));
    json_object_set_new(json, "gate", render_text(gate));
    json_object_set_new(json, "events", events_json(task));
    json_object_set_new(json, "events_dropped", json_integer(task->dropped));
    json_object_set_new(json, "error", error_json(task->error));
    return render_print(json);
}

static gboolean is_same(const char *const *left, const char *const *right)
{
    return g_strv_equal(left, right);
}

static GError *explain_silence(const char *const *heads, const char *const *from)
{
    g_autofree char *names = names_join(heads, NAMES_MAX);
    GError *error = NULL;

    error_set(&error, ERROR_CONNECTION_LOST,
              "the daemon that ran this ended, or lost the database, before it could say how it "
              "ended");
    error_set_outcome(&error,
                      is_same(heads, from)
                          ? "the database is where it was before, at %s"
                          : "the database is at %s, neither where it was nor where it was "
                            "to go",
                      *names ? names : "base");
    error_set_hint(&error, "GET /admin/migrations tells where the database is now; pgsluice audit "
                           "tells what was done");
    return error;
}

char *task_settle_document(const char *document, const char *const *heads, const char *const *from,
                           const char *const *to, gint64 at)
{
    json_t *json = json_loads(document, 0, NULL);
    gboolean has_succeeded = is_same(heads, to);
    g_autoptr(GError) error = has_succeeded ? NULL : explain_silence(heads, from);

    if (!json_is_object(json)) {
        json_decref(json);
        json = json_object();
    }
    json_object_set_new(json, "state",
                        render_text(state_name(has_succeeded ? TASK_SUCCEEDED : TASK_FAILED)));
    json_object_set_new(json, "to", render_texts(heads));
    json_object_set_new(json, "finished_at", render_time(at));
    json_object_set_new(json, "gate", json_null());
    json_object_set_new(json, "error", error_json(error));
    return render_print(json);
}
