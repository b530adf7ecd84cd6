/* Dying on request. */
#include "base/failpoint.h"

#ifdef ENABLE_FAILPOINTS

#include <glib.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static int signal_of_action(const char *action)
{
    if (strcmp(action, "kill") == 0)
        return SIGKILL;
    if (strcmp(action, "stop") == 0)
        return SIGSTOP;
    g_error("PGSLUICE_FAILPOINT: no such action: %s", action);
}

void failpoint_pass(const char *name)
{
    static atomic_int passed;
    const char *wanted = g_getenv("PGSLUICE_FAILPOINT");
    g_auto(GStrv) parts = NULL;

    if (!wanted)
        return;
    parts = g_strsplit(wanted, ":", 3);
    if (g_strv_length(parts) < 2)
        g_error("PGSLUICE_FAILPOINT must read NAME:ACTION[:N]");
    if (strcmp(parts[0], name) == 0 && ++passed == (parts[2] ? atoi(parts[2]) : 1))
        raise(signal_of_action(parts[1]));
}

#endif
