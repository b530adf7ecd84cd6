/* Reading a line from a terminal without missing a signal. */
#include "cli/ask.h"

#include <errno.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "cli/terminal.h"

gboolean ask_can(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* FALSE when there was a signal first. */
static gboolean wait_for_input(const Cancel *cancel)
{
    struct pollfd waits[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                             {.fd = cancel_fd(cancel), .events = POLLIN}};

    while (!cancel_is_triggered(cancel)) {
        if (poll(waits, G_N_ELEMENTS(waits), -1) > 0 && waits[0].revents)
            return !cancel_is_triggered(cancel);
    }
    return FALSE;
}

/* A terminal hands out lines: a read that brings no line end is the end of the input. */
static gboolean read_line(Cli *cli, GString *line, GError **error)
{
    char bytes[ASK_MAX + 1];
    gssize count;

    if (!wait_for_input(cli_cancel(cli))) {
        error_set(error, ERROR_CANCELLED, "interrupted before the answer: nothing was done");
        return FALSE;
    }
    do
        count = read(STDIN_FILENO, bytes, sizeof bytes);
    while (count < 0 && errno == EINTR && !cancel_is_triggered(cli_cancel(cli)));
    if (count > ASK_MAX) {
        error_set(error, ERROR_USAGE, "the answer is longer than %d bytes", ASK_MAX);
        return FALSE;
    }
    g_string_append_len(line, bytes, MAX(count, 0));
    return TRUE;
}

char *ask_line(Cli *cli, const char *prompt, GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);

    tcflush(STDIN_FILENO, TCIFLUSH);
    terminal_note("%s", prompt);
    if (!read_line(cli, line, error))
        return NULL;
    if (line->len == 0)
        terminal_note("\n");
    return g_strdup(g_strstrip(line->str));
}

gboolean ask_for(Cli *cli, const char *prompt, const char *word, GError **error)
{
    g_autofree char *answer = ask_line(cli, prompt, error);

    if (!answer)
        return FALSE;
    if (g_str_equal(answer, word))
        return TRUE;
    error_set(error, ERROR_REFUSED, "\"%s\" was not typed: nothing was done", word);
    return FALSE;
}
