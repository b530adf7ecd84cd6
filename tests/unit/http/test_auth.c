/* What decides about trust: tokens, digests, where a client comes from; and entity tags. */
#include <arpa/inet.h>
#include <string.h>

#include "http/auth.h"
#include "http/etag.h"
#include "http/peer.h"

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
    } cases[] = {
        {"\"tag\"", TRUE},
        {"W/\"tag\"", TRUE},
        {"*", TRUE},
        {"\"other\", \"tag\"", TRUE},
        {"\"other\",W/\"tag\" ,\"x\"", TRUE},
        {" ,, \"tag\"", TRUE},
        {"\"a,b\", \"tag\"", TRUE},
        {NULL, FALSE},
        {"", FALSE},
        {"tag", FALSE},
        {"\"tag", FALSE},
        {"\"Tag\"", FALSE},
        {"\"tag2\"", FALSE},
        {"\"ta\"", FALSE},
        {"\"other\" tag", FALSE},
        {"w/\"tag\"", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].list ? cases[i].list : "(none)");
        g_assert_cmpint(etag_list_has(cases[i].list, "\"tag\""), ==, cases[i].has);
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/auth/bearer-token", test_bearer_token);
    g_test_add_func("/http/auth/longest-token", test_longest_token);
    g_test_add_func("/http/auth/digest", test_digest);
    g_test_add_func("/http/auth/bad-digests", test_bad_digests);
    g_test_add_func("/http/etag/list", test_etag_list);
    g_test_add_func("/http/peer/classify", test_peer);
    return g_test_run();
}
