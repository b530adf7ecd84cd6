/* Records one after the other, in the binary format of COPY ... FROM STDIN. */
#pragma once

#include "usage/record.h"

/* Fills `bytes` anew with `count` records and the end. */
void rows_fill(GByteArray *bytes, UsageRecord *const *records, guint count);
