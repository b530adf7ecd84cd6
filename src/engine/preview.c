/* Plan, files and catalog put together. Drift is judged by following the statements in order: what
 * one of them makes is there for those behind it. */
#include "engine/preview.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "engine/confirm.h"
#include "engine/drift.h"
#include "engine/environment.h"
#include "engine/fence.h"
#include "engine/hold.h"
#include "engine/integrity.h"
#include "engine/recover.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"
#include "engine/stored.h"
#include "revision/section.h"
#include "sql/locks.h"
#include "sql/nature.h"

enum {
    COUNT_MAX = 1000 * 1000,            /* rows that are counted one by one */
    COUNT_WITHIN = 250,                 /* milliseconds for each count */
    COUNTS_WITHIN = 2 * G_USEC_PER_SEC, /* and for all of them */
};

/* --- Freeing ---------------------------------------------------------------------------------- */

static void relation_free(gpointer data)
{
    PreviewRelation *relation = data;

    g_free(relation->name);
    g_free(relation);
}

static void statement_free(gpointer data)
{
    PreviewStatement *statement = data;

    g_free(statement->sql);
    g_ptr_array_unref(statement->relations);
    g_free(statement);
}

static void step_free(gpointer data)
{
    PreviewStep *step = data;

    g_free(step->revision);
    g_free(step->message);
    g_strfreev(step->down_revisions);
    g_free(step->path);
    g_free(step->checksum);
    g_ptr_array_unref(step->statements);
    g_free(step);
}

static void loss_free(gpointer data)
{
    PreviewLoss *loss = data;

    g_free(loss->name);
    g_free(loss);
}

void preview_free(Preview *preview)
{
    if (!preview)
        return;
    g_free(preview->target);
    g_strfreev(preview->from);
    g_strfreev(preview->to);
    g_free(preview->content);
    g_ptr_array_unref(preview->steps);
    g_ptr_array_unref(preview->losses);
    g_ptr_array_unref(preview->drift);
    g_ptr_array_unref(preview->changed);
    if (preview->instances)
        g_ptr_array_unref(preview->instances);
    g_hash_table_unref(preview->relations);
    g_clear_error(&preview->foreign);
    g_clear_error(&preview->held);
    g_clear_error(&preview->half_run);
    g_clear_error(&preview->mismatch);
    g_free(preview);
}

gboolean preview_loss_is_data(const PreviewLoss *loss)
{
    return loss_kind_has_data(loss->kind) && loss->rows != 0;
}

/* --- Looking at the statements ---------------------------------------------------------------- */

/* A column, or what is lost, with the relation that it belongs to. */
typedef struct {
    char *relation;        /* quoted, as a key of Preview.relations */
    char *column;          /* NULL: the relation */
    StatementLoss *loss;   /* borrowed; NULL: only whether it is there matters */
    gboolean is_elsewhere; /* by a search_path that only the run will have */
} Mention;

typedef struct {
    Session *session;
    Preview *preview;
    GPtrArray *losses;      /* the arrays of statement_losses */
    GPtrArray *mentions;    /* Mention *: what is lost */
    GPtrArray *needs;       /* Mention *: what must be there */
    GHashTable *made;       /* quoted relations and columns that the plan itself makes */
    gboolean path_is_moved; /* a statement sets the search_path: bare names say nothing */
    gint64 deadline;        /* for the counts, on clock_monotonic() */
} Look;

static void mention_free(gpointer data)
{
    Mention *mention = data;

    g_free(mention->relation);
    g_free(mention->column);
    g_free(mention);
}

static char *quote(const char *schema, const char *name)
{
    g_autofree char *quoted_name = sql_quote_identifier(name);
    g_autofree char *quoted_schema = schema ? sql_quote_identifier(schema) : NULL;

    return quoted_schema ? g_strconcat(quoted_schema, ".", quoted_name, NULL)
                         : g_steal_pointer(&quoted_name);
}

