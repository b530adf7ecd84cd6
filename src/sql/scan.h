/* The tokens of SQL text, for split.c: what is left when the grammar does not understand it. */
#pragma once

#include "sql/place.h"

typedef struct {
    gsize start;
    gsize end;
    int kind; /* PgQuery__Token */
} Token;

/* The tokens of `text` (its bytes are NUL-terminated), comments left out, as an array of Token. An
 * unterminated quote or comment and a psql meta-command are ERROR_REVISION_FILE; numbers that only
 * newer servers understand (1_000, 0xFF) are one token. */
GArray *sql_scan(const PlaceText *text, GError **error);
