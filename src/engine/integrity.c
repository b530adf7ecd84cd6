/* Comparing files with records. */
#include "engine/integrity.h"

#include <string.h>

#include "base/error.h"

enum { NAMES_SHOWN_MAX = 10 };

struct Integrity {
    const Graph *graph;
    const GPtrArray *records;
    GHashTable *below_heads;   /* a set of Revision * */
    gboolean trusts_records;   /* a head is unknown: what is below it only the records can tell */
    GHashTable *named_missing; /* ids */
    GPtrArray *mismatches;
    GPtrArray *edited_downs;
};

/* --- A mismatch ---------------------------------------------------------------------------------
 */

void mismatch_free(gpointer data)
{
    Mismatch *mismatch = data;

    g_free(mismatch->revision);
    g_free(mismatch->file_checksum);
    g_free(mismatch->applied_checksum);
    g_free(mismatch->path);
    g_free(mismatch->detail);
    g_free(mismatch);
}

const char *mismatch_kind_name(MismatchKind kind)
{
    static const char *const names[] = {
        [MISMATCH_CHANGED] = "changed",           [MISMATCH_UNREADABLE] = "unreadable",
        [MISMATCH_REPARENTED] = "reparented",     [MISMATCH_MISSING] = "missing",
        [MISMATCH_DOWN_CHANGED] = "down-changed",
    };

    return names[kind];
}

char *mismatch_describe(const Mismatch *mismatch)
{
    const char *id = mismatch->revision;

    switch (mismatch->kind) {
    case MISMATCH_CHANGED:
        return g_strdup_printf("the SQL of revision %s has changed since it was applied", id);
    case MISMATCH_UNREADABLE:
        return g_strdup_printf("the file of revision %s, which is applied, cannot be read", id);
    case MISMATCH_REPARENTED:
        return g_strdup_printf("revision %s does not stand where it was applied: %s", id,
                               mismatch->detail);
    case MISMATCH_MISSING:
        return g_strdup_printf("revision %s is applied, but its file is gone", id);
    case MISMATCH_DOWN_CHANGED:
        break;
    }
    return g_strdup_printf("the down section of revision %s has changed since it was applied", id);
}

static void set_hint(const Mismatch *mismatch, GError **error)
{
    const char *id = mismatch->revision;

    switch (mismatch->kind) {
    case MISMATCH_CHANGED:
        error_set_hint(error,
                       "put the file back as it was, and write the change as a new revision: "
                       "pgsluice revision -m MESSAGE; or, when the database has it already: "
                       "pgsluice repair --accept-checksum %s --reason TEXT",
                       id);
        return;
    case MISMATCH_UNREADABLE:
        error_set_hint(error, "pgsluice check says what is wrong with it");
        return;
    case MISMATCH_REPARENTED:
        error_set_hint(error,
                       "put its header back, and let new revisions follow the heads; or, when the "
                       "database is as the files say: pgsluice repair --accept-checksum %s "
                       "--reason TEXT",
                       id);
        return;
    case MISMATCH_MISSING:
        error_set_hint(error,
                       "put the file of %s back; or accept the revisions that were applied on it, "
                       "as they are now, with pgsluice repair --accept-checksum",
                       id);
        return;
    case MISMATCH_DOWN_CHANGED:
        error_set_hint(error,
                       "a downgrade runs what the file says now; when it is right: pgsluice "
                       "repair --accept-checksum %s --reason TEXT",
                       id);
    }
}

GError *mismatch_error(const Mismatch *mismatch)
{
    g_autofree char *text = mismatch_describe(mismatch);
    GError *error = NULL;

    error_set(&error, ERROR_MISMATCH, "%s", text);
    if (*mismatch->path) {
        ErrorSite site = {.path = mismatch->path};

        error_set_site(&error, &site);
    }
    set_hint(mismatch, &error);
    return error;
}

static void add_mismatch(GPtrArray *list, MismatchKind kind, const Revision *revision,
                         const char *now, const char *then, char *detail)
{
    Mismatch *mismatch = g_new(Mismatch, 1);

    *mismatch = (Mismatch){kind,           g_strdup(revision->id),   g_strdup(now),
                           g_strdup(then), g_strdup(revision->path), detail};
    g_ptr_array_add(list, mismatch);
}

/* --- Order --------------------------------------------------------------------------------------
 */

static gboolean is_applied(const Integrity *integrity, const Revision *revision)
{
    return g_hash_table_contains(integrity->below_heads, revision) ||
           (integrity->trusts_records && records_find(integrity->records, revision->id));
}

