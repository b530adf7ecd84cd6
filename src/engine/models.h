/* The models: the wanted schema as plain DDL, from files, folders or a program, and what the server
 * makes of them in a scratch database. */
#pragma once

#include "base/findings.h"
#include "engine/session.h"

typedef struct {
    const char *const *paths;   /* files, and folders with *.sql files at any depth */
    const char *const *command; /* a program and its arguments, instead of paths; empty: none. Runs
                                   in the working folder, without a shell; its standard error is
                                   ours */
    gint64 timeout;             /* of the command, microseconds */
} ModelsSource;

typedef struct Models Models;

/* Reads and splits all of it. The references to variables get the settings' values. Errors: a file
 * that cannot be read, or is no SQL (with place); a command that fails, prints more than
 * MODELS_MAX, takes too long or cannot be run; COPY, BEGIN and the like, which are no schema, and
 * what would change the server (roles, databases). */
enum { MODELS_MAX = 64 * 1024 * 1024 }; /* bytes of all texts together */
Models *models_read(const ModelsSource *source, const Variables *variables, Cancel *cancel,
                    GError **error);
void models_free(Models *models);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Models, models_free)

/* Whether there is no statement in them. */
gboolean models_are_empty(const Models *models);
/* What `-- rename: OLD` comments ask for, as --rename would have it; belongs to the Models. */
const char *const *models_hints(const Models *models);

/* Runs them in `session`, whichever order works: what needs something that is not there yet is
 * tried again as long as anything more succeeds. What then remains goes into `findings`, each with
 * its place and, where a role or an extension is missing, what to do. FALSE only when something
 * else failed. Each file begins with the session as a migration has it. */
gboolean models_load(const Models *models, Session *session, Findings *findings, GError **error);
