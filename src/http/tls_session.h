/* TLS as far as connections of libmicrohttpd are concerned; for this room only. */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include "http/tls.h"

/* Before its handshake: the session gets certificate and versions of `tls`, which must outlive it.
 */
void tls_session_begin(const HttpTls *tls, gnutls_session_t session);
/* After it: the subject of the client's certificate, which an authority of `tls` vouches for as one
 * of a client (g_free); NULL when there is none. */
char *tls_session_subject(const HttpTls *tls, gnutls_session_t session);
/* For MHD_OPTION_HTTPS_CERT_CALLBACK2: has none. */
int tls_no_certificate(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
                       gnutls_pcert_st **certificates, unsigned *count, gnutls_ocsp_data_st **ocsp,
                       unsigned *ocsp_count, gnutls_privkey_t *key, unsigned *flags);
