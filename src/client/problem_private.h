/* Problems inside other documents, for this room only. */
#pragma once

#include "client/problem.h"
#include "client/reading.h"

/* The problem object at `node` as an error; its kind as problem_kind says. FALSE when it has no
 * text to show: nothing is set then. */
gboolean problem_read(const Node *node, ErrorKind fallback, GError **error);
