/* JSON written straight into a string: it is on the way of each request. */
#include "view/usage_write.h"

#include <string.h>

#include "view/usage_read.h"
#include "view/usage_text.h"

enum { VERDICT_STORED, VERDICT_REPEATED, VERDICT_REFUSED, VERDICT_LOST, VERDICT_COUNT };

struct UsageTally {
    const char *place;
    gboolean is_brief;
    guint counts[VERDICT_COUNT];
    guint listed;
    guint unlisted; /* of a brief list, beyond its end */
    GString *list;
};

char *usage_document(const UsageRecord *record)
{
    GString *text = g_string_sized_new(512);

    usage_put_record(text, record);
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

char *usage_id_document(const guint8 id[USAGE_ID_SIZE])
{
    GString *text = g_string_new("{\"id\":");

    usage_put_id(text, id);
    g_string_append(text, "}\n");
    return g_string_free(text, FALSE);
}

/* --- Faults and verdicts ---------------------------------------------------------------------- */

static void put_fault(GString *text, const char *pointer, const char *detail)
{
    g_string_append(text, "{\"pointer\":");
    usage_put_foreign(text, pointer, strlen(pointer));
    g_string_append(text, ",\"detail\":");
    usage_put_foreign(text, detail, strlen(detail));
    g_string_append_c(text, '}');
}

static void put_faults(GString *text, const GPtrArray *faults)
{
    g_string_append_c(text, '[');
    for (guint i = 0; i < faults->len; i++) {
        const UsageFault *fault = g_ptr_array_index(faults, i);

        if (i > 0)
            g_string_append_c(text, ',');
        put_fault(text, fault->pointer, fault->detail);
    }
    g_string_append_c(text, ']');
}

char *usage_faults_document(const GPtrArray *faults)
{
    GString *text = g_string_new(NULL);

    put_faults(text, faults);
    return g_string_free(text, FALSE);
}

UsageTally *usage_tally_new(const char *place, gboolean is_brief)
{
    UsageTally *tally = g_new0(UsageTally, 1);

    tally->place = place;
    tally->is_brief = is_brief;
    tally->list = g_string_new(NULL);
    return tally;
}

static guint kind_of(unsigned status)
{
    switch (status) {
    case 200:
        return VERDICT_REPEATED;
    case 201:
    case 202:
        return VERDICT_STORED;
    case 422:
        return VERDICT_REFUSED;
    default:
        return VERDICT_LOST;
    }
}

static void put_errors(GString *list, const UsageVerdict *verdict)
{
    if (verdict->faults) {
        g_string_append(list, ",\"errors\":");
        put_faults(list, verdict->faults);
    } else if (verdict->detail) {
        g_string_append(list, ",\"errors\":[");
        put_fault(list, "", verdict->detail);
        g_string_append_c(list, ']');
    }
}

void usage_tally_add(UsageTally *tally, guint number, const UsageVerdict *verdict)
{
    guint kind = kind_of(verdict->status);
    GString *list = tally->list;

    tally->counts[kind]++;
    if (tally->is_brief && kind != VERDICT_REFUSED && kind != VERDICT_LOST)
        return;
    if (tally->is_brief && tally->listed == USAGE_LISTED_MAX) {
        tally->unlisted++;
        return;
    }
    tally->listed++;
    g_string_append_printf(list, "%s{\"%s\":%u,\"status\":%u", list->len ? ",\n" : "", tally->place,
                           number, verdict->status);
    if (verdict->id) {
        g_string_append(list, ",\"id\":");
        usage_put_id(list, verdict->id);
    }
    put_errors(list, verdict);
    g_string_append_c(list, '}');
}

guint usage_tally_stored(const UsageTally *tally)
{
    return tally->counts[VERDICT_STORED];
}

guint usage_tally_lost(const UsageTally *tally)
{
    return tally->counts[VERDICT_LOST];
}

char *usage_tally_finish(UsageTally *tally)
{
    const guint *counts = tally->counts;
    GString *text = g_string_sized_new(tally->list->len + 128);

    g_string_append_printf(
        text, "{\"stored\":%u,\"repeated\":%u,\"refused\":%u,\"lost\":%u,\"results\":[",
        counts[VERDICT_STORED], counts[VERDICT_REPEATED], counts[VERDICT_REFUSED],
        counts[VERDICT_LOST]);
    g_string_append_len(text, tally->list->str, (gssize)tally->list->len);
    g_string_append_c(text, ']');
    if (tally->unlisted > 0)
        g_string_append_printf(text, ",\"unlisted\":%u", tally->unlisted);
    g_string_append(text, "}\n");
    g_string_free(tally->list, TRUE);
    g_free(tally);
    return g_string_free(text, FALSE);
}
