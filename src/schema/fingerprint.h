/* What a schema is, as digests: one of each object's text and one of all. Two databases with the
 * same schema have the same, whatever their oids, the order in which things were made, and their
 * servers' settings. Pure. */
#pragma once

#include "schema/catalog.h"
#include "schema/ddl.h"

typedef struct {
    char *identity;
    char digest[65]; /* SHA-256 of ddl_text, hex */
} Fingerprint;

typedef struct {
    GPtrArray *objects; /* of Fingerprint *, sorted by identity */
    char digest[65];    /* of all identities and digests */
} FingerprintSet;

/* Of every object of the catalog; fingerprints_free. */
FingerprintSet *fingerprints_of(const Catalog *catalog, DdlFlags flags);
/* Of these alone: an array of const Object *. */
FingerprintSet *fingerprints_of_objects(const GPtrArray *objects, DdlFlags flags);
/* Of digests that were computed earlier, in any order: none yet. fingerprints_close comes before
 * any question. */
FingerprintSet *fingerprints_open(void);
void fingerprints_add(FingerprintSet *set, const char *identity, const char *digest);
void fingerprints_close(FingerprintSet *set);

void fingerprints_free(FingerprintSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FingerprintSet, fingerprints_free)

/* The digest of one object; NULL: there is no such object. */
const char *fingerprints_find(const FingerprintSet *set, const char *identity);

typedef enum { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_ALTERED } ChangeKind;

typedef struct {
    ChangeKind kind;
    char *identity;
} FingerprintChange;

/* From one set to another, sorted by identity: an array of FingerprintChange *, which outlives both
 * sets. For the texts: catalog_find and ddl_text, on either side. */
GPtrArray *fingerprints_compare(const FingerprintSet *from, const FingerprintSet *to);
