/* What a daemon refuses with, as kinds of errors and their exit statuses; texts on one line. */
#include "client/problem.h"

#include "client/line.h"

static void test_kinds(void)
{
    static const struct {
        const char *slug; /* NULL: no type */
        unsigned status;
        int exit_status;
    } rows[] = {
        {"insufficient-scope", 403, 6},
        {"rollback-disabled", 403, 6},
        {"not-controlled", 403, 6},
        {"precondition-failed", 412, 6},
        {"unknown-target", 422, 2},
        {"unknown-operation", 404, 2},
        {"too-many-steps", 422, 6},
        {"irreversible", 422, 6},
        {"checksum-mismatch", 409, 6},
        {"drift", 409, 6},
        {"data-loss", 422, 6},
        {"digest-mismatch", 409, 6},
        {"busy", 409, 4},
        {"instances", 409, 6},
        {"sql", 500, 5},
        {"migration-failed", 500, 5},
        {"database-unreachable", 503, 3},
        {"irreversible", 401, 3}, /* the status line wins */
        {"new-in-a-later-version", 409, 6},
        {NULL, 401, 3},
        {NULL, 409, 6},
        {NULL, 503, 3},
        {NULL, 404, 3},
        {NULL, 500, 7},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *type =
            rows[i].slug ? g_strconcat("urn:pgsluice:problem:", rows[i].slug, NULL) : NULL;
        ErrorKind kind = problem_kind(type, rows[i].status, ERROR_DAEMON_ANSWER);

        g_test_message("%s %u", type, rows[i].status);
        g_assert_cmpint(error_kind_exit_status(kind), ==, rows[i].exit_status);
    }
}

static void test_lines(void)
{
    static const struct {
        const char *text;
        gsize limit;
        const char *line;
    } rows[] = {
        {"", 10, ""},
        {"one\n two\r\n\tthree ", 20, "one two three"},
        {"\n\nlate", 20, "late"},
        {"abcdef", 6, "abcdef"},
        {"abcdefg", 6, "abcdef..."},
        {"abcde\303\251fg", 6, "abcde..."}, /* never half a character */
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = line_of(rows[i].text, rows[i].limit);

        g_assert_cmpstr(line, ==, rows[i].line);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/client/problem/kinds", test_kinds);
    g_test_add_func("/client/line/folded-and-cut", test_lines);
    return g_test_run();
}
