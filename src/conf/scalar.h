/* Settings that are text, a number, true or false (libconfig). */
#pragma once

#include <glib.h>
#include <libconfig.h>

/* The value as text: numbers in decimal, with the digits that they need. ERROR_CONFIG when it is no
 * scalar, or an integer that libconfig has cut down to 32 bits, for which line and file (`path`)
 * are read again. g_free. */
char *scalar_read(const config_setting_t *setting, const char *path, GError **error);
