/* Connection URLs: what people write (SQLAlchemy drivers, asyncpg options, postgres://, conninfo)
 * turned into what libpq reads. Pure: values in, values out. */
#pragma once

#include <glib.h>

#include "base/secret.h"

/* Turns a URL or conninfo string into libpq parameters. Understood: postgresql:// and postgres://,
 * a driver suffix (+asyncpg +psycopg2 +psycopg +pg8000), asyncpg's ?ssl=VALUE (to sslmode; true =
 * require), several hosts, IPv6, percent-encoding, Unix socket folders, key=value conninfo,
 * service=. Parameters that only SQLAlchemy knows are errors that name them. Passwords are
 * remembered for redaction. ERROR_CONFIG with the reason otherwise. */
typedef struct Dsn Dsn;
Dsn *dsn_parse(const char *text, GError **error);
void dsn_free(Dsn *dsn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dsn, dsn_free)

/* NULL-terminated parallel arrays for PQconnectStartParams; belong to the Dsn. */
const char *const *dsn_keywords(const Dsn *dsn);
const char *const *dsn_values(const Dsn *dsn);
/* The value of one keyword, or NULL. */
const char *dsn_get(const Dsn *dsn, const char *keyword);
/* A copy with one keyword set (NULL removes it). */
Dsn *dsn_with(const Dsn *dsn, const char *keyword, const char *value);

/* "postgresql://user:***@host:5432/name?sslmode=require"; free with g_free. */
char *dsn_describe(const Dsn *dsn);
