/* Reading the operation document. */
#include "client/remote_operation.h"

#include <string.h>

#include "client/problem_private.h"

enum { ID_MAX = 64 };

gboolean remote_operation_is_id(const char *text)
{
    gsize length = strlen(text);

    return length > 0 && length <= ID_MAX &&
           strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-") == length;
}

static gboolean find_state(const char *name, RemoteState *state)
{
    static const char *const names[] = {
        [REMOTE_RUNNING] = "running", [REMOTE_SUCCEEDED] = "succeeded", [REMOTE_FAILED] = "failed"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i], name)) {
            *state = (RemoteState)i;
            return TRUE;
        }
    }
    return FALSE;
}

static void read_events(const Node *root, RemoteOperation *operation)
{
    Node list = node_member(root, "events");

    operation->event_count = node_count(&list);
    operation->events =
        reading_alloc(list.reading, operation->event_count, sizeof *operation->events);
    for (gsize i = 0; i < operation->event_count; i++) {
        Node item = node_item(&list, i);

        operation->events[i] = (RemoteEvent){.at = member_maybe_text(&item, "at"),
                                             .event = member_maybe_text(&item, "event"),
                                             .revision = member_maybe_text(&item, "revision"),
                                             .text = member_maybe_text(&item, "text")};
    }
    operation->events_dropped = MAX(member_maybe_number(root, "events_dropped"), 0);
}

static void read_failure(const Node *root, RemoteOperation *operation)
{
    Node problem = node_member(root, "error");

    if (operation->state == REMOTE_FAILED &&
        !problem_read(&problem, ERROR_MIGRATION, &operation->error))
        error_set(&operation->error, ERROR_MIGRATION, "the daemon does not say why it failed");
}

static gboolean read_all(const Node *root, RemoteOperation *operation, GError **error)
{
    const char *state = member_text(root, "state");
    gboolean is_state;

    operation->id = member_text(root, "id");
    operation->kind = member_text(root, "kind");
    operation->from = member_texts(root, "from");
    operation->to = member_texts(root, "to");
    operation->gate = member_maybe_text(root, "gate");
    is_state = find_state(state, &operation->state);
    read_events(root, operation);
    read_failure(root, operation);
    if (!reading_end(operation->reading, error))
        return FALSE;
    if (is_state && remote_operation_is_id(operation->id))
        return TRUE;
    error_set(error, ERROR_DAEMON_ANSWER, "the daemon's answer is not understood: %s",
              is_state ? "/id is no id" : "/state is none of running, succeeded, failed");
    return FALSE;
}

RemoteOperation *remote_operation_read(const char *text, gsize length, GError **error)
{
    Reading *reading = reading_new(text, length, error);
    g_autoptr(RemoteOperation) operation = NULL;
    Node root;

    if (!reading)
        return NULL;
    operation = g_new0(RemoteOperation, 1);
    operation->reading = reading;
    operation->document = g_strndup(text, length);
    root = reading_root(reading);
    return read_all(&root, operation, error) ? g_steal_pointer(&operation) : NULL;
}

void remote_operation_free(RemoteOperation *operation)
{
    if (!operation)
        return;
    g_clear_error(&operation->error);
    reading_free(operation->reading);
    g_free(operation->document);
    g_free(operation);
}
