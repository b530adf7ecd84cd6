/* One word of the command line: which option it is, whether a value follows, what its short form
 * stands for. Pure. */
#pragma once

#include <glib.h>

/* The options that may stand in one place; both end with an empty entry. */
typedef struct {
    const GOptionEntry *own; /* the verb's; NULL: none */
    const GOptionEntry *common;
} OptionTable;

/* -1 and +2: a relative revision, never an option. */
gboolean word_is_relative(const char *word);
/* Begins as an option does. */
gboolean word_is_option(const char *word);
gboolean word_takes_value(const GOptionEntry *entry);

/* The option that "--long", "--long=value", "--lo" where only one begins so, "-s" or "-svalue" is;
 * NULL when it is none. */
const GOptionEntry *word_find_option(const OptionTable *table, const char *word);
/* Whether the value of that option is in the word itself. */
gboolean word_has_value(const char *word);

/* The word with its option's name in full: "--rev=1" as "--rev-id=1". Any other word comes out as
 * it is. ERROR_USAGE when several options begin so, or none. g_free. */
char *word_expand(const OptionTable *table, const char *word, GError **error);
