/* Guards and confirmations: facts in, refusals out. */
#include "engine/guards.h"

#include <string.h>

#include "base/error.h"
#include "engine/confirm.h"

enum { WITHIN = 600 };
static const gint64 now = 1000 * 1000 * 1000;

/* A preview of one step that loses `rows` rows; the caller's. */
static Preview *make_preview(gboolean is_reversible, gint64 rows)
{
    Preview *preview = g_new0(Preview, 1);
    PreviewStep *step = g_new0(PreviewStep, 1);
    PreviewLoss *loss = g_new0(PreviewLoss, 1);

    preview->direction = PLAN_DOWNGRADE;
    preview->target = g_strdup("-1");
    preview->from = g_strsplit("b", ",", 0);
    preview->to = g_strsplit("a", ",", 0);
    preview->content = g_strdup("content");
    preview->steps = g_ptr_array_new_with_free_func(g_free);
    preview->losses = g_ptr_array_new_with_free_func(g_free);
    preview->drift = g_ptr_array_new_with_free_func(g_free);
    preview->changed = g_ptr_array_new_with_free_func(g_free);
    preview->instances = g_ptr_array_new_with_free_func(instance_free);
    preview->relations = g_hash_table_new(g_str_hash, g_str_equal);
    step->revision = (char *)"b";
    step->is_reversible = is_reversible;
    loss->kind = LOSS_TABLE;
    loss->name = (char *)"public.t";
    loss->rows = rows;
    g_ptr_array_add(preview->steps, step);
    g_ptr_array_add(preview->losses, loss);
    return preview;
}

static void assert_first(const GuardFacts *facts, Guard expected)
{
    g_autoptr(Refusal) refusal = guards_ask(facts, 0, GUARD_COUNT - 1);

    g_assert_cmpint(refusal ? refusal->guard : GUARD_COUNT, ==, expected);
    if (refusal) {
        g_assert_nonnull(refusal->detail);
        g_assert_nonnull(refusal->hint);
    }
}

/* Everything is wrong at first; each thing that is put right uncovers the guard behind it. */
static void test_order(void)
{
    g_autoptr(Preview) preview = make_preview(FALSE, 7);
    GuardFacts facts = {.direction = PLAN_DOWNGRADE,
                        .preview = preview,
                        .max_steps = 0,
                        .now = now,
                        .confirm_within = WITHIN,
                        .holder = "somebody"};
    Instance *instance = g_new0(Instance, 1);
    gint64 expires_at;
    g_autofree char *digest = confirm_issue("content", now, WITHIN, &expires_at);

    instance->name = g_strdup("web1:1");
    g_ptr_array_add(preview->instances, instance);
    g_ptr_array_add(preview->drift, g_strdup("public.u"));
    error_set(&preview->foreign, ERROR_REFUSED, "foreign");
    error_set_hint(&preview->foreign, "hint");
    error_set(&preview->half_run, ERROR_REFUSED, "half-run");
    error_set_hint(&preview->half_run, "hint");
    error_set(&preview->mismatch, ERROR_MISMATCH, "mismatch");
    error_set_hint(&preview->mismatch, "hint");

    assert_first(&facts, GUARD_DISABLED);
    facts.is_enabled = TRUE;
    assert_first(&facts, GUARD_NOT_CONTROLLED);
    facts.is_controlled = TRUE;
    assert_first(&facts, GUARD_NO_PRECONDITION);
    facts.if_match = "\"x\"";
    assert_first(&facts, GUARD_PRECONDITION);
    facts.matches = TRUE;
    assert_first(&facts, GUARD_FOREIGN);
    g_clear_error(&preview->foreign);
    assert_first(&facts, GUARD_STEPS);
    facts.max_steps = 1;
    assert_first(&facts, GUARD_HALF_RUN);
    g_clear_error(&preview->half_run);
    assert_first(&facts, GUARD_IRREVERSIBLE);
    ((PreviewStep *)preview->steps->pdata[0])->is_reversible = TRUE;
    assert_first(&facts, GUARD_CHECKSUM);
    g_clear_error(&preview->mismatch);
    assert_first(&facts, GUARD_DRIFT);
    g_ptr_array_set_size(preview->drift, 0);
    g_ptr_array_add(preview->changed, g_strdup("table public.u (changed)"));
    assert_first(&facts, GUARD_DRIFT);
    facts.accepts_drift = TRUE;
    assert_first(&facts, GUARD_DATA_LOSS);
    facts.accepts_data_loss = TRUE;
    assert_first(&facts, GUARD_DIGEST);
    facts.confirm = digest;
    assert_first(&facts, GUARD_BUSY);
    facts.holder = NULL;
    assert_first(&facts, GUARD_INSTANCES);
    g_ptr_array_set_size(preview->instances, 0);
    assert_first(&facts, GUARD_COUNT);
}

