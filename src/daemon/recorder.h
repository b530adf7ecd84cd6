/* The recorder: the usage log of this daemon, made from the configuration and lent to the HTTP API.
 */
#pragma once

#include "api/api.h"
#include "daemon/bundle.h"
#include "daemon/mailbox.h"

typedef struct Recorder Recorder;

/* ERROR_CONFIG when it could not start with this. */
gboolean recorder_check(const Conf *conf, GError **error);

/* Starts the writers, which connect when there is something to write, and gives the log to the Api.
 * What is worth a line in the log is posted to `reports`. NULL when usage_log.enabled is false. All
 * must outlive it, the bundle's strings too. `is_private`: the database is a server of our own,
 * whatever database.runtime_url says. */
Recorder *recorder_start(Bundle *bundle, gboolean is_private, const char *instance, Api *api,
                         Mailbox *reports);
/* Writes what was taken until `timeout` microseconds have passed; nothing more is taken. Before the
 * Api ends. NULL is fine. */
void recorder_stop(Recorder *recorder, gint64 timeout);
/* After the Api has ended. */
void recorder_free(Recorder *recorder);
