/* Durations and sizes: text to numbers and back. No floats while reading, so nothing is rounded. */
#include "base/units.h"

#include <string.h>

#include "base/error.h"

typedef struct {
    const char *name;
    guint64 factor;
} Unit;

/* From small to large; duration_format looks from the end. */
static const Unit duration_units[] = {
    {"us", 1},
    {"ms", 1000},
    {"s", G_USEC_PER_SEC},
    {"min", 60 * (guint64)G_USEC_PER_SEC},
    {"h", 3600 * (guint64)G_USEC_PER_SEC},
    {"d", 86400 * (guint64)G_USEC_PER_SEC},
};

static const Unit size_units[] = {
    {"B", 1},     {"KiB", 1024},       {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024},
    {"kB", 1000}, {"MB", 1000 * 1000},
};

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

/* Reads digits at *at and moves behind them; FALSE without a digit or when they pass 64 bits. */
static gboolean read_number(const char **at, guint64 *number)
{
    guint64 value = 0;
    const char *digit = *at;

    for (; g_ascii_isdigit(*digit); digit++) {
        if (!g_uint64_checked_mul(&value, value, 10) ||
            !g_uint64_checked_add(&value, value, (guint64)(*digit - '0')))
            return FALSE;
    }
    if (digit == *at)
        return FALSE;
    *at = digit;
    *number = value;
    return TRUE;
}

/* The unit whose whole name stands at *at, or NULL; moves behind it. */
static const Unit *read_unit(const char **at, const Unit *units, gsize count)
{
    gsize length = 0;

    while (g_ascii_isalpha((*at)[length]))
        length++;
    for (gsize i = 0; i < count; i++) {
        if (strlen(units[i].name) == length && strncmp(units[i].name, *at, length) == 0) {
            *at += length;
            return &units[i];
        }
    }
    return NULL;
}

static gboolean refuse_duration(const char *text, GError **error)
{
    const char *end = text + strspn(text, "0123456789");

    if (end > text && *end == '\0') {
        error_set(error, ERROR_CONFIG, "\"%s\" is a number without a unit", text);
        error_set_hint(error, "say which: \"%sms\", \"%ss\" or \"%smin\"", text, text, text);
    } else {
        error_set(error, ERROR_CONFIG, "\"%s\" is not a duration", text);
        error_set_hint(error, "write whole numbers with a unit (us ms s min h d), for example "
                              "\"500ms\", \"15min\" or \"1h 30min\"");
    }
    return FALSE;
}

gboolean duration_parse(const char *text, gint64 *microseconds, GError **error)
{
    const char *at = skip_blanks(text);
    guint64 total = 0;

    if (strcmp(at, "0") == 0) {
        *microseconds = 0;
        return TRUE;
    }
    do {
        guint64 number;
        const Unit *unit;

        if (!read_number(&at, &number))
            return refuse_duration(text, error);
        at = skip_blanks(at);
        unit = read_unit(&at, duration_units, G_N_ELEMENTS(duration_units));
        if (!unit || !g_uint64_checked_mul(&number, number, unit->factor) ||
            !g_uint64_checked_add(&total, total, number) || total > G_MAXINT64)
            return refuse_duration(text, error);
        at = skip_blanks(at);
    } while (*at);
    *microseconds = (gint64)total;
    return TRUE;
}

char *duration_format(gint64 microseconds)
{
    gsize i = G_N_ELEMENTS(duration_units) - 1;

    if (microseconds == 0)
        return g_strdup("0");
    while (microseconds % (gint64)duration_units[i].factor != 0)
        i--;
    return g_strdup_printf("%" G_GINT64_FORMAT "%s",
                           microseconds / (gint64)duration_units[i].factor, duration_units[i].name);
}

char *duration_describe(gint64 microseconds)
{
    gint64 seconds = (microseconds + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC;

    /* The limits are where the next form would read rounder: never "1000.0 ms" or "60.0 s". */
    if (microseconds < 999950)
        return g_strdup_printf("%.1f ms", (double)microseconds / 1000);
    if (microseconds < 59950000)
        return g_strdup_printf("%.1f s", (double)microseconds / G_USEC_PER_SEC);
    if (seconds < 3600)
        return g_strdup_printf("%d min %02d s", (int)(seconds / 60), (int)(seconds % 60));
    return g_strdup_printf("%" G_GINT64_FORMAT " h %02d min", seconds / 3600,
                           (int)(seconds % 3600 / 60));
}

static gboolean refuse_size(const char *text, GError **error)
{
    error_set(error, ERROR_CONFIG, "\"%s\" is not a size", text);
    error_set_hint(error, "write a whole number with B, KiB, MiB or GiB (kB and MB mean 1000s), "
                          "for example \"64KiB\"");
    return FALSE;
}

gboolean size_parse(const char *text, guint64 *bytes, GError **error)
{
    const char *at = skip_blanks(text);
    guint64 number;

    if (!read_number(&at, &number))
        return refuse_size(text, error);
    at = skip_blanks(at);
    if (*at) {
        const Unit *unit = read_unit(&at, size_units, G_N_ELEMENTS(size_units));

        if (!unit || *skip_blanks(at) || !g_uint64_checked_mul(&number, number, unit->factor))
            return refuse_size(text, error);
    }
    *bytes = number;
    return TRUE;
}
