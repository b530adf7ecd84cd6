/* text[] values as the server writes and reads them. Pure. */
#pragma once

#include <glib.h>

/* "{a,NULL,"b c"}" as a NULL-terminated vector; an SQL NULL in it becomes "". Text that is no array
 * of one dimension gives what can be made of it. g_strfreev. */
char **text_array_parse(const char *text);
/* "{a,b}" from a vector, quoted for use as a text[] parameter; g_free. */
char *text_array_format(const char *const *items);
