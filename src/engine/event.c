/* Delivering events to the one observer. */
#include "engine/event.h"

void event_send(const EventSink *sink, const EngineEvent *event)
{
    if (sink && sink->observer)
        sink->observer(event, sink->data);
}

const char *engine_event_name(EventKind kind)
{
    static const char *const names[] = {
        [EVENT_CONNECT_RETRY] = "connect retry",
        [EVENT_CONNECTED] = "connected",
        [EVENT_WAITING_FOR_LOCK] = "waiting for lock",
        [EVENT_LOCK_TAKEN] = "lock taken",
        [EVENT_STATE_CREATED] = "state created",
        [EVENT_PLAN] = "plan",
        [EVENT_REVISION_STARTED] = "revision started",
        [EVENT_STATEMENT_DONE] = "statement done",
        [EVENT_REVISION_DONE] = "revision done",
        [EVENT_REVISION_RETRY] = "revision retry",
        [EVENT_CONNECTION_BROKE] = "connection broke",
        [EVENT_PROGRESS] = "progress",
        [EVENT_NOTICE] = "notice",
        [EVENT_FINISHED] = "finished",
    };

    return names[kind];
}
