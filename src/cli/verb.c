/* Finding a verb by its name. What the verbs do is in verb_<name>.c. */
#include "cli/verb.h"

#include <string.h>

#include "base/nearest.h"

const Verb verbs[] = {
#define VERB(name, usage, minimum, maximum, summary)                                               \
    {#name, usage, minimum, maximum, summary, verb_##name},
#include "cli/verbs.def"
#undef VERB
    {NULL, NULL, 0, 0, NULL, NULL},
};

/* The verb that was probably meant, or NULL when none is near. */
static const Verb *find_nearest(const char *name)
{
    const char *names[G_N_ELEMENTS(verbs)] = {NULL};
    const char *near;
    gsize count = 0;

    for (gsize i = 0; verbs[i].name; i++) {
        if (!verbs[i].summary)
            continue;
        if (strlen(name) >= 3 && g_str_has_prefix(verbs[i].name, name))
            return &verbs[i];
        names[count++] = verbs[i].name;
    }
    near = nearest_word(name, names, 2);
    return near ? verb_find(near, NULL) : NULL;
}

const Verb *verb_find(const char *name, GError **error)
{
    const Verb *near;

    for (const Verb *verb = verbs; verb->name; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    near = find_nearest(name);
    error_set(error, ERROR_USAGE, "there is no verb \"%s\"", name);
    if (near)
        error_set_hint(error, "did you mean: pgsluice %s%s%s", near->name, *near->usage ? " " : "",
                       near->usage);
    else
        error_set_hint(error, "pgsluice help lists the verbs");
    return NULL;
}

char *verb_operand(const Verb *verb, guint position)
{
    g_auto(GStrv) names = g_strsplit(verb->usage, " ", -1);
    guint count = g_strv_length(names);
    char *name;

    if (verb->maximum == 0 || count == 0 || (verb->maximum > 0 && position >= (guint)verb->maximum))
        return NULL;
    name = g_strdup(names[MIN(position, count - 1)]);
    g_strdelimit(name, "[].", ' ');
    return g_strstrip(name);
}