static char *quote_column(const char *relation, const char *column)
{
    g_autofree char *quoted = sql_quote_identifier(column);

    return g_strconcat(relation, ".", quoted, NULL);
}

static PreviewRelation *get_relation(Preview *preview, const char *schema, const char *name)
{
    g_autofree char *key = quote(schema, name);
    PreviewRelation *relation = g_hash_table_lookup(preview->relations, key);

    if (relation)
        return relation;
    relation = g_new(PreviewRelation, 1);
    *relation = (PreviewRelation){g_strdup(key), -1, -1, FALSE};
    g_hash_table_insert(preview->relations, g_steal_pointer(&key), relation);
    return relation;
}

static Mention *mention(GPtrArray *list, char *relation, const char *column, StatementLoss *loss)
{
    Mention *item = g_new(Mention, 1);

    *item = (Mention){relation, g_strdup(column), loss, FALSE};
    g_ptr_array_add(list, item);
    return item;
}

/* TRUE: it has to be there before the plan begins. */
static gboolean is_needed(const Look *look, const char *schema, const char *relation,
                          const char *column, gboolean may_be_missing)
{
    g_autofree char *key = column ? quote_column(relation, column) : NULL;

    return !may_be_missing && !(look->path_is_moved && !schema) &&
           !g_hash_table_contains(look->made, relation) &&
           !(key && g_hash_table_contains(look->made, key));
}

static void look_at_touches(Look *look, const StatementLocks *locks, PreviewStatement *statement)
{
    for (guint i = 0; i < locks->touches->len; i++) {
        const Touch *touch = g_ptr_array_index(locks->touches, i);
        g_autofree char *key = quote(touch->schema, touch->name);

        if (touch->level != LOCK_NONE || !touch->is_created)
            g_ptr_array_add(statement->relations,
                            get_relation(look->preview, touch->schema, touch->name));
        if (!touch->is_created && is_needed(look, touch->schema, key, NULL, touch->may_be_missing))
            mention(look->needs, g_strdup(key), NULL, NULL);
    }
    for (guint i = 0; i < locks->columns->len; i++) {
        const ColumnTouch *column = g_ptr_array_index(locks->columns, i);
        g_autofree char *key = quote(column->schema, column->relation);

        if (!column->is_created &&
            is_needed(look, column->schema, key, column->column, column->may_be_missing))
            mention(look->needs, g_strdup(key), column->column, NULL);
    }
}

static void remember_made(Look *look, const StatementLocks *locks)
{
    for (guint i = 0; i < locks->touches->len; i++) {
        const Touch *touch = g_ptr_array_index(locks->touches, i);

        if (touch->is_created)
            g_hash_table_add(look->made, quote(touch->schema, touch->name));
    }
    for (guint i = 0; i < locks->columns->len; i++) {
        const ColumnTouch *column = g_ptr_array_index(locks->columns, i);
        g_autofree char *relation = quote(column->schema, column->relation);

        if (column->is_created)
            g_hash_table_add(look->made, quote_column(relation, column->column));
    }
}

/* Its rows are those of one relation. */
static gboolean is_counted(LossKind kind)
{
    return kind == LOSS_TABLE || kind == LOSS_COLUMN || kind == LOSS_ROWS || kind == LOSS_VALUES;
}

static void look_at_losses(Look *look, const char *sql)
{
    GPtrArray *losses = statement_losses(sql);

    g_ptr_array_add(look->losses, losses);
    for (guint i = 0; i < losses->len; i++) {
        StatementLoss *loss = g_ptr_array_index(losses, i);
        g_autofree char *key = quote(loss->schema, loss->name);

        if (g_hash_table_contains(look->made, key))
            continue;
        if (is_counted(loss->kind))
            get_relation(look->preview, loss->schema, loss->name);
        mention(look->mentions, g_steal_pointer(&key), loss->column, loss)->is_elsewhere =
            look->path_is_moved && !loss->schema;
    }
}

