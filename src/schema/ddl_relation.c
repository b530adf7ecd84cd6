/* Sequences, views, and what stands on a table: constraints, indexes, rules, triggers, policies. */
#include <string.h>

#include "schema/ddl_private.h"
#include "schema/name.h"

static gint64 highest_of(const char *type)
{
    return strcmp(type, "smallint") == 0  ? G_MAXINT16
           : strcmp(type, "integer") == 0 ? G_MAXINT32
                                          : G_MAXINT64;
}

static void append_number(GString *sql, const char *word, gint64 value, gint64 usual)
{
    if (value != usual)
        g_string_append_printf(sql, " %s %" G_GINT64_FORMAT, word, value);
}

void ddl_append_sequence(GString *sql, const Sequence *sequence)
{
    gint64 highest = highest_of(sequence->type);
    gboolean is_rising = sequence->increment > 0;

    append_number(sql, "INCREMENT BY", sequence->increment, 1);
    append_number(sql, "MINVALUE", sequence->minimum, is_rising ? 1 : -highest - 1);
    append_number(sql, "MAXVALUE", sequence->maximum, is_rising ? highest : -1);
    append_number(sql, "START WITH", sequence->start,
                  is_rising ? sequence->minimum : sequence->maximum);
    append_number(sql, "CACHE", sequence->cache, 1);
    if (sequence->is_cycling)
        g_string_append(sql, " CYCLE");
}

void ddl_sequence(GPtrArray *statements, const Sequence *sequence)
{
    g_autoptr(GString) sql = g_string_new(NULL);

    if (sequence->is_identity)
        return;
    g_string_append_printf(sql, "CREATE %sSEQUENCE %s AS %s",
                           sequence->is_unlogged ? "UNLOGGED " : "", sequence->base.reference,
                           sequence->type);
    ddl_append_sequence(sql, sequence);
    ddl_add(statements, "%s", sql->str);
}

void ddl_view(GPtrArray *statements, const View *view, DdlFlags flags)
{
    g_autoptr(GString) sql = g_string_new("CREATE ");

    g_string_append_printf(sql, "%s %s", object_word(&view->base), view->base.reference);
    if (view->access_method && strcmp(view->access_method, "heap") != 0) {
        g_string_append(sql, " USING ");
        name_append(sql, view->access_method);
    }
    ddl_append_storage(sql, view->options);
    g_string_append_printf(sql, " AS\n%s%s", view->definition ? view->definition : "",
                           view->is_materialized ? "\nWITH NO DATA" : "");
    ddl_add(statements, "%s", sql->str);
    if (flags & DDL_DEFAULTS)
        ddl_column_defaults(statements, &view->base);
}

static void append_definition(GString *sql, const Constraint *constraint)
{
    const char *end = !constraint->is_deferrable ? ""
                      : constraint->is_deferred  ? " DEFERRABLE INITIALLY DEFERRED"
                                                 : " DEFERRABLE";
    gsize length = strlen(constraint->definition) - strlen(end);

    if (!constraint->options) {
        g_string_append(sql, constraint->definition);
        return;
    }
    g_string_append_len(sql, constraint->definition, (gssize)length);
    ddl_append_storage(sql, constraint->options);
    g_string_append(sql, end);
}

/* Checks and foreign keys of a partitioned table go down to its partitions; keys are made on each
 * and attached. What came from a parent comes with the parent's. */
void ddl_constraint(GPtrArray *statements, const Constraint *constraint)
{
    const Table *table = (const Table *)constraint->base.parent;
    gboolean reaches_children =
        constraint->type == 'c' || (constraint->type == 'f' && table->type == 'p');
    g_autofree char *name = name_quote(constraint->base.name);
    g_autoptr(GString) sql = g_string_new(NULL);

    if (constraint->type == 'c' && !constraint->is_local)
        return;
    g_string_append_printf(sql, "ALTER TABLE %s%s ADD CONSTRAINT %s ",
                           reaches_children ? "" : "ONLY ", table->base.reference, name);
    append_definition(sql, constraint);
    ddl_add(statements, "%s", sql->str);
}

