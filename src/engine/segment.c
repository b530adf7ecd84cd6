/* Where a transaction has to end. */
#include "engine/segment.h"

#include <string.h>

#include "base/quote.h"

static const Statement *statement_at(const GPtrArray *statements, guint index)
{
    return g_ptr_array_index(statements, index);
}

/* --- Labels ----------------------------------------------------------------------------------- */

/* A label is used as a literal, also in the body of a function. */
static char *quote_label(const Nature *nature)
{
    g_autofree char *literal = sql_quote_literal(nature->part);

    return g_strdup(strchr(literal, '\''));
}

/* The rows of a COPY may have any label in them, spelt in many ways. */
static gboolean uses_one(const Statement *statement, const GPtrArray *labels)
{
    if (statement->data_line)
        return labels->len > 0;
    for (guint i = 0; i < labels->len; i++)
        if (strstr(statement->sql, g_ptr_array_index(labels, i)))
            return TRUE;
    return FALSE;
}

static gboolean is_used_in(const GPtrArray *statements, guint first, const GPtrArray *labels)
{
    for (guint i = first; i < statements->len; i++)
        if (uses_one(statement_at(statements, i), labels))
            return TRUE;
    return FALSE;
}

/* --- One transaction -------------------------------------------------------------------------- */

static gboolean fits_transaction(const SegmentSource *source, guint index)
{
    const Statement *statement = statement_at(source->statements, index);
    g_autoptr(GPtrArray) labels = NULL;
    g_autoptr(Nature) nature = NULL;

    if (index > 0 && statement->commits_before)
        return FALSE;
    if (!nature_may_matter(statement->sql))
        return TRUE;
    nature = nature_of(statement->sql);
    if (nature->kind != NATURE_LABEL)
        return !nature_runs_alone(nature);
    labels = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(labels, quote_label(nature));
    return !is_used_in(source->statements, index + 1, labels) &&
           !is_used_in(source->checks, 0, labels);
}

gboolean segments_are_one(const SegmentSource *source)
{
    if (source->transaction != TRANSACTION_AUTO)
        return FALSE;
    for (guint i = 0; i < source->statements->len; i++)
        if (!fits_transaction(source, i))
            return FALSE;
    return TRUE;
}

/* --- Several ---------------------------------------------------------------------------------- */

GPtrArray *segments_natures(const SegmentSource *source)
{
    GPtrArray *natures = g_ptr_array_new_with_free_func((GDestroyNotify)nature_free);

    for (guint i = 0; i < source->statements->len; i++)
        g_ptr_array_add(natures, nature_of(statement_at(source->statements, i)->sql));
    return natures;
}

/* Outside a transaction a CALL may commit, and what the grammar does not know may be anything. */
static gboolean runs_by_itself(const SegmentSource *source, const Nature *nature)
{
    if (source->transaction == TRANSACTION_AUTO)
        return nature_runs_alone(nature);
    return nature_runs_alone(nature) || nature->kind == NATURE_COMMITS || nature->is_guessed;
}

typedef struct {
    const SegmentSource *source;
    GArray *segments;
    GPtrArray *labels; /* that the last segment, a transaction, has added */
} Cutting;

/* To be the neighbour of a further label is no use of one. */
static gboolean goes_into_last(const Cutting *cutting, const Statement *statement,
                               const Nature *nature)
{
    const Segment *last = cutting->segments->len ? &g_array_index(cutting->segments, Segment,
                                                                  cutting->segments->len - 1)
                                                 : NULL;

    return last && last->is_transaction && cutting->source->transaction == TRANSACTION_AUTO &&
           !statement->commits_before &&
           (nature->kind == NATURE_LABEL || !uses_one(statement, cutting->labels));
}

static void add_to_transaction(Cutting *cutting, guint index, const Nature *nature)
{
    Segment segment = {index, index + 1, TRUE};

    if (goes_into_last(cutting, statement_at(cutting->source->statements, index), nature)) {
        g_array_index(cutting->segments, Segment, cutting->segments->len - 1).end = index + 1;
        return;
    }
    g_ptr_array_set_size(cutting->labels, 0);
    g_array_append_val(cutting->segments, segment);
}

GArray *segments_make(const SegmentSource *source, const GPtrArray *natures, guint first,
                      gboolean *records_apart)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    GArray *segments = g_array_new(FALSE, FALSE, sizeof(Segment));
    Cutting cutting = {source, segments, labels};

    for (guint i = first; i < source->statements->len; i++) {
        const Nature *nature = g_ptr_array_index(natures, i);

        if (runs_by_itself(source, nature)) {
            Segment segment = {i, i + 1, FALSE};

            g_array_append_val(segments, segment);
            g_ptr_array_set_size(labels, 0);
            continue;
        }
        add_to_transaction(&cutting, i, nature);
        if (nature->kind == NATURE_LABEL)
            g_ptr_array_add(labels, quote_label(nature));
    }
    *records_apart = segments->len == 0 || is_used_in(source->checks, 0, labels) ||
                     !g_array_index(segments, Segment, segments->len - 1).is_transaction;
    return segments;
}
