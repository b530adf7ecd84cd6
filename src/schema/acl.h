/* Privileges as the server writes them (aclitem) turned into GRANT and REVOKE. Pure. */
#pragma once

#include "schema/object.h"

typedef struct {
    const char *prefix; /* in front of GRANT and REVOKE: "" or "ALTER DEFAULT PRIVILEGES ... " */
    const char *on;     /* "TABLE public.t" */
    const char *column; /* NULL: the whole object */
    const char *owner;  /* whose grants need no other role; NULL: not known */
} AclTarget;

/* Appends (char *) the statements that bring `baseline` to `acl`: nothing when `acl` is NULL. In an
 * order that depends on the privileges only. Grants of another than the owner are made as that
 * role. */
void acl_append(GPtrArray *statements, const AclTarget *target, char *const *acl,
                char *const *baseline);
/* The same from `old` to `new` privileges of one object that stays; `old_owner` owned it before,
 * and what it had given and got is the new owner's (NULL: the same owner). NULL for what the
 * baseline says. */
typedef struct {
    char *const *old;
    char *const *old_baseline;
    const char *old_owner;
    char *const *new;
    char *const *new_baseline;
} AclChange;
void acl_append_change(GPtrArray *statements, const AclTarget *target, const AclChange *change);
