/* What a statement is to whoever runs it: whether a transaction may hold it, and what in the
 * catalog tells afterwards whether it has had its effect. Pure. */
#pragma once

#include <glib.h>

typedef enum {
    NATURE_ORDINARY, /* runs in a transaction, and is undone with it */
    NATURE_SESSION,  /* SET, RESET, SELECT set_config(...): lasts as long as the session */
    NATURE_LABEL,    /* ALTER TYPE ... ADD VALUE: its label can be used only after the commit */
    NATURE_COMMITS,  /* CALL, DO: may commit by itself, where no transaction is around it */
    /* From here on: cannot run in a transaction. */
    NATURE_ALONE,      /* nothing in the catalog tells what it has done */
    NATURE_REPEATABLE, /* VACUUM, REINDEX, ALTER SYSTEM: done twice is as good as done once */
    NATURE_BUILD_INDEX,
    NATURE_DROP_INDEX,
    NATURE_DETACH,
    NATURE_DATABASE, /* makes or drops one, or moves it to another tablespace */
    NATURE_TABLESPACE,
    NATURE_SUBSCRIPTION,
} NatureKind;

typedef struct {
    NatureKind kind;
    gboolean is_guessed; /* by its words: this grammar (PostgreSQL 15's) does not know it */
    gboolean moves_path; /* SET, also SET LOCAL, or set_config(): behind it a name without a schema
                            may be another relation's */
    char *object;        /* quoted and qualified as it was written: the table of an index that is
                            built, the parent of a partition, the type of a label; or NULL */
    char *part; /* the bare name of that index (NULL: the server chooses it), the quoted one of that
                   partition, the label */
} Nature;
void nature_free(Nature *nature);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Nature, nature_free)

/* `sql` is one statement, beginning with its first token. Never NULL. */
Nature *nature_of(const char *sql);

/* Cannot run in a transaction. */
gboolean nature_runs_alone(const Nature *nature);

/* By its first words only, and quick: FALSE when nature_of would surely say ORDINARY, SESSION or
 * COMMITS. */
gboolean nature_may_matter(const char *sql);
