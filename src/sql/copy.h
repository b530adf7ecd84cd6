/* What COPY ... FROM STDIN says about its rows, and the server about one of them. Pure. */
#pragma once

#include <glib.h>

/* Whether they are in binary format. `sql` is a COPY. */
gboolean copy_is_binary(const char *sql);

/* Which line of the rows, from 1, the server means by the context of an error ("COPY t, line 3,
 * column a: ..."), in whatever language; 0: none. `context` may be NULL. */
guint64 copy_failed_line(const char *context);
