/* Files to GnuTLS credentials, and sessions that get them. The handshake itself is libmicrohttpd's.
 */
#include "http/tls.h"

#include <gnutls/x509.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/slurp.h"
#include "http/tls_session.h"

enum { FILE_MAX = 1024 * 1024, SOON = 14 };

#define DAY ((gint64)24 * 3600 * G_USEC_PER_SEC)
#define WITH_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
#define ONLY_1_3 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

struct HttpTls {
    atomic_uint references;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
    gboolean asks_clients;
    char *certificate; /* paths, for messages */
    char *key;
    gint64 begins; /* microseconds since 1970 */
    gint64 ends;
};

HttpTls *http_tls_ref(HttpTls *tls)
{
    atomic_fetch_add_explicit(&tls->references, 1, memory_order_relaxed);
    return tls;
}

void http_tls_unref(HttpTls *tls)
{
    if (!tls || atomic_fetch_sub(&tls->references, 1) > 1)
        return;
    if (tls->credentials)
        gnutls_certificate_free_credentials(tls->credentials);
    if (tls->priority)
        gnutls_priority_deinit(tls->priority);
    g_free(tls->certificate);
    g_free(tls->key);
    g_free(tls);
}

/* --- Loading ---------------------------------------------------------------------------------- */

/* A file's text, with its end wiped by the caller where that matters. */
static char *read_pem(const char *path, const char *what, GError **error)
{
    char *text = NULL;

    switch (slurp(path, FILE_MAX, &text, error)) {
    case SLURP_DONE:
        return text;
    case SLURP_MISSING:
        error_set(error, ERROR_CONFIG, "there is no file %s", path);
        error_set_hint(error, "%s names it: correct the path, or put the file there", what);
        return NULL;
    default:
        g_prefix_error(error, "%s: ", what);
        return NULL;
    }
}

static gnutls_datum_t datum(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)text, (unsigned)strlen(text)};
}

static gboolean refuse(GError **error, const char *path, int code, const char *hint)
{
    const char *reason = gnutls_strerror(code);
    gsize length = strlen(reason) - g_str_has_suffix(reason, ".");

    error_set(error, ERROR_CONFIG, "%s cannot be used: %.*s", path, (int)length, reason);
    error_set_hint(error, "%s", hint);
    return FALSE;
}

/* The first certificate of the file is the server's own. */
static gboolean read_validity(HttpTls *tls, const gnutls_datum_t *pem, GError **error)
{
    gnutls_x509_crt_t certificate;
    int code;

    gnutls_x509_crt_init(&certificate);
    code = gnutls_x509_crt_import(certificate, pem, GNUTLS_X509_FMT_PEM);
    if (code == GNUTLS_E_SUCCESS) {
        tls->begins = gnutls_x509_crt_get_activation_time(certificate) * G_USEC_PER_SEC;
        tls->ends = gnutls_x509_crt_get_expiration_time(certificate) * G_USEC_PER_SEC;
    }
    gnutls_x509_crt_deinit(certificate);
    return code == GNUTLS_E_SUCCESS ||
           refuse(error, tls->certificate, code,
                  "http.tls_certificate must be a PEM file: the server's own certificate first, "
                  "then those that lead to the authority");
}

