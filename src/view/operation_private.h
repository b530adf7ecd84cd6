/* Operations as JSON, for this room only. */
#pragma once

#include <jansson.h>

#include "view/operation.h"

/* null for NULL. */
json_t *operation_json(const Operation *operation);
