/* Two numbers that the worker writes and the watchdog's timer reads. */
#include "daemon/pulse.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "base/clock.h"

enum {
    GRACE = 10 * G_USEC_PER_SEC, /* a loaded machine may keep a promise late */
    BUSY_PERCENT = 90,
};

struct Pulse {
    _Atomic gint64 beat_at;
    _Atomic gint64 promise; /* microseconds; -1 = none */
    atomic_int clock;       /* of the worker's processor time */
    atomic_bool has_clock;
    gint64 seen_beat; /* the observer's, as of its last look */
    gint64 seen_at;
    gint64 seen_work;
};

Pulse *pulse_new(void)
{
    Pulse *pulse = g_new0(Pulse, 1);

    atomic_init(&pulse->promise, -1);
    return pulse;
}

void pulse_free(Pulse *pulse)
{
    g_free(pulse);
}

void pulse_attach(Pulse *pulse)
{
    clockid_t clock;

    if (pthread_getcpuclockid(pthread_self(), &clock) != 0)
        return;
    atomic_store(&pulse->clock, clock);
    atomic_store(&pulse->has_clock, true);
}

void pulse_beat(Pulse *pulse, gint64 promise)
{
    atomic_store(&pulse->promise, promise);
    atomic_store(&pulse->beat_at, clock_monotonic());
}

void pulse_await_server(Pulse *pulse)
{
    pulse_beat(pulse, -1);
}

/* Microseconds of processor time of the worker; 0 when it cannot be told. */
static gint64 work_done(Pulse *pulse)
{
    struct timespec spent;

    if (!atomic_load(&pulse->has_clock) || clock_gettime(atomic_load(&pulse->clock), &spent) != 0)
        return 0;
    return (gint64)spent.tv_sec * G_USEC_PER_SEC + spent.tv_nsec / 1000;
}

gboolean pulse_is_alive(Pulse *pulse)
{
    gint64 now = clock_monotonic();
    gint64 beat = atomic_load(&pulse->beat_at);
    gint64 promise = atomic_load(&pulse->promise);
    gint64 work = work_done(pulse);
    gboolean has_beaten = beat != pulse->seen_beat;
    gboolean is_busy = (work - pulse->seen_work) * 100 > (now - pulse->seen_at) * BUSY_PERCENT;

    pulse->seen_beat = beat;
    pulse->seen_at = now;
    pulse->seen_work = work;
    if (has_beaten)
        return TRUE;
    return promise >= 0 ? now <= beat + promise + GRACE : !is_busy;
}
