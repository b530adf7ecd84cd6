/* One scratch database after the other, each made and read in the same way. */
#include "engine/workbench.h"

#include <string.h>

#include "base/error.h"
#include "engine/baseline.h"
#include "engine/migrate.h"
#include "engine/session_private.h"
#include "schema/fingerprint.h"
#include "schema/textdiff.h"

enum { DIFFERENCES_MAX = 10 };

struct Workbench {
    Session *target;
    Catalog *live;
    Scratch *scratch;           /* NULL: not needed yet */
    Surroundings *surroundings; /* the same */
};

/* Of the database of a scratch_url the mark. */
static gboolean is_nobodys(const Object *object, gconstpointer data)
{
    return baseline_is_made_at_run_time(object) ||
           (object->kind == KIND_SCHEMA && strcmp(object->name, "pgsluice_scratch") == 0);
}

Catalog *workbench_read(Session *session, GError **error)
{
    Catalog *catalog = introspect_catalog(session, NULL, error);

    if (!catalog)
        return NULL;
    catalog_leave_out(catalog, is_nobodys, NULL);
    catalog_forget_owner(catalog, session->facts.role);
    return catalog;
}

Workbench *workbench_open(Session *target, GError **error)
{
    Catalog *live = workbench_read(target, error);
    Workbench *workbench;

    if (!live)
        return NULL;
    workbench = g_new0(Workbench, 1);
    workbench->target = target;
    workbench->live = live;
    return workbench;
}

void workbench_close(Workbench *workbench)
{
    if (!workbench)
        return;
    scratch_close(workbench->scratch);
    surroundings_free(workbench->surroundings);
    catalog_free(workbench->live);
    g_free(workbench);
}

Catalog *workbench_live(const Workbench *workbench)
{
    return workbench->live;
}

/* --- Making ----------------------------------------------------------------------------------- */

static gboolean open_scratch(Workbench *workbench, GError **error)
{
    if (workbench->scratch)
        return TRUE;
    workbench->scratch = scratch_open(workbench->target, error);
    if (!workbench->scratch)
        return FALSE;
    workbench->surroundings = surroundings_read(workbench->target, workbench->live, error);
    return workbench->surroundings != NULL;
}

/* An empty database with the target's surroundings. */
static Session *renew(Workbench *workbench, GError **error)
{
    Session *session =
        open_scratch(workbench, error) ? scratch_renew(workbench->scratch, error) : NULL;

    return session && surroundings_make(workbench->surroundings, session, error) ? session : NULL;
}

Catalog *workbench_read_models(Workbench *workbench, const Models *models, Findings *findings,
                               GError **error)
{
    Session *session = renew(workbench, error);
    Catalog *catalog;

    if (!session || !surroundings_apply(workbench->surroundings, session, error) ||
        !models_load(models, session, findings, error) || !findings_are_empty(findings))
        return NULL;
    catalog = workbench_read(session, error);
    if (catalog)
        catalog_take_owners(catalog, workbench->live, session->facts.role);
    return catalog;
}

Catalog *workbench_read_revisions(Workbench *workbench, const Graph *graph, const char *target,
                                  GError **error)
{
    const MigrateOptions options = {.target = target};
    g_auto(MigrateResult) result = {0};
    Session *session = renew(workbench, error);
    Catalog *catalog;

    if (!session || !surroundings_apply(workbench->surroundings, session, error))
        return NULL;
    if (!g_str_equal(target, "base") &&
        !migrate_upgrade(session, graph, &options, NULL, &result, error)) {
        g_prefix_error(error, "applying the revision files to a scratch database: ");
        return NULL;
    }
    catalog = workbench_read(session, error);
    if (catalog)
        catalog_take_owners(catalog, workbench->live, session->facts.role);
    return catalog;
}

static gboolean require_same(const Session *session, const Catalog *wanted, Catalog *made,
                             GError **error)
{
    DdlFlags flags = surroundings_flags(session);
    g_autoptr(FingerprintSet) left = fingerprints_of(wanted, flags);
    g_autoptr(FingerprintSet) right = fingerprints_of(made, flags);
    g_autoptr(GPtrArray) changes = fingerprints_compare(left, right);
    const FingerprintChange *first = changes->len ? changes->pdata[0] : NULL;

    if (!first)
        return TRUE;
    error_set(error, ERROR_REFUSED,
              "the schema cannot be made again in a scratch database as it is: %s%s",
              first->identity,
              changes->len > 1 ? " and others come out otherwise" : " comes out otherwise");
    error_set_hint(error, "an index that is not valid, for one, must be built again or dropped; "
                          "what cannot be copied can be left alone: migrations.exclude");
    return FALSE;
}

Session *workbench_make(Workbench *workbench, const Catalog *catalog, GError **error)
{
    Session *session = renew(workbench, error);
    g_autoptr(Catalog) made = NULL;

    if (!session || !schema_make(catalog, session, error))
        return NULL;
    made = workbench_read(session, error);
    if (made)
        catalog_take_owners(made, catalog, session->facts.role);
    return made && require_same(session, catalog, made, error) &&
                   surroundings_complete(workbench->surroundings, session, error)
               ? session
               : NULL;
}

/* --- Comparing -------------------------------------------------------------------------------- */

static char *text_of(const Catalog *catalog, const char *identity, DdlFlags flags)
{
    const Object *object = catalog_find(catalog, identity);

    return object ? ddl_text(object, flags) : NULL;
}

static char *describe_changes(const GPtrArray *changes, const Catalog *left, const Catalog *right,
                              DdlFlags flags)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < MIN(changes->len, DIFFERENCES_MAX); i++) {
        const FingerprintChange *change = changes->pdata[i];
        g_autofree char *old = text_of(left, change->identity, flags);
        g_autofree char *new = text_of(right, change->identity, flags);
        g_autofree char *difference = textdiff(old, new);

        g_string_append_printf(text, "%s\n%s", change->identity, difference);
    }
    if (changes->len > DIFFERENCES_MAX)
        g_string_append_printf(text, "and %u more objects\n", changes->len - DIFFERENCES_MAX);
    return g_string_free(text, FALSE);
}

char *workbench_compare(Catalog *left, Catalog *right, DdlFlags flags)
{
    g_autoptr(FingerprintSet) lefts = NULL;
    g_autoptr(FingerprintSet) rights = NULL;
    g_autoptr(GPtrArray) changes = NULL;
    char *text = NULL;

    catalog_sort_columns(left, COLUMNS_BY_NAME);
    catalog_sort_columns(right, COLUMNS_BY_NAME);
    lefts = fingerprints_of(left, flags);
    rights = fingerprints_of(right, flags);
    changes = fingerprints_compare(lefts, rights);
    if (changes->len)
        text = describe_changes(changes, left, right, flags);
    catalog_sort_columns(left, COLUMNS_BY_POSITION);
    catalog_sort_columns(right, COLUMNS_BY_POSITION);
    return text;
}
