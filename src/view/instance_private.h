/* The rendering of an instance that documents share. For this room only. */
#pragma once

#include <jansson.h>

#include "engine/instance.h"

/* {"instance","host","version","required_revision","required":[],"unknown","since","pid"}:
 * required_revision is all of `required` in one text, with "unknown" for what nobody here knows;
 * null when it requires nothing. */
json_t *instance_json(const Instance *instance);
