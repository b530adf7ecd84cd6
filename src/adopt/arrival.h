/* A revision of another tool on its way to a revision file of ours. */
#pragma once

#include <glib.h>

/* What is run in one direction. */
typedef struct {
    char *sql;     /* NULL: there is no such section */
    char *blocked; /* why it must not run as it is, or NULL: it may */
} ArrivalSection;

/* Strings belong to the arrival; those of the vectors, too. */
typedef struct {
    char *id;
    char *message;
    char *doc;         /* more lines about it, or "" */
    char *create_date; /* as written, or "" */
    char *origin;      /* the name of the file that it comes from */
    GPtrArray *parents;
    GPtrArray *labels;
    GPtrArray *depends_on;
    ArrivalSection up; /* always has SQL, perhaps "" */
    ArrivalSection down;
    gboolean leaves_transaction; /* Transaction: none */
    GPtrArray *notes;            /* char *, what a person must look at */
} Arrival;

/* An empty one. */
Arrival *arrival_new(const char *id);
void arrival_free(Arrival *arrival);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arrival, arrival_free)

/* One more note for the person who reads the file: a line, or several. */
void arrival_add_note(Arrival *arrival, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A section of which a part or the whole is missing: it raises an error instead of running. */
gboolean arrival_is_blocked(const Arrival *arrival);

/* Reads the SQL: what pgsluice is going to refuse becomes a note, and a statement that cannot run
 * in a transaction makes the revision one without. Once, when the sections are filled. */
void arrival_inspect(Arrival *arrival);

/* "3f2a9c1b7d10_add_account.sql"; g_free. */
char *arrival_file_name(const Arrival *arrival);

/* The text of the file, which is read back to see that it says what the arrival says: an id that
 * pgsluice does not read, text that is not UTF-8, or a line in the SQL that looks like a marker are
 * ERROR_REVISION_FILE. `path` is for messages. g_free. */
char *arrival_format(const Arrival *arrival, const char *path, GError **error);
