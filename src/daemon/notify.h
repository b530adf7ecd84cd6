/* What the service manager is told (sd_notify(3)). Each call is quiet success without a manager. */
#pragma once

#include <glib.h>

/* One line for people; line ends become blanks. */
void notify_status(const char *sentence);
/* READY=1 together with the status that goes with it. */
void notify_ready(const char *sentence);
void notify_reloading(void);
void notify_stopping(const char *sentence);
/* The start may take this long from now on, microseconds. */
void notify_extend(gint64 microseconds);
void notify_watchdog(void);

/* Microseconds within which the manager wants a sign of life; 0 = it does not watch. */
gint64 notify_watchdog_interval(void);

/* A listening socket that the manager handed over. */
typedef struct {
    char *name; /* FileDescriptorName= */
    int fd;
} NotifySocket;

/* The name of those that notify_keep_sockets has left behind. */
#define NOTIFY_KEPT "kept"

/* All of them, a GPtrArray with free function. Call once, while no other thread runs. ERROR_CONFIG
 * when what was announced is not there. */
GPtrArray *notify_take_sockets(GError **error);

/* Whether the manager keeps sockets for the service's next start: $FDSTORE, which the unit sets
 * where systemd is older than 254. */
gboolean notify_keeps_sockets(void);
/* Hands it listening sockets, an array of int, which the next start gets as NOTIFY_KEPT. It lets go
 * of one when that is shut down, and of all when the service is stopped. */
void notify_keep_sockets(const GArray *fds);
