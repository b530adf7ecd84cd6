/* UUID version 7, and the text form of all versions. */
#include "usage/uuid.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum {
    TIME_BYTES = 6,
    RANDOM_BYTES = USAGE_ID_SIZE - TIME_BYTES,
    STOCK_BYTES = 64 * RANDOM_BYTES,
};

static void fill_with_random(guint8 *bytes, gsize size)
{
    while (size > 0) {
        ssize_t count = getrandom(bytes, size, 0);

        if (count < 0 && errno != EINTR)
            g_error("getrandom: %s", g_strerror(errno));
        if (count > 0) {
            bytes += count;
            size -= (gsize)count;
        }
    }
}

/* One question to the kernel costs more than all the rest of a record's id, so a thread keeps the
 * answer for a few of them. Nobody forks: a stock is never used twice. */
static void take_random(guint8 *bytes)
{
    static _Thread_local guint8 stock[STOCK_BYTES];
    static _Thread_local gsize left;

    if (left == 0) {
        fill_with_random(stock, sizeof stock);
        left = sizeof stock;
    }
    left -= RANDOM_BYTES;
    memcpy(bytes, stock + left, RANDOM_BYTES);
}

/* 8-4-4-4-12 digits. */
static gboolean has_dash_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void uuid_make(gint64 wall, guint8 id[USAGE_ID_SIZE])
{
    guint64 time = GUINT64_TO_BE((guint64)(wall / 1000) << 16);

    take_random(id + TIME_BYTES);
    memcpy(id, &time, TIME_BYTES);
    id[6] = (guint8)(0x70 | (id[6] & 0x0f));
    id[8] = (guint8)(0x80 | (id[8] & 0x3f));
}

gboolean uuid_parse(const char *text, guint8 id[USAGE_ID_SIZE])
{
    guint8 read[USAGE_ID_SIZE];

    for (int i = 0; i < USAGE_ID_SIZE; i++) {
        int high;
        int low;

        if (has_dash_before(i) && *text++ != '-')
            return FALSE;
        high = g_ascii_xdigit_value(text[0]);
        low = high < 0 ? -1 : g_ascii_xdigit_value(text[1]);
        if (low < 0)
            return FALSE;
        read[i] = (guint8)(high << 4 | low);
        text += 2;
    }
    if (*text != '\0')
        return FALSE;
    memcpy(id, read, sizeof read);
    return TRUE;
}

void uuid_format(const guint8 id[USAGE_ID_SIZE], char text[UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < USAGE_ID_SIZE; i++) {
        if (has_dash_before(i))
            *text++ = '-';
        *text++ = digits[id[i] >> 4];
        *text++ = digits[id[i] & 0x0f];
    }
    *text = '\0';
}

gboolean uuid_is_version_7(const guint8 id[USAGE_ID_SIZE])
{
    return id[6] >> 4 == 7 && id[8] >> 6 == 2;
}

gint64 uuid_time(const guint8 id[USAGE_ID_SIZE])
{
    guint64 time;

    memcpy(&time, id, sizeof time);
    return (gint64)(GUINT64_FROM_BE(time) >> 16) * 1000;
}
