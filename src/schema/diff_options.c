/* Lists of texts, and of "name=value", that become others. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_private.h"
#include "schema/name.h"

gboolean diff_same_texts(char *const *from, char *const *to)
{
    static char *const none[] = {NULL};

    return g_strv_equal((const char *const *)(from ? from : none),
                        (const char *const *)(to ? to : none));
}

gboolean diff_has_text(char *const *texts, const char *text)
{
    return texts && g_strv_contains((const char *const *)texts, text);
}

/* The option of that name; NULL: there is none. */
static const char *find_option(char *const *options, const char *like)
{
    gsize length = strcspn(like, "=");

    for (; options && *options; options++)
        if (strcspn(*options, "=") == length && strncmp(*options, like, length) == 0)
            return *options;
    return NULL;
}

gboolean diff_same_options(char *const *from, char *const *to)
{
    static char *const none[] = {NULL};

    return g_strv_equal((const char *const *)(from ? from : none),
                        (const char *const *)(to ? to : none));
}

/* Those of `options` that `others` does not have: with the same value, or by name at all. Borrowed;
 * ends with NULL. */
static GPtrArray *missing(char *const *options, char *const *others, gboolean by_name)
{
    GPtrArray *list = g_ptr_array_new();

    for (; options && *options; options++) {
        const char *other = find_option(others, *options);

        if (!other || (!by_name && strcmp(other, *options) != 0))
            g_ptr_array_add(list, *options);
    }
    g_ptr_array_add(list, NULL);
    return list;
}

/* Whether what stays, in its old order, and then what is `set` is the new list: what is set comes
 * last, unless it `stays_put` where the name was. */
static gboolean comes_in_order(char *const *from, char *const *to, const GPtrArray *set,
                               gboolean stays_put)
{
    char *const *at = to;

    for (char *const *option = from; option && *option; option++) {
        const char *new = find_option(to, *option);

        if (!new || (!stays_put && strcmp(new, *option) != 0))
            continue;
        if (strcmp(new, *at++) != 0)
            return FALSE;
    }
    for (guint i = 0; i + 1 < set->len; i++) {
        if (stays_put && find_option(from, set->pdata[i]))
            continue;
        if (strcmp(set->pdata[i], *at++) != 0)
            return FALSE;
    }
    return TRUE;
}

/* "a", and toast.a in two parts. */
static void append_name(GString *sql, const char *option, gboolean has_parts)
{
    g_autofree char *name = g_strndup(option, strcspn(option, "="));
    char *dot = has_parts ? strchr(name, '.') : NULL;

    if (dot) {
        *dot = '\0';
        name_append(sql, name);
        g_string_append_c(sql, '.');
    }
    name_append(sql, dot ? dot + 1 : name);
}

void diff_storage_options(DiffOperation *operation, const char *alter, char *const *from,
                          char *const *to)
{
    g_autoptr(GPtrArray) set = missing(to, from, FALSE);
    g_autoptr(GPtrArray) reset = missing(from, to, TRUE);

    if (!comes_in_order(from, to, set, FALSE)) {
        diff_storage_options(operation, alter, from, NULL);
        diff_storage_options(operation, alter, NULL, to);
        return;
    }
    if (set->len > 1) {
        g_autoptr(GString) sql = g_string_new(NULL);

        ddl_append_storage(sql, (char *const *)set->pdata);
        diff_statement(operation, "%s SET%s", alter, sql->str + strlen(" WITH"));
    }
    if (reset->len > 1) {
        g_autoptr(GString) sql = g_string_new(NULL);

        for (guint i = 0; i + 1 < reset->len; i++) {
            g_string_append(sql, i ? ", " : "");
            append_name(sql, reset->pdata[i], TRUE);
        }
        diff_statement(operation, "%s RESET (%s)", alter, sql->str);
    }
}

static void append_server_option(GString *sql, const char *word, const char *option,
                                 gboolean has_value)
{
    const char *sign = strchr(option, '=');
    g_autofree char *value = ddl_literal(sign ? sign + 1 : "");

    g_string_append_printf(sql, "%s%s ", sql->len ? ", " : "", word);
    append_name(sql, option, FALSE);
    if (has_value)
        g_string_append_printf(sql, " %s", value);
}

void diff_server_options(DiffOperation *operation, const char *alter, char *const *from,
                         char *const *to)
{
    g_autoptr(GPtrArray) set = missing(to, from, FALSE);
    g_autoptr(GPtrArray) reset = missing(from, to, TRUE);
    g_autoptr(GString) sql = g_string_new(NULL);

    if (!comes_in_order(from, to, set, TRUE)) {
        diff_server_options(operation, alter, from, NULL);
        diff_server_options(operation, alter, NULL, to);
        return;
    }
    for (guint i = 0; i + 1 < set->len; i++)
        append_server_option(sql, find_option(from, set->pdata[i]) ? "SET" : "ADD", set->pdata[i],
                             TRUE);
    for (guint i = 0; i + 1 < reset->len; i++)
        append_server_option(sql, "DROP", reset->pdata[i], FALSE);
    if (sql->len)
        diff_statement(operation, "%s OPTIONS (%s)", alter, sql->str);
}
