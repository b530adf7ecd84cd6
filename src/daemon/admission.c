/* Looks up what the configuration only names. What the rules mean is api/access's business. */
#include "daemon/admission.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"

/* The kernel shows every user that a namespace does not know by this number. */
enum { OVERFLOW_ID = 65534, ENTRY_MAX = 1024 * 1024 };

struct Admission {
    ApiAccess access;
    GArray *tokens;       /* ApiToken; strings of the Conf */
    GArray *peers;        /* ApiPeers; ids are ours */
    GArray *certificates; /* ApiCertificate; subjects are ours */
    HttpTls *tls;
};

/* --- Users and groups ------------------------------------------------------------------------- */

typedef gboolean (*FindId)(const char *name, char *buffer, gsize size, guint32 *id, int *code);

static gboolean find_user(const char *name, char *buffer, gsize size, guint32 *id, int *code)
{
    struct passwd entry;
    struct passwd *found = NULL;

    *code = getpwnam_r(name, &entry, buffer, size, &found);
    if (found)
        *id = found->pw_uid;
    return found != NULL;
}

static gboolean find_group(const char *name, char *buffer, gsize size, guint32 *id, int *code)
{
    struct group entry;
    struct group *found = NULL;

    *code = getgrnam_r(name, &entry, buffer, size, &found);
    if (found)
        *id = found->gr_gid;
    return found != NULL;
}

static gboolean find_name(FindId find, const char *name, guint32 *id, int *code)
{
    g_autofree char *buffer = NULL;
    gsize size = 4096;
    gboolean is_found;

    do {
        size *= 4;
        buffer = g_realloc(buffer, size);
        is_found = find(name, buffer, size, id, code);
    } while (!is_found && *code == ERANGE && size < ENTRY_MAX);
    return is_found;
}

/* `what` is "user" or "group". */
static gboolean look_up(const char *what, const char *text, guint32 *id, GError **error)
{
    gboolean is_group = g_str_equal(what, "group");
    guint64 number = 0;
    int code = 0;

    if (g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32 - 1, &number, NULL)) {
        *id = (guint32)number;
    } else if (!find_name(is_group ? find_group : find_user, text, id, &code)) {
        error_set(error, ERROR_CONFIG, "this host has no %s \"%s\"%s%s", what, text,
                  code ? ": " : "", code ? g_strerror(code) : "");
        error_set_hint(error, "see `getent %s %s`; a number is taken as it is",
                       is_group ? "group" : "passwd", text);
        return FALSE;
    }
    if (*id != OVERFLOW_ID)
        return TRUE;
    error_set(error, ERROR_CONFIG, "%s %s (%d) cannot be trusted", what, text, OVERFLOW_ID);
    error_set_hint(error, "the kernel shows everybody by this number whom it cannot name here; let "
                          "the program run as a user of its own");
    return FALSE;
}

/* A new array of `count` ids; NULL for none, too. */
static gboolean look_up_all(const char *what, char *const *names, const guint32 **ids, gsize *count,
                            GError **error)
{
    gsize length = names ? g_strv_length((char **)names) : 0;
    g_autofree guint32 *found = g_new0(guint32, length);

    for (gsize i = 0; i < length; i++) {
        if (!look_up(what, names[i], &found[i], error))
            return FALSE;
    }
    *count = length;
    *ids = g_steal_pointer(&found);
    return TRUE;
}

/* --- The lists -------------------------------------------------------------------------------- */

static void clear_peers(gpointer data)
{
    ApiPeers *peers = data;

    g_free((gpointer)peers->uids);
    g_free((gpointer)peers->gids);
}

static void clear_certificate(gpointer data)
{
    g_free((gpointer)((ApiCertificate *)data)->subject);
}

static GArray *array_new(guint size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, size);

    if (clear)
        g_array_set_clear_func(array, clear);
    return array;
}

