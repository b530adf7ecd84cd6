/* Lists of tokens, peers and certificates, and lines of tokens: what is taken keeps its promises.
 * Input: "t", "p", "c" or "l" for the kind, then the text. */
#include <string.h>

#include "base/error.h"
#include "conf/grants.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static GArray *read_text(char kind, const char *text, GError **error)
{
    switch (kind) {
    case 't':
        return grants_parse(GRANTS_OF_TOKENS, text, error);
    case 'p':
        return grants_parse(GRANTS_OF_PEERS, text, error);
    case 'c':
        return grants_parse(GRANTS_OF_CERTIFICATES, text, error);
    default:
        return grants_read_lines(NULL, text, "tokens", error);
    }
}

static void check_grant(const ConfGrant *grant)
{
    g_assert_true(grant->scopes && grant->scopes[0]);
    for (char **scope = grant->scopes; *scope; scope++)
        g_assert_true(conf_check_scope(*scope, NULL));
    if (!grant->subject)
        g_assert_true(conf_check_token_name(grant->name, NULL));
    if (grant->sha256)
        g_assert_true(strlen(grant->sha256) == 64 &&
                      strspn(grant->sha256, "0123456789abcdef") == 64);
    g_assert_true(grant->sha256 || grant->subject || grant->users || grant->groups);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *input = g_strndup(size > 0 ? (const char *)data : "", size);
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) grants = NULL;
    g_autofree char *text = NULL;

    if (!*input || strstr(input, "@include"))
        return 0;
    grants = read_text(input[0], input + 1, &error);
    g_assert_true((grants == NULL) == (error != NULL));
    for (guint i = 0; grants && i < grants->len; i++)
        check_grant(&g_array_index(grants, ConfGrant, i));
    text = grants ? grants_describe(grants) : NULL;
    return 0;
}
