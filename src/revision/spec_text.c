/* Takes the words of a spec apart: [branch@] [name] [+N | -N]. */
#include <string.h>

#include "base/error.h"
#include "revision/spec_parts.h"

enum { SPEC_LENGTH_MAX = 1024, STEPS_MAX = 1000000000 };

void spec_parts_clear(SpecParts *parts)
{
    g_free(parts->text);
    g_free(parts->branch);
    g_free(parts->symbol);
}

/* The sign of a trailing "+N" or "-N" in `text`, or NULL. */
static const char *find_steps(const char *text)
{
    const char *at = text + strlen(text);

    while (at > text && g_ascii_isdigit(at[-1]))
        at--;
    return *at && at > text && (at[-1] == '+' || at[-1] == '-') ? at - 1 : NULL;
}

static gboolean parse_steps(const char *sign, SpecParts *parts, GError **error)
{
    guint64 number = g_ascii_strtoull(sign + 1, NULL, 10);

    if (number == 0) {
        error_set(error, ERROR_USAGE, "Relative revision %s goes nowhere", sign);
        error_set_hint(error, "count from 1: +1, -1");
        return FALSE;
    }
    parts->steps = (gint64)MIN(number, (guint64)STEPS_MAX);
    if (*sign == '-')
        parts->steps = -parts->steps;
    return TRUE;
}

static gboolean check_text(const char *text, GError **error)
{
    if (*text == '\0') {
        error_set(error, ERROR_USAGE, "The revision to go to is missing");
        error_set_hint(error, "give an id, a unique beginning of one, head, heads, base, +1 or -1");
        return FALSE;
    }
    if (strlen(text) > SPEC_LENGTH_MAX || !g_utf8_validate(text, -1, NULL)) {
        error_set(error, ERROR_USAGE, "This is not the name of a revision");
        return FALSE;
    }
    if (strchr(text, ':')) {
        error_set(error, ERROR_USAGE, "Range revision not allowed: '%s'", text);
        error_set_hint(error, "name the revision to go to alone; FROM:TO goes with --sql");
        return FALSE;
    }
    return TRUE;
}

static gboolean split_branch(const char *text, const char **rest, SpecParts *parts, GError **error)
{
    const char *at = strchr(text, '@');

    *rest = at ? at + 1 : text;
    if (!at)
        return TRUE;
    if (at == text || at[1] == '\0') {
        error_set(error, ERROR_USAGE, "'%s' has nothing %s the '@'", text,
                  at == text ? "before" : "after");
        error_set_hint(error, "write BRANCH@head, BRANCH@base, BRANCH@+1 or BRANCH@-1");
        return FALSE;
    }
    parts->branch = g_strndup(text, (gsize)(at - text));
    return TRUE;
}

gboolean spec_parse(const Graph *graph, const char *text, SpecParts *parts, GError **error)
{
    const char *rest;
    const char *sign;

    if (!check_text(text, error) || !split_branch(text, &rest, parts, error))
        return FALSE;
    parts->text = g_strdup(text);
    sign = node_find(graph, rest) == NODE_NONE ? find_steps(rest) : NULL;
    if (sign && !parse_steps(sign, parts, error))
        return FALSE;
    if (sign != rest)
        parts->symbol = sign ? g_strndup(rest, (gsize)(sign - rest)) : g_strdup(rest);
    return TRUE;
}

gboolean spec_check_direction(const SpecParts *parts, SpecUse use, GError **error)
{
    if (parts->symbol)
        return TRUE;
    if (use == SPEC_FOR_UPGRADE && parts->steps < 0) {
        error_set(error, ERROR_USAGE, "An upgrade cannot go down: '%s'", parts->text);
        error_set_hint(error, "pgsluice downgrade %s", parts->text);
        return FALSE;
    }
    if (use == SPEC_FOR_DOWNGRADE && parts->steps > 0) {
        error_set(error, ERROR_USAGE, "A downgrade cannot go up: '%s'", parts->text);
        error_set_hint(error, "pgsluice upgrade %s", parts->text);
        return FALSE;
    }
    return TRUE;
}

/* "current", "current-1", "label@current". */
static gboolean names_current(const char *side)
{
    const char *at = strchr(side, '@');
    const char *form = at ? at + 1 : side;
    gsize length = strlen("current");

    return strncmp(form, "current", length) == 0 &&
           (form[length] == '\0' || find_steps(form) == form + length);
}

gboolean spec_asks_current(const char *text)
{
    g_auto(GStrv) sides = g_strsplit(text, ":", -1);

    for (char **side = sides; *side; side++) {
        if (names_current(g_strstrip(*side)))
            return TRUE;
    }
    return FALSE;
}
