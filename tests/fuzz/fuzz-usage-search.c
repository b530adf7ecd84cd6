/* A query of any bytes, as a list's and as statistics': a search that can be asked for, and whose
 * cursor is understood again, or faults that name the parameter. "name=value", a line each. */
#include <string.h>

#include "usage/select.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const char *const action_types[] = {"upload", "download", NULL};
static const SearchRules rules = {action_types, 1000};

static void take_lines(UsageSearch *search, const char *text, GPtrArray *faults)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 64);

    for (char **line = lines; *line; line++) {
        char *value = strchr(*line, '=');

        if (value)
            *value++ = '\0';
        usage_search_take(search, *line, value ? value : "", &rules, faults);
    }
    usage_search_finish(search, faults);
}

static void check_faults(const GPtrArray *faults)
{
    for (guint i = 0; i < faults->len; i++) {
        const SearchFault *fault = g_ptr_array_index(faults, i);

        g_assert_true(g_utf8_validate(fault->parameter, -1, NULL));
        g_assert_cmpint(*fault->detail, !=, 0);
    }
}

static void check_cursor(const UsageSearch *search)
{
    const UsagePosition place = {search->from, {1, 2, 3}};
    g_autoptr(GPtrArray) faults = search_faults_new();
    g_autoptr(UsageSearch) again = usage_search_new(search->kind);
    g_autofree char *cursor = usage_search_cursor(search, &place);
    g_autofree char *next = usage_search_next(search, "/", cursor);

    for (Parameter parameter = 0; parameter < PARAMETER_COUNT; parameter++)
        again->texts[parameter] = g_strdup(search->texts[parameter]);
    g_free(again->texts[PARAMETER_CURSOR]);
    again->texts[PARAMETER_CURSOR] = g_strdup(cursor);
    usage_search_finish(again, faults);
    g_assert_cmpuint(faults->len, ==, 0);
    g_assert_cmpint(again->after.created_at, ==, place.created_at);
    g_assert_true(g_str_is_ascii(next));
}

static void check(SearchKind kind, const char *text)
{
    g_autoptr(GPtrArray) faults = search_faults_new();
    g_autoptr(UsageSearch) search = usage_search_new(kind);
    UsageWindow window = {G_MININT64, G_MAXINT64, 1};
    g_autoptr(UsageSelect) select = NULL;

    take_lines(search, text, faults);
    check_faults(faults);
    if (faults->len > 0)
        return;
    select = kind == SEARCH_LIST ? usage_select_list("t", search, &window, 50)
                                 : usage_select_stats("t", search, 50);
    g_assert_true(g_str_is_ascii(usage_select_sql(select)));
    if (kind == SEARCH_LIST)
        check_cursor(search);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);

    /* The server refuses everything else before. */
    if (!g_utf8_validate(text, -1, NULL))
        return 0;
    check(SEARCH_LIST, text);
    check(SEARCH_STATS, text);
    return 0;
}
