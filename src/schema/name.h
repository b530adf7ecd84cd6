/* Names in SQL text: quoted only where they must be, and the same for every server. Pure. */
#pragma once

#include <glib.h>

/* One identifier; g_free. */
char *name_quote(const char *name);
void name_append(GString *sql, const char *name);
/* schema.name; a NULL schema gives the name alone. g_free. */
char *name_qualify(const char *schema, const char *name);
