/* Text tables of cases: a file of cases/ in which each "## title" begins a case. A line's first
 * word says what it is; lines that begin with "#" alone and blank lines are remarks. */
#pragma once

#include <glib.h>

typedef struct {
    char *title;
    GPtrArray *lines; /* char * */
} Case;

/* Adds a test "/group/title" for each case of cases/NAME, run by `run` with the Case. */
void table_add(const char *group, const char *name, void (*run)(gconstpointer one));

/* The rest of `line` when it begins with `word` and a blank (or is `word`), else NULL. */
const char *table_after(const char *line, const char *word);
