/* What decides about trust: tokens, digests, where a client comes from; and entity tags. */
#include <arpa/inet.h>
#include <string.h>

#include "base/error.h"
#include "http/auth.h"
#include "http/etag.h"
#include "http/limits.h"
#include "http/peer.h"
#include "http/tls.h"

static void test_bearer_token(void)
{
    static const struct {
        const char *field;
        const char *token;
    } cases[] = {
        {"Bearer abc", "abc"},
        {"bearer abc", "abc"},
        {"BEARER   a-b._~+/c==", "a-b._~+/c=="},
        {NULL, NULL},
        {"", NULL},
        {"Bearer", NULL},
        {"Bearer ", NULL},
        {"Bearer\tabc", NULL},
        {"Bearer abc def", NULL},
        {"Bearer abc ", NULL},
        {"Bearer a\"c", NULL},
        {"Bearer \xc3\xa9", NULL},
        {"Basic abc", NULL},
        {"xBearer abc", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].field ? cases[i].field : "(none)");
        g_assert_cmpstr(auth_bearer_token(cases[i].field), ==, cases[i].token);
    }
}

static void test_longest_token(void)
{
    g_autofree char *token = g_strnfill(AUTH_TOKEN_MAX, 't');
    g_autofree char *fits = g_strconcat("Bearer ", token, NULL);
    g_autofree char *too_long = g_strconcat(fits, "t", NULL);

    g_assert_cmpstr(auth_bearer_token(fits), ==, token);
    g_assert_null(auth_bearer_token(too_long));
}

static void test_digest(void)
{
    /* SHA-256 of "abc", from FIPS 180-2. */
    const char *abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    g_autofree char *upper = g_ascii_strup(abc, -1);
    AuthDigest parsed;
    AuthDigest computed = auth_digest_of("abc");

    g_assert_true(auth_digest_parse(abc, &parsed));
    g_assert_true(auth_digest_equal(&parsed, &computed));
    g_assert_true(auth_digest_parse(upper, &parsed));
    g_assert_true(auth_digest_equal(&parsed, &computed));
    for (gsize i = 0; i < AUTH_DIGEST_SIZE; i++) {
        AuthDigest other = computed;

        other.bytes[i] ^= 1;
        g_assert_false(auth_digest_equal(&computed, &other));
    }
}

static void test_bad_digests(void)
{
    const char *short_by_one = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a";
    const char *not_hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag";
    AuthDigest digest = auth_digest_of("kept");
    AuthDigest before = digest;

    g_assert_false(auth_digest_parse(NULL, &digest));
    g_assert_false(auth_digest_parse("", &digest));
    g_assert_false(auth_digest_parse(short_by_one, &digest));
    g_assert_false(auth_digest_parse(not_hex, &digest));
    g_assert_true(auth_digest_equal(&digest, &before));
}

static void test_etag_list(void)
{
    static const struct {
        const char *list;
        gboolean has;
        gboolean names;
    } cases[] = {
        {"\"tag\"", TRUE, TRUE},
        {"W/\"tag\"", TRUE, FALSE},
        {"*", TRUE, FALSE},
        {"*, \"tag\"", TRUE, FALSE},
        {"\"other\", \"tag\"", TRUE, TRUE},
        {"\"other\",W/\"tag\" ,\"x\"", TRUE, FALSE},
        {"W/\"other\", \"tag\"", TRUE, TRUE},
        {" ,, \"tag\"", TRUE, TRUE},
        {"\"a,b\", \"tag\"", TRUE, TRUE},
        {NULL, FALSE, FALSE},
        {"", FALSE, FALSE},
        {"tag", FALSE, FALSE},
        {"\"tag", FALSE, FALSE},
        {"\"Tag\"", FALSE, FALSE},
        {"\"tag2\"", FALSE, FALSE},
        {"\"ta\"", FALSE, FALSE},
        {"\"other\" tag", FALSE, FALSE},
        {"w/\"tag\"", FALSE, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].list ? cases[i].list : "(none)");
        g_assert_cmpint(etag_list_has(cases[i].list, "\"tag\""), ==, cases[i].has);
        g_assert_cmpint(etag_list_names(cases[i].list, "\"tag\""), ==, cases[i].names);
    }
}

