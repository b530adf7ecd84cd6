/* Values to jansson for the documents: strings that are always UTF-8, lists, times; and the printed
 * form. For this room only. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* A JSON string; NULL gives null. Secrets are redacted: here and not in the printed document, where
 * a quote that ends a string looks like a part of a password. Bytes that are not UTF-8 become
 * U+FFFD.
 */
json_t *render_text(const char *text);
/* The same as it is, for what was asked for to be shown: a new token. */
json_t *render_secret(const char *text);
/* An array of the strings; NULL gives an empty one. */
json_t *render_texts(const char *const *texts);
/* RFC 3339; 0 gives null. */
json_t *render_time(gint64 wall);
/* The printed document with a final line end; takes `json`; g_free. */
char *render_print(json_t *json);
