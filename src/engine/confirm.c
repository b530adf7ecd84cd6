/* Time is counted in tenths of the time that a digest is good for. */
#include "engine/confirm.h"

#include <string.h>

enum {
    TENTHS = 10,
    LOOK_BACK = 10 * TENTHS, /* to tell an expired digest from one of something else */
};

static void add(GChecksum *sum, const char *text)
{
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

static void add_all(GChecksum *sum, char *const *texts)
{
    for (; *texts; texts++)
        add(sum, *texts);
    add(sum, "");
}

GChecksum *confirm_begin(const Plan *plan)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

    add(sum, "pgsluice confirmation");
    add(sum, plan->direction == PLAN_UPGRADE ? "upgrade" : "downgrade");
    add_all(sum, plan->from);
    add_all(sum, plan->to);
    add(sum, plan->digest);
    return sum;
}

void confirm_add_step(GChecksum *sum, const Revision *revision, const char *checksum)
{
    add(sum, revision->id);
    add(sum, checksum);
}

void confirm_add_statement(GChecksum *sum, const char *sql)
{
    add(sum, sql);
}

char *confirm_end(GChecksum *sum)
{
    char *digest = g_strdup(g_checksum_get_string(sum));

    g_checksum_free(sum);
    return digest;
}

static char *digest_at(const char *content, gint64 tenth)
{
    g_autofree char *text = g_strdup_printf("%s at %" G_GINT64_FORMAT, content, tenth);

    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static gint64 tenth_of(gint64 within)
{
    return MAX(within / TENTHS, 1);
}

char *confirm_issue(const char *content, gint64 now, gint64 within, gint64 *expires_at)
{
    gint64 tenth = now / tenth_of(within);

    *expires_at = (tenth + TENTHS) * tenth_of(within);
    return digest_at(content, tenth);
}

ConfirmVerdict confirm_check(const char *content, const char *digest, gint64 now, gint64 within)
{
    gint64 tenth = now / tenth_of(within);

    for (gint64 age = 0; age < LOOK_BACK; age++) {
        g_autofree char *expected = digest_at(content, tenth - age);

        if (g_ascii_strcasecmp(expected, digest) == 0)
            return age < TENTHS ? CONFIRM_GOOD : CONFIRM_EXPIRED;
    }
    return CONFIRM_OTHER;
}
