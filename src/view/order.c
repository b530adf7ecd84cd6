/* One table of members; what may be absent depends on the kind. */
#include "view/order.h"

#include <jansson.h>
#include <stddef.h>
#include <string.h>

enum { TEXT, FLAG };
#define OF(kind) (1U << ORDER_##kind)

static const struct {
    const char *name;
    unsigned kinds;
    int type;
    gsize offset;
    gsize longest; /* bytes of a TEXT */
} members[] = {
    {"target", OF(ROLLBACK) | OF(UPGRADE) | OF(HOLD), TEXT, offsetof(Order, target),
     ORDER_TARGET_MAX},
    {"dry_run", OF(ROLLBACK) | OF(UPGRADE), FLAG, offsetof(Order, is_dry_run), 0},
    {"confirm", OF(ROLLBACK) | OF(UPGRADE), TEXT, offsetof(Order, confirm), 64},
    {"reason", OF(ROLLBACK) | OF(UPGRADE) | OF(HOLD) | OF(RELEASE), TEXT, offsetof(Order, reason),
     ORDER_REASON_MAX},
    {"accept_data_loss", OF(ROLLBACK), FLAG, offsetof(Order, accepts_data_loss), 0},
    {"accept_drift", OF(ROLLBACK), FLAG, offsetof(Order, accepts_drift), 0},
};

const char *order_kind_name(OrderKind kind)
{
    static const char *const names[] = {"rollback", "upgrade", "hold", "release"};

    return names[kind];
}

void order_free(Order *order)
{
    if (!order)
        return;
    g_free(order->target);
    g_free(order->confirm);
    g_free(order->reason);
    g_free(order);
}

void order_fault_clear(OrderFault *fault)
{
    g_clear_pointer(&fault->detail, g_free);
    g_clear_pointer(&fault->pointer, g_free);
}

static gboolean fail(OrderFault *fault, unsigned status, char *pointer, char *detail)
{
    *fault = (OrderFault){status, detail, pointer};
    return FALSE;
}

/* A member's name as a JSON pointer; g_free. */
static char *point_to(const char *name)
{
    g_auto(GStrv) tildes = g_strsplit(name, "~", -1);
    g_autofree char *escaped = g_strjoinv("~0", tildes);
    g_auto(GStrv) slashes = g_strsplit(escaped, "/", -1);
    g_autofree char *rest = g_strjoinv("~1", slashes);

    return g_strconcat("/", rest, NULL);
}

/* --- Members ---------------------------------------------------------------------------------- */

static int find_member(const char *name, OrderKind kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        if (g_str_equal(members[i].name, name) && (members[i].kinds & (1U << kind)))
            return (int)i;
    return -1;
}

static char *list_members(OrderKind kind)
{
    GString *list = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        if (members[i].kinds & (1U << kind))
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", members[i].name);
    return g_string_free(list, FALSE);
}

