/* The worker's pulse: whether the thread that does the work is still sound, seen from another
 * thread.
 *
 * The watchdog must not be fed by the main loop alone: that would only prove that the main loop
 * runs. Nor can the worker promise to report every few seconds, because it spends a migration in
 * poll(), waiting for a statement that may take hours and is none of its fault. So it says which of
 * the two it is doing. Between its own steps it promises the next beat within a time; while the
 * server has the word it promises nothing, and then only a thread that burns processor time without
 * ever coming back (a loop that does not end) counts as stuck. */
#pragma once

#include <glib.h>

typedef struct Pulse Pulse;

Pulse *pulse_new(void);
void pulse_free(Pulse *pulse);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pulse, pulse_free)

/* By the worker: its processor time is the one to look at. Before its first beat. */
void pulse_attach(Pulse *pulse);
/* By the worker: alive, and again within `promise` microseconds. */
void pulse_beat(Pulse *pulse, gint64 promise);
/* By the worker: alive, and from here on the server decides how long it takes. */
void pulse_await_server(Pulse *pulse);

/* By the observer, at regular intervals: FALSE when a promise was broken, or when the worker has
 * done nothing but compute since the last call. */
gboolean pulse_is_alive(Pulse *pulse);
