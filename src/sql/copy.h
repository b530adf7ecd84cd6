/* What COPY ... FROM STDIN says about its rows, and the server about one of them. Pure. */
#pragma once

#include <glib.h>

typedef enum {
    COPY_TEXT, /* also when no format is named */
    COPY_CSV,
    COPY_BINARY,
} CopyFormat;

/* The format that they are in. `sql` is a COPY ... FROM STDIN. */
CopyFormat copy_format(const char *sql);

/* Which line of the rows, from 1, the server means by the context of an error ("COPY t, line 3,
 * column a: ..."), in whatever language; 0: none. `context` may be NULL. */
guint64 copy_failed_line(const char *context);