/* What an id or a label names in the files; NULL: nothing. */
static const Revision *resolve(const Graph *graph, const char *name)
{
    const Revision *revision = graph_find(graph, name);
    g_autoptr(GPtrArray) all = NULL;

    if (revision)
        return revision;
    all = graph_revisions(graph);
    for (guint i = 0; i < all->len; i++) {
        revision = g_ptr_array_index(all, i);
        if (g_strv_contains((const char *const *)revision->labels, name))
            return revision;
    }
    return NULL;
}

static gboolean is_same_set(char *const *left, char *const *right)
{
    if (g_strv_length((char **)left) != g_strv_length((char **)right))
        return FALSE;
    for (; *left; left++)
        if (!g_strv_contains((const char *const *)right, *left))
            return FALSE;
    return TRUE;
}

static GPtrArray *resolve_all(const Graph *graph, char *const *names)
{
    GPtrArray *revisions = g_ptr_array_new();

    for (; *names; names++)
        g_ptr_array_add(revisions, (gpointer)resolve(graph, *names));
    return revisions;
}

/* A label may have become the id that it names, or the other way round. */
static gboolean has_same_dependencies(const Graph *graph, const Record *record,
                                      const Revision *revision)
{
    g_autoptr(GPtrArray) then = NULL;
    g_autoptr(GPtrArray) now = NULL;

    if (is_same_set(record->depends_on, revision->depends_on))
        return TRUE;
    then = resolve_all(graph, record->depends_on);
    now = resolve_all(graph, revision->depends_on);
    if (then->len != now->len)
        return FALSE;
    for (guint i = 0; i < now->len; i++)
        if (!g_ptr_array_find(then, now->pdata[i], NULL))
            return FALSE;
    return TRUE;
}

static char *describe_place(char *const *down_revisions, char *const *depends_on)
{
    g_autofree char *downs = g_strjoinv(", ", (char **)down_revisions);
    g_autofree char *dependencies = g_strjoinv(", ", (char **)depends_on);

    return g_strdup_printf("%s%s%s", *downs ? downs : "<base>", *dependencies ? " with " : "",
                           dependencies);
}

static gboolean stood_on(const Record *record, const Revision *parent)
{
    return g_strv_contains((const char *const *)record->down_revisions, parent->id) ||
           g_strv_contains((const char *const *)record->depends_on, parent->id);
}

/* What counts as applied now only because `revision` was put on top of it. Not what it stood on
 * before: another tool may have applied that, without a record. */
static GPtrArray *find_smuggled(const Integrity *integrity, const Record *record,
                                const Revision *revision)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) todo = g_ptr_array_new();
    GPtrArray *smuggled = g_ptr_array_new();

    g_ptr_array_add(todo, (gpointer)revision);
    while (todo->len > 0) {
        const Revision *next = g_ptr_array_steal_index(todo, todo->len - 1);
        g_autoptr(GPtrArray) below = resolve_all(integrity->graph, next->down_revisions);

        g_ptr_array_extend_and_steal(below, resolve_all(integrity->graph, next->depends_on));
        for (guint i = 0; i < below->len; i++) {
            const Revision *parent = g_ptr_array_index(below, i);

            if (records_find(integrity->records, parent->id) || stood_on(record, parent) ||
                !g_hash_table_add(seen, (gpointer)parent))
                continue;
            g_ptr_array_add(smuggled, parent->id);
            g_ptr_array_add(todo, (gpointer)parent);
        }
    }
    return smuggled;
}

static void describe_smuggled(GString *text, const GPtrArray *ids)
{
    for (guint i = 0; i < ids->len && i < NAMES_SHOWN_MAX; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "; not recorded as applied: ",
                               (const char *)g_ptr_array_index(ids, i));
    if (ids->len > NAMES_SHOWN_MAX)
        g_string_append_printf(text, " and %u more", ids->len - NAMES_SHOWN_MAX);
}

static char *describe_order(const Integrity *integrity, const Record *record,
                            const Revision *revision)
{
    g_autofree char *then = describe_place(record->down_revisions, record->depends_on);
    g_autofree char *now = describe_place(revision->down_revisions, revision->depends_on);
    g_autoptr(GPtrArray) smuggled = find_smuggled(integrity, record, revision);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "it was applied on %s, and its file says %s", then, now);
    describe_smuggled(text, smuggled);
    return g_string_free(text, FALSE);
}

static void find_missing(Integrity *integrity, char *const *names)
{
    for (; *names; names++) {
        const Record *record = records_find(integrity->records, *names);
        Revision gone = {.id = *names, .path = (char *)""};

        if (resolve(integrity->graph, *names) ||
            !g_hash_table_add(integrity->named_missing, g_strdup(*names)))
            continue;
        add_mismatch(integrity->mismatches, MISMATCH_MISSING, &gone, "",
                     record ? record->up_checksum : "", NULL);
        if (record) {
            find_missing(integrity, record->down_revisions);
            find_missing(integrity, record->depends_on);
        }
    }
}

