/* Digests of texts, and two sorted lists of them side by side. */
#include "schema/fingerprint.h"

#include <stdlib.h>
#include <string.h>

static void fingerprint_free(gpointer data)
{
    Fingerprint *fingerprint = data;

    g_free(fingerprint->identity);
    g_free(fingerprint);
}

static Fingerprint *fingerprint_of(const Object *object, DdlFlags flags)
{
    Fingerprint *fingerprint = g_new0(Fingerprint, 1);
    g_autofree char *text = ddl_text(object, flags);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    fingerprint->identity = g_strdup(object->identity);
    g_strlcpy(fingerprint->digest, digest, sizeof fingerprint->digest);
    return fingerprint;
}

static int compare_identities(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Fingerprint *const *)a)->identity,
                  (*(const Fingerprint *const *)b)->identity);
}

static void sum_up(FingerprintSet *set)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint i = 0; i < set->objects->len; i++) {
        const Fingerprint *fingerprint = set->objects->pdata[i];

        g_checksum_update(sum, (const guchar *)fingerprint->identity,
                          (gssize)strlen(fingerprint->identity) + 1);
        g_checksum_update(sum, (const guchar *)fingerprint->digest,
                          (gssize)sizeof fingerprint->digest);
    }
    g_strlcpy(set->digest, g_checksum_get_string(sum), sizeof set->digest);
}

FingerprintSet *fingerprints_open(void)
{
    FingerprintSet *set = g_new0(FingerprintSet, 1);

    set->objects = g_ptr_array_new_with_free_func(fingerprint_free);
    return set;
}

void fingerprints_add(FingerprintSet *set, const char *identity, const char *digest)
{
    Fingerprint *fingerprint = g_new0(Fingerprint, 1);

    fingerprint->identity = g_strdup(identity);
    g_strlcpy(fingerprint->digest, digest, sizeof fingerprint->digest);
    g_ptr_array_add(set->objects, fingerprint);
}

void fingerprints_close(FingerprintSet *set)
{
    g_ptr_array_sort(set->objects, compare_identities);
    sum_up(set);
}

FingerprintSet *fingerprints_of_objects(const GPtrArray *objects, DdlFlags flags)
{
    FingerprintSet *set = fingerprints_open();

    for (guint i = 0; i < objects->len; i++)
        g_ptr_array_add(set->objects, fingerprint_of(objects->pdata[i], flags));
    fingerprints_close(set);
    return set;
}

FingerprintSet *fingerprints_of(const Catalog *catalog, DdlFlags flags)
{
    return fingerprints_of_objects(catalog_objects(catalog), flags);
}

void fingerprints_free(FingerprintSet *set)
{
    if (!set)
        return;
    g_ptr_array_unref(set->objects);
    g_free(set);
}

const char *fingerprints_find(const FingerprintSet *set, const char *identity)
{
    const Fingerprint key = {.identity = (char *)identity};
    const Fingerprint *const wanted = &key;
    const Fingerprint *const *found = set->objects->len
                                          ? bsearch(&wanted, set->objects->pdata, set->objects->len,
                                                    sizeof(gpointer), compare_identities)
                                          : NULL;

    return found ? (*found)->digest : NULL;
}

static void change_free(gpointer data)
{
    FingerprintChange *change = data;

    g_free(change->identity);
    g_free(change);
}

static void add_change(GPtrArray *changes, ChangeKind kind, const char *identity)
{
    FingerprintChange *change = g_new(FingerprintChange, 1);

    *change = (FingerprintChange){kind, g_strdup(identity)};
    g_ptr_array_add(changes, change);
}

/* Like strcmp of the next identities; the end of a list is behind everything. */
static int compare_next(const GPtrArray *left, guint i, const GPtrArray *right, guint j)
{
    if (i == left->len)
        return 1;
    if (j == right->len)
        return -1;
    return compare_identities(&left->pdata[i], &right->pdata[j]);
}

GPtrArray *fingerprints_compare(const FingerprintSet *from, const FingerprintSet *to)
{
    GPtrArray *changes = g_ptr_array_new_with_free_func(change_free);
    guint i = 0;
    guint j = 0;

    while (i < from->objects->len || j < to->objects->len) {
        int order = compare_next(from->objects, i, to->objects, j);
        const Fingerprint *old = order <= 0 ? from->objects->pdata[i++] : NULL;
        const Fingerprint *new = order >= 0 ? to->objects->pdata[j++] : NULL;

        if (!old)
            add_change(changes, CHANGE_ADDED, new->identity);
        else if (!new)
            add_change(changes, CHANGE_REMOVED, old->identity);
        else if (strcmp(old->digest, new->digest) != 0)
            add_change(changes, CHANGE_ALTERED, old->identity);
    }
    return changes;
}
