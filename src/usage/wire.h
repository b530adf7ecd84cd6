/* Values in the server's binary format (the send and recv functions of the types in PostgreSQL's
 * sources), put at the end of some bytes. */
#pragma once

#include "usage/record.h"

/* Big-endian. */
void wire_put_int16(GByteArray *bytes, gint16 number);
void wire_put_int32(GByteArray *bytes, gint32 number);
/* Length and value, or the length that says NULL. */
void wire_put_field(GByteArray *bytes, const UsageRecord *record, UsageField field);
