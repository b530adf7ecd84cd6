/* NDJSON, an object a line, out of pieces that end anywhere. Pure. */
#pragma once

#include "view/usage_read.h"

enum { USAGE_LINE_MAX = 128 * 1024 }; /* bytes; a longer line is refused, and not kept */

typedef struct UsageLines UsageLines;

UsageLines *usage_lines_new(void);
void usage_lines_free(UsageLines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsageLines, usage_lines_free)

/* Adds an item to `items` for each line that ends in this piece; empty lines are none, but count.
 * The pointers are those of the line's own object. */
void usage_lines_take(UsageLines *lines, const char *bytes, gsize size, const UsageRules *rules,
                      GArray *items);
/* Nothing more comes: adds what there is without a line's end. */
void usage_lines_end(UsageLines *lines, const UsageRules *rules, GArray *items);
