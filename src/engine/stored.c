/* Rows of `applied` as revisions. */
#include "engine/stored.h"

#include <string.h>

#include "base/error.h"
#include "engine/session_private.h"
#include "engine/sql_engine.h"

/* In front of the down section, so that the parser of files reads it. */
#define MARKERS "-- migrate:up\n-- migrate:down\n"
enum { MARKER_LINES = 2 };

typedef enum {
    COLUMN_REVISION,
    COLUMN_UP_CHECKSUM,
    COLUMN_DOWN_CHECKSUM,
    COLUMN_DOWN_SQL,
    COLUMN_MESSAGE,
    COLUMN_DOWN_REVISIONS,
    COLUMN_DEPENDS_ON,
    COLUMN_LABELS,
    COLUMN_IS_TRANSACTIONAL,
} StoredColumn; /* of read_stored.sql */

typedef struct {
    Revision revision;
    RevisionBody *body;   /* NULL: taken */
    gboolean is_withheld; /* it has a down section, with a password in it */
} Row;

struct Stored {
    const Graph *files;
    Graph *graph;         /* NULL: the files alone */
    GPtrArray *revisions; /* Revision *, of the rows */
    GHashTable *rows;     /* id -> Row * */
};

static void row_free(gpointer data)
{
    Row *row = data;

    g_free(row->revision.id);
    g_free(row->revision.message);
    g_strfreev(row->revision.down_revisions);
    g_strfreev(row->revision.depends_on);
    g_strfreev(row->revision.labels);
    g_free(row->revision.path);
    revision_body_free(row->body);
    g_free(row);
}

void stored_free(Stored *stored)
{
    if (!stored)
        return;
    graph_free(stored->graph);
    g_ptr_array_unref(stored->revisions);
    g_hash_table_unref(stored->rows);
    g_free(stored);
}

static RevisionBody *parse_body(const char *down_sql, const char *up_checksum, const char *path,
                                GError **error)
{
    g_autofree char *text =
        down_sql ? g_strconcat(MARKERS, down_sql, "\n", NULL) : g_strdup("-- migrate:up\n");
    RevisionBody *body = revision_parse_body(text, strlen(text), path, error);

    if (!body)
        return NULL;
    if (down_sql)
        body->down.first_line -= MARKER_LINES;
    g_strlcpy(body->up.checksum, up_checksum, sizeof body->up.checksum);
    return body;
}

static Row *row_of(const Session *session, const Result *result, int i, GError **error)
{
    const char *id = result_text(result, i, COLUMN_REVISION);
    const char *down_sql = result_text(result, i, COLUMN_DOWN_SQL);
    g_autofree char *path = g_strdup_printf("%s.applied/%s", session->settings->state_schema, id);
    RevisionBody *body =
        parse_body(down_sql, result_text(result, i, COLUMN_UP_CHECKSUM), path, error);
    Row *row;

    if (!body)
        return NULL;
    row = g_new(Row, 1);
    *row = (Row){.revision = {.id = g_strdup(id),
                              .message = g_strdup(result_text(result, i, COLUMN_MESSAGE)),
                              .doc = (char *)"",
                              .down_revisions = result_text_array(result, i, COLUMN_DOWN_REVISIONS),
                              .depends_on = result_text_array(result, i, COLUMN_DEPENDS_ON),
                              .labels = result_text_array(result, i, COLUMN_LABELS),
                              .create_date = (char *)"",
                              .review = (char *)"",
                              .transaction = result_boolean(result, i, COLUMN_IS_TRANSACTIONAL)
                                                 ? TRANSACTION_AUTO
                                                 : TRANSACTION_NONE,
                              .path = g_steal_pointer(&path)},
                 .body = body,
                 .is_withheld = !down_sql && result_text(result, i, COLUMN_DOWN_CHECKSUM)};
    return row;
}

static gboolean add_rows(Stored *stored, const Session *session, const Result *result,
                         GError **error)
{
    for (int i = 0; i < result_rows(result); i++) {
        Row *row;

        if (graph_find(stored->files, result_text(result, i, COLUMN_REVISION)))
            continue;
        row = row_of(session, result, i, error);
        if (!row)
            return FALSE;
        g_hash_table_insert(stored->rows, row->revision.id, row);
        g_ptr_array_add(stored->revisions, &row->revision);
    }
    return TRUE;
}

static char *format_known(const Graph *files)
{
    g_autoptr(GPtrArray) all = graph_revisions(files);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++)
        g_ptr_array_add(ids, ((const Revision *)g_ptr_array_index(all, i))->id);
    g_ptr_array_add(ids, NULL);
    return text_array_format((const char *const *)ids->pdata);
}

static gboolean read_rows(Stored *stored, Session *session, char *const *unknown, GError **error)
{
    g_autofree char *sql = session_expand(session, sql_read_stored);
    g_autofree char *heads = text_array_format((const char *const *)unknown);
    g_autofree char *known = format_known(stored->files);
    g_autoptr(Result) result = NULL;

    if (!conn_exec_params(session->conn, sql, 2, (const char *[]){heads, known}, &result, error) ||
        !add_rows(stored, session, result, error))
        return FALSE;
    if (stored->revisions->len > 0)
        stored->graph = graph_extend(stored->files, stored->revisions, error);
    return stored->revisions->len == 0 || stored->graph;
}

Stored *stored_read(Session *session, const Graph *files, const char *const *heads, GError **error)
{
    g_auto(GStrv) unknown = graph_unknown(files, heads);
    g_autoptr(Stored) stored = g_new(Stored, 1);

    *stored = (Stored){files, NULL, g_ptr_array_new(),
                       g_hash_table_new_full(g_str_hash, g_str_equal, NULL, row_free)};
    if (unknown[0] && session->has_state && !read_rows(stored, session, unknown, error))
        return NULL;
    return g_steal_pointer(&stored);
}

const Graph *stored_graph(const Stored *stored)
{
    return stored->graph ? stored->graph : stored->files;
}

gboolean stored_has(const Stored *stored, const Revision *revision)
{
    return g_hash_table_contains(stored->rows, revision->id);
}

RevisionBody *stored_take_body(Stored *stored, const Revision *revision)
{
    Row *row = g_hash_table_lookup(stored->rows, revision->id);

    return row ? g_steal_pointer(&row->body) : NULL;
}

static void refuse(const Row *row, GError **error)
{
    const char *id = row->revision.id;

    error_set(error, ERROR_IRREVERSIBLE, "revision %s (%s) cannot be undone without its file: %s",
              id, row->revision.message,
              row->is_withheld ? "the database keeps no section that has a password in it"
                               : "it had no down section, or an empty one, when it was applied");
    error_set_outcome(error, "nothing was changed");
    error_set_hint(error, "install the files that know %s%s", id,
                   row->is_withheld ? "" : ", with a down section that undoes it");
}

gboolean stored_require(const Stored *stored, const Plan *plan, GError **error)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        const Row *row = g_hash_table_lookup(stored->rows, step->revision->id);

        if (!row || revision_body_is_reversible(row->body))
            continue;
        refuse(row, error);
        return FALSE;
    }
    return TRUE;
}
