/* Values that the surroundings of the process give: variables, the .env file, systemd credentials.
 */
#pragma once

#include <glib.h>

#include "conf/value.h"

/* Each of these reads the plain keys and variables, or with `section` those of that named section:
 * PGSLUICE_SECTIONS_NAME_SECTION_KEY, credentials sections.NAME.<section.key>. */

/* The rows of a .env file in the working folder `folder`. ERROR_CONFIG with .env:line. */
gboolean environment_apply_dotenv(const GArray *rows, const char *folder, const char *section,
                                  ConfValues *values, GError **error);

/* The variables of this process. */
gboolean environment_apply(const char *folder, const char *section, ConfValues *values,
                           GError **error);

/* Files in $CREDENTIALS_DIRECTORY that are named after a key or a variable, each at most 64 KiB. */
gboolean environment_apply_credentials(const char *folder, const char *section, ConfValues *values,
                                       GError **error);

/* The tokens of the credential pgsluice.tokens come behind those that http.admin.tokens has by now.
 */
gboolean environment_add_tokens(ConfValues *values, GError **error);
