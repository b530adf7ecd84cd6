/* Values that the surroundings of the process give: variables, the .env file, systemd credentials.
 */
#pragma once

#include <glib.h>

#include "conf/value.h"

/* The rows of a .env file in the working folder `folder`. ERROR_CONFIG with .env:line. */
gboolean environment_apply_dotenv(const GArray *rows, const char *folder, ConfValues *values,
                                  GError **error);

/* The variables of this process. */
gboolean environment_apply(const char *folder, ConfValues *values, GError **error);

/* Files in $CREDENTIALS_DIRECTORY that are named after a key or a variable, each at most 64 KiB. */
gboolean environment_apply_credentials(const char *folder, ConfValues *values, GError **error);
