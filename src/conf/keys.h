/* The table of configuration keys: rows of conf_keys.def, and how a name finds its row. */
#pragma once

#include <glib.h>

#include "conf/conf.h"

typedef enum {
    CONF_TYPE_STRING,
    CONF_TYPE_SECRET,
    CONF_TYPE_BOOLEAN,
    CONF_TYPE_INTEGER,
    CONF_TYPE_DURATION,
    CONF_TYPE_SIZE,
    CONF_TYPE_LIST,
    CONF_TYPE_PATH,
    CONF_TYPE_PATHS,
    CONF_TYPE_COMMANDS,
    CONF_TYPE_WORDS,
    CONF_TYPE_CHOICE,
    CONF_TYPE_TOKENS,
    CONF_TYPE_PEERS,
    CONF_TYPE_CERTIFICATES,
    CONF_TYPE_FILENAME,
    CONF_TYPE_TIMEZONE,
} ConfType;

enum { CONF_RESTART = 1 };

/* A row of conf_keys.def; its columns are explained there. */
typedef struct {
    const char *name; /* "section.key" */
    const char *section;
    const char *key;
    ConfType type;
    const char *default_value;
    const char *minimum;
    const char *maximum;
    unsigned flags;
    const char *text;
} ConfRow;

const ConfRow *conf_row(ConfKey key);
/* Whether its values are lists of groups: conf_grants. */
gboolean conf_type_has_grants(ConfType type);

/* By "section.key". FALSE leaves *key untouched. */
gboolean conf_key_find(const char *name, ConfKey *key);
/* By PGSLUICE_SECTION_KEY. FALSE leaves *key untouched. */
gboolean conf_key_find_variable(const char *variable, ConfKey *key);

/* The section whose keys are the variables of revision bodies, and named by people. */
#define CONF_VARIABLES "variables"
/* And the one of named sections, each of which is a configuration of its own. */
#define CONF_SECTIONS "sections"

/* The variable that "variables.name" or PGSLUICE_VARIABLES_NAME stands for, a part of the text;
 * NULL when it is none. */
const char *conf_variable_in_key(const char *name);
const char *conf_variable_in_environment(const char *variable);

/* "http" and "http.traffic" are sections. */
gboolean conf_section_exists(const char *name);
/* Whether a variable can only be meant for a key: PGSLUICE_, a section and something behind it. */
gboolean conf_variable_names_section(const char *variable);

/* ERROR_CONFIG for a name or variable that is no key, with the nearest ones as the hint. */
void conf_key_set_unknown(GError **error, const char *name);
void conf_section_set_unknown(GError **error, const char *name);
void conf_variable_set_unknown(GError **error, const char *variable);
