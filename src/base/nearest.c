/* Edit distance over short words; nothing here knows what the words mean. */
#include "base/nearest.h"

#include <string.h>

enum { WORD_MAX = 80 };

/* Levenshtein's distance, one row at a time; G_MAXUINT for words too long to be typing errors. */
static guint edit_distance(const char *a, const char *b)
{
    guint row[WORD_MAX + 1];
    gsize length = strlen(b);

    if (length > WORD_MAX || strlen(a) > WORD_MAX)
        return G_MAXUINT;
    for (guint j = 0; j <= length; j++)
        row[j] = j;
    for (guint i = 1; a[i - 1]; i++) {
        guint diagonal = row[0];

        row[0] = i;
        for (gsize j = 1; j <= length; j++) {
            gboolean differs = g_ascii_tolower(a[i - 1]) != g_ascii_tolower(b[j - 1]);
            guint changed = diagonal + (differs ? 1 : 0);

            diagonal = row[j];
            row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[length];
}

const char *nearest_word(const char *word, const char *const *words, guint distance_max)
{
    const char *nearest = NULL;
    guint best = distance_max;

    for (gsize i = 0; words[i]; i++) {
        guint distance = edit_distance(word, words[i]);

        if (distance > best || (nearest && distance == best))
            continue;
        nearest = words[i];
        best = distance;
    }
    return nearest;
}

const char *nearest_slip(const char *word, const char *const *words)
{
    return nearest_word(word, words, (guint)MIN(strlen(word) / 3, WORD_MAX) + 1);
}
