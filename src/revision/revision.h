/* A revision: the header of one file of versions/, and on demand its body. Values only. */
#pragma once

#include <glib.h>

enum { REVISION_ID_MAX = 32 }; /* alembic_version.version_num is varchar(32) */

typedef enum { TRANSACTION_AUTO, TRANSACTION_NONE } TransactionMode;

/* Strings are never NULL unless said; vectors are NULL-terminated, never NULL. A Revision and all
 * that it points to is one block of memory: nothing in it is freed or replaced by itself. */
typedef struct {
    char *id;
    char *message; /* first comment line; when absent the slug of the file name, "_" as blanks */
    char *doc;     /* the comment lines between message and first key, or "" */
    char **down_revisions;
    char **depends_on; /* ids or labels as written */
    char **labels;     /* this file's own */
    char *create_date; /* as written, or "" */
    TransactionMode transaction;
    char *review; /* as written, or "" */
    char *path;
} Revision;

typedef struct {
    char *text; /* without the marker, leading blank lines and trailing blanks; LF line ends; NULL
                   when the section is absent, "" when it is empty */
    unsigned first_line; /* of text, in the file */
    char checksum[65];   /* SHA-256, lower-case hex, over the normalised bytes; "" when absent */
} Section;

typedef struct {
    Section up;
    Section down;
    Section verify;
    gboolean has_nothing_to_undo; /* an empty down with the line "-- nothing to undo" */
} RevisionBody;

void revision_free(Revision *revision);
void revision_body_free(RevisionBody *body);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Revision, revision_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RevisionBody, revision_body_free)

/* 1-32 of A-Za-z0-9_. and not a reserved word (head heads base current). The error is
 * ERROR_REVISION_FILE without a place. */
gboolean revision_id_is_valid(const char *id, GError **error);
/* The same for a label, or an id or label that is depended on: it may have "-" too, as Alembic's
 * projects like to write labels. */
gboolean revision_label_is_valid(const char *label, GError **error);
/* The ids of an array of Revisions, NULL-terminated; g_strfreev. */
char **revision_ids(const GPtrArray *revisions);
/* 12 lower-case hex digits, random. */
char *revision_id_new(void);
/* Alembic's slug: word characters joined by "_", lower case; when it is longer than `longest`
 * characters, cut behind the last word that fits, whose "_" stays. g_free. */
char *revision_slug(const char *message, guint longest);
