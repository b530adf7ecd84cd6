/* What a listener needs to speak TLS: certificate, key, the authorities of its clients, the oldest
 * version. Immutable and shared by reference: a connection keeps that with which it began. The only
 * module that includes GnuTLS. */
#pragma once

#include <glib.h>

typedef struct HttpTls HttpTls;

typedef struct {
    const char *certificate; /* a file: PEM, the chain behind it */
    const char *key;         /* a file: PEM without a password */
    const char *client_ca;   /* a file: PEM; NULL: clients are not asked for a certificate */
    gboolean needs_1_3;      /* else TLS 1.2 will do */
} HttpTlsOptions;

/* Reads the files. ERROR_CONFIG names the file, what is wrong with it and what to do. */
HttpTls *http_tls_load(const HttpTlsOptions *options, GError **error);
HttpTls *http_tls_ref(HttpTls *tls);
void http_tls_unref(HttpTls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpTls, http_tls_unref)

/* What is usable and yet deserves a word at `now` (microseconds since 1970), a sentence each: a key
 * that others may read, a certificate that has expired, soon will, or is not valid yet.
 * NULL-terminated, g_strfreev. */
char **http_tls_warnings(const HttpTls *tls, gint64 now);

/* A distinguished name as http_request_certificate writes it; g_free. ERROR_CONFIG when it is none.
 */
char *http_tls_subject(const char *text, GError **error);
