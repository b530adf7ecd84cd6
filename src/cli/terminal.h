/* The two streams: results go to stdout, everything else to stderr. Every text passes the redactor
 * on its way out, and what people read has its control characters escaped; only what must run as it
 * was written goes by verbatim. */
#pragma once

#include <glib.h>

/* Decides once whether stderr is coloured: a terminal, no NO_COLOR, and not `refuses_colour`. */
void terminal_init(gboolean refuses_colour);

/* To stdout. */
void terminal_print(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* To stdout: JSON, which has escapes of its own, and whose strings have been redacted. */
void terminal_print_document(const char *document);
/* To stdout, unchanged and unredacted: a script that is going to be run. */
void terminal_print_verbatim(const char *script);
/* To stderr. */
void terminal_note(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Whether stderr is a terminal on which a line can be written over. */
gboolean terminal_can_draw(void);
/* To such a stderr: a line that goes away when anything else is written, cut to the terminal's
 * width. */
void terminal_draw(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* "pgsluice: error: " and error_describe on stderr. */
void terminal_report(const GError *error);

/* Pushes stdout out. ERROR_FILE when something of it was lost (disk full, for example). */
gboolean terminal_flush(GError **error);
/* Whether it was lost because the reader has gone (`| head`). */
gboolean terminal_has_no_reader(void);
