/* What the verbs that change the database have in common: who asks, and what is said at the end. */
#pragma once

#include "cli/cli.h"
#include "cli/options.h"
#include "engine/migrate.h"

/* The whole of upgrade and downgrade, from their words on: brings the database to the target
 * (`fallback` when none is typed; NULL: the verb requires one), with progress and a summary on
 * stderr and with --json the plan that was run on stdout. With --sql it is sql_mode_change. */
gboolean change_obey(Cli *cli, const Verb *verb, const char *const *words, PlanDirection direction,
                     const char *fallback, GError **error);

/* The entry of --tag, for the verbs that change the database. */
#define CHANGE_TAG(cli)                                                                            \
    {                                                                                              \
        "tag", 0, 0, OPTION_TEXT, &cli_options(cli)->tag,                                          \
            "Set the variable tag, and keep TEXT in the ledger as the reason", "TEXT"              \
    }

/* The entry of --environment, for the verbs that are refused in another one. */
#define CHANGE_ENVIRONMENT(cli)                                                                    \
    {                                                                                              \
        "environment", 0, 0, OPTION_TEXT, &cli_options(cli)->environment,                          \
            "Change the database though it belongs to environment NAME, and not to that of the "   \
            "configuration",                                                                       \
            "NAME"                                                                                 \
    }

/* The entry of --despite-instances, for the verbs that undo. */
#define CHANGE_DESPITE_INSTANCES(cli)                                                              \
    {                                                                                              \
        "despite-instances", 0, 0, G_OPTION_ARG_NONE, &cli_options(cli)->despite_instances,        \
            "Undo also what running programs require", NULL                                        \
    }

/* The options for what a person asks; `target` is borrowed. --tag is the reason. */
MigrateOptions change_options(Cli *cli, const char *target);

/* "3f2a9c1b7d10 (head)", "a, b", "<base>": heads as one phrase; g_free. */
char *change_describe_heads(const Graph *graph, const char *const *heads);