static void compare_order(Integrity *integrity, const Revision *revision)
{
    const Record *record = records_find(integrity->records, revision->id);

    if (is_same_set(record->down_revisions, revision->down_revisions) &&
        has_same_dependencies(integrity->graph, record, revision))
        return;
    add_mismatch(integrity->mismatches, MISMATCH_REPARENTED, revision, "", record->up_checksum,
                 describe_order(integrity, record, revision));
    find_missing(integrity, record->down_revisions);
    find_missing(integrity, record->depends_on);
}

Integrity *integrity_new(const Graph *graph, const char *const *heads, const GPtrArray *records)
{
    Integrity *integrity = g_new(Integrity, 1);
    g_auto(GStrv) unknown = graph_unknown(graph, heads);
    g_autoptr(GPtrArray) all = graph_revisions(graph);

    *integrity = (Integrity){
        .graph = graph,
        .records = records,
        .below_heads = graph_applied(graph, heads),
        .trusts_records = unknown[0] != NULL,
        .named_missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .mismatches = g_ptr_array_new_with_free_func(mismatch_free),
        .edited_downs = g_ptr_array_new_with_free_func(mismatch_free),
    };
    for (guint i = 0; i < all->len; i++)
        if (integrity_wants(integrity, g_ptr_array_index(all, i)))
            compare_order(integrity, g_ptr_array_index(all, i));
    return integrity;
}

void integrity_free(Integrity *integrity)
{
    if (!integrity)
        return;
    g_hash_table_unref(integrity->below_heads);
    g_hash_table_unref(integrity->named_missing);
    g_ptr_array_unref(integrity->mismatches);
    g_ptr_array_unref(integrity->edited_downs);
    g_free(integrity);
}

/* --- Bodies -------------------------------------------------------------------------------------
 */

gboolean integrity_wants(const Integrity *integrity, const Revision *revision)
{
    return integrity->records->len > 0 && is_applied(integrity, revision) &&
           records_find(integrity->records, revision->id);
}

void integrity_look(Integrity *integrity, const Revision *revision, const RevisionBody *body)
{
    const Record *record = records_find(integrity->records, revision->id);

    if (!record || !is_applied(integrity, revision))
        return;
    if (!body)
        add_mismatch(integrity->mismatches, MISMATCH_UNREADABLE, revision, "", record->up_checksum,
                     NULL);
    else if (!g_str_equal(body->up.checksum, record->up_checksum))
        add_mismatch(integrity->mismatches, MISMATCH_CHANGED, revision, body->up.checksum,
                     record->up_checksum, NULL);
    if (body && !g_str_equal(body->down.checksum, record->down_checksum))
        add_mismatch(integrity->edited_downs, MISMATCH_DOWN_CHANGED, revision, body->down.checksum,
                     record->down_checksum, NULL);
}

void integrity_look_at_files(Integrity *integrity)
{
    g_autoptr(GPtrArray) all = graph_revisions(integrity->graph);

    for (guint i = 0; i < all->len; i++) {
        const Revision *revision = g_ptr_array_index(all, i);
        g_autoptr(RevisionBody) body = NULL;

        if (!integrity_wants(integrity, revision))
            continue;
        body = revision_read_body(revision, NULL);
        integrity_look(integrity, revision, body);
    }
}

/* --- Answers ------------------------------------------------------------------------------------
 */

const GPtrArray *integrity_mismatches(const Integrity *integrity)
{
    return integrity->mismatches;
}

const GPtrArray *integrity_edited_downs(const Integrity *integrity)
{
    return integrity->edited_downs;
}

void integrity_take(Integrity *integrity, GPtrArray **mismatches, GPtrArray **edited_downs)
{
    *mismatches = integrity->mismatches;
    *edited_downs = integrity->edited_downs;
    integrity->mismatches = g_ptr_array_new_with_free_func(mismatch_free);
    integrity->edited_downs = g_ptr_array_new_with_free_func(mismatch_free);
}

gboolean integrity_require(const Integrity *integrity, GError **error)
{
    guint count = integrity->mismatches->len;
    GError *reason;

    if (count == 0)
        return TRUE;
    reason = mismatch_error(g_ptr_array_index(integrity->mismatches, 0));
    if (count > 1)
        g_prefix_error(&reason,
                       "%u applied revisions are not as the files have them; the first: ", count);
    error_set_outcome(&reason, "nothing was changed");
    if (count > 1)
        error_set_hint(&reason, "pgsluice verify lists all of them, and what to do about each");
    g_propagate_error(error, reason);
    return FALSE;
}
