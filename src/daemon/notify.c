/* The wire words of sd_notify and socket activation. What to say and when is the app's business. */
#include "daemon/notify.h"

#include <stdlib.h>

#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

static char *make_line(const char *sentence)
{
    char *line = secret_redact(sentence ? sentence : "");

    return g_strdelimit(line, "\r\n", ' ');
}

void notify_status(const char *sentence)
{
    g_autofree char *line = make_line(sentence);

    sd_notifyf(0, "STATUS=%s", line);
}

void notify_ready(const char *sentence)
{
    g_autofree char *line = make_line(sentence);

    sd_notifyf(0, "READY=1\nSTATUS=%s", line);
}

void notify_reloading(void)
{
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, clock_monotonic());
}

void notify_stopping(const char *sentence)
{
    g_autofree char *line = make_line(sentence);

    sd_notifyf(0, "STOPPING=1\nSTATUS=%s", line);
}

void notify_extend(gint64 microseconds)
{
    sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%" G_GINT64_FORMAT, microseconds);
}

void notify_watchdog(void)
{
    sd_notify(0, "WATCHDOG=1");
}

gint64 notify_watchdog_interval(void)
{
    uint64_t interval = 0;

    return sd_watchdog_enabled(0, &interval) > 0 ? (gint64)interval : 0;
}

static void socket_free(NotifySocket *socket)
{
    g_free(socket->name);
    g_free(socket);
}

GPtrArray *notify_take_sockets(GError **error)
{
    GPtrArray *sockets;
    char **names = NULL;
    int count = sd_listen_fds_with_names(1, &names);

    if (count < 0) {
        error_set(error, ERROR_CONFIG, "the sockets that LISTEN_FDS announces are not usable: %s",
                  g_strerror(-count));
        return NULL;
    }
    sockets = g_ptr_array_new_with_free_func((GDestroyNotify)socket_free);
    for (int i = 0; i < count; i++) {
        NotifySocket *socket = g_new(NotifySocket, 1);

        *socket = (NotifySocket){g_strdup(names[i]), SD_LISTEN_FDS_START + i};
        g_ptr_array_add(sockets, socket);
        free(names[i]); /* libsystemd's malloc, not GLib's */
    }
    free(names);
    return sockets;
}

gboolean notify_keeps_sockets(void)
{
    const char *count = g_getenv("FDSTORE");

    return g_getenv("NOTIFY_SOCKET") && count && atoi(count) > 0;
}

void notify_keep_sockets(const GArray *fds)
{
    if (fds->len > 0)
        sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=" NOTIFY_KEPT, (const int *)fds->data,
                               fds->len);
}
