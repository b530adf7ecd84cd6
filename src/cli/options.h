/* The command line: global options before or after the verb, a verb's own options, and operands
 * such as -1 that look like options. */
#pragma once

#include "cli/cli.h"

/* An option that takes text. Not G_OPTION_ARG_STRING, which refuses UTF-8 in the C locale. */
#define OPTION_TEXT G_OPTION_ARG_FILENAME
#define OPTION_TEXTS G_OPTION_ARG_FILENAME_ARRAY

/* Reads the global options in front of the verb out of `arguments` (without the program's name).
 * *rest is the verb and what follows it; g_strfreev. On --version, and on --help without a verb,
 * prints that and ends the process. */
gboolean options_parse_global(GlobalOptions *globals, const char *const *arguments, char ***rest,
                              GError **error);

/* Reads a verb's words: `entries` (NULL, or ended by an empty one) and the global options. What
 * remains are the operands, their number checked against the verb's row; g_strfreev. ERROR_USAGE
 * with the verb's usage as the hint. On --help prints the verb's help and ends the process. While a
 * command line is completed the words go to complete_words, and the result is FALSE without an
 * error. */
gboolean options_parse(Cli *cli, const Verb *verb, const GOptionEntry *entries,
                       const char *const *words, char ***operands, GError **error);

/* The global options, ended by an empty entry. */
enum { OPTIONS_GLOBAL_MAX = 16 };
void options_global(GlobalOptions *globals, GOptionEntry entries[OPTIONS_GLOBAL_MAX]);

/* Takes the options that `words` has and does nothing else, whatever is wrong with the words. */
void options_apply(GlobalOptions *globals, const Verb *verb, const GOptionEntry *entries,
                   const char *const *words);

/* What `pgsluice help` prints; g_free. */
char *options_help(void);
/* Prints such a text, with --json as {"help"}. */
void options_print_help(const GlobalOptions *globals, const char *text);
