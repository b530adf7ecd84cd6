/* Values of usage logs as text, written straight into a string: it is on the way of each row. Pure.
 */
#pragma once

#include "usage/record.h"

/* A JSON string; `bytes` are valid UTF-8. */
void usage_put_string(GString *text, const char *bytes, gsize length);
/* The same of text from elsewhere, such as a message of the server: what is not UTF-8 is replaced.
 */
void usage_put_foreign(GString *text, const char *bytes, gsize length);
void usage_put_id(GString *text, const guint8 id[USAGE_ID_SIZE]);
/* The shortest that reads as the same number; null for what JSON has no number for. */
void usage_put_number(GString *text, double number);
/* A JSON string as RFC 3339 has it, in UTC, where the year has four digits; "infinity" and
 * "-infinity" as the server says it. */
void usage_put_time(GString *text, gint64 wall);
/* A JSON value. */
void usage_put_value(GString *text, UsageKind kind, const UsageValue *value);
/* The object, without a line end; what is not set is null. */
void usage_put_record(GString *text, const UsageRecord *record);

/* Rows of CSV (RFC 4180), CR LF included. Nothing stands for NULL, and "" for an empty text. Texts
 * are as they were stored, also where a spreadsheet would take them for formulas. */
void usage_put_csv_head(GString *text);
void usage_put_csv_record(GString *text, const UsageRecord *record);