static void add_tokens(Admission *admission, const Conf *conf)
{
    gsize count = 0;
    const ConfGrant *grants = conf_grants(conf, CONF_ADMIN_TOKENS, &count);

    for (gsize i = 0; i < count; i++) {
        const ApiToken token = {grants[i].name, grants[i].sha256,
                                (const char *const *)grants[i].scopes, grants[i].expires};

        g_array_append_val(admission->tokens, token);
    }
}

static gboolean add_peers(Admission *admission, const Conf *conf, GError **error)
{
    gsize count = 0;
    const ConfGrant *grants = conf_grants(conf, CONF_ADMIN_PEERS, &count);

    for (gsize i = 0; i < count; i++) {
        ApiPeers peers = {.scopes = (const char *const *)grants[i].scopes};
        gboolean is_found =
            look_up_all("user", grants[i].users, &peers.uids, &peers.uid_count, error) &&
            look_up_all("group", grants[i].groups, &peers.gids, &peers.gid_count, error);

        g_array_append_val(admission->peers, peers);
        if (is_found)
            continue;
        g_prefix_error(error, "%s (%s): %s: ", conf_key_name(CONF_ADMIN_PEERS),
                       conf_origin_text(conf, CONF_ADMIN_PEERS), grants[i].name);
        return FALSE;
    }
    return TRUE;
}

static gboolean add_certificates(Admission *admission, const Conf *conf, GError **error)
{
    gsize count = 0;
    const ConfGrant *grants = conf_grants(conf, CONF_ADMIN_CERTIFICATES, &count);

    for (gsize i = 0; i < count; i++) {
        const ApiCertificate certificate = {http_tls_subject(grants[i].subject, error),
                                            (const char *const *)grants[i].scopes};

        if (!certificate.subject) {
            g_prefix_error(error, "%s (%s): ", conf_key_name(CONF_ADMIN_CERTIFICATES),
                           conf_origin_text(conf, CONF_ADMIN_CERTIFICATES));
            return FALSE;
        }
        g_array_append_val(admission->certificates, certificate);
    }
    return TRUE;
}

static void fill_access(Admission *admission, const Conf *conf)
{
    admission->access = (ApiAccess){
        .anonymous_read = conf_boolean(conf, CONF_ADMIN_ANONYMOUS_READ),
        .traffic_needs_scopes = conf_boolean(conf, CONF_TRAFFIC_TOKENS_REQUIRED),
        .tokens = (const ApiToken *)(gconstpointer)admission->tokens->data,
        .token_count = admission->tokens->len,
        .peers = (const ApiPeers *)(gconstpointer)admission->peers->data,
        .peers_count = admission->peers->len,
        .certificates = (const ApiCertificate *)(gconstpointer)admission->certificates->data,
        .certificate_count = admission->certificates->len,
    };
}

/* --- TLS -------------------------------------------------------------------------------------- */

/* The key that needs another one which is not set, and that one. */
typedef struct {
    ConfKey key;
    ConfKey lacks;
} Lack;

static gboolean refuse_lack(const Conf *conf, Lack lack, GError **error)
{
    error_set(error, ERROR_CONFIG, "%s (%s) needs %s", conf_key_name(lack.key),
              conf_origin_text(conf, lack.key), conf_key_name(lack.lacks));
    error_set_hint(error, "set both, or neither");
    return FALSE;
}

static gboolean has_tls_address(const Conf *conf, ConfKey key)
{
    for (const char *const *address = conf_list(conf, key); *address; address++) {
        if (g_str_has_prefix(*address, "tls:"))
            return TRUE;
    }
    return FALSE;
}

