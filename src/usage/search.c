/* The readers of parameters.def, and cursors. */
#include "usage/search.h"

#include <string.h>

#include "base/clock.h"

enum {
    CURSOR_VERSION = 1,
    CHECK_SIZE = 8,
    CURSOR_SIZE = 1 + 8 + USAGE_ID_SIZE + CHECK_SIZE,
    CURSOR_TEXT = CURSOR_SIZE / 3 * 4, /* base64 without padding: the size is a multiple of 3 */
    VALUE_SHOWN_MAX = 64,
};
G_STATIC_ASSERT(CURSOR_SIZE % 3 == 0);

typedef enum { WHERE_BOTH, WHERE_LIST, WHERE_STATS } Where;
typedef enum {
    KIND_ACTION,
    KIND_TEXT,
    KIND_BOOLEAN,
    KIND_NETWORK,
    KIND_TIME,
    KIND_COUNT,
    KIND_CURSOR,
    KIND_GROUPS
} Kind;

static const struct {
    const char *name;
    Kind kind;
    Where where;
    const char *takes;
} parameters[PARAMETER_COUNT] = {
#define USAGE_PARAMETER(name, text, kind, where, takes)                                            \
    [PARAMETER_##name] = {text, KIND_##kind, WHERE_##where, takes},
#include "usage/parameters.def"
#undef USAGE_PARAMETER
};

static const GroupInfo groups[GROUP_COUNT] = {
#define USAGE_GROUP(name, text, kind, sql) [GROUP_##name] = {text, USAGE_KIND_##kind, sql},
#include "usage/groups.def"
#undef USAGE_GROUP
};

const GroupInfo *group_info(Group group)
{
    return &groups[group];
}

/* --- Faults ----------------------------------------------------------------------------------- */

static void fault_free(gpointer data)
{
    SearchFault *fault = data;

    g_free(fault->parameter);
    g_free(fault->detail);
    g_free(fault);
}

GPtrArray *search_faults_new(void)
{
    return g_ptr_array_new_with_free_func(fault_free);
}

/* Takes the detail. */
static void add_fault(GPtrArray *faults, const char *parameter, gboolean is_about_value,
                      char *detail)
{
    SearchFault *fault = g_new(SearchFault, 1);

    *fault = (SearchFault){g_strdup(parameter), detail, is_about_value};
    g_ptr_array_add(faults, fault);
}

/* --- The search ------------------------------------------------------------------------------- */

UsageSearch *usage_search_new(SearchKind kind)
{
    UsageSearch *search = g_new0(UsageSearch, 1);

    search->kind = kind;
    return search;
}

void usage_search_free(UsageSearch *search)
{
    if (!search)
        return;
    for (Parameter parameter = 0; parameter < PARAMETER_COUNT; parameter++)
        g_free(search->texts[parameter]);
    g_free(search);
}

/* --- Values ----------------------------------------------------------------------------------- */

static gboolean read_boolean(const char *value, gboolean *boolean)
{
    *boolean = g_str_equal(value, "true");
    return *boolean || g_str_equal(value, "false");
}

/* Inside the years that people write; a "+" that was read as a blank is understood. */
static gboolean read_time(const char *value, gint64 *time)
{
    g_autofree char *text = g_strdup(value);
    gsize length = strlen(text);

    if (length > strlen("+00:00") && text[length - strlen("+00:00")] == ' ')
        text[length - strlen("+00:00")] = '+';
    return clock_parse_rfc3339(text, time, NULL);
}

static gboolean read_group(UsageSearch *search, const char *name)
{
    Group group = 0;

    while (group < GROUP_COUNT && !g_str_equal(groups[group].name, name))
        group++;
    if (group == GROUP_COUNT)
        return FALSE;
    for (guint i = 0; i < search->group_count; i++) {
        if (search->groups[i] == group)
            return FALSE;
    }
    search->groups[search->group_count++] = group;
    return TRUE;
}

static gboolean read_groups(UsageSearch *search, const char *value)
{
    g_auto(GStrv) names = g_strsplit(value, ",", GROUP_COUNT + 1);

    for (char **name = names; *name; name++) {
        if (!read_group(search, *name))
            return FALSE;
    }
    return search->group_count > 0;
}

static gboolean read_count(const char *value, guint maximum, guint *count)
{
    guint64 number;

    if (!g_ascii_isdigit(*value) ||
        !g_ascii_string_to_unsigned(value, 10, 1, maximum ? maximum : G_MAXUINT - 1, &number, NULL))
        return FALSE;
    *count = (guint)number;
    return TRUE;
}

/* Whether the parameter itself is well-formed; a cursor is looked at last. */
static gboolean read_value(UsageSearch *search, Parameter parameter, const char *value,
                           const SearchRules *rules)
{
    switch (parameters[parameter].kind) {
    case KIND_ACTION:
        return g_strv_contains(rules->action_types, value);
    case KIND_TEXT:
        return *value != '\0';
    case KIND_BOOLEAN:
        return read_boolean(value,
                            parameter == PARAMETER_SUCCESS ? &search->success : &search->has_error);
    case KIND_NETWORK:
        return usage_address_parse(value, &search->network);
    case KIND_TIME:
        return read_time(value, parameter == PARAMETER_FROM ? &search->from : &search->to);
    case KIND_COUNT:
        return read_count(value, rules->limit_max, &search->limit);
    case KIND_GROUPS:
        return read_groups(search, value);
    case KIND_CURSOR:
        return TRUE;
    }
    return FALSE;
}

/* What would do, for people. */
static char *describe(Parameter parameter, const SearchRules *rules)
{
    g_autofree char *labels = NULL;

    if (parameters[parameter].kind == KIND_ACTION) {
        labels = g_strjoinv(", ", (char **)rules->action_types);
        return g_strdup_printf("it must be one of %s", labels);
    }
    if (parameters[parameter].kind == KIND_COUNT && rules->limit_max)
        return g_strdup_printf("it must be %s to %u", parameters[parameter].takes,
                               rules->limit_max);
    return g_strdup_printf("it must be %s", parameters[parameter].takes);
}

static gboolean is_for(const UsageSearch *search, Parameter parameter)
{
    Where where = parameters[parameter].where;

    return where == WHERE_BOTH || where == (search->kind == SEARCH_LIST ? WHERE_LIST : WHERE_STATS);
}

/* PARAMETER_COUNT when there is none. */
static Parameter find_parameter(const UsageSearch *search, const char *name)
{
    Parameter parameter = 0;

    while (parameter < PARAMETER_COUNT &&
           (!is_for(search, parameter) || !g_str_equal(parameters[parameter].name, name)))
        parameter++;
    return parameter;
}

static char *list_parameters(const UsageSearch *search)
{
    GString *list = g_string_new("there is no such parameter; there are ");

    for (Parameter parameter = 0; parameter < PARAMETER_COUNT; parameter++) {
        if (is_for(search, parameter))
            g_string_append_printf(list, "%s%s", parameter ? ", " : "", parameters[parameter].name);
    }
    return g_string_free(list, FALSE);
}

static char *cut(const char *name)
{
    g_autofree char *start =
        g_utf8_substring(name, 0, MIN(g_utf8_strlen(name, VALUE_SHOWN_MAX * 6), VALUE_SHOWN_MAX));

    return g_strescape(start, NULL);
}

void usage_search_take(UsageSearch *search, const char *name, const char *value,
                       const SearchRules *rules, GPtrArray *faults)
{
    Parameter parameter = find_parameter(search, name);
    g_autofree char *shown = cut(name);

    if (parameter == PARAMETER_COUNT)
        add_fault(faults, shown, FALSE, list_parameters(search));
    else if (search->texts[parameter])
        add_fault(faults, shown, FALSE, g_strdup("it may stand there once only"));
    else if (!read_value(search, parameter, value, rules))
        add_fault(faults, shown, TRUE, describe(parameter, rules));
    if (parameter < PARAMETER_COUNT && !search->texts[parameter])
        search->texts[parameter] = g_strdup(value);
}

/* --- Cursors ---------------------------------------------------------------------------------- */

/* Over the filters and the place, so that neither can be changed by accident. */
static void make_check(const UsageSearch *search, const guint8 *bytes, guint8 check[CHECK_SIZE])
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;

    g_checksum_update(sum, bytes, CURSOR_SIZE - CHECK_SIZE);
    for (Parameter parameter = 0; parameter < PARAMETER_LIMIT; parameter++) {
        const char *text = search->texts[parameter];

        g_checksum_update(sum, (const guchar *)(text ? "=" : "-"), 1);
        if (text)
            g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
    }
    g_checksum_get_digest(sum, digest, &length);
    memcpy(check, digest, CHECK_SIZE);
}

