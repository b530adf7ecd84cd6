/* Reads and checks http.admin.tokens. The hashes are compared elsewhere. */
#include "conf/tokens.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"

enum { TOKENS_MAX = 256, NAME_MAX_BYTES = 64, SHA256_DIGITS = 64 };

static const char example[] =
    "( { name = \"ops\"; sha256 = \"64 hex digits\"; scopes = [ \"read\" ]; } )";
static const char *const fields[] = {"name", "sha256", "scopes", NULL};
static const char *const scopes[] = {"read",        "upgrade",    "rollback", "hold",
                                     "usage:write", "usage:read", NULL};

static void clear_token(gpointer data)
{
    ConfToken *token = data;

    g_free(token->name);
    g_free(token->sha256);
    g_strfreev(token->scopes);
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

static gboolean is_taken(const GArray *tokens, const char *name)
{
    for (guint i = 0; i < tokens->len; i++) {
        if (strcmp(g_array_index(tokens, ConfToken, i).name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean read_name(const config_setting_t *setting, const GArray *tokens, ConfToken *token,
                          GError **error)
{
    const char *name = config_setting_get_string(setting);

    if (!name || !is_name(name)) {
        error_set(error, ERROR_CONFIG, "a token's name must be 1 to %d of A-Z a-z 0-9 . _ -",
                  NAME_MAX_BYTES);
        error_set_hint(error, "for example: name = \"ops\";");
        return FALSE;
    }
    if (is_taken(tokens, name)) {
        error_set(error, ERROR_CONFIG, "two tokens are named %s", name);
        error_set_hint(error, "give each its own name: the audit trail shows it");
        return FALSE;
    }
    token->name = g_strdup(name);
    return TRUE;
}

/* The value is not echoed: people paste the bare token here by mistake. */
static gboolean read_sha256(const config_setting_t *setting, ConfToken *token, GError **error)
{
    const char *sha256 = config_setting_get_string(setting);

    if (sha256 && strlen(sha256) == SHA256_DIGITS &&
        strspn(sha256, "0123456789abcdefABCDEF") == SHA256_DIGITS) {
        token->sha256 = g_ascii_strdown(sha256, -1);
        return TRUE;
    }
    error_set(error, ERROR_CONFIG, "a token's sha256 must be %d hexadecimal digits", SHA256_DIGITS);
    error_set_hint(error, "it is the hash, not the token: printf %%s \"$TOKEN\" | sha256sum");
    return FALSE;
}

static gboolean read_scopes(const config_setting_t *setting, ConfToken *token, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; i < config_setting_length(setting); i++) {
        const char *scope = config_setting_get_string_elem(setting, i);

        if (!scope || !g_strv_contains(scopes, scope)) {
            error_set(error, ERROR_CONFIG, "\"%s\" is not a scope", scope ? scope : "");
            hint_word(error, scope ? scope : "", scopes);
            return FALSE;
        }
        g_ptr_array_add(list, g_strdup(scope));
    }
    if (list->len == 0) {
        g_autofree char *all = g_strjoinv(", ", (char **)scopes);

        error_set(error, ERROR_CONFIG, "a token's scopes must be a list that is not empty");
        error_set_hint(error, "for example: scopes = [ \"read\" ]; the scopes are %s", all);
        return FALSE;
    }
    g_ptr_array_add(list, NULL);
    token->scopes = (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
    return TRUE;
}

static gboolean read_field(const config_setting_t *setting, const GArray *tokens, ConfToken *token,
                           GError **error)
{
    const char *field = config_setting_name(setting);

    if (strcmp(field, "name") == 0)
        return read_name(setting, tokens, token, error);
    if (strcmp(field, "sha256") == 0)
        return read_sha256(setting, token, error);
    if (strcmp(field, "scopes") == 0)
        return read_scopes(setting, token, error);
    error_set(error, ERROR_CONFIG, "a token has no field %s", field);
    hint_word(error, field, fields);
    return FALSE;
}

static gboolean refuse_incomplete(const ConfToken *token, GError **error)
{
    error_set(error, ERROR_CONFIG, "a token lacks its %s",
              !token->name     ? "name"
              : !token->sha256 ? "sha256"
                               : "scopes");
    error_set_hint(error, "for example: %s", example);
    return FALSE;
}

/* Fills *token, which the caller clears whatever happens. */
static gboolean read_token(const config_setting_t *group, const GArray *tokens, ConfToken *token,
                           unsigned *line, GError **error)
{
    if (!config_setting_is_group(group)) {
        error_set(error, ERROR_CONFIG, "each token must be a group");
        error_set_hint(error, "for example: %s", example);
        return FALSE;
    }
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *field = config_setting_get_elem(group, (unsigned)i);

        *line = config_setting_source_line(field);
        if (!read_field(field, tokens, token, error))
            return FALSE;
    }
    *line = config_setting_source_line(group);
    return (token->name && token->sha256 && token->scopes) || refuse_incomplete(token, error);
}

GArray *tokens_read(const config_setting_t *list, unsigned *line, GError **error)
{
    g_autoptr(GArray) tokens = g_array_new(FALSE, FALSE, sizeof(ConfToken));
    unsigned at = config_setting_source_line(list);

    g_array_set_clear_func(tokens, clear_token);
    if (!config_setting_is_list(list) || config_setting_length(list) > TOKENS_MAX) {
        error_set(error, ERROR_CONFIG, "must be a list of at most %d groups", TOKENS_MAX);
        error_set_hint(error, "for example: %s", example);
        return NULL;
    }
    for (int i = 0; i < config_setting_length(list); i++) {
        ConfToken token = {NULL};

        if (!read_token(config_setting_get_elem(list, (unsigned)i), tokens, &token, &at, error)) {
            clear_token(&token);
            if (line)
                *line = at;
            return NULL;
        }
        g_array_append_val(tokens, token);
    }
    return g_steal_pointer(&tokens);
}

GArray *tokens_parse(const char *text, GError **error)
{
    g_autofree char *setting = g_strconcat("tokens = ", text, ";", NULL);
    GArray *tokens = NULL;
    config_t config;

    config_init(&config);
    if (config_read_string(&config, setting)) {
        tokens = tokens_read(config_lookup(&config, "tokens"), NULL, error);
    } else {
        error_set(error, ERROR_CONFIG, "not a list of tokens: %s", config_error_text(&config));
        error_set_hint(error, "for example: %s", example);
    }
    config_destroy(&config);
    return tokens;
}

char *tokens_describe(const GArray *tokens)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < tokens->len; i++) {
        const ConfToken *token = &g_array_index(tokens, ConfToken, i);
        g_autofree char *list = g_strjoinv(", ", token->scopes);

        g_string_append_printf(text, "%s%s (%s)", i ? ", " : "", token->name, list);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
