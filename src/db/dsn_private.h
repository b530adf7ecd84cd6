/* Between dsn.c and dsn_url.c. */
#pragma once

#include "db/dsn.h"

/* Not USER:PASSWORD@, which the redactor would take for one. */
#define DSN_FORM_HINT                                                                              \
    "write postgresql://USER@HOST:PORT/DATABASE, the password after USER and a colon"

/* Whether `text` starts with a scheme ("postgresql+asyncpg://"). */
gboolean dsn_url_is_url(const char *text);
/* Rewrites what people put into a URL as what libpq reads there: driver suffix, ssl=, several
 * host=. The password in it is remembered for redaction before anything can fail. Free with g_free.
 */
char *dsn_url_normalise(const char *text, GError **error);
