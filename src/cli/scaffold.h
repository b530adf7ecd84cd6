/* Project templates: what `pgsluice init` makes a new project from. A template is a folder:
 *
 *   README            its first line says what the template is for
 *   pgsluice.conf.in  the configuration; @{directory} stands for the script directory
 *   scripts/          what goes into the script directory, with its folders
 *
 * Those of templates/ are built in. */
#pragma once

#include <glib.h>

/* A built-in file. */
typedef struct {
    const char *template;
    const char *path; /* within the template */
    const char *text;
} ScaffoldRow;

/* All of them, a template's rows one after another; the last has NULLs. Generated. */
extern const ScaffoldRow scaffold_rows[];

typedef struct {
    char *path; /* below scripts/ */
    char *text;
} ScaffoldFile;

typedef struct {
    char *conf;       /* with its tokens; NULL: the template has none */
    GPtrArray *files; /* ScaffoldFile *, in the order in which they are to be made */
} Scaffold;

void scaffold_free(Scaffold *scaffold);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scaffold, scaffold_free)

/* The template `name`: a built-in one, or a folder when there is a slash in it. ERROR_USAGE when
 * there is none of that name; ERROR_FILE, ERROR_CONFIG when something in a folder cannot be read,
 * is no text, or is too much. */
Scaffold *scaffold_load(const char *name, GError **error);

/* The built-in templates, NULL-terminated; g_free the vector only. */
const char **scaffold_names(void);
/* What a built-in template is for; g_free. */
char *scaffold_describe(const char *name);

/* The configuration that `directory` (as people name it, relative to the file) belongs in; g_free.
 */
char *scaffold_conf(const Scaffold *scaffold, const char *directory);