static HttpPeer classify(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return peer_classify((struct sockaddr *)&v4);
    g_assert_cmpint(inet_pton(AF_INET6, text, &v6.sin6_addr), ==, 1);
    return peer_classify((struct sockaddr *)&v6);
}

static void test_peer(void)
{
    const struct sockaddr local = {.sa_family = AF_UNIX};
    const struct sockaddr other = {.sa_family = AF_PACKET};

    g_assert_cmpint(peer_classify(&local), ==, HTTP_PEER_UNIX);
    g_assert_cmpint(peer_classify(&other), ==, HTTP_PEER_REMOTE);
    g_assert_cmpint(peer_classify(NULL), ==, HTTP_PEER_REMOTE);
    g_assert_cmpint(classify("127.0.0.1"), ==, HTTP_PEER_LOOPBACK);
    g_assert_cmpint(classify("127.255.255.254"), ==, HTTP_PEER_LOOPBACK);
    g_assert_cmpint(classify("::1"), ==, HTTP_PEER_LOOPBACK);
    g_assert_cmpint(classify("::ffff:127.0.0.1"), ==, HTTP_PEER_LOOPBACK);
    g_assert_cmpint(classify("10.0.0.127"), ==, HTTP_PEER_REMOTE);
    g_assert_cmpint(classify("128.0.0.1"), ==, HTTP_PEER_REMOTE);
    g_assert_cmpint(classify("0.0.0.0"), ==, HTTP_PEER_REMOTE);
    g_assert_cmpint(classify("::"), ==, HTTP_PEER_REMOTE);
    g_assert_cmpint(classify("::2"), ==, HTTP_PEER_REMOTE);
    g_assert_cmpint(classify("::ffff:10.0.0.1"), ==, HTTP_PEER_REMOTE);
    g_assert_cmpint(classify("fe80::7f00:1"), ==, HTTP_PEER_REMOTE);
}

static char *describe(const char *text, char *(*how)(const struct sockaddr *))
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return how((struct sockaddr *)&v4);
    g_assert_cmpint(inet_pton(AF_INET6, text, &v6.sin6_addr), ==, 1);
    return how((struct sockaddr *)&v6);
}

static void test_peer_names(void)
{
    static const struct {
        const char *text, *address, *network;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"},
        {"2001:db8:0:1:2:3:4:5", "2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"},
        {"::1", "::1", "::/64"},
    };
    const struct sockaddr local = {.sa_family = AF_UNIX};
    g_autofree char *of_local = peer_describe(&local);
    g_autofree char *of_none = peer_network(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *address = describe(rows[i].text, peer_describe);
        g_autofree char *network = describe(rows[i].text, peer_network);

        g_assert_cmpstr(address, ==, rows[i].address);
        g_assert_cmpstr(network, ==, rows[i].network);
    }
    g_assert_cmpstr(of_local, ==, "unix");
    g_assert_cmpstr(of_none, ==, "unknown");
}

static void test_limits(void)
{
    const gint64 regain = (gint64)LIMITS_REGAIN * G_USEC_PER_SEC;
    g_autoptr(Limits) limits = limits_new();
    gint64 now = 1000;

    for (int i = 0; i < LIMITS_BURST; i++) {
        g_assert_cmpint(limits_wait(limits, "a", now), ==, 0);
        limits_fail(limits, "a", now);
    }
    g_assert_cmpint(limits_wait(limits, "a", now), ==, regain);
    g_assert_cmpint(limits_wait(limits, "b", now), ==, 0);
    g_assert_cmpint(limits_wait(limits, "a", now + regain), ==, 0);
    limits_fail(limits, "a", now + regain);
    g_assert_cmpint(limits_wait(limits, "a", now + regain), ==, regain);
    now += 100 * regain;
    for (int i = 0; i < LIMITS_BURST; i++)
        limits_fail(limits, "a", now);
    g_assert_cmpint(limits_wait(limits, "a", now), ==, regain);
}