static gboolean check_tls_keys(const Conf *conf, GError **error)
{
    static const ConfKey listen[] = {CONF_TRAFFIC_LISTEN, CONF_ADMIN_LISTEN};
    const char *certificate = conf_path(conf, CONF_HTTP_TLS_CERTIFICATE);
    const char *key = conf_path(conf, CONF_HTTP_TLS_KEY);
    const char *client_ca = conf_path(conf, CONF_ADMIN_CLIENT_CA);
    gsize count = 0;

    conf_grants(conf, CONF_ADMIN_CERTIFICATES, &count);
    if (certificate && !key)
        return refuse_lack(conf, (Lack){CONF_HTTP_TLS_CERTIFICATE, CONF_HTTP_TLS_KEY}, error);
    if (key && !certificate)
        return refuse_lack(conf, (Lack){CONF_HTTP_TLS_KEY, CONF_HTTP_TLS_CERTIFICATE}, error);
    if (client_ca && !certificate)
        return refuse_lack(conf, (Lack){CONF_ADMIN_CLIENT_CA, CONF_HTTP_TLS_CERTIFICATE}, error);
    if (count > 0 && !client_ca)
        return refuse_lack(conf, (Lack){CONF_ADMIN_CERTIFICATES, CONF_ADMIN_CLIENT_CA}, error);
    for (gsize i = 0; i < G_N_ELEMENTS(listen); i++) {
        if (!certificate && has_tls_address(conf, listen[i]))
            return refuse_lack(conf, (Lack){listen[i], CONF_HTTP_TLS_CERTIFICATE}, error);
    }
    return TRUE;
}

static gboolean load_tls(Admission *admission, const Conf *conf, GError **error)
{
    const HttpTlsOptions options = {
        .certificate = conf_path(conf, CONF_HTTP_TLS_CERTIFICATE),
        .key = conf_path(conf, CONF_HTTP_TLS_KEY),
        .client_ca = conf_path(conf, CONF_ADMIN_CLIENT_CA),
        .needs_1_3 = g_str_equal(conf_string(conf, CONF_HTTP_TLS_MINIMUM), "1.3"),
    };

    if (!check_tls_keys(conf, error))
        return FALSE;
    if (!options.certificate)
        return TRUE;
    admission->tls = http_tls_load(&options, error);
    return admission->tls != NULL;
}

/* --- All of it -------------------------------------------------------------------------------- */

Admission *admission_load(const Conf *conf, GError **error)
{
    g_autoptr(Admission) admission = g_new0(Admission, 1);

    admission->tokens = array_new(sizeof(ApiToken), NULL);
    admission->peers = array_new(sizeof(ApiPeers), clear_peers);
    admission->certificates = array_new(sizeof(ApiCertificate), clear_certificate);
    add_tokens(admission, conf);
    if (!add_peers(admission, conf, error) || !add_certificates(admission, conf, error) ||
        !load_tls(admission, conf, error))
        return NULL;
    fill_access(admission, conf);
    return g_steal_pointer(&admission);
}

void admission_free(Admission *admission)
{
    if (!admission)
        return;
    g_array_unref(admission->tokens);
    g_array_unref(admission->peers);
    g_array_unref(admission->certificates);
    http_tls_unref(admission->tls);
    g_free(admission);
}

const ApiAccess *admission_access(const Admission *admission)
{
    return &admission->access;
}

HttpTls *admission_tls(const Admission *admission)
{
    return admission->tls;
}

static void warn_of_tokens(const Admission *admission, gint64 now, GStrvBuilder *warnings)
{
    for (guint i = 0; i < admission->tokens->len; i++) {
        const ApiToken *token = &g_array_index(admission->tokens, ApiToken, i);
        g_autofree char *warning = NULL;

        if (!token->expires || now < token->expires)
            continue;
        warning = g_strdup_printf("http.admin.tokens: %s has expired", token->name);
        g_strv_builder_add(warnings, warning);
    }
}

char **admission_warnings(const Admission *admission)
{
    g_autoptr(GStrvBuilder) warnings = g_strv_builder_new();
    gint64 now = clock_wall();

    warn_of_tokens(admission, now, warnings);
    if (admission->tls) {
        g_auto(GStrv) of_tls = http_tls_warnings(admission->tls, now);

        g_strv_builder_addv(warnings, (const char **)of_tls);
    }
    return g_strv_builder_end(warnings);
}
