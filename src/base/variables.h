/* Variables: named texts that a run is given, for the references in revision bodies
 * (sql/reference.h). Filled once, then read by any thread. */
#pragma once

#include <glib.h>

enum {
    VARIABLE_NAME_MAX = 63, /* bytes */
    VARIABLE_VALUE_MAX = 64 * 1024,
};

typedef struct Variables Variables;

Variables *variables_new(void);
void variables_free(Variables *variables);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Variables, variables_free)

/* How many bytes at the start of `text` are a name: a letter or "_", then letters, digits and "_",
 * all ASCII. 0 when none are, or more than VARIABLE_NAME_MAX. */
gsize variable_name_length(const char *text);

/* Sets a variable, which replaces the value and origin ("-x", "pgsluice.conf:12") that it had.
 * Upper and lower case of a name do not matter. A value whose name says that it is a secret is
 * remembered by the redactor. ERROR_CONFIG, which does not show the value: the name is none, the
 * value is too long or not UTF-8, or there are too many. */
gboolean variables_set(Variables *variables, const char *name, const char *value,
                       const char *origin, GError **error);

/* Sets each of `others` in `variables`, with the origin that it has. */
gboolean variables_merge(Variables *variables, const Variables *others, GError **error);

/* NULL: not set. The `length` bytes at `name` are the name. Belongs to the variables. */
const char *variables_get(const Variables *variables, const char *name, gsize length);
const char *variables_origin(const Variables *variables, const char *name);

/* The set variable for which `name` is probably a slip, or NULL. Belongs to the variables. */
const char *variables_nearest(const Variables *variables, const char *name);

/* Adds a line "variables.name = value  # origin" for each, by name, with line ends and other
 * control characters as escapes, and secrets as ***. */
void variables_show(const Variables *variables, GString *text);
