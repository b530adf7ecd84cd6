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

/* Those of `options` whose name is among `others`, or is not. Borrowed; ends with NULL. */
static GPtrArray *select_options(char *const *options, char *const *others, gboolean are_among)
{
    GPtrArray *list = g_ptr_array_new();

    for (; options && *options; options++)
        if ((find_option(others, *options) != NULL) == are_among)
            g_ptr_array_add(list, *options);
    g_ptr_array_add(list, NULL);
    return list;
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

static void set_options(DiffOperation *operation, const char *alter, char *const *options)
{
    g_autoptr(GString) sql = g_string_new(NULL);

    if (!options || !*options)
        return;
    ddl_append_storage(sql, options);
    diff_statement(operation, "%s SET%s", alter, sql->str + strlen(" WITH"));
}

static void reset_options(DiffOperation *operation, const char *alter, char *const *options)
{
    g_autoptr(GString) sql = g_string_new(NULL);

    for (; *options; options++) {
        g_string_append(sql, sql->len ? ", " : "");
        append_name(sql, *options, TRUE);
    }
    if (sql->len)
        diff_statement(operation, "%s RESET (%s)", alter, sql->str);
}

/* What is set goes to the end of the list: all behind the first difference is set again, so that
 * the order comes out, too. */
void diff_storage_options(DiffOperation *operation, const char *alter, char *const *from,
                          char *const *to)
{
    g_autoptr(GPtrArray) kept = select_options(from, to, TRUE);
    g_autoptr(GPtrArray) gone = select_options(from, to, FALSE);

    for (guint i = 0; to && *to && g_strcmp0(kept->pdata[i], *to) == 0; i++)
        to++;
    set_options(operation, alter, to);
    reset_options(operation, alter, (char *const *)gone->pdata);
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

static gboolean is_same_name(const char *option, const char *other)
{
    return option && other && strcspn(option, "=") == strcspn(other, "=") &&
           strncmp(option, other, strcspn(option, "=")) == 0;
}

/* What is set keeps its place, and what is added goes to the end. */
void diff_server_options(DiffOperation *operation, const char *alter, char *const *from,
                         char *const *to)
{
    g_autoptr(GPtrArray) kept = select_options(from, to, TRUE);
    g_autoptr(GPtrArray) gone = select_options(from, to, FALSE);
    g_autoptr(GString) sql = g_string_new(NULL);
    char *const *old = (char *const *)kept->pdata;

    for (; to && is_same_name(*old, *to); old++, to++)
        if (strcmp(*old, *to) != 0)
            append_server_option(sql, "SET", *to, TRUE);
    for (; *old; old++)
        append_server_option(sql, "DROP", *old, FALSE);
    for (guint i = 0; gone->pdata[i]; i++)
        append_server_option(sql, "DROP", gone->pdata[i], FALSE);
    for (; to && *to; to++)
        append_server_option(sql, "ADD", *to, TRUE);
    if (sql->len)
        diff_statement(operation, "%s OPTIONS (%s)", alter, sql->str);
}
