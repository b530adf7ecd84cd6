/* Edit distance over short words; nothing here knows what the words mean. */
#include "conf/nearest.h"

#include <string.h>

enum { WORD_MAX = 80 };

/* Insertions, deletions and replacements (Levenshtein); both words are at most WORD_MAX long. */
static gsize distance(const char *left, const char *right)
{
    gsize row[WORD_MAX + 1]; /* distances of the left word so far to each start of the right one */
    gsize width = strlen(right);

    for (gsize i = 0; i <= width; i++)
        row[i] = i;
    for (gsize y = 1; left[y - 1]; y++) {
        gsize diagonal = row[0];

        row[0] = y;
        for (gsize x = 1; x <= width; x++) {
            gsize replaced = diagonal + (left[y - 1] != right[x - 1]);

            diagonal = row[x];
            row[x] = MIN(MIN(row[x], row[x - 1]) + 1, replaced);
        }
    }
    return row[width];
}

const char *nearest(const char *word, const char *const *candidates)
{
    const char *best = NULL;
    gsize best_distance = strlen(word) / 3 + 2; /* from here on it is another word */

    if (strlen(word) > WORD_MAX)
        return NULL;
    for (; *candidates; candidates++) {
        gsize candidate_distance =
            strlen(*candidates) > WORD_MAX ? best_distance : distance(word, *candidates);

        if (candidate_distance < best_distance) {
            best_distance = candidate_distance;
            best = *candidates;
        }
    }
    return best;
}
