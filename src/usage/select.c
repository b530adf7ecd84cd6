/* SQL in a buffer, parameters beside it. Conditions are written so that an index fits a parameter,
 * too: LIKE and <<= find theirs for constants only. */
#include "usage/select.h"

#include <string.h>

#include "base/clock.h"
#include "usage/server_time.h"

enum { VALUES_MAX = 16, FAMILY_INET = 2, FAMILY_INET6 = 3 };

struct UsageSelect {
    GString *sql;
    const char *joint; /* before the next condition */
    int count;
    char *values[VALUES_MAX];
    int lengths[VALUES_MAX];
};

/* --- Parameters ------------------------------------------------------------------------------- */

/* The number of the parameter. */
static int add_value(UsageSelect *select, const void *bytes, gsize length)
{
    g_assert(select->count < VALUES_MAX);
    select->values[select->count] = g_malloc(length + 1);
    memcpy(select->values[select->count], bytes, length);
    select->values[select->count][length] = '\0';
    select->lengths[select->count] = (int)length;
    return ++select->count;
}

static int add_text(UsageSelect *select, const char *text)
{
    return add_value(select, text, strlen(text));
}

static int add_time(UsageSelect *select, gint64 wall)
{
    guint64 bytes = GUINT64_TO_BE((guint64)time_to_server(wall));

    return add_value(select, &bytes, sizeof bytes);
}

static int add_address(UsageSelect *select, const UsageAddress *address)
{
    guint8 size = address->is_v6 ? 16 : 4;
    guint8 bytes[4 + USAGE_ADDRESS_SIZE] = {address->is_v6 ? FAMILY_INET6 : FAMILY_INET,
                                            address->prefix, 0, size};

    memcpy(bytes + 4, address->bytes, size);
    return add_value(select, bytes, 4U + size);
}

/* --- Conditions ------------------------------------------------------------------------------- */

