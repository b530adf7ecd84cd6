/* A new revision file: what the verbs that write one (revision, merge) have in common. */
#pragma once

#include "cli/cli.h"
#include "cli/options.h"

/* Whether the text of the new revision `id` may become a file. */
typedef gboolean (*DraftProve)(const char *id, const char *text, gpointer data, GError **error);

/* The options as typed; strings are its own. All may be NULL but the message when it is written. */
typedef struct {
    char *message; /* one line */
    gboolean splices;
    gboolean prints; /* the text, and writes nothing */
    char *label;
    char **depends_on;
    char *id;
    char *folder;
    char *doc; /* what stands below the message; NULL: nothing. These are for what is generated */
    char *up;  /* the sections; NULL: what a new file has */
    char *down;
    char *review;     /* the header's Review; NULL: none */
    DraftProve prove; /* NULL: nothing has to be proved */
    gpointer prove_data;
} DraftRequest;
void draft_request_clear(DraftRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DraftRequest, draft_request_clear)

/* The rows of a verb's GOptionEntry table that fill `request` (a DraftRequest *); the message and
 * --splice mean something else to each verb and are rows of its own. */
#define DRAFT_ENTRIES(request)                                                                     \
    DRAFT_ENTRY("branch-label", OPTION_TEXT, &(request)->label, "LABEL",                           \
                "Name the branch that starts here"),                                               \
        DRAFT_ENTRY("depends-on", OPTION_TEXTS, &(request)->depends_on, "REVISION",                \
                    "What must be applied before it although it does not follow it (repeatable)"), \
        DRAFT_ENTRY("rev-id", OPTION_TEXT, &(request)->id, "ID",                                   \
                    "Use this id instead of a new one"),                                           \
        DRAFT_ENTRY("version-path", OPTION_TEXT, &(request)->folder, "PATH",                       \
                    "Write into this folder")
#define DRAFT_ENTRY(name, kind, value, value_name, help)                                           \
    {                                                                                              \
        name, 0, 0, kind, value, help, value_name                                                  \
    }

/* ERROR_USAGE when one of `parents` is followed already and the request has no --splice. */
gboolean draft_require_heads(const Graph *graph, GPtrArray *parents, const DraftRequest *request,
                             GError **error);

/* ERROR_AMBIGUOUS: a revision can follow each of `heads`. */
void draft_refuse_several_heads(GPtrArray *heads, GError **error);

/* Writes the file of a revision that follows `parents` (const Revision *; empty: a new root), and
 * prints where it is, with --json the revision as the graph now has it. Whatever the request asks
 * for is checked first: nothing is written when it cannot be had, or when the template's text does
 * not read back. Then the commands of migrations.post_write run on the file, which stays when one
 * of them fails. */
gboolean draft_write(Cli *cli, const DraftRequest *request, GPtrArray *parents, GError **error);
