/* Questions to the person at the terminal. */
#pragma once

#include "cli/cli.h"

/* Whether somebody can be asked: stdin and stderr are a terminal. */
gboolean ask_can(void);

/* Writes `prompt` on stderr and reads one line, of which what was typed before the question is no
 * part. The answer without blanks around it, "" at the end of the input; g_free. ERROR_CANCELLED
 * after a signal; ERROR_USAGE when the line has more than ASK_MAX bytes. */
enum { ASK_MAX = 1024 };
char *ask_line(Cli *cli, const char *prompt, GError **error);

/* Asks for `word` to be typed; TRUE when it was, ERROR_REFUSED when something else was. */
gboolean ask_for(Cli *cli, const char *prompt, const char *word, GError **error);