static void add_condition(UsageSelect *select, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add_condition(UsageSelect *select, const char *format, ...)
{
    va_list arguments;

    g_string_append(select->sql, select->joint);
    select->joint = " AND ";
    va_start(arguments, format);
    g_string_append_vprintf(select->sql, format, arguments);
    va_end(arguments);
}

/* The first text behind all that begin with the prefix, in the order of bytes; NULL: there is none.
 */
static char *text_behind(const char *prefix)
{
    glong length = 0;
    g_autofree gunichar *characters = g_utf8_to_ucs4_fast(prefix, -1, &length);

    while (length > 0 && characters[length - 1] == 0x10FFFF)
        length--;
    if (length == 0)
        return NULL;
    characters[length - 1] = characters[length - 1] == 0xD7FF ? 0xE000 : characters[length - 1] + 1;
    return g_ucs4_to_utf8(characters, length, NULL, NULL, NULL);
}

static void add_prefix(UsageSelect *select, const char *prefix)
{
    g_autofree char *behind = text_behind(prefix);

    add_condition(select, "l.endpoint ~>=~ $%d", add_text(select, prefix));
    if (behind)
        add_condition(select, "l.endpoint ~<~ $%d", add_text(select, behind));
}

/* The first and the last address of the network, the last one as a host. */
static void split_network(const UsageAddress *network, UsageAddress *first, UsageAddress *last)
{
    guint size = network->is_v6 ? 16 : 4;

    *first = *last = *network;
    for (guint bit = network->prefix; bit < size * 8; bit++) {
        guint8 mask = (guint8)(0x80U >> bit % 8);

        first->bytes[bit / 8] &= (guint8)~mask;
        last->bytes[bit / 8] |= mask;
    }
    last->prefix = (guint8)(size * 8);
}

static void add_network(UsageSelect *select, const UsageAddress *network)
{
    UsageAddress first;
    UsageAddress last;
    int number;

    split_network(network, &first, &last);
    number = add_address(select, &first);
    add_condition(select, "l.ip_address >= $%d::inet AND l.ip_address <<= $%d::inet", number,
                  number);
    add_condition(select, "l.ip_address <= $%d::inet", add_address(select, &last));
}

static void add_filter(UsageSelect *select, const UsageSearch *search, Parameter parameter)
{
    const char *text = search->texts[parameter];

    switch (parameter) {
    case PARAMETER_ACTION_TYPE:
        add_condition(select, "l.action_type = $%d", add_text(select, text));
        return;
    case PARAMETER_ENDPOINT:
        add_condition(select, "l.endpoint = $%d", add_text(select, text));
        return;
    case PARAMETER_ENDPOINT_PREFIX:
        add_prefix(select, text);
        return;
    case PARAMETER_SUCCESS:
        add_condition(select, search->success ? "l.success" : "NOT l.success");
        return;
    case PARAMETER_HAS_ERROR:
        add_condition(select, "l.error_message IS %sNULL", search->has_error ? "NOT " : "");
        return;
    case PARAMETER_IP:
        add_network(select, &search->network);
        return;
    case PARAMETER_FILE_TYPE:
        add_condition(select, "l.file_type = $%d", add_text(select, text));
        return;
    case PARAMETER_FROM:
        add_condition(select, "l.created_at >= $%d", add_time(select, search->from));
        return;
    case PARAMETER_TO:
        add_condition(select, "l.created_at < $%d", add_time(select, search->to));
        return;
    case PARAMETER_LIMIT:
    case PARAMETER_CURSOR:
    case PARAMETER_GROUP_BY:
    case PARAMETER_COUNT:
        return;
    }
}

static void add_filters(UsageSelect *select, const UsageSearch *search)
{
    for (Parameter parameter = 0; parameter < PARAMETER_COUNT; parameter++) {
        if (usage_search_has(search, parameter))
            add_filter(select, search, parameter);
    }
}

static void add_window(UsageSelect *select, const UsageWindow *window)
{
    if (window && window->lower != G_MININT64) {
        g_autofree char *lower = clock_format_rfc3339(window->lower);

        add_condition(select, "l.created_at >= '%s'", lower);
    }
    if (window && window->upper != G_MAXINT64) {
        g_autofree char *upper = clock_format_rfc3339(window->upper);

        add_condition(select, "l.created_at < '%s'", upper);
    }
}

/* The first condition is what partitions can be chosen by. */
static void add_position(UsageSelect *select, const UsageSearch *search)
{
    int time;

    if (!usage_search_has(search, PARAMETER_CURSOR))
        return;
    time = add_time(select, search->after.created_at);
    add_condition(select, "l.created_at <= $%d::timestamptz", time);
    add_condition(select, "(l.created_at, l.id) < ($%d::timestamptz, $%d::uuid)", time,
                  add_value(select, search->after.id, USAGE_ID_SIZE));
}

/* --- Statements ------------------------------------------------------------------------------- */

static UsageSelect *select_new(void)
{
    UsageSelect *select = g_new0(UsageSelect, 1);

    select->sql = g_string_sized_new(512);
    select->joint = " WHERE ";
    return select;
}

/* The types are those that answer.c reads. */
static void add_fields(UsageSelect *select, const char *table)
{
    g_string_append(select->sql, "SELECT ");
    for (UsageField field = 0; field < USAGE_FIELD_COUNT; field++) {
        const UsageFieldInfo *info = usage_field(field);

        g_string_append_printf(select->sql, "%sl.%s::%s", field ? ", " : "", info->name,
                               *info->type ? info->type : "text");
    }
    g_string_append_printf(select->sql, " FROM %s AS l", table);
}

UsageSelect *usage_select_list(const char *table, const UsageSearch *search,
                               const UsageWindow *window, guint limit)
{
    UsageSelect *select = select_new();

    add_fields(select, table);
    add_window(select, window);
    add_position(select, search);
    add_filters(select, search);
    g_string_append(select->sql, " ORDER BY l.created_at DESC, l.id DESC");
    if (limit > 0)
        g_string_append_printf(select->sql, " LIMIT %u", limit);
    return select;
}

UsageSelect *usage_select_one(const char *table, const guint8 id[USAGE_ID_SIZE],
                              const UsageWindow *window)
{
    UsageSelect *select = select_new();

    add_fields(select, table);
    add_window(select, window);
    add_condition(select, "l.id = $%d", add_value(select, id, USAGE_ID_SIZE));
    g_string_append(select->sql, " LIMIT 1");
    return select;
}

/* "1, 2, 3" for the columns that rows are grouped by. */
static void add_group_numbers(UsageSelect *select, const UsageSearch *search, const char *before)
{
    for (guint i = 0; i < search->group_count; i++)
        g_string_append_printf(select->sql, "%s%u", i ? ", " : before, i + 1);
}

UsageSelect *usage_select_stats(const char *table, const UsageSearch *search, guint groups_max)
{
    UsageSelect *select = select_new();

    g_string_append(select->sql, "SELECT * FROM (SELECT ");
    for (guint i = 0; i < search->group_count; i++)
        g_string_append_printf(select->sql, "%s AS g%u, ", group_info(search->groups[i])->sql, i);
    g_string_append(select->sql, "pg_catalog.count(*) AS rows, "
                                 "pg_catalog.count(*) FILTER (WHERE NOT l.success)");
    for (guint i = 0; i < 3; i++)
        g_string_append_printf(select->sql,
                               ", pg_catalog.percentile_cont(%s) WITHIN GROUP "
                               "(ORDER BY l.processing_time_ms::double precision)",
                               ((const char *const[]){"0.5", "0.95", "0.99"})[i]);
    g_string_append_printf(select->sql, ", pg_catalog.count(*) OVER () FROM %s AS l", table);
    add_filters(select, search);
    add_group_numbers(select, search, " GROUP BY ");
    g_string_append_printf(select->sql, " ORDER BY rows DESC LIMIT %u) AS g", groups_max);
    add_group_numbers(select, search, " ORDER BY ");
    return select;
}

const char *usage_select_sql(const UsageSelect *select)
{
    return select->sql->str;
}

BinaryValues usage_select_values(const UsageSelect *select)
{
    return (BinaryValues){select->count, (const char *const *)select->values, select->lengths};
}

void usage_select_free(UsageSelect *select)
{
    if (!select)
        return;
    for (int i = 0; i < select->count; i++)
        g_free(select->values[i]);
    g_string_free(select->sql, TRUE);
    g_free(select);
}
