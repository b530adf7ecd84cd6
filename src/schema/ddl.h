/* The statements that make an object, for dumps, digests and whoever compares. Canonical: a
 * function of the object only, and the same for every server that has the same object. Pure. */
#pragma once

#include "schema/object.h"

typedef enum {
    DDL_OWNERS = 1 << 0,     /* ALTER ... OWNER TO */
    DDL_PRIVILEGES = 1 << 1, /* GRANT and REVOKE; default privileges */
    DDL_DEFAULTS = 1 << 2,   /* columns with their defaults; else ddl_defaults makes them later */
    DDL_COMMENTS = 1 << 3,
    DDL_ALL = DDL_OWNERS | DDL_PRIVILEGES | DDL_DEFAULTS | DDL_COMMENTS,
} DdlFlags;

/* CREATE and everything that belongs to it (owner, comments, privileges, states), without the last
 * semicolon each: an array of char *, possibly empty (public as initdb made it; an inherited
 * constraint). A statement that begins with "--" only says what cannot be made. */
GPtrArray *ddl_create(const Object *object, DdlFlags flags);
/* What sets the defaults of a table that was made without DDL_DEFAULTS. */
GPtrArray *ddl_defaults(const Object *object);
/* What gives a sequence to its column; empty for any other. */
GPtrArray *ddl_ownership(const Object *object);

/* All of the object as one text, each statement with a semicolon and a line end; g_free. Two
 * objects of one identity are the same when, and only when, their texts are. */
char *ddl_text(const Object *object, DdlFlags flags);

/* DO with `body`, BEGIN ... END, between dollars with a `tag` that does not end it; g_free. */
char *ddl_block(const char *tag, const char *body);
