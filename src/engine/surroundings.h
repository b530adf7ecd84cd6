/* What a database has besides the managed schema, and what a schema in it stands on: extensions,
 * the schemas that are not managed (a platform's own), objects that are left alone in others,
 * default privileges, the state of public. Read on the target, made in scratch databases. */
#pragma once

#include "engine/introspect.h"
#include "schema/ddl.h"

typedef struct Surroundings Surroundings;

/* `managed` is the target's catalog. */
Surroundings *surroundings_read(Session *target, const Catalog *managed, GError **error);
void surroundings_free(Surroundings *surroundings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Surroundings, surroundings_free)

/* Makes in an empty database what is outside of the managed schema. What cannot be made is left out
 * (it may need what only its platform has): who needs it hears of that then. */
gboolean surroundings_make(Surroundings *surroundings, Session *scratch, GError **error);
/* Makes what was left out and needed the managed schema, which is there now: views on it, for one,
 * are in the way of a revision here as they would be in the target. */
gboolean surroundings_complete(const Surroundings *surroundings, Session *scratch, GError **error);
/* And what a new object in the target would get from its surroundings: default privileges, and
 * comment and privileges of public. For models, which are made by nobody else's rules. */
gboolean surroundings_apply(const Surroundings *surroundings, Session *scratch, GError **error);

/* What of a schema this role can make: only a superuser gives things to anybody. */
DdlFlags surroundings_flags(const Session *session);
/* Makes all of `catalog` in a database that has its surroundings. */
gboolean schema_make(const Catalog *catalog, Session *scratch, GError **error);
