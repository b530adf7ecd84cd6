/* Spelling help: which of the words that would have been right was probably meant. */
#pragma once

#include <glib.h>

/* The one of the NULL-terminated `candidates` that is nearest to `word` by edit distance; NULL when
 * none is near enough to be a slip of the fingers. */
const char *nearest(const char *word, const char *const *candidates);
