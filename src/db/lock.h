/* The migration lock: one session-level advisory lock, taken only by polling.
 * Key: the first 8 bytes (big-endian, signed) of SHA-256 over "pgsluice migration lock\n" SCHEMA
 * "\n" TABLE. */
#pragma once

#include <glib.h>

#include "db/conn.h"

typedef struct {
    gint64 key;
    gint32 class_id; /* the two halves, as pg_locks shows them */
    gint32 object_id;
} LockKey;

LockKey lock_key(const char *version_table_schema, const char *version_table);
/* The same over "pgsluice fence\n" SCHEMA "\n" TABLE "\n" REVISION: see engine/fence.h. */
LockKey lock_key_of_fence(const char *version_table_schema, const char *version_table,
                          const char *revision);
/* The first key of a lock with two: the first 4 bytes of SHA-256 over "pgsluice instance\n" SCHEMA
 * "\n" TABLE. The second key is for who takes it. */
gint32 lock_class_of_instances(const char *version_table_schema, const char *version_table);

/* Who has it. Strings may be NULL when the role may not see them. */
typedef struct {
    int pid;
    char *application_name;
    char *client; /* address, or "[local]" */
    char *user;
    char *since; /* backend start, RFC 3339 */
    char *query; /* redacted, cut at 200 characters */
} LockHolder;
void lock_holder_free(LockHolder *holder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LockHolder, lock_holder_free)
/* "pgsluice/web1:812 (process 4711, user app, from 10.0.0.7, since 2026-...)"; g_free. */
char *lock_holder_describe(const LockHolder *holder);

/* One try, never waits on the server. *taken tells. The session then holds the lock twice: giving
 * one hold back and taking it again proves that it is still ours and never frees it (record_step
 * does that in each transaction). Taking a lock that this connection already has is a bug. */
gboolean lock_try(Conn *conn, LockKey key, gboolean *taken, GError **error);
/* The same as part of a pipeline, and what its answer says. */
gboolean lock_try_queue(Conn *conn, LockKey key, GError **error);
gboolean lock_try_answer(const Result *result);
/* LOCK_LOST when it was not held any more. */
gboolean lock_release(Conn *conn, LockKey key, GError **error);
/* The same as part of a pipeline, and what its answer says. */
gboolean lock_release_queue(Conn *conn, LockKey key, GError **error);
gboolean lock_release_answer(const Conn *conn, const Result *result, GError **error);
/* *holder is NULL when nobody has it. */
gboolean lock_find_holder(Conn *conn, LockKey key, LockHolder **holder, GError **error);