/* Also what ends a line or turns the direction of what follows: the ledger is read on terminals. */
static gboolean is_control(gunichar c)
{
    return g_unichar_iscntrl(c) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* jansson has seen to it that the text is UTF-8. */
static gboolean has_control_character(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (is_control(g_utf8_get_char(text)))
            return TRUE;
    return FALSE;
}

static gboolean set_text(Order *order, int i, const json_t *value, OrderFault *fault)
{
    char **field = (char **)((char *)order + members[i].offset);
    const char *text = json_string_value(value);

    if (!text)
        return fail(fault, 422, point_to(members[i].name),
                    g_strdup_printf("\"%s\" must be a string", members[i].name));
    if (!*text)
        return fail(fault, 422, point_to(members[i].name),
                    g_strdup_printf("\"%s\" is empty", members[i].name));
    if (strlen(text) > members[i].longest)
        return fail(fault, 422, point_to(members[i].name),
                    g_strdup_printf("\"%s\" is longer than %" G_GSIZE_FORMAT " bytes",
                                    members[i].name, members[i].longest));
    if (has_control_character(text))
        return fail(fault, 422, point_to(members[i].name),
                    g_strdup_printf("\"%s\" has control characters in it", members[i].name));
    *field = g_strdup(text);
    return TRUE;
}

static gboolean set_flag(Order *order, int i, const json_t *value, OrderFault *fault)
{
    if (!json_is_boolean(value))
        return fail(fault, 422, point_to(members[i].name),
                    g_strdup_printf("\"%s\" must be true or false", members[i].name));
    *(gboolean *)((char *)order + members[i].offset) = json_is_true(value);
    return TRUE;
}

static gboolean set_member(Order *order, const char *name, const json_t *value, OrderFault *fault)
{
    int i = find_member(name, order->kind);
    g_autofree char *known = NULL;

    if (i >= 0)
        return members[i].type == TEXT ? set_text(order, i, value, fault)
                                       : set_flag(order, i, value, fault);
    known = list_members(order->kind);
    return fail(fault, 422, point_to(name),
                g_strdup_printf("a %s has no member \"%s\"; it has %s",
                                order_kind_name(order->kind), name, known));
}

static gboolean require_members(const Order *order, OrderFault *fault)
{
    if (order->kind == ORDER_ROLLBACK && !order->target)
        return fail(fault, 422, g_strdup("/target"),
                    g_strdup("\"target\" is missing: \"-1\", a revision, or \"base\""));
    if (!order->reason && !order->is_dry_run)
        return fail(fault, 422, g_strdup("/reason"),
                    g_strdup("\"reason\" is missing: the ledger keeps why this was done"));
    return TRUE;
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* jansson bounds what it parses itself; this one names the place. */
static gboolean check_depth(const json_t *value, unsigned depth)
{
    const char *name;
    json_t *child;
    size_t i;

    if (depth > ORDER_DEPTH_MAX)
        return FALSE;
    json_object_foreach((json_t *)value, name,
                        child) if (!check_depth(child, depth + 1)) return FALSE;
    json_array_foreach(value, i, child) if (!check_depth(child, depth + 1)) return FALSE;
    return TRUE;
}

/* "duplicate object key near '"target"'": the name is all that jansson tells. */
static char *point_to_duplicate(const char *text)
{
    const char *open = strchr(text, '"');
    const char *close = open ? strrchr(text, '"') : NULL;
    g_autofree char *name = close > open ? g_strndup(open + 1, (gsize)(close - open - 1)) : NULL;

    return name ? point_to(name) : NULL;
}

static json_t *load(const void *body, gsize length, OrderFault *fault)
{
    json_error_t error;
    json_t *json = json_loadb(body, length, JSON_REJECT_DUPLICATES, &error);

    if (json)
        return json;
    fail(fault, 400,
         json_error_code(&error) == json_error_duplicate_key ? point_to_duplicate(error.text)
                                                             : NULL,
         g_strdup_printf("The body cannot be read as JSON: line %d, column %d: %s", error.line,
                         error.column, error.text));
    return NULL;
}

static gboolean read_object(Order *order, json_t *json, OrderFault *fault)
{
    const char *name;
    json_t *value;

    if (!json_is_object(json))
        return fail(fault, 400, g_strdup(""), g_strdup("The body must be a JSON object"));
    json_object_foreach(json, name, value)
    {
        if (!check_depth(value, 2))
            return fail(
                fault, 400, point_to(name),
                g_strdup_printf("\"%s\" is nested deeper than %d levels", name, ORDER_DEPTH_MAX));
        if (!set_member(order, name, value, fault))
            return FALSE;
    }
    return require_members(order, fault);
}

Order *order_parse(OrderKind kind, const void *body, gsize length, OrderFault *fault)
{
    g_autoptr(Order) order = g_new0(Order, 1);
    gboolean is_read;
    json_t *json;

    order->kind = kind;
    order->is_dry_run = kind == ORDER_ROLLBACK || kind == ORDER_UPGRADE;
    if (length > ORDER_BYTES_MAX) {
        fail(fault, 413, NULL,
             g_strdup_printf("The body is larger than %d bytes", ORDER_BYTES_MAX));
        return NULL;
    }
    if (length == 0) {
        fail(fault, 400, g_strdup(""),
             g_strdup("The request has no body: a JSON object is wanted"));
        return NULL;
    }
    json = load(body, length, fault);
    if (!json)
        return NULL;
    is_read = read_object(order, json, fault);
    json_decref(json);
    if (is_read && kind == ORDER_UPGRADE && !order->target)
        order->target = g_strdup("heads");
    return is_read ? g_steal_pointer(&order) : NULL;
}