static void look_at_nature(Look *look, const char *sql)
{
    g_autoptr(Nature) nature = nature_of(sql);

    look->path_is_moved |= nature->moves_path;
}

static void look_at_statement(Look *look, PreviewStep *step, const Statement *statement)
{
    g_autoptr(StatementLocks) locks = statement_locks(statement->sql);
    PreviewStatement *shown = g_new0(PreviewStatement, 1);

    shown->index = step->statements->len + 1;
    shown->line = statement->line;
    shown->sql = secret_redact(statement->sql);
    shown->lock = lock_level_name(locks->level);
    shown->relations = g_ptr_array_new();
    g_ptr_array_add(step->statements, shown);
    look_at_touches(look, locks, shown);
    look_at_losses(look, statement->sql);
    remember_made(look, locks);
    look_at_nature(look, statement->sql);
}

/* --- Steps ------------------------------------------------------------------------------------ */

static PreviewStep *step_new(const PlanStep *planned, const Section *section,
                             const RevisionBody *body, gboolean is_stored)
{
    const Revision *revision = planned->revision;
    PreviewStep *step = g_new(PreviewStep, 1);

    *step = (PreviewStep){
        .revision = g_strdup(revision->id),
        .message = g_strdup(revision->message),
        .down_revisions = g_strdupv(revision->down_revisions),
        .path = g_strdup(revision->path),
        .is_stored = is_stored,
        .is_transactional = revision->transaction == TRANSACTION_AUTO,
        .is_reversible = revision_body_is_reversible(body),
        .checksum = g_strdup(section->checksum),
        .statements = g_ptr_array_new_with_free_func(statement_free),
    };
    return step;
}

static gboolean look_at_step(Look *look, const PlanStep *planned, Stored *stored, GChecksum *sum,
                             GError **error)
{
    const EngineSettings *settings = look->session->settings;
    const Revision *revision = planned->revision;
    gboolean is_stored = stored && stored_has(stored, revision);
    g_autoptr(RevisionBody) body =
        is_stored ? stored_take_body(stored, revision) : revision_read_body(revision, error);
    g_autoptr(GPtrArray) statements = NULL;
    const Section *section;
    PreviewStep *step;

    if (!body)
        return FALSE;
    section = look->preview->direction == PLAN_UPGRADE ? &body->up : &body->down;
    statements = section_split(section, settings->variables, revision->id, revision->path, error);
    if (!statements)
        return FALSE;
    step = step_new(planned, section, body, is_stored);
    g_ptr_array_add(look->preview->steps, step);
    confirm_add_step(sum, revision, section->checksum);
    for (guint i = 0; i < statements->len; i++) {
        const Statement *statement = g_ptr_array_index(statements, i);

        look_at_statement(look, step, statement);
        confirm_add_statement(sum, statement->sql);
    }
    return TRUE;
}

static gboolean look_at_steps(Look *look, const Plan *plan, Stored *stored, GError **error)
{
    GChecksum *sum = confirm_begin(plan);
    gboolean is_read = TRUE;

    for (guint i = 0; i < plan->steps->len && is_read; i++)
        is_read = look_at_step(look, g_ptr_array_index(plan->steps, i), stored, sum, error);
    look->preview->content = confirm_end(sum);
    return is_read;
}

/* --- The catalog ------------------------------------------------------------------------------ */

static gboolean read_relations(Look *look, GError **error)
{
    g_autofree char *sql = session_expand(look->session, sql_relations);
    g_autofree const char **keys =
        (const char **)g_hash_table_get_keys_as_array(look->preview->relations, NULL);
    g_autofree char *names = text_array_format(keys);
    g_autoptr(Result) result = NULL;

    if (!conn_exec_params(look->session->conn, sql, 1, (const char *[]){names}, &result, error))
        return FALSE;
    for (int i = 0; i < result_rows(result); i++) {
        PreviewRelation *relation = g_hash_table_lookup(look->preview->relations, keys[i]);

        if (!result_boolean(result, i, 0))
            continue;
        relation->is_there = TRUE;
        g_free(relation->name);
        relation->name = g_strdup(result_text(result, i, 1));
        relation->bytes = result_int64(result, i, 2);
        relation->rows = result_int64(result, i, 3);
    }
    return TRUE;
}

