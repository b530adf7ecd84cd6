/* A list of errors with a ceiling. */
#include "base/findings.h"

#include "base/error.h"

Findings *findings_new(guint limit)
{
    Findings *findings = g_new(Findings, 1);

    *findings = (Findings){g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free), limit};
    return findings;
}

void findings_free(Findings *findings)
{
    if (!findings)
        return;
    g_ptr_array_unref(findings->errors);
    g_free(findings);
}

void findings_add(Findings *findings, GError *error)
{
    if (findings_are_full(findings))
        g_error_free(error);
    else
        g_ptr_array_add(findings->errors, error);
}

void findings_take(Findings *findings, Findings *others)
{
    while (!findings_are_empty(others))
        findings_add(findings, g_ptr_array_steal_index(others->errors, 0));
}

gboolean findings_are_full(const Findings *findings)
{
    return findings->errors->len >= findings->limit;
}

gboolean findings_are_empty(const Findings *findings)
{
    return findings->errors->len == 0;
}

gboolean findings_require_none(Findings *findings, GError **error)
{
    if (findings_are_empty(findings))
        return TRUE;
    g_propagate_error(error, g_ptr_array_steal_index(findings->errors, 0));
    return FALSE;
}

static int compare_numbers(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

static int compare_places(gconstpointer a, gconstpointer b)
{
    ErrorSite x = {0};
    ErrorSite y = {0};
    int order;

    error_site(*(GError *const *)a, &x);
    error_site(*(GError *const *)b, &y);
    if (!x.path || !y.path)
        return (x.path == NULL) - (y.path == NULL);
    order = g_strcmp0(x.path, y.path);
    if (order == 0)
        order = compare_numbers(x.line, y.line);
    return order != 0 ? order : compare_numbers(x.column, y.column);
}

void findings_sort(Findings *findings)
{
    GPtrArray *errors = findings->errors;

    g_ptr_array_sort(errors, compare_places); /* which is stable */
    for (guint i = errors->len; i-- > 1;) {
        const GError *one = errors->pdata[i - 1];
        const GError *other = errors->pdata[i];

        if (compare_places(&errors->pdata[i - 1], &errors->pdata[i]) == 0 &&
            g_str_equal(one->message, other->message))
            g_ptr_array_remove_index(errors, i);
    }
}
