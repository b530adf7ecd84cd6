/* Who may do what over HTTP: the lists of groups http.admin.tokens, .peers and .certificates, and
 * the lines of a file of tokens. */
#pragma once

#include <glib.h>
#include <libconfig.h>

#include "conf/conf.h"

typedef enum { GRANTS_OF_TOKENS, GRANTS_OF_PEERS, GRANTS_OF_CERTIFICATES } GrantKind;

/* An array of ConfGrant, g_array_unref; ERROR_CONFIG names the group and what is wrong with it.
 * When `line` is not NULL, an error writes there the line of the setting that it is about. */
GArray *grants_read(GrantKind kind, const config_setting_t *list, unsigned *line, GError **error);

/* The same from the text of such a list, as a variable or a credential holds it. */
GArray *grants_parse(GrantKind kind, const char *text, GError **error);

/* Tokens as lines "NAME SHA256 SCOPE[,SCOPE...] [EXPIRES]"; empty lines and what follows a # at the
 * start of one do not count. They come behind those in `before` (may be NULL), whose names they
 * must not repeat; a new array of all. Errors carry `path` and the line. */
GArray *grants_read_lines(const GArray *before, const char *text, const char *path, GError **error);

/* "ops (read, rollback), ci (upgrade, until 2027-01-31T18:00:00.000000Z)"; free with g_free. */
char *grants_describe(const GArray *grants);
