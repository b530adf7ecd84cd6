/* What the verbs that compare models and schemas have in common: options, the models, questions to
 * the person, the report. */
#pragma once

#include "cli/cli.h"
#include "cli/draft.h"
#include "engine/autogenerate.h"

/* The options as typed; strings are its own. */
typedef struct {
    char **renames;
    gboolean refuses_renames;
    gboolean is_offline_ok;
    gboolean never_asks; /* not even on a terminal: nothing is written */
} GenerateRequest;
void generate_request_clear(GenerateRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GenerateRequest, generate_request_clear)

/* The rows of a verb's GOptionEntry table that fill `request` (a GenerateRequest *). */
#define GENERATE_ENTRIES(request)                                                                  \
    {"rename",                                                                                     \
     0,                                                                                            \
     0,                                                                                            \
     OPTION_TEXTS,                                                                                 \
     &(request)->renames,                                                                          \
     "The table, column, label ... OLD is now called NEW (repeatable)",                            \
     "TABLE.OLD=NEW"},                                                                             \
        {"no-rename",                                                                              \
         0,                                                                                        \
         0,                                                                                        \
         G_OPTION_ARG_NONE,                                                                        \
         &(request)->refuses_renames,                                                              \
         "What has not been called a rename is none",                                              \
         NULL},                                                                                    \
    {                                                                                              \
        "offline-ok", 0, 0, G_OPTION_ARG_NONE, &(request)->is_offline_ok,                          \
            "Take the plain forms, which lock tables for longer", NULL                             \
    }

/* The models; NULL without an error when the project has none. */
Models *generate_models(Cli *cli, GError **error);
/* The same where there must be some: ERROR_CONFIG says how to begin. */
Models *generate_require_models(Cli *cli, GError **error);
/* What the server makes of them. What does not load is told on stderr, but for the first, which is
 * the error. */
Catalog *generate_catalog(Workbench *workbench, const Models *models, GError **error);

/* `models` NULL: they are on neither side. Asks on a terminal. */
Change *generate_change(Cli *cli, Workbench *workbench, const GenerateRequest *request,
                        const Models *models, Catalog *from, Catalog *to, GError **error);

/* What a generated revision follows: the one head. ERROR_AMBIGUOUS with several. Container only. */
GPtrArray *generate_parents(Cli *cli, GError **error);

/* The lines "Detected ..." on stderr, unless -q. */
void generate_report(Cli *cli, const Change *change);

/* Writes the revision that leads from `from` to `to`, when it is proven to. With questions that
 * nobody has answered it is printed instead, and the exit status is 1. */
gboolean generate_write(Cli *cli, Workbench *workbench, DraftRequest *draft, GPtrArray *parents,
                        const Change *change, Catalog *from, Catalog *to, GError **error);
