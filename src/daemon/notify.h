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

/* All of them, a GPtrArray with free function. Call once, while no other thread runs. ERROR_CONFIG
 * when what was announced is not there. */
GPtrArray *notify_take_sockets(GError **error);