char *usage_search_cursor(const UsageSearch *search, const UsagePosition *last)
{
    guint8 bytes[CURSOR_SIZE] = {CURSOR_VERSION};
    guint64 time = GUINT64_TO_BE((guint64)last->created_at);
    char *text;

    memcpy(bytes + 1, &time, sizeof time);
    memcpy(bytes + 1 + sizeof time, last->id, USAGE_ID_SIZE);
    make_check(search, bytes, bytes + CURSOR_SIZE - CHECK_SIZE);
    text = g_base64_encode(bytes, sizeof bytes);
    g_strdelimit(text, "+", '-');
    return g_strdelimit(text, "/", '_');
}

static gboolean is_base64url(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
               CURSOR_TEXT &&
           text[CURSOR_TEXT] == '\0';
}

static gboolean read_cursor(UsageSearch *search)
{
    g_autofree char *text = g_strdup(search->texts[PARAMETER_CURSOR]);
    g_autofree guint8 *bytes = NULL;
    guint8 check[CHECK_SIZE];
    guint64 time;
    gsize length;

    if (!is_base64url(text))
        return FALSE;
    g_strdelimit(g_strdelimit(text, "-", '+'), "_", '/');
    bytes = g_base64_decode(text, &length);
    if (length != CURSOR_SIZE || bytes[0] != CURSOR_VERSION)
        return FALSE;
    make_check(search, bytes, check);
    if (memcmp(check, bytes + CURSOR_SIZE - CHECK_SIZE, CHECK_SIZE) != 0)
        return FALSE;
    memcpy(&time, bytes + 1, sizeof time);
    search->after.created_at = (gint64)GUINT64_FROM_BE(time);
    memcpy(search->after.id, bytes + 1 + sizeof time, USAGE_ID_SIZE);
    return TRUE;
}

void usage_search_finish(UsageSearch *search, GPtrArray *faults)
{
    if (faults->len > 0)
        return;
    if (usage_search_has(search, PARAMETER_FROM) && usage_search_has(search, PARAMETER_TO) &&
        search->from >= search->to)
        add_fault(faults, "to", TRUE, g_strdup("it must be later than from"));
    if (usage_search_has(search, PARAMETER_CURSOR) && !read_cursor(search))
        add_fault(faults, "cursor", TRUE,
                  g_strdup_printf("it must be %s", parameters[PARAMETER_CURSOR].takes));
}

char *usage_search_next(const UsageSearch *search, const char *path, const char *cursor)
{
    GString *next = g_string_new(path);

    g_string_append_c(next, '?');
    for (Parameter parameter = 0; parameter < PARAMETER_COUNT; parameter++) {
        const char *text = search->texts[parameter];

        if (!text || parameter == PARAMETER_CURSOR)
            continue;
        g_string_append_printf(next, "%s=", parameters[parameter].name);
        g_string_append_uri_escaped(next, text, NULL, FALSE);
        g_string_append_c(next, '&');
    }
    g_string_append_printf(next, "cursor=%s", cursor);
    return g_string_free(next, FALSE);
}
