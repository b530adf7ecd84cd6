/* Reading a database's schema into a Catalog. */
#pragma once

#include "engine/session.h"
#include "schema/catalog.h"
#include "schema/filter.h"
#include "schema/fingerprint.h"

/* What a caller wants instead of what is configured; either may be NULL. */
typedef struct {
    const char *const *schemas;
    const char *const *exclude;
} IntrospectScope;

/* Reads everything in one snapshot (a read-only transaction, ended before the call returns) and in
 * two round trips; in one when the schemas that the lock has told of are still those. Takes no
 * lock: an object that is dropped meanwhile makes the reading start again, a few times. pgsluice's
 * own state schema and version table are left out. Not within a transaction. A NULL `scope` is what
 * is configured (migrations.schemas, migrations.exclude). */
Catalog *introspect_catalog(Session *session, const IntrospectScope *scope, GError **error);

/* Questions that are asked in the same snapshot, and who gets their rows. */
typedef struct {
    const char *const *sql; /* NULL-terminated */
    const ConnRow *visits;  /* one each */
    GFunc restart; /* (data, NULL): the reading starts again, what came counts for nothing */
    gpointer data;
} IntrospectMore;
Catalog *introspect_catalog_and(Session *session, const IntrospectScope *scope,
                                const IntrospectMore *more, GError **error);

/* The digests alone: for drift, and for what is asked after each upgrade. */
FingerprintSet *introspect_fingerprints(Session *session, const IntrospectScope *scope,
                                        GError **error);
