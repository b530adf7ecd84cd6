/* The worker: the one thread that talks to the database. It connects, decides, migrates, and then
 * watches the heads; the event loop hears of everything through one mailbox of reports. */
#pragma once

#include "api/api.h"
#include "daemon/bundle.h"
#include "daemon/mailbox.h"
#include "db/cluster.h"

typedef struct Worker Worker;

/* `cluster` (may be NULL) is started first. It, `reports` and `api`, whose desk it serves, must
 * outlive the worker. */
Worker *worker_new(Bundle *bundle, Cluster *cluster, Mailbox *reports, Api *api);
void worker_start(Worker *worker);
/* Asks it to go on with `bundle`; answered by REPORT_RELOADED or REPORT_RELOAD_REFUSED once the
 * running work is done. */
void worker_reload(Worker *worker, Bundle *bundle);
/* Asks it to cancel what it does on the server and end; answered by REPORT_ENDED. */
void worker_stop(Worker *worker);
/* For the watchdog, see daemon/pulse.h. */
gboolean worker_is_sound(Worker *worker);
/* The embedded server was not running before: whoever started it stops it. */
gboolean worker_owns_cluster(const Worker *worker);
/* Waits for the thread's end: soon after worker_stop or REPORT_ENDED. Quiet when it never started;
 * accepts NULL. worker_free joins as well. */
void worker_join(Worker *worker);
void worker_free(Worker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Worker, worker_free)
