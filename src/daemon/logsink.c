/* The two sinks of the daemon. Levels and redaction happen before, in base/log. */
#define SD_JOURNAL_SUPPRESS_LOCATION /* this file's name says nothing about where a line came from \
                                      */
#include "daemon/logsink.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#include <systemd/sd-journal.h>

#include "base/clock.h"
#include "base/log.h"

enum { FIELDS_MAX = 16 };

typedef enum { STYLE_TERMINAL, STYLE_FILE, STYLE_JOURNAL_STREAM } Style;

static const struct {
    int priority;
    const char *colour;
} levels[] = {
    [LOG_LEVEL_ERROR] = {LOG_ERR, "\033[1;31m"},
    [LOG_LEVEL_WARNING] = {LOG_WARNING, "\033[33m"},
    [LOG_LEVEL_INFO] = {LOG_INFO, "\033[32m"},
    [LOG_LEVEL_DEBUG] = {LOG_DEBUG, "\033[2m"},
};

static Style style;

static void write_text(LogLevel level, const char *message, const LogField *fields, gsize count,
                       gpointer data)
{
    const char *name = log_level_name(level);

    if (style == STYLE_TERMINAL) {
        fprintf(stderr, "%s%s:\033[0m %s\n", levels[level].colour, name, message);
    } else if (style == STYLE_JOURNAL_STREAM) {
        fprintf(stderr, "<%d>%s: %s\n", levels[level].priority, name, message);
    } else {
        g_autofree char *now = clock_format_rfc3339(clock_wall());

        fprintf(stderr, "%s %s: %s\n", now, name, message);
    }
}

static void write_journal(LogLevel level, const char *message, const LogField *fields, gsize count,
                          gpointer data)
{
    char *lines[FIELDS_MAX + 2];
    struct iovec vector[FIELDS_MAX + 2];
    int used = 0;

    lines[used++] = g_strconcat("MESSAGE=", message, NULL);
    lines[used++] = g_strdup_printf("PRIORITY=%d", levels[level].priority);
    for (gsize i = 0; i < MIN(count, FIELDS_MAX); i++) {
        if (fields[i].value)
            lines[used++] = g_strconcat(fields[i].name, "=", fields[i].value, NULL);
    }
    for (int i = 0; i < used; i++)
        vector[i] = (struct iovec){lines[i], strlen(lines[i])};
    if (sd_journal_sendv(vector, used) < 0)
        write_text(level, message, fields, count, data);
    for (int i = 0; i < used; i++)
        g_free(lines[i]);
}

/* $JOURNAL_STREAM holds device:inode of the stream that systemd connected; stderr may have been
 * redirected since. */
static gboolean stderr_is_journal(void)
{
    const char *stream = g_getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat about;

    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &about) == 0 && about.st_dev == device && about.st_ino == inode;
}

/* libsystemd drops messages in silence when there is no journal. */
static gboolean journal_is_there(void)
{
    return access("/run/systemd/journal/socket", W_OK) == 0;
}

void logsink_open(const char *format)
{
    gboolean is_journal = stderr_is_journal();
    gboolean is_wanted =
        g_str_equal(format, "journal") || (g_str_equal(format, "auto") && is_journal);

    style = is_journal ? STYLE_JOURNAL_STREAM : isatty(STDERR_FILENO) ? STYLE_TERMINAL : STYLE_FILE;
    log_set_sink(is_wanted && journal_is_there() ? write_journal : write_text, NULL);
}
