/* /proc/self as metrics. */
#include "metrics/process.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "metrics/metrics.h"

static gint64 read_clock(clockid_t clock)
{
    struct timespec now;

    return clock_gettime(clock, &now) == 0 ? now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 : 0;
}

static void read_memory(void)
{
    long page = sysconf(_SC_PAGESIZE);
    FILE *file = fopen("/proc/self/statm", "re");
    long mapped, resident;

    if (!file)
        return;
    if (fscanf(file, "%ld %ld", &mapped, &resident) == 2) {
        metrics_set(METRIC_PROCESS_VIRTUAL, mapped * page);
        metrics_set(METRIC_PROCESS_MEMORY, resident * page);
    }
    fclose(file);
}

static void read_descriptors(void)
{
    GDir *folder = g_dir_open("/proc/self/fd", 0, NULL);
    struct rlimit limit;
    gint64 count = -1; /* the folder's own */

    if (folder) {
        while (g_dir_read_name(folder))
            count++;
        g_dir_close(folder);
        metrics_set(METRIC_PROCESS_DESCRIPTORS, count);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        metrics_set(METRIC_PROCESS_DESCRIPTORS_MAX, (gint64)limit.rlim_cur);
}

/* Field 22 of stat: clock ticks after the system's start. The name before it may hold anything. */
static gboolean read_start(gint64 *ticks)
{
    g_autofree char *stat = NULL;
    const char *fields;

    if (!g_file_get_contents("/proc/self/stat", &stat, NULL, NULL))
        return FALSE;
    fields = strrchr(stat, ')');
    return fields && sscanf(fields + 1,
                            " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                            "%*d %*d %" G_GINT64_FORMAT,
                            ticks) == 1;
}

static void read_times(void)
{
    gint64 ticks;

    metrics_set(METRIC_PROCESS_CPU, read_clock(CLOCK_PROCESS_CPUTIME_ID));
    if (read_start(&ticks)) {
        gint64 started = ticks * (G_USEC_PER_SEC / sysconf(_SC_CLK_TCK));

        metrics_set(METRIC_PROCESS_START, clock_wall() - read_clock(CLOCK_BOOTTIME) + started);
    }
}

void process_metrics_read(void)
{
    read_times();
    read_memory();
    read_descriptors();
}
