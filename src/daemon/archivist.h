/* The archivist: a thread of its own that keeps the partitions of usage_logs while the gate is
 * open, on a connection that it makes for that. What it does or cannot do, the gate does not depend
 * on. */
#pragma once

#include "daemon/bundle.h"
#include "daemon/mailbox.h"

typedef struct Archivist Archivist;

/* Does nothing until the gate is open. What is worth a line in the log is posted to `reports`,
 * which must outlive it, as must `instance`. NULL when usage_log.enabled is false; the calls below
 * take that. */
Archivist *archivist_start(Bundle *bundle, const char *instance, Mailbox *reports);
/* The gate has opened or closed. Thread-safe; quick. */
void archivist_set_open(Archivist *archivist, gboolean is_open);
/* What is in force from now on. Thread-safe; quick. */
void archivist_set_bundle(Archivist *archivist, Bundle *bundle);
/* Cancels what is being done and joins. */
void archivist_free(Archivist *archivist);
