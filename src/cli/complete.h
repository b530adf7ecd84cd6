/* What a shell offers when somebody presses the Tab key: computed from verbs.def, from each verb's
 * own table of options, and from the revision files; never from a database.
 *
 * Each candidate is a line on stdout, "CANDIDATE" or "CANDIDATE<tab>DESCRIPTION", and begins with
 * what is typed already. The line ":files" or ":folders" asks the shell for names of files or of
 * folders instead. */
#pragma once

#include "cli/cli.h"

/* Prints the candidates for the last of `words`, which are typed after the program's name; at least
 * one, may be "". What is wrong with the words, the configuration or the files makes candidates
 * fewer and is not told. */
void complete_line(Cli *cli, const char *const *words);

/* The part of it that options_parse hands over: `words` of a verb with its own options (`verb` and
 * `entries` NULL: the verb is being typed). */
void complete_words(Cli *cli, const Verb *verb, const GOptionEntry *entries,
                    const char *const *words);
