/* The word that somebody probably meant. */
#pragma once

#include <glib.h>

/* The one of `words` (NULL-terminated) that is the fewest edits from `word` (case does not count),
 * at most `distance_max` away; NULL when there is none. Borrowed from `words`. */
const char *nearest_word(const char *word, const char *const *words, guint distance_max);
