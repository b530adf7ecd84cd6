/* What the engine's events become on stderr, on a clock that the test moves. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/progress.h"

static char id[] = "aaaa1111";
static char message[] = "first";
static char *no_parents[] = {NULL};
static const Revision revision = {.id = id, .message = message, .down_revisions = no_parents};
static const PlanStep step = {.revision = &revision};
static gint64 now;

static gint64 fake_monotonic(gpointer data)
{
    return now;
}

static const Clock fake_clock = {.monotonic = fake_monotonic};

/* stderr into a file, from here to end_capture. */
typedef struct {
    int saved;
    char *path;
} Capture;

static Capture begin_capture(void)
{
    Capture capture = {dup(STDERR_FILENO), NULL};
    int fd = g_file_open_tmp(NULL, &capture.path, NULL);

    g_assert_cmpint(dup2(fd, STDERR_FILENO), ==, STDERR_FILENO);
    close(fd);
    return capture;
}

static char *end_capture(Capture *capture)
{
    char *text = NULL;

    dup2(capture->saved, STDERR_FILENO);
    close(capture->saved);
    g_assert_true(g_file_get_contents(capture->path, &text, NULL, NULL));
    g_unlink(capture->path);
    g_free(capture->path);
    return text;
}

static void send(const Progress *progress, EngineEvent event)
{
    event_send(progress_events(progress), &event);
}

/* One try of the revision that ends in a lock timeout. */
static void try_in_vain(const Progress *progress)
{
    g_autoptr(GError) error = NULL;

    error_set(&error, ERROR_SQL, "applying aaaa1111: canceling statement due to lock timeout");
    error_set_hint(&error, "then run the same command again");
    send(progress, (EngineEvent){.kind = EVENT_REVISION_STARTED, .step = &step});
    send(progress, (EngineEvent){.kind = EVENT_REVISION_RETRY,
                                 .step = &step,
                                 .error = error,
                                 .pause = 500 * G_TIME_SPAN_MILLISECOND});
}

static void test_retries_are_told_of_now_and_then(void)
{
    gboolean is_quiet = FALSE;
    int verbosity = 0;
    Progress *progress = progress_new(&is_quiet, &verbosity);
    Capture capture = begin_capture();
    g_autofree char *text = NULL;

    clock_replace(&fake_clock);
    for (now = G_TIME_SPAN_SECOND; now < 8 * G_TIME_SPAN_SECOND; now += G_TIME_SPAN_SECOND / 2)
        try_in_vain(progress);
    send(progress, (EngineEvent){.kind = EVENT_REVISION_STARTED, .step = &step});
    send(progress, (EngineEvent){.kind = EVENT_REVISION_DONE, .step = &step, .elapsed = 1000});
    clock_replace(NULL);
    text = end_capture(&capture);
    progress_free(progress);
    g_assert_cmpstr(
        text, ==,
        "Running upgrade  -> aaaa1111, first\n"
        "applying aaaa1111: canceling statement due to lock timeout; trying again every "
        "500.0 ms\n"
        "applying aaaa1111: canceling statement due to lock timeout; trying again every "
        "500.0 ms\n"
        "  done in 1.0 ms\n");
}

static char *text_of_notice(gboolean is_quiet)
{
    int verbosity = 0;
    Progress *progress = progress_new(&is_quiet, &verbosity);
    Capture capture = begin_capture();

    send(progress, (EngineEvent){.kind = EVENT_REVISION_STARTED, .step = &step});
    send(progress, (EngineEvent){.kind = EVENT_NOTICE, .text = "WARNING: mind the \033gap"});
    progress_free(progress);
    return end_capture(&capture);
}

static void test_warnings_of_the_server_are_shown(void)
{
    g_autofree char *text = text_of_notice(FALSE);
    g_autofree char *quiet = text_of_notice(TRUE);

    g_assert_cmpstr(text, ==, "Running upgrade  -> aaaa1111, first\nWARNING: mind the \\x1bgap\n");
    g_assert_cmpstr(quiet, ==, "");
}

static void send_progress(Progress *progress, const Sight *sight)
{
    send(progress, (EngineEvent){.kind = EVENT_PROGRESS,
                                 .step = &step,
                                 .statement = 1,
                                 .statements = 3,
                                 .elapsed = 12 * G_TIME_SPAN_SECOND,
                                 .sight = sight});
}

