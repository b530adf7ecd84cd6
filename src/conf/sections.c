/* Named sections: which there are, which one counts, and how it meets the other sources. */
#include "conf/sections.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"

ConfSections *sections_new(const char *wanted)
{
    ConfSections *sections = g_new0(ConfSections, 1);

    sections->wanted = wanted;
    sections->names = g_ptr_array_new_with_free_func(g_free);
    conf_values_init(&sections->values);
    return sections;
}

void sections_free(ConfSections *sections)
{
    if (!sections)
        return;
    g_ptr_array_unref(sections->names);
    conf_values_clear(&sections->values);
    g_free(sections);
}

gboolean sections_want(const ConfSections *sections, const char *name)
{
    return g_strcmp0(sections->wanted, name) == 0;
}

char *conf_section_variable_prefix(const char *name)
{
    g_autofree char *upper = g_ascii_strup(name, -1);

    return g_strconcat("PGSLUICE_SECTIONS_", g_strdelimit(upper, "-", '_'), "_", NULL);
}

gboolean sections_add(ConfSections *sections, const char *name, GError **error)
{
    g_autofree char *variable = conf_section_variable_prefix(name);

    for (guint i = 0; i < sections->names->len; i++) {
        const char *other = g_ptr_array_index(sections->names, i);
        g_autofree char *its_variable = conf_section_variable_prefix(other);

        if (!g_str_equal(variable, its_variable))
            continue;
        error_set(error, ERROR_CONFIG, "the sections %s and %s have the same variables, %s...",
                  other, name, variable);
        error_set_hint(error, "give one of them another name");
        return FALSE;
    }
    g_ptr_array_add(sections->names, g_strdup(name));
    return TRUE;
}

static void hint_names(const ConfSections *sections, const char *file, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *joined = NULL;
    const char *nearest;

    for (guint i = 0; i < sections->names->len; i++)
        g_ptr_array_add(names, g_ptr_array_index(sections->names, i));
    g_ptr_array_add(names, NULL);
    joined = g_strjoinv(", ", (char **)names->pdata);
    nearest = nearest_slip(sections->wanted, (const char *const *)names->pdata);
    if (nearest)
        error_set_hint(error, "did you mean %s? The sections of %s are %s", nearest, file, joined);
    else if (*joined)
        error_set_hint(error, "the sections of %s are %s", file, joined);
    else
        error_set_hint(error, "it has none: they are written sections: { NAME: { database: { "
                              "migration_url = ...; }; }; };");
}

gboolean sections_require(const ConfSections *sections, const char *file, GError **error)
{
    if (g_ptr_array_find_with_equal_func(sections->names, sections->wanted, g_str_equal, NULL))
        return TRUE;
    if (file) {
        error_set(error, ERROR_CONFIG, "-n %s: %s has no section of that name", sections->wanted,
                  file);
        hint_names(sections, file, error);
    } else {
        error_set(error, ERROR_CONFIG, "-n %s: there is no configuration file with sections",
                  sections->wanted);
        error_set_hint(error, "name the file with -c or PGSLUICE_CONFIG");
    }
    return FALSE;
}

static void take_away(ConfValue *value, const char *wanted)
{
    conf_value_clear(value);
    value->origin = CONF_FROM_SECTION;
    value->origin_text = g_strdup_printf("not in section %s", wanted);
}

gboolean sections_apply(ConfSections *sections, ConfValues *values, GError **error)
{
    static const ConfKey urls[] = {CONF_MIGRATION_URL, CONF_RUNTIME_URL};

    for (gsize i = 0; i < G_N_ELEMENTS(urls); i++)
        take_away(&values->keys[urls[i]], sections->wanted);
    for (guint key = 0; key < CONF_KEY_COUNT; key++) {
        if (!sections->values.keys[key].origin_text)
            continue;
        conf_value_clear(&values->keys[key]);
        values->keys[key] = sections->values.keys[key];
        sections->values.keys[key] = (ConfValue){0};
    }
    return variables_merge(values->variables, sections->values.variables, error);
}
