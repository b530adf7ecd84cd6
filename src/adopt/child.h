/* A program that is run for its answer: no shell, a bounded answer, a cancel. */
#pragma once

#include <glib.h>

#include "base/cancel.h"

enum { CHILD_DESCRIPTOR = 3 }; /* where the program writes its answer */

typedef struct {
    const char *const *argv; /* the program with its whole path, and what it is handed */
    const char *const *environment;
    const char *directory; /* where it runs */
    gsize answer_max;      /* bytes; more is an error */
    gint64 patience;       /* microseconds that it may go without a word */
} ChildOptions;

/* Runs it until it ends or its answer does, standard input empty, and returns that; processes that
 * it leaves behind are not waited for. *said is the end of what it printed on its standard streams
 * (at most 16 KiB, valid UTF-8; g_free), set on failure too. ERROR_CANCELLED, and ERROR_FILE when
 * it cannot be started, says too much, or nothing for too long; it is killed then. How it ended is
 * not looked at: its answer has to tell. */
GByteArray *child_run(const ChildOptions *options, Cancel *cancel, char **said, GError **error);