static gboolean has_text(const GPtrArray *texts, const char *text)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)texts, text, g_str_equal, NULL);
}

static void add_drift(Preview *preview, const char *relation, const char *column)
{
    const PreviewRelation *known = g_hash_table_lookup(preview->relations, relation);
    const char *name = known ? known->name : relation;
    char *text = column ? g_strconcat(name, ".", column, NULL) : g_strdup(name);

    if (has_text(preview->drift, text))
        g_free(text);
    else
        g_ptr_array_add(preview->drift, text);
}

static gboolean is_there(const Preview *preview, const char *relation)
{
    const PreviewRelation *known = g_hash_table_lookup(preview->relations, relation);

    return known && known->is_there;
}

/* Columns of relations that are there; a relation that is not is said once. */
static gboolean find_drift(Look *look, GError **error)
{
    g_autofree char *sql = session_expand(look->session, sql_columns);
    g_autoptr(GPtrArray) relations = g_ptr_array_new();
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    g_autofree char *relation_texts = NULL;
    g_autofree char *column_texts = NULL;
    g_autoptr(Result) result = NULL;

    for (guint i = 0; i < look->needs->len; i++) {
        const Mention *need = g_ptr_array_index(look->needs, i);

        if (!is_there(look->preview, need->relation)) {
            add_drift(look->preview, need->relation, NULL);
        } else if (need->column) {
            g_ptr_array_add(relations, need->relation);
            g_ptr_array_add(columns, need->column);
        }
    }
    g_ptr_array_add(relations, NULL);
    g_ptr_array_add(columns, NULL);
    relation_texts = text_array_format((const char *const *)relations->pdata);
    column_texts = text_array_format((const char *const *)columns->pdata);
    if (!conn_exec_params(look->session->conn, sql, 2,
                          (const char *[]){relation_texts, column_texts}, &result, error))
        return FALSE;
    for (int i = 0; i < result_rows(result); i++)
        if (!result_boolean(result, i, 0))
            add_drift(look->preview, relations->pdata[i], columns->pdata[i]);
    return TRUE;
}

/* What the SQL needs of a relation and lacks says already that it has changed. */
static gboolean lacks_part_of(const Preview *preview, const char *relation)
{
    g_autofree char *prefix = g_strconcat(relation, ".", NULL);

    for (guint i = 0; i < preview->drift->len; i++)
        if (g_str_has_prefix(preview->drift->pdata[i], prefix))
            return TRUE;
    return FALSE;
}

static GHashTable *relations_there(const Preview *preview)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, preview->relations);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((PreviewRelation *)value)->is_there)
            g_hash_table_add(names, ((PreviewRelation *)value)->name);
    return names;
}

/* By the record of the last run; where that cannot be compared nothing is known to have changed. */
static gboolean find_changed(Look *look, GError **error)
{
    Preview *preview = look->preview;
    g_autoptr(GHashTable) relations = NULL;
    g_autoptr(Drift) drift = NULL;

    if (preview->direction == PLAN_UPGRADE)
        return TRUE;
    relations = relations_there(preview);
    drift = drift_read(look->session, FALSE, error);
    for (guint i = 0; drift && i < drift->objects->len; i++) {
        const DriftObject *object = g_ptr_array_index(drift->objects, i);

        if (drift_object_touches(object, relations) && !lacks_part_of(preview, object->name))
            g_ptr_array_add(preview->changed,
                            g_strdup_printf("%s %s (%s)", object->kind, object->name,
                                            drift_change_name(object->change)));
    }
    return drift != NULL;
}