static void show_index_build(Progress *progress)
{
    g_autoptr(GPtrArray) nobody = g_ptr_array_new();
    const Sight sight = {.command = (char *)"CREATE INDEX",
                         .phase = (char *)"building index: scanning table",
                         .done = 420,
                         .total = 1000,
                         .blockers = nobody};

    send(progress, (EngineEvent){.kind = EVENT_REVISION_STARTED, .step = &step});
    send_progress(progress, &sight);
    send_progress(progress, &sight);
    send(progress, (EngineEvent){.kind = EVENT_REVISION_DONE, .step = &step, .elapsed = 1000});
}

/* stderr becomes a terminal of 40 columns; returns the other end. */
static int open_terminal(int *saved)
{
    const struct winsize size = {.ws_row = 24, .ws_col = 40};
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    int terminal;

    g_assert_cmpint(grantpt(master), ==, 0);
    g_assert_cmpint(unlockpt(master), ==, 0);
    terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    g_assert_cmpint(ioctl(terminal, TIOCSWINSZ, &size), ==, 0);
    *saved = dup(STDERR_FILENO);
    g_assert_cmpint(dup2(terminal, STDERR_FILENO), ==, STDERR_FILENO);
    close(terminal);
    return master;
}

/* What has been written, up to and with `last`: the terminal hands it over in pieces. */
static char *read_terminal(int master, const char *last)
{
    g_autoptr(GString) text = g_string_new(NULL);

    while (!g_str_has_suffix(text->str, last)) {
        char piece[2000];
        ssize_t length = read(master, piece, sizeof piece);

        g_assert_cmpint(length, >, 0);
        g_string_append_len(text, piece, length);
    }
    close(master);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_bar_on_a_terminal(void)
{
    gboolean is_quiet = FALSE;
    int verbosity = 0, saved, master;
    Progress *progress = progress_new(&is_quiet, &verbosity);
    g_autofree char *text = NULL;

    g_setenv("TERM", "xterm", TRUE);
    master = open_terminal(&saved);
    show_index_build(progress);
    text = read_terminal(master, "done in 1.0 ms\r\n");
    dup2(saved, STDERR_FILENO);
    close(saved);
    progress_free(progress);
    g_assert_cmpstr(text, ==,
                    "Running upgrade  -> aaaa1111, first\r\n"
                    "  [########            ] statement 2 of"
                    "\r\033[K  [########            ] statement 2 of"
                    "\r\033[K  done in 1.0 ms\r\n");
}

static void test_no_bar_in_a_file(void)
{
    gboolean is_quiet = FALSE;
    int verbosity = 0;
    Progress *progress = progress_new(&is_quiet, &verbosity);
    Capture capture = begin_capture();
    g_autofree char *text = NULL;

    show_index_build(progress);
    text = end_capture(&capture);
    progress_free(progress);
    g_assert_cmpstr(text, ==, "Running upgrade  -> aaaa1111, first (1.0 ms)\n");
}

static void test_whoever_is_in_the_way_is_named_once(void)
{
    gboolean is_quiet = FALSE;
    int verbosity = 0;
    Progress *progress = progress_new(&is_quiet, &verbosity);
    Capture capture = begin_capture();
    Blocker blocker = {.pid = 4711,
                       .application_name = (char *)"psql",
                       .user = (char *)"app",
                       .state = (char *)"idle in transaction",
                       .query_age = 3 * G_TIME_SPAN_SECOND,
                       .query = (char *)"SELECT 1"};
    g_autoptr(GPtrArray) blockers = g_ptr_array_new();
    const Sight sight = {.blockers = blockers};
    g_autofree char *text = NULL;

    g_ptr_array_add(blockers, &blocker);
    clock_replace(&fake_clock);
    send(progress, (EngineEvent){.kind = EVENT_REVISION_STARTED, .step = &step});
    for (now = G_TIME_SPAN_SECOND; now < 4 * G_TIME_SPAN_SECOND; now += G_TIME_SPAN_SECOND)
        send_progress(progress, &sight);
    clock_replace(NULL);
    text = end_capture(&capture);
    progress_free(progress);
    g_assert_cmpstr(text, ==,
                    "Running upgrade  -> aaaa1111, first\n"
                    "  waiting for psql (process 4711, user app, idle in transaction, last query "
                    "3.0 s ago: SELECT 1)\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/progress/retries are told of now and then",
                    test_retries_are_told_of_now_and_then);
    g_test_add_func("/cli/progress/warnings of the server are shown",
                    test_warnings_of_the_server_are_shown);
    g_test_add_func("/cli/progress/a bar on a terminal", test_bar_on_a_terminal);
    g_test_add_func("/cli/progress/no bar in a file", test_no_bar_in_a_file);
    g_test_add_func("/cli/progress/whoever is in the way is named once",
                    test_whoever_is_in_the_way_is_named_once);
    return g_test_run();
}
