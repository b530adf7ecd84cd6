/* The real clock, and the hook that lets a test put its own in its place. */
#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/error.h"

/* Seconds since 1970 of the first second of year 1 and of the last one of year 9999. */
#define YEAR_0001 G_GINT64_CONSTANT(-62135596800)
#define YEAR_9999_END G_GINT64_CONSTANT(253402300799)

static gint64 real_monotonic(gpointer data)
{
    (void)data;
    return g_get_monotonic_time();
}

static gint64 real_wall(gpointer data)
{
    (void)data;
    return g_get_real_time();
}

static gboolean real_wait(gint64 microseconds, Cancel *cancel, gpointer data)
{
    struct pollfd wake = {.fd = cancel_fd(cancel), .events = POLLIN};
    gint64 end = g_get_monotonic_time() + microseconds;

    (void)data;
    while (!cancel_is_triggered(cancel)) {
        gint64 left = end - g_get_monotonic_time();
        struct timespec timeout = {.tv_sec = left / G_USEC_PER_SEC,
                                   .tv_nsec = left % G_USEC_PER_SEC * 1000};

        if (left <= 0)
            return TRUE;
        if (ppoll(&wake, 1, &timeout, NULL) < 0 && errno != EINTR)
            g_error("ppoll: %s", g_strerror(errno));
    }
    return FALSE;
}

static const Clock real_clock = {real_monotonic, real_wall, real_wait, NULL};
static const Clock *current = &real_clock;

void clock_replace(const Clock *clock)
{
    current = clock ? clock : &real_clock;
}

gint64 clock_monotonic(void)
{
    return current->monotonic(current->data);
}

gint64 clock_wall(void)
{
    return current->wall(current->data);
}

gboolean clock_wait(gint64 microseconds, Cancel *cancel)
{
    return current->wait(microseconds, cancel, current->data);
}

/* GLib knows the years that RFC 3339 can write, and no others. */
static GDateTime *date_of(gint64 wall)
{
    gint64 seconds = wall / G_USEC_PER_SEC - (wall % G_USEC_PER_SEC < 0);

    return g_date_time_new_from_unix_utc(CLAMP(seconds, YEAR_0001, YEAR_9999_END));
}

char *clock_format_utc(gint64 wall)
{
    g_autoptr(GDateTime) time = date_of(wall);
    g_autofree char *rest = g_date_time_format(time, "%m-%d %H:%M:%S+00:00");

    return g_strdup_printf("%04d-%s", g_date_time_get_year(time), rest);
}

char *clock_format_rfc3339(gint64 wall)
{
    g_autoptr(GDateTime) time = date_of(wall);
    g_autofree char *rest = g_date_time_format(time, "%m-%dT%H:%M:%S");
    gint64 fraction = wall % G_USEC_PER_SEC;

    return g_strdup_printf("%04d-%s.%06dZ", g_date_time_get_year(time), rest,
                           (int)(fraction < 0 ? fraction + G_USEC_PER_SEC : fraction));
}

/* GLib reads more of ISO 8601 than RFC 3339 has, and tells neither year 0 nor a leap second. */
static gboolean has_rfc3339_shape(const char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    gsize length = strlen(shape);

    for (gsize i = 0; i < length; i++) {
        if (shape[i] == 'd' ? !g_ascii_isdigit(text[i]) : g_ascii_toupper(text[i]) != shape[i])
            return FALSE;
    }
    text += length;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (g_ascii_toupper(*text) == 'Z')
        return text[1] == '\0';
    return (*text == '+' || *text == '-') && strlen(text) == strlen("+00:00") && text[3] == ':';
}

gboolean clock_parse_rfc3339(const char *text, gint64 *wall, GError **error)
{
    g_autofree char *upper = g_ascii_strup(text, -1);
    g_autoptr(GDateTime) time =
        has_rfc3339_shape(text) ? g_date_time_new_from_iso8601(upper, NULL) : NULL;

    if (time) {
        *wall = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
        return TRUE;
    }
    error_set(error, ERROR_CONFIG, "\"%s\" is not a time", text);
    error_set_hint(error, "write it as RFC 3339 does, with its offset: 2027-01-31T18:00:00Z");
    return FALSE;
}

/* GLib makes a path of the name: it must stay within the database of time zones. */
static GTimeZone *find_zone(const char *name)
{
    gsize length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789_+-:/");

    if (*name == '\0' || *name == '/' || name[length])
        return NULL;
    return g_time_zone_new_identifier(name);
}

GTimeZone *clock_zone(const char *name, GError **error)
{
    GTimeZone *zone = find_zone(name);
    g_autofree char *upper = g_ascii_strup(name, -1);

    if (!zone)
        zone = find_zone(upper);
    if (zone)
        return zone;
    error_set(error, ERROR_CONFIG, "there is no time zone \"%s\"", name);
    error_set_hint(error, "write UTC, an offset such as +02:00, or a name of the system's database "
                          "of time zones (package tzdata) such as Europe/Berlin");
    return NULL;
}