/* Whoever has failed most is remembered longest, however many others come. */
static void test_limits_under_a_flood(void)
{
    g_autoptr(Limits) limits = limits_new();

    for (int i = 0; i < 2 * LIMITS_BURST; i++)
        limits_fail(limits, "guilty", 1000);
    for (int i = 0; i < 20 * LIMITS_PEERS_MAX; i++) {
        g_autofree char *peer = g_strdup_printf("2001:db8:%x:%x::/64", i >> 16, i & 0xffff);

        limits_fail(limits, peer, 1000);
    }
    g_assert_cmpint(limits_wait(limits, "guilty", 1000), >, 0);
}

static void test_lines(void)
{
    const gint64 later = 1000 + (gint64)LIMITS_LINE_EVERY * G_USEC_PER_SEC;
    g_autoptr(Limits) limits = limits_new();
    guint unsaid = 7;
    int lines = 0;

    g_assert_true(limits_tell(limits, "a", 1000, &unsaid));
    g_assert_cmpuint(unsaid, ==, 0);
    g_assert_false(limits_tell(limits, "a", 1001, &unsaid));
    g_assert_false(limits_tell(limits, "a", later - 1, &unsaid));
    for (int i = 0; i < 1000; i++) {
        g_autofree char *peer = g_strdup_printf("peer %d", i);

        lines += limits_tell(limits, peer, 1002, &unsaid);
    }
    g_assert_cmpint(lines, ==, LIMITS_LINES_MAX - 1);
    g_assert_true(limits_tell(limits, "b", later, &unsaid));
    g_assert_cmpuint(unsaid, ==, 0);
}

static void test_unsaid(void)
{
    const gint64 later = 1000 + (gint64)LIMITS_LINE_EVERY * G_USEC_PER_SEC;
    g_autoptr(Limits) limits = limits_new();
    guint unsaid = 7;

    g_assert_true(limits_tell(limits, "a", 1000, &unsaid));
    g_assert_false(limits_tell(limits, "a", 1001, &unsaid));
    g_assert_false(limits_tell(limits, "a", 1002, &unsaid));
    g_assert_true(limits_tell(limits, "a", later, &unsaid));
    g_assert_cmpuint(unsaid, ==, 2);
}

static void test_subjects(void)
{
    static const char *const wrong[] = {"ops", "CN", "="};
    g_autofree char *spaced = http_tls_subject("CN=ops, O=Example", NULL);
    g_autofree char *escaped = http_tls_subject("CN=a\\,b", NULL);

    g_assert_cmpstr(spaced, ==, "CN=ops,O=Example");
    g_assert_cmpstr(escaped, ==, "CN=a\\,b");
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", wrong[i]);
        g_assert_null(http_tls_subject(wrong[i], &error));
        g_assert_true(error_is(error, ERROR_CONFIG));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/auth/bearer-token", test_bearer_token);
    g_test_add_func("/http/auth/longest-token", test_longest_token);
    g_test_add_func("/http/auth/digest", test_digest);
    g_test_add_func("/http/auth/bad-digests", test_bad_digests);
    g_test_add_func("/http/etag/list", test_etag_list);
    g_test_add_func("/http/peer/classify", test_peer);
    g_test_add_func("/http/peer/names", test_peer_names);
    g_test_add_func("/http/limits/burst", test_limits);
    g_test_add_func("/http/limits/flood", test_limits_under_a_flood);
    g_test_add_func("/http/limits/lines", test_lines);
    g_test_add_func("/http/limits/unsaid", test_unsaid);
    g_test_add_func("/http/tls/subjects", test_subjects);
    return g_test_run();
}
