/* References to variables in SQL text, outside of its literals, quoted identifiers, dollar quotes
 * and comments: :{name} a literal, :{"name"} an identifier, :{name:raw} text as it is. Pure. */
#pragma once

#include "sql/place.h"

typedef enum { REFERENCE_LITERAL, REFERENCE_IDENTIFIER, REFERENCE_RAW } ReferenceKind;

typedef struct {
    ReferenceKind kind;
    gsize start; /* of the colon; bytes into the text */
    gsize end;   /* behind the brace */
    gsize name;
    gsize name_length;
} Reference;

/* All of `text` (its bytes are NUL-terminated), in order, as an array of Reference. A colon and a
 * brace that begin no reference, and what sql_scan refuses, are ERROR_REVISION_FILE with place. */
GArray *references_find(const PlaceText *text, GError **error);

/* A copy of the text's bytes in which each reference is a literal, an identifier or a word of the
 * same length, so that a parser of SQL reads it and places stay true. g_free. */
char *references_mask(const PlaceText *text, const GArray *references);
