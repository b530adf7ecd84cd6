/* Documents that become parts of others. For this room only. */
#pragma once

#include <jansson.h>

#include "base/findings.h"

/* As findings_document has it. */
json_t *findings_json(const Findings *findings, guint files, const char *database);
