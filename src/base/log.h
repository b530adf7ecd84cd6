/* The log: leveled messages with structured fields, handed to one sink that the program chooses.
 * Only the daemon, the api and the cli log above debug; everything else returns errors. */
#pragma once

#include <glib.h>

typedef enum { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG } LogLevel;

/* One structured field: NAME in upper case as the journal wants it. */
typedef struct {
    const char *name;
    const char *value;
} LogField;

/* Receives a redacted message without a line end, and fields (count may be 0). Called from any
 * thread, one call at a time. */
typedef void (*LogSink)(LogLevel level, const char *message, const LogField *fields, gsize count,
                        gpointer data);

/* Sets level and sink. Until then: info, and plain text on stderr. */
void log_set_sink(LogSink sink, gpointer data);
void log_set_level(LogLevel level);
LogLevel log_level(void);
/* "error" "warning" "info" "debug"; FALSE for anything else. */
gboolean log_level_parse(const char *text, LogLevel *level);
const char *log_level_name(LogLevel level);

/* One message of that level, redacted; nothing is formatted when the level is not logged. */
void log_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_warning(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_info(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_debug(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* The same with fields. */
void log_event(LogLevel level, const LogField *fields, gsize count, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
