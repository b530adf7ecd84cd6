/* Which of several forms of an answer a client would like best (RFC 9110, section 12.5.1). Pure. */
#pragma once

#include <glib.h>

/* `field` is all of Accept, or NULL: anything will do. `types` are media types without parameters,
 * NULL-terminated, the one that we like best first. The place of the best, or -1: none will do.
 * What is not well-formed in the field is passed over. */
int accept_choose(const char *field, const char *const *types);
