/* Who has failed how often of late, for each peer, in a table that does not grow: what does not fit
 * pushes out the peer that has the least to answer for. Thread-safe; knows no clock. */
#pragma once

#include <glib.h>

enum {
    LIMITS_BURST = 10,       /* failures at once, before a peer has to wait */
    LIMITS_REGAIN = 6,       /* seconds after which one more is free */
    LIMITS_LINE_EVERY = 60,  /* seconds between two lines about one peer */
    LIMITS_LINES_MAX = 20,   /* about all peers in such a time */
    LIMITS_PEER_MAX = 64,    /* bytes of a peer's name with its end; what is longer is cut */
    LIMITS_PEERS_MAX = 2048, /* peers that are known at a time */
};

typedef struct Limits Limits;

Limits *limits_new(void);
void limits_free(Limits *limits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Limits, limits_free)

/* Microseconds that the peer has to wait before it may try again; 0: none. `now` is monotonic, in
 * microseconds, here and below. */
gint64 limits_wait(Limits *limits, const char *peer, gint64 now);
/* It has failed. */
void limits_fail(Limits *limits, const char *peer, gint64 now);
/* Something about the peer deserves a line: TRUE when it is to be written now, with *unsaid the
 * number of those about it since its last one that were not. */
gboolean limits_tell(Limits *limits, const char *peer, gint64 now, guint *unsaid);
