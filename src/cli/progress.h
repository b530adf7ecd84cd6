/* What a person sees while the engine works: its events as lines on stderr, in Alembic's words. */
#pragma once

#include "engine/event.h"

typedef struct Progress Progress;

/* Both are read at every event and must outlive the Progress. */
Progress *progress_new(const gboolean *is_quiet, const int *verbosity);
void progress_free(Progress *progress);

/* Where the engine sends its events; belongs to the Progress. */
const EventSink *progress_events(const Progress *progress);

/* Ends a line that was left open because its revision failed. */
void progress_break_line(Progress *progress);

/* The document of the last plan that the engine announced (EVENT_PLAN), or NULL; belongs to the
 * Progress. Made only after progress_keep_plan. */
void progress_keep_plan(Progress *progress);
const char *progress_plan_document(const Progress *progress);
