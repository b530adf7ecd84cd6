/* Values that the surroundings of the process give: variables, the .env file, systemd credentials.
 */
#pragma once

#include <glib.h>

#include "conf/value.h"

/* The rows of a .env file in the working folder `folder`. ERROR_CONFIG with .env:line. */
gboolean environment_apply_dotenv(const GArray *rows, const char *folder, ConfValue *values,
                                  GError **error);

/* The variables of this process. */
gboolean environment_apply(const char *folder, ConfValue *values, GError **error);

/* Files in $CREDENTIALS_DIRECTORY that are named after a key, each at most 64 KiB. */
gboolean environment_apply_credentials(const char *folder, ConfValue *values, GError **error);
