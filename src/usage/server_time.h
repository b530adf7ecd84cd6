/* The server counts microseconds from 2000, and keeps its two ends for infinity. */
#pragma once

#include <glib.h>

/* Microseconds from 1970 to 2000. */
#define SERVER_EPOCH (G_GINT64_CONSTANT(946684800) * G_USEC_PER_SEC)

/* -infinity and infinity stay what they are. */
static inline gint64 time_to_server(gint64 wall)
{
    return wall == G_MAXINT64 || wall < G_MININT64 + SERVER_EPOCH ? (wall < 0 ? G_MININT64 : wall)
                                                                  : wall - SERVER_EPOCH;
}

static inline gint64 time_from_server(gint64 time)
{
    return time == G_MININT64 || time > G_MAXINT64 - SERVER_EPOCH ? (time > 0 ? G_MAXINT64 : time)
                                                                  : time + SERVER_EPOCH;
}
