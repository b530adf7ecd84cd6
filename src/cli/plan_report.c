/* From the plan document to lines. */
#include "cli/plan_report.h"

#include <string.h>

#include "base/error.h"
#include "cli/format.h"
#include "client/line.h"

enum {
    SQL_LINES_MAX = 30, /* of a statement */
    SQL_BYTES_MAX = 4096,
    STATEMENTS_MAX = 50, /* of a step */
};

static void add(GString *text, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void add(GString *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(text, format, args);
    va_end(args);
}

/* A name of the daemon's, on one line. */
static void add_name(GString *text, const char *before, const char *name)
{
    g_autofree char *line = name ? line_of(name, LINE_MAX_NAME) : NULL;

    if (line && *line)
        add(text, "%s%s", before, line);
}

char *plan_report_target(const RemotePlan *plan)
{
    return plan->to[0] ? g_strjoinv(",", (char **)plan->to) : g_strdup("base");
}

static char *describe_count(gint64 count, const char *one, const char *many)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s", count, count == 1 ? one : many);
}

/* --- Steps ------------------------------------------------------------------------------------ */

static void add_sql(GString *text, const char *sql)
{
    g_auto(GStrv) lines = g_strsplit(sql, "\n", SQL_LINES_MAX + 1);
    gsize written = 0;

    for (guint i = 0; lines[i]; i++) {
        gsize left = SQL_BYTES_MAX - MIN(written, SQL_BYTES_MAX);
        g_autofree char *line = g_utf8_make_valid(lines[i], -1);

        if (i == SQL_LINES_MAX || left == 0) {
            add(text, "        ... (%" G_GSIZE_FORMAT " bytes in all)\n", strlen(sql));
            return;
        }
        g_strdelimit(line, "\r\v\f", ' ');
        if (strlen(line) > left) {
            g_autofree char *cut = line_of(line, left);

            g_free(line);
            line = g_steal_pointer(&cut);
        }
        add(text, "        %s\n", line);
        written += strlen(line);
    }
}

/* "8.0 KiB", with a blank that a terminal can show. */
static char *describe_size(gint64 bytes)
{
    g_autofree char *size = g_format_size_full((guint64)bytes, G_FORMAT_SIZE_IEC_UNITS);
    g_auto(GStrv) parts = g_strsplit(size, "\302\240", -1);

    return g_strjoinv(" ", parts);
}

/* With as much of its size as is known. */
static void add_relation(GString *text, const RemoteRelation *relation)
{
    g_autofree char *rows = describe_count(relation->rows, "row", "rows");
    g_autofree char *size = describe_size(MAX(relation->bytes, 0));

    add_name(text, "", relation->name);
    if (relation->rows >= 0 && relation->bytes >= 0)
        add(text, " (%s, %s)", rows, size);
    else if (relation->rows >= 0 || relation->bytes >= 0)
        add(text, " (%s)", relation->rows >= 0 ? rows : size);
}

/* "AccessExclusiveLock on public.usage_logs (45 rows, 8.0 KiB)" */
static void add_lock(GString *text, const RemoteStatement *statement)
{
    if (!statement->lock && statement->relation_count == 0)
        return;
    add(text, "        --");
    add_name(text, " ", statement->lock);
    for (gsize i = 0; i < statement->relation_count; i++) {
        add(text, "%s", i > 0 ? ", " : statement->lock ? " on " : " ");
        add_relation(text, &statement->relations[i]);
    }
    add(text, "\n");
}