static void test_target(void)
{
    g_autoptr(Preview) preview = make_preview(TRUE, 0);
    g_autoptr(GError) error = NULL;
    GuardFacts facts = {.is_enabled = TRUE, .is_controlled = TRUE, .if_match = "", .matches = TRUE};

    error_set(&error, ERROR_UNKNOWN_REVISION, "no such");
    error_set_hint(&error, "hint");
    facts.target_error = error;
    assert_first(&facts, GUARD_TARGET);
    facts.target_error = NULL;
    facts.preview = preview;
    g_ptr_array_set_size(preview->steps, 0);
    assert_first(&facts, GUARD_TARGET);
}

/* An empty table is no loss; one of which nobody knows the size is. */
static void test_rows(void)
{
    static const struct {
        gint64 rows;
        gboolean is_refused;
    } rows[] = {{0, FALSE}, {1, TRUE}, {-1, TRUE}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Preview) preview = make_preview(TRUE, rows[i].rows);
        GuardFacts facts = {.direction = PLAN_DOWNGRADE, .preview = preview};
        g_autoptr(Refusal) refusal = guards_ask(&facts, GUARD_DATA_LOSS, GUARD_DATA_LOSS);

        g_assert_cmpint(refusal != NULL, ==, rows[i].is_refused);
    }
}

static void test_foreseen(void)
{
    g_autoptr(Preview) preview = make_preview(FALSE, 1);
    GuardFacts facts = {.direction = PLAN_DOWNGRADE, .preview = preview, .max_steps = 1};
    g_autoptr(GPtrArray) refusals = guards_foresee(&facts);

    g_assert_cmpuint(refusals->len, ==, 4);
    g_assert_cmpint(((Refusal *)refusals->pdata[0])->guard, ==, GUARD_DISABLED);
    g_assert_cmpint(((Refusal *)refusals->pdata[1])->guard, ==, GUARD_NOT_CONTROLLED);
    g_assert_cmpint(((Refusal *)refusals->pdata[2])->guard, ==, GUARD_IRREVERSIBLE);
    g_assert_cmpint(((Refusal *)refusals->pdata[3])->guard, ==, GUARD_DATA_LOSS);
}

static void test_confirmation(void)
{
    gint64 expires_at;
    g_autofree char *digest = confirm_issue("content", now, WITHIN, &expires_at);

    g_assert_cmpuint(strlen(digest), ==, CONFIRM_LENGTH);
    g_assert_cmpint(expires_at, >, now + WITHIN * 9 / 10 - 1);
    g_assert_cmpint(expires_at, <=, now + WITHIN);
    g_assert_cmpint(confirm_check("content", digest, now, WITHIN), ==, CONFIRM_GOOD);
    g_assert_cmpint(confirm_check("content", digest, expires_at - 1, WITHIN), ==, CONFIRM_GOOD);
    g_assert_cmpint(confirm_check("content", digest, expires_at, WITHIN), ==, CONFIRM_EXPIRED);
    g_assert_cmpint(confirm_check("content", digest, now + 20 * WITHIN, WITHIN), ==, CONFIRM_OTHER);
    g_assert_cmpint(confirm_check("content", digest, now - WITHIN, WITHIN), ==, CONFIRM_OTHER);
    g_assert_cmpint(confirm_check("other", digest, now, WITHIN), ==, CONFIRM_OTHER);
    g_assert_cmpint(confirm_check("content", "", now, WITHIN), ==, CONFIRM_OTHER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/guards/order", test_order);
    g_test_add_func("/engine/guards/target", test_target);
    g_test_add_func("/engine/guards/rows", test_rows);
    g_test_add_func("/engine/guards/foreseen", test_foreseen);
    g_test_add_func("/engine/guards/confirmation", test_confirmation);
    return g_test_run();
}
