/* Sets of a few places each, chosen by the peer's hash. What a peer owes is one time: that at which
 * all its failures are forgotten, each of which has moved it on. */
#include "http/limits.h"

#include <pthread.h>
#include <string.h>

enum { WAYS = 4, SETS = LIMITS_PEERS_MAX / WAYS };

#define REGAIN ((gint64)LIMITS_REGAIN * G_USEC_PER_SEC)
#define LINE_EVERY ((gint64)LIMITS_LINE_EVERY * G_USEC_PER_SEC)

typedef struct {
    char peer[LIMITS_PEER_MAX]; /* "": free */
    gint64 forgiven;            /* when nothing is owed any more */
    gint64 quiet_until;         /* no line before */
    guint unsaid;
} Place;

struct Limits {
    pthread_mutex_t mutex;
    Place places[SETS][WAYS];
    guint seed; /* so that nobody can choose who shares a set */
    gint64 lines_since;
    guint lines;
};

Limits *limits_new(void)
{
    Limits *limits = g_new0(Limits, 1);

    pthread_mutex_init(&limits->mutex, NULL);
    limits->seed = g_random_int();
    return limits;
}

void limits_free(Limits *limits)
{
    if (!limits)
        return;
    pthread_mutex_destroy(&limits->mutex);
    g_free(limits);
}

static Place *set_of(Limits *limits, const char *peer)
{
    guint hash = limits->seed;

    for (; *peer; peer++)
        hash = (hash ^ (guchar)*peer) * 16777619U;
    return limits->places[(hash ^ hash >> 16) % SETS];
}

static Place *find_place(Limits *limits, const char *peer)
{
    Place *set = set_of(limits, peer);

    for (guint i = 0; i < WAYS; i++) {
        if (strncmp(set[i].peer, peer, LIMITS_PEER_MAX - 1) == 0)
            return &set[i];
    }
    return NULL;
}

static gint64 last_word(const Place *place)
{
    return MAX(place->forgiven, place->quiet_until);
}

/* The peer's place, a new one where it has none. */
static Place *take_place(Limits *limits, const char *peer)
{
    Place *set = set_of(limits, peer);
    Place *place = find_place(limits, peer);

    if (place)
        return place;
    place = set;
    for (guint i = 1; i < WAYS; i++) {
        if (last_word(&set[i]) < last_word(place))
            place = &set[i];
    }
    *place = (Place){.unsaid = 0};
    g_strlcpy(place->peer, peer, sizeof place->peer);
    return place;
}

gint64 limits_wait(Limits *limits, const char *peer, gint64 now)
{
    const Place *place;
    gint64 wait = 0;

    pthread_mutex_lock(&limits->mutex);
    place = find_place(limits, peer);
    if (place)
        wait = MAX(place->forgiven - now - (LIMITS_BURST - 1) * REGAIN, 0);
    pthread_mutex_unlock(&limits->mutex);
    return wait;
}

void limits_fail(Limits *limits, const char *peer, gint64 now)
{
    Place *place;

    pthread_mutex_lock(&limits->mutex);
    place = take_place(limits, peer);
    place->forgiven = MAX(place->forgiven, now) + REGAIN;
    pthread_mutex_unlock(&limits->mutex);
}

/* Whether there may be another line about anybody. */
static gboolean has_line_left(Limits *limits, gint64 now)
{
    if (limits->lines == 0 || now - limits->lines_since >= LINE_EVERY) {
        limits->lines_since = now;
        limits->lines = 0;
    }
    return limits->lines++ < LIMITS_LINES_MAX;
}

gboolean limits_tell(Limits *limits, const char *peer, gint64 now, guint *unsaid)
{
    gboolean is_said;
    Place *place;

    pthread_mutex_lock(&limits->mutex);
    place = take_place(limits, peer);
    is_said = now >= place->quiet_until && has_line_left(limits, now);
    if (is_said) {
        *unsaid = place->unsaid;
        place->unsaid = 0;
        place->quiet_until = now + LINE_EVERY;
    } else {
        place->unsaid++;
    }
    pthread_mutex_unlock(&limits->mutex);
    return is_said;
}
