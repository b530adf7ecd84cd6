/* Refusing what would mean something else at every look. The words themselves are spec.c's. */
#include "daemon/required.h"

#include <string.h>

#include "base/error.h"
#include "revision/spec.h"

static gboolean is_head_word(const char *text)
{
    return g_str_equal(text, "head") || g_str_equal(text, "heads");
}

static void refuse(const char *text, const char *why, GError **error)
{
    error_set(error, ERROR_CONFIG, "gate.required_revision = \"%s\": %s", text, why);
    error_set_hint(error, "give head, heads, a revision's id or a unique beginning of it, a label, "
                          "or LABEL@head");
}

static gboolean is_label(const Graph *graph, const char *text)
{
    g_autoptr(GPtrArray) all = graph_revisions(graph);

    for (guint i = 0; i < all->len; i++) {
        const Revision *revision = g_ptr_array_index(all, i);

        if (g_strv_contains((const char *const *)revision->labels, text))
            return TRUE;
    }
    return FALSE;
}

/* "-1", "ae10-2"; a label may look like that too. */
static gboolean counts_down(const char *text)
{
    const char *sign = strrchr(text, '-');

    return sign && sign[1] && strspn(sign + 1, "0123456789") == strlen(sign + 1);
}

/* FALSE for what counts from where the database happens to be, or names more or less than a place.
 */
static gboolean is_fixed(const Graph *graph, const char *text)
{
    const char *branch = strchr(text, '@');

    if (branch)
        return branch > text && g_str_equal(branch + 1, "head");
    if (g_str_equal(text, "current") || g_str_equal(text, "base") || strpbrk(text, ":+"))
        return FALSE;
    return !counts_down(text) || is_label(graph, text);
}

gboolean required_check(const Graph *graph, const char *text, gboolean *is_known, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) found = NULL;

    if (!is_fixed(graph, text)) {
        refuse(text, "this is not one revision, the same at every look", error);
        return FALSE;
    }
    *is_known = TRUE;
    if (is_head_word(text))
        return TRUE;
    found = spec_resolve(graph, text, NULL, SPEC_FOR_SHOW, &reason);
    if (found)
        return TRUE;
    *is_known = FALSE;
    if (error_is(reason, ERROR_UNKNOWN_REVISION) && revision_id_is_valid(text, NULL))
        return TRUE;
    refuse(text, reason->message, error);
    return FALSE;
}