static void add_step(GString *text, const RemotePlan *plan, gsize number)
{
    const RemoteStep *step = &plan->steps[number];
    g_autofree char *down = format_ids(step->down_revisions, "<base>");

    add(text, "%4" G_GSIZE_FORMAT ".", number + 1);
    add_name(text, " ", plan->direction);
    add_name(text, " ", step->revision);
    add_name(text, g_str_equal(plan->direction, "upgrade") ? " on " : " -> ", down);
    add_name(text, ", ", step->message);
    add(text, "\n      ");
    if (step->is_from_database)
        add(text, "as the database has recorded it");
    else
        add_name(text, "", step->path);
    add(text, "%s\n", step->is_transactional ? "" : " (not in one transaction)");
    for (gsize i = 0; i < MIN(step->statement_count, STATEMENTS_MAX); i++) {
        add_sql(text, step->statements[i].sql);
        add_lock(text, &step->statements[i]);
    }
    if (step->statement_count > STATEMENTS_MAX)
        add(text, "        ... (%" G_GSIZE_FORMAT " statements in all)\n", step->statement_count);
    else if (step->statement_count == 0)
        add(text, "        -- nothing to run\n");
}

static void add_head(GString *text, const RemotePlan *plan)
{
    g_autofree char *from = format_ids(plan->from, "<base>");
    g_autofree char *to = format_ids(plan->to, "<base>");
    g_autofree char *steps = format_count((guint)plan->step_count, "step");

    add(text, "%s", steps);
    add_name(text, " from ", from);
    add(text, " to %s:\n", to);
}

/* --- What it costs ---------------------------------------------------------------------------- */

static void add_losses(GString *text, const RemotePlan *plan)
{
    if (plan->loss_count > 0)
        add(text, "\nWhat is lost:\n");
    for (gsize i = 0; i < plan->loss_count; i++) {
        const RemoteLoss *loss = &plan->losses[i];
        g_autofree char *rows = describe_count(loss->rows, "row", "rows");

        add_name(text, "   ", loss->kind);
        add_name(text, " ", loss->name);
        if (loss->rows >= 0)
            add(text, ": %s%s", loss->is_estimate ? "about " : "", rows);
        add(text, "\n");
    }
}

static void add_irreversible(GString *text, const RemotePlan *plan)
{
    if (plan->irreversible_count > 0)
        add(text, "\nWhat cannot be undone:\n");
    for (gsize i = 0; i < plan->irreversible_count; i++) {
        add_name(text, "   ", plan->irreversible[i].revision);
        add_name(text, ", ", plan->irreversible[i].message);
        add(text, "\n");
    }
}

static void add_instances(GString *text, const RemotePlan *plan)
{
    if (plan->instance_count > 0)
        add(text, "\nWhat runs now and would break:\n");
    for (gsize i = 0; i < plan->instance_count; i++) {
        const RemoteInstance *instance = &plan->instances[i];

        add_name(text, "   ", instance->instance);
        add_name(text, " on ", instance->host);
        add_name(text, ", version ", instance->version);
        add_name(text, ", needs ", instance->required_revision);
        add_name(text, ", since ", instance->since);
        add(text, "\n");
    }
}

static void add_refusals(GString *text, const RemotePlan *plan)
{
    if (plan->refusal_count > 0)
        add(text, "\nWhat stands in the way now:\n");
    for (gsize i = 0; i < plan->refusal_count; i++) {
        const GError *refusal = plan->refusals[i].error;

        add(text, "   %s\n", refusal->message);
        if (error_hint(refusal))
            add(text, "     next: %s\n", error_hint(refusal));
    }
}

char *plan_report(const RemotePlan *plan)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (plan->step_count == 0) {
        g_autofree char *at = format_ids(plan->from, "<base>");

        add_name(text, "Nothing to do: the database is at ", at);
        add(text, "\n");
    } else {
        add_head(text, plan);
        for (gsize i = 0; i < plan->step_count; i++)
            add_step(text, plan, i);
    }
    add_losses(text, plan);
    add_irreversible(text, plan);
    add_instances(text, plan);
    add_refusals(text, plan);
    add(text, "\nDigest: %s", plan->digest);
    add_name(text, ", valid until ", plan->expires_at);
    add(text, "\n");
    return g_string_free(g_steal_pointer(&text), FALSE);
}
