/* Sequences that stay. The position of none is lost. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/diff_plan.h"
#include "schema/name.h"

static void append_number(GString *sql, const char *word, gint64 from, gint64 to)
{
    if (from != to)
        g_string_append_printf(sql, " %s %" G_GINT64_FORMAT, word, to);
}

char *diff_sequence_numbers(const Sequence *from, const Sequence *to)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    gboolean has_new_type = strcmp(from->type, to->type) != 0;

    if (has_new_type)
        g_string_append_printf(sql, " AS %s", to->type);
    append_number(sql, "INCREMENT BY", from->increment, to->increment);
    append_number(sql, "MINVALUE", has_new_type ? ~to->minimum : from->minimum, to->minimum);
    append_number(sql, "MAXVALUE", has_new_type ? ~to->maximum : from->maximum, to->maximum);
    append_number(sql, "START WITH", from->start, to->start);
    append_number(sql, "CACHE", from->cache, to->cache);
    if (from->is_cycling != to->is_cycling)
        g_string_append(sql, to->is_cycling ? " CYCLE" : " NO CYCLE");
    if (from->maximum < to->minimum || from->minimum > to->maximum)
        g_string_append(sql, " RESTART");
    return sql->len ? g_strdup_printf("ALTER SEQUENCE %s%s", to->base.reference, sql->str) : NULL;
}

char *diff_sequence_position(const Sequence *sequence)
{
    g_autofree char *literal = ddl_literal(sequence->base.reference);
    g_autofree char *column = name_quote(sequence->owned_column);
    const char *function = sequence->increment > 0 ? "max" : "min";

    return g_strdup_printf("SELECT pg_catalog.setval(%s, (SELECT pg_catalog.%s(%s) FROM %s HAVING "
                           "pg_catalog.%s(%s) BETWEEN %" G_GINT64_FORMAT " AND %" G_GINT64_FORMAT
                           "))",
                           literal, function, column, sequence->base.parent->reference, function,
                           column, sequence->minimum, sequence->maximum);
}

static gboolean owns_same(const Sequence *from, const Sequence *to)
{
    return g_strcmp0(from->owned_column, to->owned_column) == 0 &&
           g_strcmp0(from->base.parent ? from->base.parent->identity : NULL,
                     to->base.parent ? to->base.parent->identity : NULL) == 0;
}

/* The old column may go, and the new one may be made, by this very diff. */
static void move_ownership(DiffPlan *plan, const Sequence *from, const Sequence *to)
{
    g_autoptr(GPtrArray) statements = ddl_ownership(&to->base);
    const char *reference = to->base.reference;

    if (owns_same(from, to))
        return;
    if (from->base.parent) {
        DiffOperation *operation =
            diff_operation_in(plan, &to->base, SLOT_BEFORE, "alter_sequence", "%s", reference);

        diff_statement(operation, "ALTER SEQUENCE %s OWNED BY NONE", reference);
        diff_precede(plan, &from->base, SLOT_BEFORE, from->base.parent, SLOT_BEFORE);
    }
    if (statements->len > 0) {
        DiffOperation *operation =
            diff_operation_in(plan, &to->base, SLOT_AFTER, "alter_sequence", "%s", reference);

        diff_statement(operation, "%s", (const char *)statements->pdata[0]);
        diff_precede(plan, to->base.parent, SLOT_CREATE, &to->base, SLOT_AFTER);
    }
}

/* A table takes the sequences of its columns along when it becomes logged or unlogged: see there.
 */
static gboolean moves_with_table(DiffPlan *plan, const Sequence *from)
{
    const Object *table = from->base.parent;
    const Table *kept = table ? (const Table *)plan_change(plan, table)->to : NULL;

    return kept && kept->is_unlogged != ((const Table *)table)->is_unlogged;
}

static void set_logged(DiffPlan *plan, const Sequence *from, const Sequence *to)
{
    DiffOperation *operation;

    if (from->is_unlogged == to->is_unlogged || moves_with_table(plan, from))
        return;
    operation =
        diff_operation_in(plan, &to->base, SLOT_AFTER, "alter_sequence", "%s", to->base.reference);
    diff_statement(operation, "ALTER SEQUENCE %s SET %s", to->base.reference,
                   to->is_unlogged ? "UNLOGGED" : "LOGGED");
}

AlterOutcome diff_sequence(DiffPlan *plan, const Object *from, const Object *to, GError **error)
{
    const Sequence *old = (const Sequence *)from;
    const Sequence *new = (const Sequence *)to;
    g_autofree char *numbers = diff_sequence_numbers(old, new);

    if (old->is_identity != new->is_identity || (new->is_identity && !owns_same(old, new)))
        return ALTER_REBUILD;
    if (numbers)
        diff_statement(diff_operation(plan, to, "alter_sequence", "%s", to->reference), "%s",
                       numbers);
    move_ownership(plan, old, new);
    set_logged(plan, old, new);
    return ALTER_IN_PLACE;
}
