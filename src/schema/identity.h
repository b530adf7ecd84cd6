/* How an object is named: the identity that tells it from all others, and what DDL says behind its
 * word. Pure. */
#pragma once

#include "schema/object.h"

/* 'public.f(integer)', 'orders_pkey ON public.orders'; parent and schema are set. g_free. */
char *identity_reference(const Object *object);
/* 'function public.f(integer)'; g_free. */
char *identity_of(const Object *object);

/* "FOR ROLE r IN SCHEMA s"; g_free. */
char *default_privilege_scope(const DefaultPrivilege *privilege);
/* "TABLES" */
const char *default_privilege_noun(const DefaultPrivilege *privilege);