static gboolean check_key(const HttpTls *tls, const gnutls_datum_t *pem, GError **error)
{
    gnutls_x509_privkey_t key;
    int code;

    gnutls_x509_privkey_init(&key);
    code = gnutls_x509_privkey_import2(key, pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_x509_privkey_deinit(key);
    return code == GNUTLS_E_SUCCESS ||
           refuse(error, tls->key, code,
                  "http.tls_key must be a PEM file with the private key, without a password "
                  "(openssl pkey -in WITH -out WITHOUT)");
}

static gboolean set_pair(HttpTls *tls, const gnutls_datum_t *certificate, const gnutls_datum_t *key,
                         GError **error)
{
    int code;

    if (!read_validity(tls, certificate, error) || !check_key(tls, key, error))
        return FALSE;
    code = gnutls_certificate_set_x509_key_mem(tls->credentials, certificate, key,
                                               GNUTLS_X509_FMT_PEM);
    return code >= 0 || refuse(error, tls->certificate, code,
                               "certificate and key must belong together: compare `openssl x509 "
                               "-noout -pubkey -in CERTIFICATE` with `openssl pkey -pubout -in "
                               "KEY`");
}

static gboolean load_pair(HttpTls *tls, GError **error)
{
    g_autofree char *certificate = read_pem(tls->certificate, "http.tls_certificate", error);
    g_autofree char *key = certificate ? read_pem(tls->key, "http.tls_key", error) : NULL;
    gnutls_datum_t certificate_datum;
    gnutls_datum_t key_datum;
    gboolean is_set;

    if (!key)
        return FALSE;
    certificate_datum = datum(certificate);
    key_datum = datum(key);
    is_set = set_pair(tls, &certificate_datum, &key_datum, error);
    explicit_bzero(key, strlen(key));
    return is_set;
}

static gboolean load_client_ca(HttpTls *tls, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gnutls_datum_t pem;
    int count;

    if (!path)
        return TRUE;
    text = read_pem(path, "http.admin.client_ca", error);
    if (!text)
        return FALSE;
    pem = datum(text);
    count = gnutls_certificate_set_x509_trust_mem(tls->credentials, &pem, GNUTLS_X509_FMT_PEM);
    tls->asks_clients = count > 0;
    return tls->asks_clients ||
           refuse(error, path, count < 0 ? count : GNUTLS_E_NO_CERTIFICATE_FOUND,
                  "http.admin.client_ca must be a PEM file with the certificates of the "
                  "authorities");
}

HttpTls *http_tls_load(const HttpTlsOptions *options, GError **error)
{
    g_autoptr(HttpTls) tls = g_new0(HttpTls, 1);

    atomic_init(&tls->references, 1);
    tls->certificate = g_strdup(options->certificate);
    tls->key = g_strdup(options->key);
    if (gnutls_certificate_allocate_credentials(&tls->credentials) != GNUTLS_E_SUCCESS ||
        gnutls_priority_init(&tls->priority, options->needs_1_3 ? ONLY_1_3 : WITH_1_2, NULL) !=
            GNUTLS_E_SUCCESS) {
        error_set(error, ERROR_CONFIG, "GnuTLS of this system does not speak TLS %s",
                  options->needs_1_3 ? "1.3" : "1.2");
        error_set_hint(error, "see the system's crypto policy (/etc/gnutls/config)");
        return NULL;
    }
    if (!load_pair(tls, error) || !load_client_ca(tls, options->client_ca, error))
        return NULL;
    return g_steal_pointer(&tls);
}

/* --- Warnings --------------------------------------------------------------------------------- */

static char *warn_of_key(const HttpTls *tls)
{
    struct stat file;

    if (stat(tls->key, &file) != 0 || !(file.st_mode & (S_IROTH | S_IWOTH)))
        return NULL;
    return g_strdup_printf("http.tls_key: %s may be %s by everybody on this host (chmod o-rwx)",
                           tls->key, file.st_mode & S_IWOTH ? "replaced" : "read");
}

static char *warn_of_dates(const HttpTls *tls, gint64 now)
{
    g_autofree char *begins = clock_format_utc(tls->begins);
    g_autofree char *ends = clock_format_utc(tls->ends);

    if (now < tls->begins)
        return g_strdup_printf("http.tls_certificate: %s is not valid before %s", tls->certificate,
                               begins);
    if (now >= tls->ends)
        return g_strdup_printf("http.tls_certificate: %s has expired at %s", tls->certificate,
                               ends);
    if (tls->ends - now < SOON * DAY)
        return g_strdup_printf("http.tls_certificate: %s expires at %s", tls->certificate, ends);
    return NULL;
}

char **http_tls_warnings(const HttpTls *tls, gint64 now)
{
    g_autoptr(GStrvBuilder) warnings = g_strv_builder_new();
    g_autofree char *of_key = warn_of_key(tls);
    g_autofree char *of_dates = warn_of_dates(tls, now);

    if (of_key)
        g_strv_builder_add(warnings, of_key);
    if (of_dates)
        g_strv_builder_add(warnings, of_dates);
    return g_strv_builder_end(warnings);
}

/* --- Names ------------------------------------------------------------------------------------ */

/* Takes `name` over; NULL when it cannot be written as one text. */
static char *take_name(gnutls_datum_t *name)
{
    char *text = NULL;

    if (name->data && !memchr(name->data, '\0', name->size))
        text = g_strndup((const char *)name->data, name->size);
    gnutls_free(name->data);
    return text;
}

char *http_tls_subject(const char *text, GError **error)
{
    gnutls_datum_t written = {NULL, 0};
    gnutls_x509_dn_t name;
    char *subject = NULL;

    gnutls_x509_dn_init(&name);
    if (gnutls_x509_dn_set_str(name, text, NULL) == GNUTLS_E_SUCCESS &&
        gnutls_x509_dn_get_str2(name, &written, 0) == GNUTLS_E_SUCCESS)
        subject = take_name(&written);
    gnutls_x509_dn_deinit(name);
    if (subject)
        return subject;
    error_set(error, ERROR_CONFIG, "\"%s\" is not a distinguished name", text);
    error_set_hint(error, "write it as RFC 4514 does, the most particular part first: "
                          "CN=ops,O=Example; the daemon names the subject that it has seen when it "
                          "refuses a certificate");
    return NULL;
}

/* --- Sessions --------------------------------------------------------------------------------- */

void tls_session_begin(const HttpTls *tls, gnutls_session_t session)
{
    gnutls_priority_set(session, tls->priority);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, tls->credentials);
    gnutls_certificate_server_set_request(session, tls->asks_clients ? GNUTLS_CERT_REQUEST
                                                                     : GNUTLS_CERT_IGNORE);
}

