/* Where a daemon listens, and what shows it who asks. Nothing here connects. */
#pragma once

#include <glib.h>

#include "base/secret.h"

typedef struct {
    char *base;             /* what paths are put behind: "https://db1:8081", no final slash */
    char *socket;           /* the Unix socket, or NULL */
    char *name;             /* for people: the URL as above, or the path of the socket */
    Secret *token;          /* NULL: none */
    char *ca_file;          /* each NULL: not given */
    char *certificate_file; /* the client's, PEM */
    char *key_file;
    gint64 timeout; /* microseconds for a whole request and its answer */
} Endpoint;

/* An endpoint without a token; ERROR_USAGE when the text is not an http or https URL with a host
 * and without user, query and fragment, or not the path of a socket. */
Endpoint *endpoint_new_url(const char *url, GError **error);
Endpoint *endpoint_new_socket(const char *path, GError **error);
void endpoint_free(Endpoint *endpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Endpoint, endpoint_free)

/* The token out of `file`, or when that is NULL out of $PGSLUICE_TOKEN or the systemd credential
 * "pgsluice.token"; none of these is no error. Its last line end is dropped, and the redactor
 * learns it. ERROR_CONFIG when the file that is named cannot be read or holds something else than
 * one word of at most 1,024 visible ASCII characters. */
gboolean endpoint_find_token(Endpoint *endpoint, const char *file, GError **error);

/* Whether the token would go over a network that others can listen to: not TLS, not this host. */
gboolean endpoint_exposes_token(const Endpoint *endpoint);
