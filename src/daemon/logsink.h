/* Where the daemon's log lines go: the journal with structured fields, or text on stderr. */
#pragma once

#include <glib.h>

/* Chooses the sink. `format` is log.format: "journal", "text", or "auto" (the journal when stderr
 * is connected to it, else text). Without a journal it is text in any case. Text has colours on a
 * terminal and times everywhere else. */
void logsink_open(const char *format);
