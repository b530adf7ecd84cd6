/* Writing to stdout and stderr. What is said is the verbs' business. */
#include "cli/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"
#include "cli/escape.h"

static gboolean is_coloured;
static gboolean has_drawn; /* there is a line that must go first */
static int print_errno;    /* of the first write to stdout that failed */

#define ERASE_LINE "\r\033[K"
#define WIDTH_UNKNOWN 80

void terminal_init(gboolean refuses_colour)
{
    const char *no_color = g_getenv("NO_COLOR");

    is_coloured = !refuses_colour && !(no_color && *no_color) && isatty(STDERR_FILENO);
}

static void remember_failure(void)
{
    if (print_errno == 0)
        print_errno = errno;
}

static void erase_drawn(void)
{
    if (has_drawn)
        fputs(ERASE_LINE, stderr);
    has_drawn = FALSE;
}

static void write_stdout(const char *text)
{
    erase_drawn();
    if (fputs(text, stdout) == EOF)
        remember_failure();
}

/* One write for a whole text, so that lines of several processes do not mix. Both streams may be
 * one file: what was printed before comes first. What cannot be said here is not said. */
static void write_stderr(const char *text)
{
    if (fflush(stdout) != 0)
        remember_failure();
    erase_drawn();
    fputs(text, stderr);
}

static char *make_safe(const char *format, va_list args) G_GNUC_PRINTF(1, 0);
static char *make_safe(const char *format, va_list args)
{
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_autofree char *redacted = secret_redact(text);

    return escape_controls(redacted);
}

void terminal_print(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = make_safe(format, args);
    va_end(args);
    write_stdout(text);
}

void terminal_print_document(const char *document)
{
    g_autofree char *escaped = escape_document(document);

    write_stdout(escaped);
    if (!g_str_has_suffix(escaped, "\n"))
        write_stdout("\n");
}

void terminal_print_verbatim(const char *script)
{
    write_stdout(script);
}

void terminal_note(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = make_safe(format, args);
    va_end(args);
    write_stderr(text);
}

gboolean terminal_can_draw(void)
{
    const char *kind = g_getenv("TERM");

    return isatty(STDERR_FILENO) && kind && *kind && !g_str_equal(kind, "dumb");
}

static glong terminal_width(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : WIDTH_UNKNOWN;
}

void terminal_draw(const char *format, ...)
{
    g_autofree char *text = NULL;
    g_autofree char *fitting = NULL;
    va_list args;

    va_start(args, format);
    text = make_safe(format, args);
    va_end(args);
    fitting = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), terminal_width() - 1));
    write_stderr(fitting);
    has_drawn = TRUE;
}

void terminal_report(const GError *error)
{
    g_autofree char *text = error_describe(error);
    g_autofree char *escaped = escape_controls(text);
    g_autofree char *line =
        g_strdup_printf("pgsluice: %serror:%s %s\n", is_coloured ? "\033[1;31m" : "",
                        is_coloured ? "\033[0m" : "", escaped);

    write_stderr(line);
}

gboolean terminal_flush(GError **error)
{
    if (fflush(stdout) != 0)
        remember_failure();
    if (print_errno == 0)
        return TRUE;
    error_set(error, ERROR_FILE, "cannot write to the standard output: %s",
              g_strerror(print_errno));
    return FALSE;
}

gboolean terminal_has_no_reader(void)
{
    return print_errno == EPIPE;
}
