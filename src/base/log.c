/* Levels, redaction and the sink; where lines go is the program's business. */
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"

enum { FIELDS_MAX = 16 };

static const char *const names[] = {"error", "warning", "info", "debug"};
static atomic_int current_level = LOG_LEVEL_INFO;
/* Not a GMutex: ThreadSanitizer does not see those. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static LogSink current_sink;
static gpointer current_data;

static void print_to_stderr(LogLevel level, const char *message)
{
    fprintf(stderr, "%s: %s\n", names[level], message);
}

void log_set_sink(LogSink sink, gpointer data)
{
    pthread_mutex_lock(&mutex);
    current_sink = sink;
    current_data = data;
    pthread_mutex_unlock(&mutex);
}

void log_set_level(LogLevel level)
{
    current_level = level;
}

LogLevel log_level(void)
{
    return (LogLevel)current_level;
}

gboolean log_level_parse(const char *text, LogLevel *level)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *level = (LogLevel)i;
            return TRUE;
        }
    }
    return FALSE;
}

const char *log_level_name(LogLevel level)
{
    return names[level];
}

static void emit(LogLevel level, const LogField *fields, gsize count, const char *format,
                 va_list args) G_GNUC_PRINTF(4, 0);
static void emit(LogLevel level, const LogField *fields, gsize count, const char *format,
                 va_list args)
{
    g_autofree char *message = NULL;
    g_autofree char *redacted = NULL;
    LogField shown[FIELDS_MAX];

    if ((int)level > current_level)
        return;
    message = g_strdup_vprintf(format, args);
    redacted = secret_redact(message);
    count = MIN(count, FIELDS_MAX);
    for (gsize i = 0; i < count; i++)
        shown[i] = (LogField){fields[i].name, secret_redact(fields[i].value)};
    pthread_mutex_lock(&mutex);
    if (current_sink)
        current_sink(level, redacted, shown, count, current_data);
    else
        print_to_stderr(level, redacted);
    pthread_mutex_unlock(&mutex);
    for (gsize i = 0; i < count; i++)
        g_free((char *)shown[i].value);
}

void log_event(LogLevel level, const LogField *fields, gsize count, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit(level, fields, count, format, args);
    va_end(args);
}

#define LEVELED(name, level)                                                                       \
    void log_##name(const char *format, ...)                                                       \
    {                                                                                              \
        va_list args;                                                                              \
                                                                                                   \
        va_start(args, format);                                                                    \
        emit(level, NULL, 0, format, args);                                                        \
        va_end(args);                                                                              \
    }
LEVELED(error, LOG_LEVEL_ERROR)
LEVELED(warning, LOG_LEVEL_WARNING)
LEVELED(info, LOG_LEVEL_INFO)
LEVELED(debug, LOG_LEVEL_DEBUG)
#undef LEVELED
