/* The named sections of a configuration file (sections: { billing: { ... }; };): keys of one of
 * several databases, which -n chooses. What is in a section wins over every other source but --set:
 * it was asked for by name. */
#pragma once

#include <glib.h>

#include "conf/value.h"

typedef struct {
    const char *wanted; /* -n, or NULL; borrowed */
    GPtrArray *names;   /* char *, of all that there are, in the order of the file */
    ConfValues values;  /* of the wanted one; a key without origin_text is not in it */
} ConfSections;

/* None are known yet; `wanted` (may be NULL) must outlive it. */
ConfSections *sections_new(const char *wanted);
void sections_free(ConfSections *sections);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConfSections, sections_free)

/* Whether that is the wanted one. */
gboolean sections_want(const ConfSections *sections, const char *name);
/* Notes that there is one of this name. ERROR_CONFIG when a variable could not tell it from an
 * earlier one. */
gboolean sections_add(ConfSections *sections, const char *name, GError **error);

/* ERROR_CONFIG, with the nearest name as the hint, when the wanted one is not there; `file` is the
 * configuration file for people, or NULL when there is none. */
gboolean sections_require(const ConfSections *sections, const char *file, GError **error);

/* Puts the wanted section's values over `values` and leaves no key's behind. URLs that are not the
 * section's own are taken away: they lead to another database. ERROR_CONFIG when there are too many
 * variables. */
gboolean sections_apply(ConfSections *sections, ConfValues *values, GError **error);
