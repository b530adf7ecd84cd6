/* Both catalogs side by side, object by object; of tables column by column. */
#include "schema/detect.h"

#include <string.h>

#include "schema/ddl.h"

typedef struct {
    GPtrArray *lines;
    const Catalog *from;
    const Catalog *to;
} Detection;

G_GNUC_PRINTF(2, 3) static void say(const Detection *detection, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(detection->lines, g_strconcat("Detected ", text, NULL));
}

static const char *short_name(const char *reference)
{
    static const char prefix[] = "public.";

    return g_str_has_prefix(reference, prefix) ? reference + strlen(prefix) : reference;
}

/* The table or view that the object is part of; itself when it is of none. */
static const char *whole_name(const Object *object)
{
    return short_name(object->parent ? object->parent->reference : object->reference);
}

/* --- Lists of columns ------------------------------------------------------------------------- */

/* What stands within the first parentheses at or behind `at`; g_free. */
static char *within_parentheses(const char *at)
{
    const char *start = at ? strchr(at, '(') : NULL;
    int depth = 0;

    for (const char *end = start; end && *end; end++) {
        depth += *end == '(' ? 1 : *end == ')' ? -1 : 0;
        if (depth == 0)
            return g_strndup(start + 1, (gsize)(end - start - 1));
    }
    return g_strdup("");
}

/* As Python prints a list: ['a', 'b']; g_free. */
static char *python_list(const char *columns)
{
    g_auto(GStrv) names = g_strsplit(columns, ", ", -1);
    g_autofree char *joined = g_strjoinv("', '", names);

    return g_strdup_printf("['%s']", joined);
}

static void say_added_on(const Detection *detection, const char *what, const Object *object,
                         const char *definition)
{
    g_autofree char *columns = within_parentheses(definition);
    g_autofree char *list = python_list(columns);

    say(detection, "added %s '%s' on '%s'", what, object->name, list);
}

/* --- Constraints and indexes ------------------------------------------------------------------ */

static void say_foreign_key(const Detection *detection, const char *change, const Object *object)
{
    const char *definition = ((const Constraint *)object)->definition;
    const char *references = strstr(definition, " REFERENCES ");
    g_autofree char *columns = within_parentheses(definition);
    g_autofree char *others = within_parentheses(references);

    say(detection, "%s foreign key (%s)(%s) on table %s", change, columns, others,
        whole_name(object));
}

static const char *constraint_word(const Constraint *constraint)
{
    switch (constraint->type) {
    case 'p':
        return "primary key";
    case 'u':
        return "unique constraint";
    case 'c':
        return "check constraint";
    case 'x':
        return "exclusion constraint";
    default:
        return "constraint";
    }
}

static void say_constraint(const Detection *detection, const char *change, const Object *object)
{
    const Constraint *constraint = (const Constraint *)object;
    gboolean is_added = g_str_equal(change, "added");

    if (constraint->type == 'f')
        say_foreign_key(detection, change, object);
    else if (is_added && constraint->type == 'u')
        say_added_on(detection, "unique constraint", object, constraint->definition);
    else
        say(detection, "%s %s '%s' on '%s'", change, constraint_word(constraint), object->name,
            whole_name(object));
}

static void say_index(const Detection *detection, const char *change, const Object *object)
{
    const Index *index = (const Index *)object;
    const char *columns = index->definition ? strstr(index->definition, " USING ") : NULL;

    if (index->attached_to || index->is_of_constraint)
        return;
    if (g_str_equal(change, "added"))
        say_added_on(detection, "index", object, columns ? columns : index->definition);
    else
        say(detection, "%s index '%s' on '%s'", change, object->name, whole_name(object));
}

/* --- Columns ---------------------------------------------------------------------------------- */

static void compare_column(const Detection *detection, const char *name, const Column *old,
                           const Column *new)
{
    if (old->is_not_null != new->is_not_null)
        say(detection, "%s on column '%s'", new->is_not_null ? "NOT NULL" : "NULL", name);
    if (strcmp(old->type, new->type) != 0)
        say(detection, "type change from %s to %s on '%s'", old->type, new->type, name);
    if (g_strcmp0(old->default_value, new->default_value) != 0 ||
        old->generated != new->generated || old->identity != new->identity)
        say(detection, "server default on column '%s'", name);
    if (g_strcmp0(old->base.comment, new->base.comment) != 0)
        say(detection, "column comment '%s'", name);
}

static void say_columns(const Detection *detection, const Object *of, const Object *than)
{
    gboolean is_new = catalog_find(detection->to, of->identity) == of;

    for (guint i = 0; of->parts && i < of->parts->len; i++) {
        const Column *column = of->parts->pdata[i];
        const Column *other =
            column->base.kind == KIND_COLUMN ? object_column(than, column->base.name) : NULL;
        g_autofree char *name =
            g_strconcat(short_name(of->reference), ".", column->base.name, NULL);

        if (column->base.kind != KIND_COLUMN)
            continue;
        if (!other)
            say(detection, "%s column '%s'", is_new ? "added" : "removed", name);
        else if (is_new)
            compare_column(detection, name, other, column);
    }
}

static void compare_tables(const Detection *detection, const Object *old, const Object *new)
{
    guint before = detection->lines->len;

    say_columns(detection, new, old);
    say_columns(detection, old, new);
    if (g_strcmp0(old->comment, new->comment) != 0)
        say(detection, "table comment '%s'", short_name(new->reference));
    if (detection->lines->len == before)
        say(detection, "changed table '%s'", short_name(new->reference));
}

/* --- All of them ------------------------------------------------------------------------------ */

static void say_object(const Detection *detection, const char *change, const Object *object)
{
    g_autofree char *word = g_ascii_strdown(object_word(object), -1);

    if (object->kind == KIND_INDEX)
        say_index(detection, change, object);
    else if (object->kind == KIND_CONSTRAINT)
        say_constraint(detection, change, object);
    else
        say(detection, "%s %s '%s'", change, word, short_name(object->reference));
}

/* It is made or dropped with what it is part of. */
static gboolean goes_with_parent(const Object *object, const Catalog *other)
{
    return object->parent && object->kind != KIND_INDEX &&
           !catalog_find(other, object->parent->identity);
}

static gboolean is_same(const Object *old, const Object *new)
{
    g_autofree char *old_text = ddl_text(old, DDL_ALL);
    g_autofree char *new_text = ddl_text(new, DDL_ALL);

    return strcmp(old_text, new_text) == 0;
}

static void compare_new(const Detection *detection, const Object *new)
{
    const Object *old = catalog_find(detection->from, new->identity);

    if (!old && !goes_with_parent(new, detection->from))
        say_object(detection, "added", new);
    if (!old || is_same(old, new))
        return;
    if (new->kind == KIND_TABLE)
        compare_tables(detection, old, new);
    else
        say_object(detection, "changed", new);
}

GPtrArray *detect_changes(const Catalog *from, const Catalog *to)
{
    Detection detection = {g_ptr_array_new_with_free_func(g_free), from, to};
    const GPtrArray *old = catalog_objects(from);
    const GPtrArray *new = catalog_objects(to);

    for (guint i = 0; i < new->len; i++)
        compare_new(&detection, new->pdata[i]);
    for (guint i = 0; i < old->len; i++) {
        const Object *object = old->pdata[i];

        if (!catalog_find(to, object->identity) && !goes_with_parent(object, to))
            say_object(&detection, "removed", object);
    }
    return detection.lines;
}
