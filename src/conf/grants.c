/* Reads and checks tokens, peers and certificates. Hashes are compared and users looked up
 * elsewhere.
 */
#include "conf/grants.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/nearest.h"

enum { GRANTS_MAX = 256, NAME_MAX_BYTES = 64, SHA256_DIGITS = 64, USERS_MAX = 64, TEXT_MAX = 1024 };

static const char *const scopes[] = {"read",        "upgrade",    "rollback", "hold",
                                     "usage:write", "usage:read", NULL};

/* One group of one of the lists while it is read. */
typedef struct {
    GrantKind kind;
    const GArray *others; /* ConfGrant that stand before it */
    ConfGrant grant;
} Entry;

/* What a kind of group is called, how one looks, and its fields, the required ones first. */
static const struct {
    const char *noun;
    const char *example;
    const char *fields[5];
    guint required;
} kinds[] = {
    [GRANTS_OF_TOKENS] =
        {"token",
         "( { name = \"ops\"; sha256 = \"64 hex digits\"; scopes = [ \"read\" ]; } )",
         {"name", "sha256", "scopes", "expires", NULL},
         3},
    [GRANTS_OF_PEERS] = {"group of peers",
                         "( { name = \"ops\"; uid = [ \"alice\" ]; scopes = [ \"read\" ]; } )",
                         {"name", "scopes", "uid", "gid", NULL},
                         2},
    [GRANTS_OF_CERTIFICATES] = {"certificate",
                                "( { subject = \"CN=ops\"; scopes = [ \"read\" ]; } )",
                                {"subject", "scopes", NULL},
                                2},
};

const char *const *conf_scopes(void)
{
    return scopes;
}

static void clear_grant(gpointer data)
{
    ConfGrant *grant = data;

    g_free(grant->name);
    g_strfreev(grant->scopes);
    g_free(grant->sha256);
    g_strfreev(grant->users);
    g_strfreev(grant->groups);
    g_free(grant->subject);
}

static GArray *grants_new(void)
{
    GArray *grants = g_array_new(FALSE, TRUE, sizeof(ConfGrant));

    g_array_set_clear_func(grants, clear_grant);
    return grants;
}

static void hint_word(GError **error, const char *word, const char *const *words)
{
    const char *suggestion = nearest_slip(word, words);
    g_autofree char *all = g_strjoinv(", ", (char **)words);

    if (suggestion)
        error_set_hint(error, "did you mean \"%s\"?", suggestion);
    else
        error_set_hint(error, "write one of %s", all);
}

static gboolean is_name(const char *name)
{
    gsize length = strlen(name);

    return length > 0 && length <= NAME_MAX_BYTES &&
           strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-") == length;
}

gboolean conf_check_token_name(const char *name, GError **error)
{
    if (is_name(name))
        return TRUE;
    error_set(error, ERROR_CONFIG, "a name must be 1 to %d of A-Z a-z 0-9 . _ -", NAME_MAX_BYTES);
    error_set_hint(error, "for example: ops");
    return FALSE;
}

gboolean conf_check_scope(const char *scope, GError **error)
{
    if (g_strv_contains(scopes, scope))
        return TRUE;
    error_set(error, ERROR_CONFIG, "\"%s\" is not a scope", scope);
    hint_word(error, scope, scopes);
    return FALSE;
}

/* --- Fields, as text -------------------------------------------------------------------------- */

