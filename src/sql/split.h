/* Splitting SQL text into statements with libpg_query. Pure; any thread may call it. */
#pragma once

#include <glib.h>

typedef enum {
    STATEMENT_ORDINARY,
    STATEMENT_TRANSACTION_CONTROL, /* BEGIN START COMMIT END ROLLBACK ABORT PREPARE TRANSACTION; not
                                      savepoints and ROLLBACK TO, which stay inside a transaction */
    STATEMENT_COPY_STREAM,         /* COPY ... FROM STDIN or TO STDOUT */
} StatementKind;

typedef struct {
    gsize offset;    /* bytes into the text where the statement's first token begins */
    gsize length;    /* bytes, without the semicolon */
    unsigned line;   /* of its first token, counted from first_line */
    unsigned column; /* in characters, from 1 */
    StatementKind kind;
    char *sql; /* the statement, NUL-terminated */
} Statement;

/* Splits `text`, whose first line is line `first_line` of `path`, into an array of Statement (with
 * its free function). Empty statements and comments alone give none. Dollar quotes, nested
 * comments, standard and E'' strings, BEGIN ATOMIC bodies are understood; text that this grammar
 * (PostgreSQL 15's) does not parse is split by the scanner alone, so that the server is the judge.
 * A psql meta-command and an unterminated quote or comment are ERROR_REVISION_FILE with place. */
GPtrArray *sql_split(const char *text, const char *path, unsigned first_line, GError **error);
