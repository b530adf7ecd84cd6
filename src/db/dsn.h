/* Connection URLs: what people write (SQLAlchemy drivers, asyncpg options, postgres://, conninfo)
 * turned into what libpq reads. Pure: values in, values out. */
#pragma once

#include <glib.h>

#include "base/secret.h"

/* Turns a URL or conninfo string into libpq parameters. Understood: postgresql:// and postgres://,
 * a driver suffix (+asyncpg +psycopg2 +psycopg +pg8000), asyncpg's ?ssl=VALUE (to sslmode; true =
 * require), several hosts, IPv6 with a zone, percent-encoding, Unix socket folders, key=value
 * conninfo, service=.
 *
 * What SQLAlchemy reads it reads the same, but for the reasons that tests/lib/url-oracle lists: a
 * password may hold / and ? as they are, and where the URL names a driver, "+" in the query is a
 * blank and the drivers' cache parameters are ignored. Other parameters that only SQLAlchemy and
 * asyncpg know are errors that name them; a URL that two readers would read differently is refused.
 *
 * Passwords are remembered for redaction. ERROR_CONFIG with the reason otherwise; it quotes nothing
 * that could be a piece of a password. */
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

/* As conninfo that dsn_parse reads back, with its password. secret_free. */
Secret *dsn_secret(const Dsn *dsn);

/* "postgresql://user:***@host:5432/name?sslmode=require"; free with g_free. */
char *dsn_describe(const Dsn *dsn);
