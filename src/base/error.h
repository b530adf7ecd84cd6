/* Errors as values: a GError in one domain whose code is a kind from errkinds.def, with the
 * place, the SQLSTATE and the hint that a reader needs. Nothing here prints or logs.
 *
 * Every call of pgsluice that can fail takes a `GError **error` last, returns FALSE or NULL on
 * failure and then leaves its other outputs untouched. */
#pragma once

#include <glib.h>

typedef enum {
#define ERRKIND(name, slug, exit_status, http_status, retryable, title) ERROR_##name,
#include "base/errkinds.def"
#undef ERRKIND
    ERROR_KIND_COUNT,
} ErrorKind;

#define PGSLUICE_ERROR (pgsluice_error_quark())
GQuark pgsluice_error_quark(void);

/* Where in a file an error stands. `line` and `column` count from 1; 0 means unknown. */
typedef struct {
    const char *path;
    unsigned line;
    unsigned column;    /* in characters, not bytes */
    const char *source; /* the text of that line without its end, or NULL */
} ErrorSite;

/* Sets *error to a new error of `kind`; nothing when `error` is NULL. The message has no final full
 * stop and no line end. */
void error_set(GError **error, ErrorKind kind, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Gives *error another kind; message and everything else stay. */
void error_reclassify(GError **error, ErrorKind kind);

/* Each of these adds to an error that is already set (and does nothing when `error` or *error is
 * NULL, or when *error comes from another domain). Strings are copied; a later call replaces. */
void error_set_hint(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
void error_set_site(GError **error, const ErrorSite *site);
void error_set_sql(GError **error, const char *sqlstate, const char *detail,
                   const char *server_hint, const char *context);
/* What is and what is not in the database now, as a sentence. */
void error_set_outcome(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Readers. Strings belong to the error and are NULL when unknown; foreign GErrors read as
 * ERROR_INTERNAL (files: GFileError reads as ERROR_FILE). */
ErrorKind error_kind(const GError *error);
gboolean error_is(const GError *error, ErrorKind kind);
const char *error_hint(const GError *error);
const char *error_outcome(const GError *error);
const char *error_sqlstate(const GError *error);
const char *error_detail(const GError *error);
const char *error_server_hint(const GError *error);
const char *error_context(const GError *error);
/* FALSE when the error has no site; *site then is untouched. Its strings belong to the error. */
gboolean error_site(const GError *error, ErrorSite *site);

/* The columns of errkinds.def. */
const char *error_kind_slug(ErrorKind kind);
const char *error_kind_title(ErrorKind kind);
int error_kind_exit_status(ErrorKind kind);
int error_kind_http_status(ErrorKind kind);
gboolean error_kind_is_retryable(ErrorKind kind);

/* The whole error as text for people: message, place with a caret, SQLSTATE, DETAIL, what is in the
 * database now, hint; several lines, no final line end, secrets redacted. Free with g_free. */
char *error_describe(const GError *error);

/* The same on one line (message, place, SQLSTATE, hint), for STATUS= and logs. */
char *error_describe_short(const GError *error);
