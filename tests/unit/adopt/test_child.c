/* Programs run for their answer: what is bounded, and what is told when it goes wrong. */
#include "adopt/child.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};

/* Runs a shell script; the answer as text, or NULL. */
static char *run(const char *script, Cancel *cancel, gint64 patience, char **said, GError **error)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    const ChildOptions options = {argv, environment, "/", 1024 * 1024, patience};
    g_autoptr(GByteArray) answer = child_run(&options, cancel, said, error);

    return answer ? g_strndup(answer->len ? (const char *)answer->data : "", answer->len) : NULL;
}

static void check(const char *script, const char *answer, const char *said)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *told = NULL;
    g_autofree char *got = run(script, NULL, G_TIME_SPAN_MINUTE, &told, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(got, ==, answer);
    g_assert_cmpstr(told, ==, said);
}

static void test_answer(void)
{
    check("printf yes >&3", "yes", "");
    check("pwd; printf a >&3; echo problem >&2; printf b >&3; exit 3", "ab", "/\nproblem\n");
    check("echo closed; exec 3>&-; exec sleep 600", "", "closed\n");
    check("sleep 600 & printf yes >&3", "yes", ""); /* which has the pipe, too */
    check("read line || echo nothing to read", "", "nothing to read\n");
    check("printf '\\377'", "", "\xef\xbf\xbd");
}

static void expect(const char *script, Cancel *cancel, gint64 patience, ErrorKind kind,
                   const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;

    g_assert_null(run(script, cancel, patience, &said, &error));
    g_assert_true(error_is(error, kind));
    g_assert_nonnull(strstr(error->message, message));
    g_assert_nonnull(said);
}

static void test_bounds(void)
{
    g_autofree char *said = NULL;
    g_autofree char *answer = run("head -c 100000 /dev/zero | tr '\\0' x; printf end", NULL,
                                  G_TIME_SPAN_MINUTE, &said, NULL);

    g_assert_cmpstr(answer, ==, "");
    g_assert_cmpuint(strlen(said), ==, 16 * 1024);
    g_assert_true(g_str_has_suffix(said, "xend"));
    expect("yes >&3", NULL, G_TIME_SPAN_MINUTE, ERROR_FILE, "larger than 1 MiB");
    expect("exec sleep 600", NULL, 10 * G_TIME_SPAN_MILLISECOND, ERROR_FILE, "said nothing for");
}

static void test_cancel(void)
{
    g_autoptr(Cancel) cancel = cancel_new();
    gint64 start = clock_monotonic();

    cancel_trigger(cancel);
    expect("exec sleep 600", cancel, G_TIME_SPAN_HOUR, ERROR_CANCELLED, "interrupted");
    g_assert_cmpint(clock_monotonic() - start, <, G_TIME_SPAN_MINUTE);
}

static void test_no_program(void)
{
    const char *const argv[] = {"/nowhere/python3", NULL};
    const ChildOptions options = {argv, environment, "/", 1024, G_TIME_SPAN_MINUTE};
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;

    g_assert_null(child_run(&options, NULL, &said, &error));
    g_assert_true(error_is(error, ERROR_FILE));
    g_assert_nonnull(strstr(error->message, "cannot run /nowhere/python3"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/child/answer", test_answer);
    g_test_add_func("/child/bounds", test_bounds);
    g_test_add_func("/child/cancel", test_cancel);
    g_test_add_func("/child/no-program", test_no_program);
    return g_test_run();
}
