/* The HTTP API over one immutable snapshot that the daemon publishes: no handler touches the
 * database or waits. What needs the database goes over the desk (desk.h) to whoever has it. Routes:
 * routes.def. */
#pragma once

#include "api/origin.h"
#include "http/tls.h"
#include "usage/log.h"
#include "usage/reader.h"
#include "view/document.h"

typedef struct Api Api;
typedef struct Desk Desk; /* see desk.h */

/* What every answer is made from. All strings are copied by api_publish. */
typedef struct {
    gboolean is_open;                /* traffic may pass */
    gboolean is_controlled;          /* environment.controlled */
    gboolean allows_rollback;        /* rollback.enabled */
    const char *state;               /* the gate's state by name */
    const char *reason;              /* a sentence */
    gint64 retry_after;              /* seconds, for 503 */
    const char *const *action_types; /* of usage logs, NULL-terminated; NULL: there is no table */
    const char *usage_absence;       /* a sentence that says so, or NULL */
    const char *document;            /* status_document(); NULL: 503 until there is one */
    const char *etag;                /* its entity tag with quotes */
    const char *const *heads;        /* applied heads, NULL-terminated; for /gate?revision= */
    const char *const *applied; /* ids recorded as applied; may be NULL. They count where a head is
                                 * one that no file knows, but is among them */
    const Graph *graph; /* may be NULL; while open, api_publish makes of it and of heads the set of
                         * satisfied ids: time grows with the number of revisions */
} ApiSnapshot;

/* Who may call, and how they show who they are. Scopes are those of routes.def, NULL-terminated. */
typedef struct {
    const char *name;
    const char *sha256; /* hex */
    const char *const *scopes;
    gint64 expires; /* microseconds since 1970; 0: never */
} ApiToken;
typedef struct { /* users of this host, over a Unix socket: any of these, or in one of the groups */
    const guint32 *uids;
    gsize uid_count;
    const guint32 *gids;
    gsize gid_count;
    const char *const *scopes;
} ApiPeers;
typedef struct {         /* over TLS */
    const char *subject; /* as http_tls_subject writes it */
    const char *const *scopes;
} ApiCertificate;
typedef struct {
    gboolean anonymous_read;       /* GET and HEAD of the admin listener, from loopback and Unix */
    gboolean traffic_needs_scopes; /* else the traffic listener lets everybody do everything */
    const ApiToken *tokens;
    gsize token_count;
    const ApiPeers *peers;
    gsize peers_count;
    const ApiCertificate *certificates;
    gsize certificate_count;
} ApiAccess;

/* Answers with state "starting" until the first api_publish, and 401 on the admin listener until
 * api_set_access (but for /livez and /readyz, which need nothing). */
Api *api_new(void);
/* Stops all listeners, cutting what is still in flight: api_drain first. */
void api_free(Api *api);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Api, api_free)

/* Thread-safe; requests that already run finish on the old snapshot. */
void api_publish(Api *api, const ApiSnapshot *snapshot);
/* Thread-safe; copies. */
void api_set_access(Api *api, const ApiAccess *access);

typedef struct UsageStreams UsageStreams; /* see usage_stream.h */
/* For at most so many streams of usage logs at a time. */
UsageStreams *usage_streams_new(guint maximum);
void usage_streams_free(UsageStreams *streams);

/* Hears why the usage log cannot be read, on a thread of the reader's; NULL: it can be again. */
typedef void (*ApiReadNews)(const GError *error, gpointer data);

/* What /v1/usage-logs needs. */
typedef struct {
    UsageLog *log;
    UsageReader *reader;
    guint export_rows; /* of one export; 0: no limit */
    ApiReadNews read_news;
    gpointer read_news_data;
    guint rows_max;   /* of one request that is no stream */
    guint batch_max;  /* rows of one request that are written together */
    gsize stream_max; /* bytes of one stream */
    gint64 oldest;    /* microseconds: how far back created_at may lie */
    gint64 newest;    /* and how far ahead */
    Origins *origins; /* whom to believe where a request comes from */
    UsageStreams *streams;
    gboolean tracks_traffic; /* requests to the traffic listener are recorded, too */
} ApiUsage;
/* At most once; without it the routes answer 404. Takes the origins and the streams; the log and
 * the reader must outlive the Api. */
void api_set_usage(Api *api, const ApiUsage *usage);

/* Where orders are taken in and operations are kept; belongs to the Api. */
Desk *api_desk(Api *api);

typedef enum { API_TRAFFIC, API_ADMIN } ApiListener;
/* Requests of that listener now being handled or answered. Thread-safe. */
unsigned api_in_flight(const Api *api, ApiListener listener);
typedef struct {
    ApiListener listener;
    const char *address;
    int socket; /* listens there already; 0: there is none */
    unsigned threads;
    unsigned connections_max;
    gint64 idle_timeout;    /* microseconds */
    gint64 request_timeout; /* microseconds; 0: no limit */
    gsize body_max;
    gsize header_max;
    HttpTls *tls; /* for addresses with "tls:"; may be NULL */
    gboolean
        is_private; /* not to be reached by others than this host's without TLS, but at these */
    const char *const *plaintext; /* addresses; NULL-terminated, or NULL */
} ApiListenOptions;

/* Starts a listener with the routes of routes.def; see http/server.h for errors. The Api keeps it.
 */
gboolean api_listen(Api *api, const ApiListenOptions *options, GError **error);
/* Another process has these sockets, too, and answers who connects after this one: a stop leaves
 * them open. Appends those that had not been inherited to `fds`, an array of int. */
void api_share_sockets(Api *api, GArray *fds);
/* What connections to all "tls:" addresses speak from now on. */
void api_set_tls(Api *api, HttpTls *tls);
/* Whether is_private and `plaintext` would do with the listeners that there are; ERROR_CONFIG. */
gboolean api_check_private(Api *api, ApiListener listener, const char *const *plaintext,
                           GError **error);
/* URLs of all listeners, NULL-terminated; belongs to the Api until the next api_listen. */
const char *const *api_urls(Api *api, ApiListener listener);
/* Stops accepting on all listeners, then waits until nothing is in flight or `timeout` microseconds
 * pass. */
void api_drain(Api *api, gint64 timeout);
