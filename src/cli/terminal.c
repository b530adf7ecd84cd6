/* Writing to stdout and stderr. What is said is the verbs' business. */
#include "cli/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"
#include "cli/escape.h"

static gboolean is_coloured;
static int print_errno; /* of the first write to stdout that failed */

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

static void write_stdout(const char *text)
{
    if (fputs(text, stdout) == EOF)
        remember_failure();
}

/* One write for a whole text, so that lines of several processes do not mix. Both streams may be
 * one file: what was printed before comes first. What cannot be said here is not said. */
static void write_stderr(const char *text)
{
    if (fflush(stdout) != 0)
        remember_failure();
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
    g_autofree char *redacted = secret_redact(document);

    write_stdout(redacted);
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
