/* What a statement destroys that no later statement brings back. From the parse tree alone. Pure.
 */
#pragma once

#include <glib.h>

/* Every kind: LOSS(NAME, "name in documents", whether rows are in it). */
#define LOSS_KINDS(LOSS)                                                                           \
    LOSS(TABLE, "table", TRUE)                                                                     \
    LOSS(COLUMN, "column", TRUE)                                                                   \
    LOSS(ROWS, "rows", TRUE)     /* DELETE, TRUNCATE */                                            \
    LOSS(VALUES, "values", TRUE) /* UPDATE; ALTER COLUMN TYPE, which may cut or round */           \
    LOSS(SCHEMA, "schema", TRUE)                                                                   \
    LOSS(DATABASE, "database", TRUE)                                                               \
    LOSS(EXTENSION, "extension", TRUE)   /* the tables that are its own */                         \
    LOSS(DEPENDENTS, "dependents", TRUE) /* what CASCADE takes with `name`; DROP OWNED */          \
    LOSS(UNKNOWN, "unknown", TRUE)       /* DO, CALL, and what the grammar does not know */        \
    LOSS(SEQUENCE, "sequence", FALSE)                                                              \
    LOSS(VIEW, "view", FALSE)                                                                      \
    LOSS(MATERIALIZED_VIEW, "materialized view", FALSE)                                            \
    LOSS(TYPE, "type", FALSE)                                                                      \
    LOSS(FUNCTION, "function", FALSE)                                                              \
    LOSS(OTHER, "object", FALSE)

typedef enum {
#define LOSS(name, text, has_rows) LOSS_##name,
    LOSS_KINDS(LOSS)
#undef LOSS
} LossKind;

/* The kind as documents have it. */
const char *loss_kind_name(LossKind kind);
/* Whether a loss of that kind takes people's data with it, as far as there are rows. */
gboolean loss_kind_has_data(LossKind kind);

typedef struct {
    LossKind kind;
    char *schema;            /* as written; NULL: by the search_path, or it has none */
    char *name;              /* "" for UNKNOWN */
    char *column;            /* of COLUMN, and of VALUES where one column is meant; else NULL */
    gboolean is_partial;     /* a WHERE: not all rows */
    gboolean may_be_missing; /* IF EXISTS */
} StatementLoss;

/* StatementLoss *, with free function; empty when nothing is lost. `sql` is one statement. Indexes,
 * constraints, triggers, defaults and the like hold no data: they are no losses. */
GPtrArray *statement_losses(const char *sql);
