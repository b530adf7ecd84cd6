/* One configuration value and where it came from: text in, a checked value out. */
#pragma once

#include <glib.h>

#include "base/variables.h"
#include "conf/conf.h"

/* Where a value stands. Strings belong to the caller. */
typedef struct {
    ConfOrigin origin;
    const char
        *name; /* "--set", a variable, "credential x", "default"; NULL in the configuration file */
    const char *path;    /* the file, or NULL */
    unsigned line;       /* 0: none */
    const char *folder;  /* what a relative path is relative to */
    const char *section; /* the named section of the file that it stands in, or NULL */
} ConfPlace;

/* Zeroed means unset. Which fields count follows from the key's type. */
typedef struct {
    ConfOrigin origin;
    char *origin_text;
    char *text; /* as written, blanks at its ends removed (of a LIST: as read); NULL when unset or
                   secret */
    Secret *secret; /* SECRET */
    gint64 number;  /* BOOLEAN INTEGER DURATION SIZE */
    char **list;    /* LIST; PATHS, absolute; COMMANDS; WORDS */
    char *path;     /* PATH, absolute */
    GArray *grants; /* TOKENS PEERS CERTIFICATES, of ConfGrant */
} ConfValue;

/* What the sources fill, one after the other. */
typedef struct {
    ConfValue keys[CONF_KEY_COUNT];
    Variables *variables;
} ConfValues;

/* No key set, no variable. */
void conf_values_init(ConfValues *values);
void conf_values_clear(ConfValues *values);

/* Replaces *value by what `text` says. An empty text unsets a key that has no default. ERROR_CONFIG
 * names key and place and leaves *value untouched. */
gboolean conf_value_set(ConfValue *value, ConfKey key, const char *text, const ConfPlace *place,
                        GError **error);

/* The same with a list of grants that is read already; takes it over. */
void conf_value_set_grants(ConfValue *value, GArray *grants, const ConfPlace *place);

void conf_value_clear(ConfValue *value);

/* Sets the variable `name` of revision bodies; any text is a value. ERROR_CONFIG names variable and
 * place. */
gboolean conf_variable_set(ConfValues *values, const char *name, const char *text,
                           const ConfPlace *place, GError **error);

/* Adds the place to an error about the key "section.key" that is already set. */
void conf_place_blame(const ConfPlace *place, const char *key, GError **error);