static gboolean is_trusted(gnutls_session_t session)
{
    gnutls_typed_vdata_st purpose = {GNUTLS_DT_KEY_PURPOSE_OID,
                                     (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT, 0};
    unsigned status = 0;

    return gnutls_certificate_verify_peers(session, &purpose, 1, &status) == GNUTLS_E_SUCCESS &&
           status == 0;
}

static char *subject_of(const gnutls_datum_t *der)
{
    gnutls_datum_t name = {NULL, 0};
    gnutls_x509_crt_t certificate;
    char *subject = NULL;

    gnutls_x509_crt_init(&certificate);
    if (gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS &&
        gnutls_x509_crt_get_dn3(certificate, &name, 0) == GNUTLS_E_SUCCESS)
        subject = take_name(&name);
    gnutls_x509_crt_deinit(certificate);
    return subject;
}

char *tls_session_subject(const HttpTls *tls, gnutls_session_t session)
{
    const gnutls_datum_t *chain;
    unsigned count = 0;

    if (!tls->asks_clients)
        return NULL;
    chain = gnutls_certificate_get_peers(session, &count);
    return chain && count > 0 && is_trusted(session) ? subject_of(&chain[0]) : NULL;
}

/* Every session has credentials of ours, so libmicrohttpd's own are never asked. */
int tls_no_certificate(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
                       gnutls_pcert_st **certificates, unsigned *count, gnutls_ocsp_data_st **ocsp,
                       unsigned *ocsp_count, gnutls_privkey_t *key, unsigned *flags)
{
    (void)session;
    (void)info;
    (void)certificates;
    (void)count;
    (void)ocsp;
    (void)ocsp_count;
    (void)key;
    (void)flags;
    return -1;
}