/* --- Counting --------------------------------------------------------------------------------- */

static char *count_statement(const char *relation, const char *column)
{
    g_autofree char *quoted = column ? sql_quote_identifier(column) : NULL;

    return g_strdup_printf("SELECT count(*) FROM (SELECT FROM %s%s%s%s LIMIT %d) AS counted",
                           relation, quoted ? " WHERE " : "", quoted ? quoted : "",
                           quoted ? " IS NOT NULL" : "", COUNT_MAX + 1);
}

/* FALSE: it takes too long, meets a lock, or the role may not see all rows. That is no error: there
 * is an estimate. */
static gboolean count_rows(Look *look, const char *relation, const char *column, gint64 *rows)
{
    g_autofree char *begin = g_strdup_printf(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = %d; SET LOCAL lock_timeout = %d; "
        "SET LOCAL row_security = off",
        COUNT_WITHIN, COUNT_WITHIN / 2);
    g_autofree char *sql = count_statement(relation, column);
    g_autoptr(Result) result = NULL;
    Conn *conn = look->session->conn;
    gboolean is_counted;

    if (clock_monotonic() > look->deadline)
        return FALSE;
    is_counted = conn_exec(conn, begin, NULL, NULL) && conn_exec(conn, sql, &result, NULL);
    if (conn_is_alive(conn) && conn_in_transaction(conn))
        conn_exec(conn, "ROLLBACK", NULL, NULL);
    if (!is_counted)
        return FALSE;
    *rows = result_int64(result, 0, 0);
    return *rows <= COUNT_MAX;
}

/* A schema or an extension, with all tables that are in it. */
static gboolean holds_tables(LossKind kind)
{
    return kind == LOSS_SCHEMA || kind == LOSS_EXTENSION;
}

static gboolean measure_tables(Look *look, const char *name, PreviewLoss *loss, GError **error)
{
    g_autofree char *sql = session_expand(
        look->session, loss->kind == LOSS_SCHEMA ? sql_schema_rows : sql_extension_rows);
    g_autoptr(Result) result = NULL;

    if (!conn_exec_params(look->session->conn, sql, 1, (const char *[]){name}, &result, error))
        return FALSE;
    loss->is_estimate = result_int64(result, 0, 0) > 0;
    loss->rows = loss->is_estimate ? MAX(result_int64(result, 0, 1), 1) : 0;
    return TRUE;
}

static void measure_rows(Look *look, const Mention *item, PreviewLoss *loss)
{
    const PreviewRelation *relation = g_hash_table_lookup(look->preview->relations, item->relation);
    gint64 rows;

    loss->rows = relation->rows;
    loss->is_estimate = TRUE;
    if (!count_rows(look, relation->name, item->column, &rows))
        return;
    loss->rows = rows;
    loss->is_estimate = item->loss->is_partial && rows > 0;
}

static char *name_loss(const Look *look, const Mention *item)
{
    const PreviewRelation *relation =
        item->is_elsewhere ? NULL : g_hash_table_lookup(look->preview->relations, item->relation);
    const char *name = relation ? relation->name : item->relation;

    return item->column ? g_strconcat(name, ".", item->column, NULL) : g_strdup(name);
}

static gboolean measure(Look *look, const Mention *item, GError **error)
{
    PreviewLoss *loss;
    LossKind kind = item->loss->kind;
    gboolean has_rows = is_counted(kind) && !item->is_elsewhere;
    gboolean is_known = has_rows || holds_tables(kind) || !loss_kind_has_data(kind);
    g_autofree char *name = name_loss(look, item);

    if (has_rows &&
        (!is_there(look->preview, item->relation) || has_text(look->preview->drift, name)))
        return TRUE; /* it is not there: nothing to lose */
    loss = g_new(PreviewLoss, 1);
    *loss = (PreviewLoss){kind, g_steal_pointer(&name), is_known ? 0 : -1, FALSE};
    g_ptr_array_add(look->preview->losses, loss);
    if (has_rows)
        measure_rows(look, item, loss);
    return !holds_tables(kind) || measure_tables(look, item->loss->name, loss, error);
}

