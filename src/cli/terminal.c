/* Writing to stdout and stderr. What is said is the verbs' business. */
#include "cli/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"

static gboolean is_coloured;

void terminal_init(gboolean refuses_colour)
{
    const char *no_color = g_getenv("NO_COLOR");

    is_coloured = !refuses_colour && !(no_color && *no_color) && isatty(STDERR_FILENO);
}

/* One write for a whole text, so that lines of several processes do not mix. */
static void write_redacted(FILE *stream, const char *format, va_list args)
{
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_autofree char *redacted = secret_redact(text);

    fputs(redacted, stream);
}

void terminal_print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_redacted(stdout, format, args);
    va_end(args);
}

void terminal_note(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_redacted(stderr, format, args);
    va_end(args);
}

void terminal_report(const GError *error)
{
    g_autofree char *text = error_describe(error);

    if (is_coloured)
        terminal_note("pgsluice: \033[1;31merror:\033[0m %s\n", text);
    else
        terminal_note("pgsluice: error: %s\n", text);
}

gboolean terminal_flush(GError **error)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return TRUE;
    error_set(error, ERROR_FILE, "cannot write to the standard output: %s", g_strerror(errno));
    return FALSE;
}
