/* Splitting SQL text into statements with libpg_query. Pure; any thread may call it. */
#pragma once

#include "sql/place.h"

typedef enum {
    STATEMENT_ORDINARY,
    STATEMENT_TRANSACTION_CONTROL, /* BEGIN START COMMIT END ROLLBACK ABORT PREPARE TRANSACTION; not
                                      savepoints and ROLLBACK TO, which stay inside a transaction */
    STATEMENT_DISCARD_ALL,
    STATEMENT_COPY_IN,  /* COPY ... FROM STDIN */
    STATEMENT_COPY_OUT, /* COPY ... TO STDOUT */
} StatementKind;

/* A part of a statement that was put together: it begins at byte `at` of its sql. */
typedef struct {
    gsize at;
    gsize offset;      /* in the text: where the part stands, or what a value stands for */
    gboolean is_value; /* has no counterpart in the text */
} Piece;

typedef struct {
    gsize offset;    /* bytes into the text where the statement's first token begins */
    gsize length;    /* bytes, without the semicolon */
    unsigned line;   /* of its first token, counted from first_line */
    unsigned column; /* in characters, from 1 */
    StatementKind kind;
    gboolean commits_before; /* "-- pgsluice:commit" stands above it: what comes before it is to be
                                committed first */
    char *sql;               /* the statement as it is to be sent, NUL-terminated */
    GArray *pieces; /* of Piece, in order, when sql is not the text itself (sql/expand.h); or NULL
                     */
    gsize data_offset; /* bytes into the text: the rows behind COPY ... FROM STDIN (datablock.h) */
    gsize data_length;
    unsigned data_line; /* of the first row; 0: the statement has no rows in the text */
} Statement;

/* Splits `text`, whose first line is line `first_line` of `path`, into an array of Statement (with
 * its free function). Empty statements and comments alone give none. Dollar quotes, nested
 * comments, standard and E'' strings, BEGIN ATOMIC bodies are understood; text that this grammar
 * (PostgreSQL 15's) does not parse is split by the scanner alone, so that the server is the judge.
 * The rows behind COPY ... FROM STDIN belong to it.
 * A psql meta-command and an unterminated quote or comment are ERROR_REVISION_FILE with place. */
GPtrArray *sql_split(const char *text, const char *path, unsigned first_line, GError **error);
/* The same for a text whose rows have been found and blanked (datablock.h). Its bytes are
 * NUL-terminated. */
GPtrArray *sql_split_blanked(const PlaceText *text, const GArray *blocks, GError **error);

/* Where the byte at `at` of statement->sql stands in the text that was split: of a value, the
 * reference to it. */
gsize statement_offset(const Statement *statement, gsize at);
