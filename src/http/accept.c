/* Media ranges and their weights. */
#include "http/accept.h"

#include <string.h>

enum { WEIGHT_MAX = 1000, RANGES_MAX = 64 };

/* How exactly a range names a type; 0: it does not. */
static int match(const char *range, const char *type)
{
    gsize family = strcspn(type, "/") + 1;

    if (g_ascii_strcasecmp(range, type) == 0)
        return 3;
    if (g_ascii_strncasecmp(range, type, family) == 0 && g_str_equal(range + family, "*"))
        return 2;
    return g_str_equal(range, "*/*");
}

/* "0", "0.5", "1.000" in thousandths; -1: nothing of the kind. */
static int read_weight(const char *text)
{
    int weight = 0;
    int place = WEIGHT_MAX;

    if (*text != '0' && *text != '1')
        return -1;
    weight = (*text++ - '0') * WEIGHT_MAX;
    if (*text == '.')
        for (text++; g_ascii_isdigit(*text) && place > 1; text++)
            weight += (*text - '0') * (place /= 10);
    return *text == '\0' && weight <= WEIGHT_MAX ? weight : -1;
}

/* Cuts the parameters off; the weight is 1 when none is said. */
static int split_weight(char *range)
{
    g_auto(GStrv) parts = g_strsplit(range, ";", -1);

    g_strlcpy(range, parts[0] ? parts[0] : "", strlen(range) + 1);
    g_strstrip(range);
    for (char **part = parts[0] ? parts + 1 : parts; *part; part++) {
        g_strstrip(*part);
        if (g_ascii_strncasecmp(*part, "q=", 2) == 0)
            return read_weight(*part + 2);
    }
    return WEIGHT_MAX;
}

/* What the most exact range says of the type; 0: it will not do. */
static int weigh(char *const *ranges, const int *weights, const char *type)
{
    int best = 0;
    int weight = 0;

    for (guint i = 0; ranges[i]; i++) {
        int exactness = match(ranges[i], type);

        if (exactness > best && weights[i] >= 0) {
            best = exactness;
            weight = weights[i];
        }
    }
    return weight;
}

int accept_choose(const char *field, const char *const *types)
{
    g_auto(GStrv) ranges = g_strsplit(field ? field : "*/*", ",", RANGES_MAX);
    int weights[RANGES_MAX];
    int choice = -1;
    int highest = 0;

    for (guint i = 0; ranges[i]; i++)
        weights[i] = split_weight(ranges[i]);
    for (int i = 0; types[i]; i++) {
        int weight = weigh(ranges, weights, types[i]);

        if (weight > highest) {
            highest = weight;
            choice = i;
        }
    }
    return choice;
}
