/* The bearer tokens of http.admin.tokens: a list of groups { name, sha256, scopes }. */
#pragma once

#include <glib.h>
#include <libconfig.h>

#include "conf/conf.h"

/* An array of ConfToken, g_array_unref; ERROR_CONFIG names the token and what is wrong with it.
 * When `line` is not NULL, an error writes there the line of the setting that it is about. */
GArray *tokens_read(const config_setting_t *list, unsigned *line, GError **error);

/* The same from the text of such a list, as a variable or a credential holds it. */
GArray *tokens_parse(const char *text, GError **error);

/* "ops (read, rollback), ci (upgrade)"; free with g_free. */
char *tokens_describe(const GArray *tokens);