static void add_index_statistics(GPtrArray *statements, const Index *index)
{
    for (char **target = index->statistics; target && *target; target++)
        ddl_add(statements, "ALTER INDEX %s ALTER COLUMN %.*s SET STATISTICS %s",
                index->base.reference, (int)strcspn(*target, "="), *target,
                *target + strcspn(*target, "=") + 1);
}

/* Nothing in the name may end the comment's line. */
static void add_invalid_index(GPtrArray *statements, const Index *index)
{
    g_autofree char *name = g_strdelimit(g_strdup(index->base.reference), "\r\n", ' ');

    ddl_add(statements, "-- index %s is not valid: it is not made", name);
}

void ddl_index(GPtrArray *statements, const Index *index)
{
    const char *table = index->base.parent->reference;
    g_autofree char *name = name_quote(index->base.name);

    if (!index->is_valid && !index->is_partitioned) {
        add_invalid_index(statements, index);
        return;
    }
    if (!index->is_of_constraint)
        ddl_add(statements, "%s", index->definition);
    if (index->attached_to)
        ddl_add(statements, "ALTER INDEX %s ATTACH PARTITION %s", index->attached_to,
                index->base.reference);
    if (index->is_clustered)
        ddl_add(statements, "ALTER TABLE %s CLUSTER ON %s", table, name);
    if (index->is_replica_identity)
        ddl_add(statements, "ALTER TABLE ONLY %s REPLICA IDENTITY USING INDEX %s", table, name);
    add_index_statistics(statements, index);
}

const char *ddl_enabling(char state)
{
    return state == 'D'   ? "DISABLE"
           : state == 'R' ? "ENABLE REPLICA"
           : state == 'A' ? "ENABLE ALWAYS"
                          : "ENABLE";
}

void ddl_rule(GPtrArray *statements, const Rule *rule)
{
    g_autofree char *name = name_quote(rule->base.name);

    ddl_add(statements, "%s", rule->definition);
    if (rule->enabled != 'O')
        ddl_add(statements, "ALTER TABLE %s %s RULE %s", rule->base.parent->reference,
                ddl_enabling(rule->enabled), name);
}

void ddl_trigger(GPtrArray *statements, const Trigger *trigger)
{
    g_autofree char *name = name_quote(trigger->base.name);

    if (!trigger->is_cloned)
        ddl_add(statements, "%s", trigger->definition);
    if (trigger->is_cloned || trigger->enabled != 'O')
        ddl_add(statements, "ALTER TABLE %s %s TRIGGER %s", trigger->base.parent->reference,
                ddl_enabling(trigger->enabled), name);
}

static const char *command_name(char letter)
{
    return letter == 'r'   ? "SELECT"
           : letter == 'a' ? "INSERT"
           : letter == 'w' ? "UPDATE"
           : letter == 'd' ? "DELETE"
                           : "ALL";
}

void ddl_policy(GPtrArray *statements, const Policy *policy)
{
    g_autofree char *roles = policy->roles ? g_strjoinv(", ", policy->roles) : g_strdup("PUBLIC");
    g_autoptr(GString) sql = g_string_new("CREATE POLICY ");

    g_string_append_printf(sql, "%s AS %s FOR %s TO %s", policy->base.reference,
                           policy->is_permissive ? "PERMISSIVE" : "RESTRICTIVE",
                           command_name(policy->command), roles);
    if (policy->using_clause)
        g_string_append_printf(sql, " USING (%s)", policy->using_clause);
    if (policy->check_clause)
        g_string_append_printf(sql, " WITH CHECK (%s)", policy->check_clause);
    ddl_add(statements, "%s", sql->str);
}

void ddl_statistics(GPtrArray *statements, const Statistics *statistics)
{
    ddl_add(statements, "%s", statistics->definition);
    if (statistics->target >= 0)
        ddl_add(statements, "ALTER STATISTICS %s SET STATISTICS %" G_GINT64_FORMAT,
                statistics->base.reference, statistics->target);
}
