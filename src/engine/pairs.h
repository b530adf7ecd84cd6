/* Name and value pairs on their way to the state schema's functions: a text[] that jsonb_object()
 * reads. */
#pragma once

#include <glib.h>

typedef struct Pairs Pairs;

/* Without any pair yet. */
Pairs *pairs_new(void);
void pairs_free(Pairs *pairs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pairs, pairs_free)

/* Copies both; a NULL value adds nothing. */
void pairs_add(Pairs *pairs, const char *name, const char *value);
/* The same with the value redacted: for texts that people wrote. */
void pairs_add_redacted(Pairs *pairs, const char *name, const char *value);
/* The array literal; g_free. */
char *pairs_format(const Pairs *pairs);
