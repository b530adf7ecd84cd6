/* A folder that only another tool has written to yet. */
#pragma once

/* When one of `folders`, which hold no revision file, has Alembic's: a note on the standard error
 * of what to type. */
void neighbour_note(const char *const *folders);
