/* The rows of a statement's answer. */
#pragma once

#include <glib.h>

#include "base/textarray.h"

/* Made by the calls of conn.h, and the caller's. Nothing here can fail. */
typedef struct Result Result;

void result_free(Result *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Result, result_free)

/* 0 where the statement gave none. */
int result_rows(const Result *result);
int result_columns(const Result *result);
const char *result_column_name(const Result *result, int column); /* belongs to the Result */
/* NULL for SQL NULL; belongs to the Result. Columns by position; out of range is a bug. */
const char *result_text(const Result *result, int row, int column);
/* The bytes of a value that was asked for in the binary format; NULL for SQL NULL. */
const guint8 *result_bytes(const Result *result, int row, int column, gsize *length);
gint64 result_int64(const Result *result, int row, int column);     /* 0 for NULL */
gboolean result_boolean(const Result *result, int row, int column); /* FALSE for NULL */
/* A text[] as a NULL-terminated vector (NULL for SQL NULL); free with g_strfreev. */
char **result_text_array(const Result *result, int row, int column);