static gboolean measure_losses(Look *look, GError **error)
{
    look->deadline = clock_monotonic() + COUNTS_WITHIN;
    for (guint i = 0; i < look->mentions->len; i++)
        if (!measure(look, g_ptr_array_index(look->mentions, i), error))
            return FALSE;
    return conn_is_alive(look->session->conn) ||
           conn_exec(look->session->conn, "SELECT", NULL, error);
}

/* --- The whole -------------------------------------------------------------------------------- */

static gboolean look_at_sql(Session *session, Preview *preview, const Plan *plan, Stored *stored,
                            GError **error)
{
    Look look = {
        .session = session,
        .preview = preview,
        .losses = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref),
        .mentions = g_ptr_array_new_with_free_func(mention_free),
        .needs = g_ptr_array_new_with_free_func(mention_free),
        .made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    gboolean is_done = look_at_steps(&look, plan, stored, error) && read_relations(&look, error) &&
                       find_drift(&look, error) && find_changed(&look, error) &&
                       measure_losses(&look, error);

    g_hash_table_unref(look.made);
    g_ptr_array_unref(look.needs);
    g_ptr_array_unref(look.mentions);
    g_ptr_array_unref(look.losses);
    return is_done;
}

static gboolean look_at_bars(Session *session, const Graph *graph, const DatabaseState *state,
                             const Plan *plan, Preview *preview, GError **error)
{
    g_autoptr(GPtrArray) records = records_read(session, error);
    g_autoptr(Integrity) integrity = NULL;

    if (!records)
        return FALSE;
    environment_require(session, state, NULL, &preview->foreign);
    recover_allows(state, plan, &preview->half_run);
    if (plan->direction == PLAN_UPGRADE)
        hold_require_none(state->hold, graph, &preview->held);
    integrity = integrity_new(graph, (const char *const *)state->heads, records);
    integrity_look_at_files(integrity);
    integrity_require(integrity, &preview->mismatch);
    return TRUE;
}

static Preview *preview_new(const Plan *plan, const char *target)
{
    Preview *preview = g_new0(Preview, 1);

    preview->direction = plan->direction;
    preview->target = g_strdup(target);
    preview->from = g_strdupv(plan->from);
    preview->to = g_strdupv(plan->to);
    preview->steps = g_ptr_array_new_with_free_func(step_free);
    preview->losses = g_ptr_array_new_with_free_func(loss_free);
    preview->drift = g_ptr_array_new_with_free_func(g_free);
    preview->changed = g_ptr_array_new_with_free_func(g_free);
    preview->relations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, relation_free);
    return preview;
}

Preview *preview_make(Session *session, const Graph *graph, PlanDirection direction,
                      const char *target, GError **error)
{
    g_autoptr(DatabaseState) state = session_read_state(session, error);
    const char *const *heads = state ? (const char *const *)state->heads : NULL;
    g_autoptr(Stored) stored = NULL;
    g_autoptr(Plan) plan = NULL;
    g_autoptr(Preview) preview = NULL;

    if (!state)
        return NULL;
    if (direction == PLAN_DOWNGRADE && !(stored = stored_read(session, graph, heads, error)))
        return NULL;
    plan = stored ? plan_downgrade(stored_graph(stored), heads, target, error)
                  : plan_upgrade(graph, heads, target, error);
    if (!plan)
        return NULL;
    preview = preview_new(plan, target);
    preview->instances = stored ? fence_find_in_the_way(session, graph, plan, error)
                                : g_ptr_array_new_with_free_func(instance_free);
    if (!preview->instances || !look_at_bars(session, graph, state, plan, preview, error) ||
        !look_at_sql(session, preview, plan, stored, error))
        return NULL;
    return g_steal_pointer(&preview);
}
