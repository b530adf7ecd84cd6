/* The schema of a database as a document. */
#pragma once

#include "schema/ddl.h"
#include "schema/fingerprint.h"

/* One object: {"identity","kind","schema","name","fingerprint"} and, with `has_sql`, "needs":[]
 * and "default_needs":[] (identities), and "sql", its whole text; what it does not have is null.
 * g_free. */
char *schema_object_document(const Object *object, const char *fingerprint, gboolean has_sql,
                             DdlFlags flags);
