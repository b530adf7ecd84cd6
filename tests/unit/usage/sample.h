/* A table like the shipped one, and records for it. */
#pragma once

#include "usage/record.h"

extern const char sample_table[];

/* A record with an id and every field but the error message; `endpoint` is copied. g_free. */
UsageRecord *sample_record(const char *action_type, const char *endpoint);
/* The same with an id that the client has chosen: "9e107d9d-372b-4b82-8bd8-0000000000NN". */
UsageRecord *sample_own(guint8 number);
