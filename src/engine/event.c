/* Delivering events to the one observer. */
#include "engine/event.h"

void event_send(const EventSink *sink, const EngineEvent *event)
{
    if (sink && sink->observer)
        sink->observer(event, sink->data);
}
