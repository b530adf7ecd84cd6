/* What is known about peers that log in is in http/limits; here is when it is asked and told. */
#include "api/logins.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/limits.h"
#include "metrics/metrics.h"

enum { RESULT_COUNT = LOGIN_FORBIDDEN + 1 };

struct Logins {
    Limits *limits;
};

/* What the refusal is counted as, and what the log says; NULL: nothing. */
static const struct {
    const char *reason;
    const char *sentence;
} results[RESULT_COUNT] = {
    [LOGIN_CHALLENGED] = {"unauthenticated", NULL},
    [LOGIN_FAILED] = {"unauthenticated", "A token that nobody has was presented"},
    [LOGIN_EXPIRED] = {"token-expired", "An expired token was presented"},
    [LOGIN_LIMITED] = {"too-many-failures", "Too many wrong tokens: the peer has to wait"},
    [LOGIN_FORBIDDEN] = {"insufficient-scope", NULL},
};

Logins *logins_new(void)
{
    Logins *logins = g_new0(Logins, 1);

    logins->limits = limits_new();
    return logins;
}

void logins_free(Logins *logins)
{
    if (!logins)
        return;
    limits_free(logins->limits);
    g_free(logins);
}

guint logins_wait(Logins *logins, const HttpRequest *request)
{
    g_autofree char *peer = http_request_peer_network(request);
    gint64 wait = limits_wait(logins->limits, peer, clock_monotonic());

    return (guint)((wait + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

static void tell(Logins *logins, const HttpRequest *request, const char *network,
                 const char *sentence)
{
    g_autofree char *address = NULL;
    guint unsaid = 0;

    if (!limits_tell(logins->limits, network, clock_monotonic(), &unsaid))
        return;
    address = http_request_peer_address(request);
    if (unsaid > 0)
        log_warning("%s: %s (and %u more of its logins have failed since the last such line)",
                    address, sentence, unsaid);
    else
        log_warning("%s: %s", address, sentence);
}

void logins_note(Logins *logins, const HttpRequest *request, LoginResult result)
{
    g_autofree char *network = NULL;

    metrics_count(METRIC_REFUSALS, results[result].reason);
    if (!results[result].sentence)
        return;
    metrics_count(METRIC_LOGIN_FAILURES);
    network = http_request_peer_network(request);
    if (result == LOGIN_FAILED)
        limits_fail(logins->limits, network, clock_monotonic());
    tell(logins, request, network, results[result].sentence);
}
