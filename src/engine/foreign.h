/* What another migration tool has recorded in the database: read once, never written. */
#pragma once

#include "engine/session.h"

typedef struct {
    char **versions; /* as the tool writes them; NULL-terminated */
    char *floor;     /* everything up to this version is applied, too; or NULL */
} ForeignState;
void foreign_state_free(ForeignState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ForeignState, foreign_state_free)

/* `tool` is dbmate, golang-migrate or flyway. `table` is SCHEMA.NAME, or NAME in public; NULL: the
 * tool's own default. REFUSED: there is no such table, it is not this tool's, or a migration failed
 * half-way and the tool waits for a person. */
ForeignState *foreign_read(Session *session, const char *tool, const char *table, GError **error);
