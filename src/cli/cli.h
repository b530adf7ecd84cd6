/* What every verb is handed: the global options, and the configuration, revision graph and session,
 * each made when a verb first asks and never before (start-up time is a product target). */
#pragma once

#include <glib.h>

#include "base/cancel.h"
#include "base/error.h"
#include "cli/progress.h"
#include "conf/conf.h"
#include "engine/session.h"

typedef struct Cli Cli;
typedef struct Verb Verb; /* cli/verb.h */

typedef struct {
    char *config_path;          /* -c, or NULL */
    char *section;              /* -n, or NULL */
    GPtrArray *sets;            /* --set, in order */
    GPtrArray *variables;       /* -x, in order */
    char *tag;                  /* --tag, of the verbs that have it; or NULL */
    char *environment;          /* --environment, of the verbs that have it; or NULL */
    gboolean despite_instances; /* --despite-instances, of the verbs that have it */
    int verbosity;              /* how many -v */
    gboolean is_quiet;
    gboolean wants_json;
    gboolean refuses_colour;
    gboolean wants_version;
    gboolean wants_help;
    gboolean raises;    /* --raiseerr, which changes nothing */
    gboolean completes; /* words are to be completed, not obeyed: cli/complete.h */
} GlobalOptions;

/* With no options set, and nothing loaded. */
Cli *cli_new(void);
/* Closes the session, frees everything. */
void cli_free(Cli *cli);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cli, cli_free)

/* The options, for the parser to fill and for verbs to read; they belong to the Cli. */
GlobalOptions *cli_options(Cli *cli);

/* Each is loaded by the first call, belongs to the Cli, and is NULL with an error on failure. */
const Conf *cli_conf(Cli *cli, GError **error);
const Graph *cli_graph(Cli *cli, GError **error);
const EngineSettings *cli_settings(Cli *cli, GError **error);
/* The settings without URL and instance, for what needs no database; they belong to the Cli. */
gboolean cli_offline_settings(Cli *cli, EngineSettings *settings, GError **error);
/* `retries`: goes on until database.connect_timeout; else one try. */
Session *cli_session(Cli *cli, gboolean retries, GError **error);
/* What the engine's events are shown with; never NULL. */
Progress *cli_progress(Cli *cli);
/* The session's database as it is now: connects with one try. */
DatabaseState *cli_read_state(Cli *cli, GError **error);

/* From the first call on, and until the process has ended, SIGINT and SIGTERM trigger it instead of
 * ending the process. */
Cancel *cli_cancel(Cli *cli);
/* SIGINT or SIGTERM when one came, else 0. */
int cli_signal(void);

/* Says that the database has been changed as the verb was asked to: `at` is where it is now. What
 * fails after that fails only in telling of it. */
void cli_set_changed(Cli *cli, const char *at);
/* Whether that was said. */
gboolean cli_is_changed(const Cli *cli);

/* Says that the verb's work is done and its answer is no (a check that found something): exit
 * status 1 without an error, when nothing fails after that. */
void cli_set_refused(Cli *cli);

/* Says that the verb's work is done and that the program ends with this status: that of a program
 * which it has run. */
void cli_set_status(Cli *cli, int status);
/* What was said, else 1 after cli_set_refused, else 0. */
int cli_status(const Cli *cli);

/* The exit status for an error that ended a verb: errkinds.def, or 128 + the signal that
 * interrupted it. After cli_set_changed it is that of MIGRATION, and the error's outcome says that
 * the change is done. */
int cli_exit_status(const Cli *cli, GError **error);