static gboolean is_taken(const GArray *grants, const char *name)
{
    for (guint i = 0; i < grants->len; i++) {
        if (g_strcmp0(g_array_index(grants, ConfGrant, i).name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean set_name(Entry *entry, const char *name, GError **error)
{
    const char *noun = kinds[entry->kind].noun;

    if (!name || !is_name(name)) {
        error_set(error, ERROR_CONFIG, "a %s's name must be 1 to %d of A-Z a-z 0-9 . _ -", noun,
                  NAME_MAX_BYTES);
        error_set_hint(error, "for example: name = \"ops\";");
        return FALSE;
    }
    if (is_taken(entry->others, name)) {
        error_set(error, ERROR_CONFIG, "two %ss are named %s", noun, name);
        error_set_hint(error, "give each its own name: the audit trail shows it");
        return FALSE;
    }
    entry->grant.name = g_strdup(name);
    return TRUE;
}

/* The value is not echoed: people paste the bare token here by mistake. */
static gboolean set_sha256(Entry *entry, const char *sha256, GError **error)
{
    if (sha256 && strlen(sha256) == SHA256_DIGITS &&
        strspn(sha256, "0123456789abcdefABCDEF") == SHA256_DIGITS) {
        entry->grant.sha256 = g_ascii_strdown(sha256, -1);
        return TRUE;
    }
    error_set(error, ERROR_CONFIG, "a token's sha256 must be %d hexadecimal digits", SHA256_DIGITS);
    error_set_hint(error, "it is the hash, not the token: printf %%s \"$TOKEN\" | sha256sum; "
                          "`pgsluice token new` makes both");
    return FALSE;
}

static gboolean set_expires(Entry *entry, const char *text, GError **error)
{
    if (!text) {
        error_set(error, ERROR_CONFIG, "expires must be a time in double quotes");
        error_set_hint(error, "for example: expires = \"2027-01-31T18:00:00Z\";");
        return FALSE;
    }
    return clock_parse_rfc3339(text, &entry->grant.expires, error);
}

static gboolean set_subject(Entry *entry, const char *subject, GError **error)
{
    if (!subject || *subject == '\0' || strlen(subject) > TEXT_MAX) {
        error_set(error, ERROR_CONFIG, "a certificate's subject must be its distinguished name");
        error_set_hint(error,
                       "as printed by: openssl x509 -noout -subject -nameopt rfc2253 -in FILE");
        return FALSE;
    }
    for (guint i = 0; i < entry->others->len; i++) {
        if (strcmp(g_array_index(entry->others, ConfGrant, i).subject, subject) != 0)
            continue;
        error_set(error, ERROR_CONFIG, "two certificates have the subject %s", subject);
        error_set_hint(error, "write the scopes of both into one group");
        return FALSE;
    }
    entry->grant.subject = g_strdup(subject);
    return TRUE;
}

/* Takes the list over. */
static gboolean set_scopes(Entry *entry, char **list, GError **error)
{
    g_autofree char *all = g_strjoinv(", ", (char **)scopes);

    entry->grant.scopes = list;
    for (gsize i = 0; list[i]; i++) {
        if (!conf_check_scope(list[i], error))
            return FALSE;
    }
    if (list[0])
        return TRUE;
    error_set(error, ERROR_CONFIG, "a %s's scopes must be a list that is not empty",
              kinds[entry->kind].noun);
    error_set_hint(error, "for example: scopes = [ \"read\" ]; the scopes are %s", all);
    return FALSE;
}

/* --- Fields, from libconfig ------------------------------------------------------------------- */

static char **read_texts(const config_setting_t *setting)
{
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();

    for (int i = 0; i < config_setting_length(setting); i++) {
        const char *text = config_setting_get_string_elem(setting, i);

        g_strv_builder_add(list, text ? text : "");
    }
    return g_strv_builder_end(list);
}

/* A user or group: a name, or a number with or without quotes; NULL when it is none. */
static char *read_id(const config_setting_t *setting)
{
    const char *text = config_setting_get_string(setting);
    gint64 number = config_setting_get_int64(setting);

    if (text)
        return *text && strlen(text) <= NAME_MAX_BYTES ? g_strdup(text) : NULL;
    return config_setting_is_number(setting) && number >= 0 && number < G_MAXUINT32
               ? g_strdup_printf("%" G_GINT64_FORMAT, number)
               : NULL;
}

static gboolean refuse_ids(const char *field, GError **error)
{
    error_set(error, ERROR_CONFIG, "%s must be a name, a number, or a list of 1 to %d of them",
              field, USERS_MAX);
    error_set_hint(error, "for example: %s = [ \"alice\", \"1001\" ];", field);
    return FALSE;
}

static gboolean read_ids(const config_setting_t *setting, char ***ids, GError **error)
{
    gboolean is_many = config_setting_is_list(setting) || config_setting_is_array(setting);
    int count = is_many ? config_setting_length(setting) : 1;
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();

    if (count < 1 || count > USERS_MAX)
        return refuse_ids(config_setting_name(setting), error);
    for (int i = 0; i < count; i++) {
        g_autofree char *id =
            read_id(is_many ? config_setting_get_elem(setting, (unsigned)i) : setting);

        if (!id)
            return refuse_ids(config_setting_name(setting), error);
        g_strv_builder_add(list, id);
    }
    *ids = g_strv_builder_end(list);
    return TRUE;
}

static gboolean read_field(Entry *entry, const config_setting_t *setting, GError **error)
{
    const char *field = config_setting_name(setting);
    const char *text = config_setting_get_string(setting);

    if (!g_strv_contains(kinds[entry->kind].fields, field)) {
        error_set(error, ERROR_CONFIG, "a %s has no field %s", kinds[entry->kind].noun, field);
        hint_word(error, field, kinds[entry->kind].fields);
        return FALSE;
    }
    if (strcmp(field, "name") == 0)
        return set_name(entry, text, error);
    if (strcmp(field, "sha256") == 0)
        return set_sha256(entry, text, error);
    if (strcmp(field, "scopes") == 0)
        return set_scopes(entry, read_texts(setting), error);
    if (strcmp(field, "expires") == 0)
        return set_expires(entry, text, error);
    if (strcmp(field, "subject") == 0)
        return set_subject(entry, text, error);
    if (strcmp(field, "uid") == 0)
        return read_ids(setting, &entry->grant.users, error);
    return read_ids(setting, &entry->grant.groups, error);
}

/* --- Groups and lists ------------------------------------------------------------------------- */

static const char *missing_field(const config_setting_t *group, GrantKind kind)
{
    for (guint i = 0; i < kinds[kind].required; i++) {
        if (!config_setting_get_member(group, kinds[kind].fields[i]))
            return kinds[kind].fields[i];
    }
    if (kind == GRANTS_OF_PEERS && !config_setting_get_member(group, "uid") &&
        !config_setting_get_member(group, "gid"))
        return "uid or gid";
    return NULL;
}

/* Fills the entry's grant, which the caller clears whatever happens. */
static gboolean read_group(Entry *entry, const config_setting_t *group, unsigned *line,
                           GError **error)
{
    const char *missing;

    if (!config_setting_is_group(group)) {
        error_set(error, ERROR_CONFIG, "each %s must be a group", kinds[entry->kind].noun);
        error_set_hint(error, "for example: %s", kinds[entry->kind].example);
        return FALSE;
    }
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *field = config_setting_get_elem(group, (unsigned)i);

        *line = config_setting_source_line(field);
        if (!read_field(entry, field, error))
            return FALSE;
    }
    *line = config_setting_source_line(group);
    missing = missing_field(group, entry->kind);
    if (!missing)
        return TRUE;
    error_set(error, ERROR_CONFIG, "a %s lacks its %s", kinds[entry->kind].noun, missing);
    error_set_hint(error, "for example: %s", kinds[entry->kind].example);
    return FALSE;
}

GArray *grants_read(GrantKind kind, const config_setting_t *list, unsigned *line, GError **error)
{
    g_autoptr(GArray) grants = grants_new();
    unsigned at = config_setting_source_line(list);

    if (!config_setting_is_list(list) || config_setting_length(list) > GRANTS_MAX) {
        error_set(error, ERROR_CONFIG, "must be a list of at most %d groups", GRANTS_MAX);
        error_set_hint(error, "for example: %s", kinds[kind].example);
        return NULL;
    }
    for (int i = 0; i < config_setting_length(list); i++) {
        Entry entry = {kind, grants, {NULL}};

        if (!read_group(&entry, config_setting_get_elem(list, (unsigned)i), &at, error)) {
            clear_grant(&entry.grant);
            if (line)
                *line = at;
            return NULL;
        }
        g_array_append_val(grants, entry.grant);
    }
    return g_steal_pointer(&grants);
}

GArray *grants_parse(GrantKind kind, const char *text, GError **error)
{
    g_autofree char *setting = g_strconcat("list = ", text, ";", NULL);
    GArray *grants = NULL;
    config_t config;

    config_init(&config);
    if (config_read_string(&config, setting)) {
        grants = grants_read(kind, config_lookup(&config, "list"), NULL, error);
    } else {
        error_set(error, ERROR_CONFIG, "not a list of %ss: %s", kinds[kind].noun,
                  config_error_text(&config));
        error_set_hint(error, "for example: %s", kinds[kind].example);
    }
    config_destroy(&config);
    return grants;
}

/* --- Lines ------------------------------------------------------------------------------------ */

/* The words of a line, however many blanks are between them. */
static char **split_words(const char *line)
{
    g_auto(GStrv) pieces = g_strsplit_set(line, " \t\r", -1);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();

    for (char **piece = pieces; *piece; piece++) {
        if (**piece)
            g_strv_builder_add(words, *piece);
    }
    return g_strv_builder_end(words);
}

static gboolean read_line(Entry *entry, const char *line, GError **error)
{
    g_auto(GStrv) words = split_words(line);
    guint count = g_strv_length(words);

    if (count < 3 || count > 4) {
        error_set(error, ERROR_CONFIG, "a token is three or four words on one line");
        error_set_hint(error, "NAME SHA256 SCOPE[,SCOPE...] [EXPIRES]; `pgsluice token new` prints "
                              "such a line");
        return FALSE;
    }
    return set_name(entry, words[0], error) && set_sha256(entry, words[1], error) &&
           set_scopes(entry, g_strsplit(words[2], ",", -1), error) &&
           (count < 4 || set_expires(entry, words[3], error));
}

static void copy_grants(GArray *to, const GArray *from)
{
    for (guint i = 0; from && i < from->len; i++) {
        const ConfGrant *grant = &g_array_index(from, ConfGrant, i);
        ConfGrant copy = {.name = g_strdup(grant->name),
                          .scopes = g_strdupv(grant->scopes),
                          .sha256 = g_strdup(grant->sha256),
                          .expires = grant->expires};

        g_array_append_val(to, copy);
    }
}

/* FALSE when the line is wrong; one without a token is right. */
static gboolean add_line(GArray *tokens, const char *line, GError **error)
{
    Entry entry = {GRANTS_OF_TOKENS, tokens, {NULL}};
    gsize blank = strspn(line, " \t\r");

    if (line[blank] == '\0' || line[blank] == '#')
        return TRUE;
    if (tokens->len >= GRANTS_MAX) {
        error_set(error, ERROR_CONFIG, "there are more than %d tokens", GRANTS_MAX);
        error_set_hint(error, "remove those that have expired");
    } else if (read_line(&entry, line, error)) {
        g_array_append_val(tokens, entry.grant);
        return TRUE;
    }
    clear_grant(&entry.grant);
    return FALSE;
}

GArray *grants_read_lines(const GArray *before, const char *text, const char *path, GError **error)
{
    g_autoptr(GArray) tokens = grants_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    copy_grants(tokens, before);
    for (guint i = 0; lines[i]; i++) {
        const ErrorSite site = {.path = path, .line = i + 1};

        if (add_line(tokens, lines[i], error))
            continue;
        error_set_site(error, &site);
        return NULL;
    }
    return g_steal_pointer(&tokens);
}

/* --- For people ------------------------------------------------------------------------------- */

static void describe_ids(GString *text, const char *kind, char *const *ids)
{
    g_autofree char *list = ids ? g_strjoinv(" ", (char **)ids) : NULL;

    if (list)
        g_string_append_printf(text, "; %s %s", kind, list);
}

char *grants_describe(const GArray *grants)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < grants->len; i++) {
        const ConfGrant *grant = &g_array_index(grants, ConfGrant, i);
        g_autofree char *list = g_strjoinv(", ", grant->scopes);
        g_autofree char *expires = grant->expires ? clock_format_rfc3339(grant->expires) : NULL;

        g_string_append_printf(text, "%s%s (%s", i ? ", " : "",
                               grant->subject ? grant->subject : grant->name, list);
        describe_ids(text, "uid", grant->users);
        describe_ids(text, "gid", grant->groups);
        if (expires)
            g_string_append_printf(text, "; until %s", expires);
        g_string_append_c(text, ')');
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
