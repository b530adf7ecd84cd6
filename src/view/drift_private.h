/* Drift within the status document. For this room only. */
#pragma once

#include <jansson.h>

#include "engine/drift.h"

/* As drift_document has it, without texts and with no more than 100 objects; null for NULL. */
json_t *drift_json(const Drift *drift);
