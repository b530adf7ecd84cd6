/* Spelling help: which of the words that would have been right was probably meant. */
#pragma once

#include <glib.h>

/* The one of `words` (NULL-terminated) that is the fewest edits from `word` (Levenshtein; case does
 * not count), at most `distance_max` away, the first one of several; NULL when there is none.
 * Borrowed from `words`. Words over 80 bytes are never near anything. */
const char *nearest_word(const char *word, const char *const *words, guint distance_max);

/* The same with a limit that fits a slip of the fingers: one edit, and one more for every three
 * bytes. */
const char *nearest_slip(const char *word, const char *const *words);
