/* Groups as they come. */
#include "view/usage_stats.h"

#include <math.h>
#include <string.h>

#include "view/usage_text.h"

struct UsageStats {
    GString *groups;
    gint64 count; /* in the list */
    gint64 group_count;
};

UsageStats *usage_stats_new(void)
{
    UsageStats *stats = g_new0(UsageStats, 1);

    stats->groups = g_string_new(NULL);
    return stats;
}

void usage_stats_free(UsageStats *stats)
{
    if (!stats)
        return;
    g_string_free(stats->groups, TRUE);
    g_free(stats);
}

static void put_percentiles(GString *text, const double percentiles[3])
{
    static const char *const names[] = {"{\"p50\":", ",\"p95\":", ",\"p99\":"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_string_append(text, names[i]);
        usage_put_number(text, percentiles[i]);
    }
    g_string_append_c(text, '}');
}

void usage_stats_add(UsageStats *stats, const UsageSearch *search, const UsageStat *stat)
{
    GString *text = stats->groups;

    stats->count++;
    stats->group_count = stat->group_count;
    g_string_append(text, text->len ? ",\n{" : "{");
    for (guint i = 0; i < search->group_count; i++) {
        const GroupInfo *info = group_info(search->groups[i]);

        g_string_append_printf(text, "\"%s\":", info->name);
        if (stat->set >> i & 1U)
            usage_put_value(text, info->kind, &stat->groups[i]);
        else
            g_string_append(text, "null");
        g_string_append_c(text, ',');
    }
    g_string_append_printf(
        text, "\"count\":%" G_GINT64_FORMAT ",\"failures\":%" G_GINT64_FORMAT ",\"error_rate\":",
        stat->count, stat->failures);
    usage_put_number(text, stat->count > 0 ? (double)stat->failures / (double)stat->count : NAN);
    g_string_append(text, ",\"processing_time_ms\":");
    put_percentiles(text, stat->percentiles);
    g_string_append_c(text, '}');
}

static void put_bound(GString *text, const char *name, gboolean is_set, gint64 time)
{
    g_string_append_printf(text, ",\"%s\":", name);
    if (is_set)
        usage_put_time(text, time);
    else
        g_string_append(text, "null");
}

char *usage_stats_finish(UsageStats *stats, const UsageSearch *search)
{
    GString *text = g_string_new("{\"group_by\":[");

    for (guint i = 0; i < search->group_count; i++)
        g_string_append_printf(text, "%s\"%s\"", i ? "," : "", group_info(search->groups[i])->name);
    g_string_append_c(text, ']');
    put_bound(text, "from", usage_search_has(search, PARAMETER_FROM), search->from);
    put_bound(text, "to", usage_search_has(search, PARAMETER_TO), search->to);
    g_string_append_printf(
        text, ",\"group_count\":%" G_GINT64_FORMAT ",\"is_complete\":%s,\"groups\":[",
        stats->group_count, stats->count == stats->group_count ? "true" : "false");
    g_string_append_len(text, stats->groups->str, (gssize)stats->groups->len);
    g_string_append(text, "]}\n");
    usage_stats_free(stats);
    return g_string_free(text, FALSE);
}

char *usage_search_faults_document(const GPtrArray *faults)
{
    GString *text = g_string_new("[");

    for (guint i = 0; i < faults->len; i++) {
        const SearchFault *fault = g_ptr_array_index(faults, i);

        g_string_append(text, i ? ",{\"parameter\":" : "{\"parameter\":");
        usage_put_foreign(text, fault->parameter, strlen(fault->parameter));
        g_string_append(text, ",\"detail\":");
        usage_put_foreign(text, fault->detail, strlen(fault->detail));
        g_string_append_c(text, '}');
    }
    g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}
