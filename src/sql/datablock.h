/* The rows of COPY ... FROM STDIN, as pg_dump writes them: on the lines behind the statement, up to
 * a line that is \. and nothing else. They are no SQL, and whatever reads SQL must not see them.
 * Pure. */
#pragma once

#include "sql/place.h"

typedef struct {
    gsize semicolon; /* bytes into the text: the end of the statement whose rows these are */
    gsize start;     /* of the first row; that of the \. when there is none */
    gsize end;       /* behind the last row, where the line with \. begins */
    unsigned line;   /* of the first row, counted from the text's first_line */
} DataBlock;

/* All of `text` (its bytes are NUL-terminated), in order, as an array of DataBlock. Such a COPY
 * whose rows do not begin on the next line, or do not end, or have what the server takes for their
 * end among them, or are binary, is ERROR_REVISION_FILE with its place.
 * Quick for texts that have none. */
GArray *data_blocks_find(const PlaceText *text, GError **error);

/* A copy of the text's bytes with blanks in the place of the rows and of the \., so that it is SQL
 * and places stay true. g_free. */
char *data_blocks_blank(const PlaceText *text, const GArray *blocks);
