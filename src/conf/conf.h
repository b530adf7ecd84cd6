/* The configuration: every key of conf_keys.def with its value and where that came from.
 * A Conf is immutable once loaded; a reload makes a new one. */
#pragma once

#include <glib.h>

#include "base/secret.h"
#include "base/variables.h"

typedef enum {
#define CONF_KEY(name, section, key, type, default_value, minimum, maximum, flags, text)           \
    CONF_##name,
#include "conf/conf_keys.def"
#undef CONF_KEY
    CONF_KEY_COUNT,
} ConfKey;

/* Later ones win: default < file < credential < environment (.env counts here) < the section that
 * -n names < --set. */
typedef enum {
    CONF_FROM_DEFAULT,
    CONF_FROM_FILE,
    CONF_FROM_CREDENTIAL,
    CONF_FROM_ENVIRONMENT,
    CONF_FROM_SECTION,
    CONF_FROM_OPTION,
} ConfOrigin;

/* One group of http.admin.tokens, .peers or .certificates; what its list does not have is NULL. */
typedef struct {
    char *name;     /* of a token, and of a group of peers; unique in its list */
    char **scopes;  /* of conf_scopes() */
    char *sha256;   /* of a token: 64 lower-case hex digits */
    gint64 expires; /* of a token: microseconds since 1970; 0: never */
    char **users;   /* of peers: names or numbers, as written; nobody has looked them up */
    char **groups;
    char *subject; /* of a certificate: its distinguished name */
} ConfGrant;

typedef struct {
    const char *path;           /* the file, or NULL: search $PGSLUICE_CONFIG, ./pgsluice.conf,
                                   PGSLUICE_SYSCONFDIR/pgsluice.conf; no file at all is fine then */
    const char *section;        /* -n: the group in `sections` of the file that counts, or NULL */
    const char *const *options; /* "section.key=value" from --set, NULL-terminated; may be NULL */
    const char *const
        *variables;        /* "name=value", or "name" for an empty one, from -x; like options */
    const char *tag;       /* from --tag: the value of the variable "tag"; or NULL */
    gboolean reads_dotenv; /* a .env in the working folder counts as environment (CLI only) */
} ConfSources;

typedef struct Conf Conf;

/* Reads, merges and validates everything. Errors name file:line, option or variable, and the
 * nearest valid key. Environment: PGSLUICE_SECTION_KEY (dots become underscores, so
 * http.traffic.listen is PGSLUICE_HTTP_TRAFFIC_LISTEN, lists comma separated); SYNC_DATABASE_URL
 * and DATABASE_URL stand for database.migration_url and database.runtime_url, PGSLUICE_CONTROLLED
 * for environment.controlled. Credentials: $CREDENTIALS_DIRECTORY/<section.key>, trailing newline
 * dropped; pgsluice.tokens there is a file of more tokens (grants.h), and pgsluice.tls_certificate,
 * pgsluice.tls_key and pgsluice.client_ca are the files that the keys of these names would name. An
 * empty one sets nothing.
 * PGSLUICE_VARIABLES_NAME and <variables.name> set variables.
 *
 * With sources->section the keys and variables of that section win, in the file, as the credential
 * sections.NAME.<section.key> and as PGSLUICE_SECTIONS_NAME_SECTION_KEY. URLs then come from there
 * or from --set only, so that nobody's SYNC_DATABASE_URL sends one database's migrations to
 * another. The sections that are not chosen are checked all the same. */
Conf *conf_load(const ConfSources *sources, GError **error);
void conf_free(Conf *conf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Conf, conf_free)

/* Typed readers; asking for a key of another type is a bug (g_assert). Strings belong to the Conf.
 */
const char *conf_string(const Conf *conf, ConfKey key);   /* NULL when unset */
const Secret *conf_secret(const Conf *conf, ConfKey key); /* URLs; NULL when unset */
gboolean conf_boolean(const Conf *conf, ConfKey key);
gint64 conf_integer(const Conf *conf, ConfKey key);
gint64 conf_duration(const Conf *conf, ConfKey key);         /* microseconds */
guint64 conf_size(const Conf *conf, ConfKey key);            /* bytes */
const char *const *conf_list(const Conf *conf, ConfKey key); /* NULL-terminated, never NULL */
/* A path, made absolute against the folder of the file that named it (working folder for --set and
 * environment). NULL when unset. */
const char *conf_path(const Conf *conf, ConfKey key);
/* PATHS, each absolute in the same way; COMMANDS, each of which g_shell_parse_argv understands; and
 * WORDS; NULL-terminated, never NULL. */
const char *const *conf_paths(const Conf *conf, ConfKey key);
const char *const *conf_commands(const Conf *conf, ConfKey key);
const char *const *conf_words(const Conf *conf, ConfKey key);
/* TOKENS, PEERS and CERTIFICATES; NULL and 0 when there are none. The tokens include those of the
 * credential pgsluice.tokens. */
const ConfGrant *conf_grants(const Conf *conf, ConfKey key, gsize *count);
/* All scopes there are, NULL-terminated. */
const char *const *conf_scopes(void);
/* ERROR_CONFIG when it is none of them, naming them; when it cannot name a token. */
gboolean conf_check_scope(const char *scope, GError **error);
gboolean conf_check_token_name(const char *name, GError **error);
/* What revision bodies refer to: section `variables`, from all sources, -x and --tag the last.
 * Belongs to the Conf. */
const Variables *conf_variables(const Conf *conf);

/* What kind of source the value is from. */
ConfOrigin conf_origin(const Conf *conf, ConfKey key);
/* "pgsluice.conf:12", "PGSLUICE_GATE_ON_PENDING", "--set", ".env:3", "default"; belongs to the
 * Conf. */
const char *conf_origin_text(const Conf *conf, ConfKey key);
/* The file that was read, absolute, or NULL. */
const char *conf_file(const Conf *conf);
/* The section that -n chose, or NULL. */
const char *conf_section(const Conf *conf);
/* The names of all sections, NULL-terminated; belongs to the Conf. */
const char *const *conf_sections(const Conf *conf);
/* "PGSLUICE_SECTIONS_BILLING_", what the variables of section "billing" begin with; g_free. */
char *conf_section_variable_prefix(const char *section);
/* "section.key", and the one-line description, for help and checks. */
const char *conf_key_name(ConfKey key);
const char *conf_key_text(ConfKey key);
/* FALSE for keys that take effect only after a restart (listeners, for example). */
gboolean conf_key_is_reloadable(ConfKey key);

/* How a URL looks without what is secret in it; g_free. */
typedef char *(*ConfDescribeUrl)(const char *url);
/* One line a key and a variable: "section.key = value  # origin", URLs as `describe` writes them,
 * other secrets as ***. Free with g_free. */
char *conf_show(const Conf *conf, ConfDescribeUrl describe);
