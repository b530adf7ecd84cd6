/* Any URL or conninfo string: what is read is described so that it reads the same again, and no
 * password shows, neither in the description nor in an error. The password to look for is CANARY,
 * which the corpus is full of. */
#include <string.h>

#include "base/error.h"
#include "db/dsn.h"
#include "db/pooler.h"

#define CANARY "c4n4ry"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* Whether the canary stands only where somebody could have meant it for a password: in a URL
 * between a colon and an @, elsewhere behind the word. */
static gboolean holds_secret(const char *text)
{
    const char *authority = strstr(text, "://");
    const char *colon = authority ? strchr(authority + 3, ':') : NULL;
    g_autofree char *lower = g_ascii_strdown(text, -1);
    const char *word = strstr(lower, "pass");
    const char *canary = strstr(text, CANARY);

    if (!canary)
        return FALSE;
    if (authority)
        return colon && colon < canary && strchr(g_strrstr(text, CANARY), '@');
    return word && word - lower < canary - text;
}

static void check_error(const GError *error, const char *text)
{
    g_assert_true(error_is(error, ERROR_CONFIG));
    g_assert_nonnull(error_hint(error));
    if (holds_secret(text)) {
        g_assert_null(strstr(error->message, CANARY));
        g_assert_null(strstr(error_hint(error), CANARY));
    }
}

static gboolean is_password(const char *keyword)
{
    return g_str_has_suffix(keyword, "password");
}

/* One port for several hosts is written out; a list without a port is as good as none. */
static gboolean same_ports(const char *a, const char *b)
{
    const char *comma = b ? strchr(b, ',') : NULL;

    if (!a || !b || strspn(a, ",") == strlen(a))
        return !b || strspn(b, ",") == strlen(b);
    return g_str_equal(a, b) ||
           (comma && (gsize)(comma - b) == strlen(a) && g_str_has_prefix(b, a));
}

/* To libpq an empty value is none. */
static const char *value_of(const Dsn *dsn, const char *keyword)
{
    const char *value = dsn_get(dsn, keyword);

    return value ? value : "";
}

static void check_same(const Dsn *dsn, const Dsn *again)
{
    g_assert_true(same_ports(dsn_get(dsn, "port"), dsn_get(again, "port")));
    for (const char *const *keyword = dsn_keywords(dsn); *keyword; keyword++) {
        if (!is_password(*keyword) && !g_str_equal(*keyword, "port"))
            g_assert_cmpstr(value_of(dsn, *keyword), ==, value_of(again, *keyword));
    }
}

static gboolean shows_canary(const Dsn *dsn)
{
    const char *const *values = dsn_values(dsn);

    for (const char *const *keyword = dsn_keywords(dsn); *keyword; keyword++, values++)
        if (!is_password(*keyword) && strstr(*values, CANARY))
            return TRUE;
    return FALSE;
}

static void check_description(const Dsn *dsn)
{
    g_autofree char *text = dsn_describe(dsn);
    g_autoptr(GError) error = NULL;
    g_autoptr(Dsn) again = dsn_parse(text, &error);

    g_assert_no_error(error);
    check_same(dsn, again);
    if (!shows_canary(dsn))
        g_assert_null(strstr(text, CANARY));
}

/* What is to be used instead of a pooler is none. */
static void check_pooler(const Dsn *dsn)
{
    g_autofree char *url = pooler_direct_url(dsn);
    g_autoptr(GError) error = NULL;
    g_autoptr(Dsn) direct = url ? dsn_parse(url, NULL) : NULL;

    g_assert_true((url == NULL) == pooler_refuse(dsn, FALSE, &error));
    g_assert_true((url == NULL) == (error == NULL));
    if (url)
        g_assert_true(pooler_refuse(direct, FALSE, NULL));
    if (error && !shows_canary(dsn))
        g_assert_null(strstr(error_hint(error), CANARY));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup(size > 0 ? (const char *)data : "", size);
    g_autoptr(GError) error = NULL;
    g_autoptr(Dsn) dsn = dsn_parse(text, &error);

    g_assert_true((dsn == NULL) == (error != NULL));
    if (!dsn) {
        check_error(error, text);
        return 0;
    }
    check_description(dsn);
    check_pooler(dsn);
    return 0;
}
