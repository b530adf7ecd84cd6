/* The script's parts, from top to bottom: psql's settings, the session, guard and lock, the tables,
 * the facts of the run, the revisions, the end. */
#include "engine/offline.h"

#include <string.h>

#include "base/secret.h"
#include "engine/pairs.h"
#include "engine/probe.h"
#include "engine/psql_script.h"
#include "engine/session_private.h"
#include "engine/settings.h"
#include "engine/sql_engine.h"
#include "engine/stamp.h"

/* What psql -f, psql < FILE and any .psqlrc must agree on. FETCH_COUNT would run queries through a
 * cursor, SINGLELINE end a statement at its first line. */
#define PSQL_SETTINGS                                                                              \
    "\\set ON_ERROR_STOP on\n"                                                                     \
    "\\set ON_ERROR_ROLLBACK off\n"                                                                \
    "\\set AUTOCOMMIT on\n"                                                                        \
    "\\set SINGLELINE off\n"                                                                       \
    "\\set SINGLESTEP off\n"                                                                       \
    "\\set FETCH_COUNT 0\n"                                                                        \
    "\\set QUIET on\n"                                                                             \
    "\\set VERBOSITY default\n"                                                                    \
    "\\set SHOW_CONTEXT never\n"                                                                   \
    "\\set pgsluice_given :pgsluice_actor\n"

#define HOW_TO_RUN                                                                                 \
    "--\n"                                                                                         \
    "-- Run it with:  psql -X -f FILE URL          (psql 10 or newer; never with -1)\n"            \
    "-- The ledger names the role that logs in as actor, or whom -v pgsluice_actor=NAME says.\n"   \
    "--\n"                                                                                         \
    "-- It refuses a database that is not where it starts, and takes the migration lock.\n"        \
    "-- Each revision commits together with its record. When one fails psql stops, status 3:\n"    \
    "-- it is rolled back, those before it stay. Correct the file, then write a script that\n"     \
    "-- starts where the database is. When any revision file changes: write it anew.\n"

/* Set for the transaction alone: still there in the next statement, it is the same transaction. */
#define ASK_TRANSACTION                                                                            \
    "SELECT pg_catalog.set_config('pgsluice.transaction', 'open', true) AS transaction\n"

/* Nothing of the user's own must be called by the script's own statements. */
#define OWN_SEARCH_PATH "pg_catalog, pg_temp"

typedef struct {
    const EngineSettings *settings;
    const char *purpose; /* see offline_guard.sql */
    const char *const *from;
    const char *const *to;
    const char *digest;  /* of the plan, or NULL */
    const char *reason;  /* or NULL */
    const char *command; /* what writes the next script */
} Outline;

static char *describe_heads(const char *const *heads)
{
    return *heads ? g_strjoinv(", ", (char **)heads) : g_strdup("<base>");
}

/* --- The session ------------------------------------------------------------------------------ */

/* The parameters of an online session, for ask_parameters. */
static void add_parameters(PsqlScript *script, const EngineSettings *settings)
{
    SessionParameter parameters[SESSION_PARAMETERS];
    g_autoptr(Pairs) pairs = pairs_new();
    g_autofree char *namesake = settings_namesake_search_path(settings);
    g_autofree char *list = NULL;

    settings_parameters(settings, settings->lock_timeout, parameters);
    for (guint i = 0; i < SESSION_PARAMETERS; i++)
        pairs_add(pairs, parameters[i].name, parameters[i].value);
    pairs_add(pairs, "application_name", "pgsluice/offline");
    pairs_add(pairs, "search_path", settings->search_path);
    list = pairs_format(pairs);
    psql_script_add_variable(script, "parameters", list);
    psql_script_add_variable(script, "namesake", settings->state_schema);
    psql_script_add_variable(script, "namesake_search_path", namesake);
}

static void ask_parameters(PsqlScript *script)
{
    const char *const arguments[] = {":'pgsluice_parameters'", ":'pgsluice_namesake'",
                                     ":'pgsluice_namesake_search_path'", NULL};

    psql_script_ask(script, sql_offline_parameters, arguments);
}

static void add_setting(PsqlScript *script, const char *name, const char *value)
{
    g_autofree char *literal = psql_script_literal(value);

    g_string_append_printf(script->text, "SET pgsluice.%s = %s;\n", name, literal);
}

static void add_guard(PsqlScript *script, const Outline *outline)
{
    const EngineSettings *settings = outline->settings;
    LockKey key = lock_key(settings->version_table_schema, settings->version_table);
    g_autofree char *lock = g_strdup_printf("%" G_GINT64_FORMAT, key.key);
    g_autofree char *layout = g_strdup_printf("%d", STATE_LAYOUT);
    g_autofree char *start = text_array_format(outline->from);
    g_autofree char *end = text_array_format(outline->to);

    psql_script_add_comment(script, "The lock, and whether this is the right database");
    add_setting(script, "version_schema", settings->version_table_schema);
    add_setting(script, "version_table", settings->version_table);
    add_setting(script, "state_schema", settings->state_schema);
    add_setting(script, "layout", layout);
    add_setting(script, "lock_key", lock);
    add_setting(script, "purpose", outline->purpose);
    add_setting(script, "start_heads", start);
    add_setting(script, "end_heads", end);
    add_setting(script, "environment", settings->environment);
    add_setting(script, "command", outline->command);
    psql_script_add_query(script, sql_offline_guard, NULL);
}

/* As a new session of pgsluice is, whatever a .psqlrc has done to this one. */
static void add_session(PsqlScript *script, const Outline *outline)
{
    psql_script_add(script, PSQL_SETTINGS);
    add_parameters(script, outline->settings);
    psql_script_ask(script, ASK_TRANSACTION, NULL);
    psql_script_add_query(script, sql_offline_alone, NULL);
    psql_script_add(script, "DISCARD ALL;\n\\encoding UTF8\n");
    ask_parameters(script);
    psql_script_add(script, "SET search_path = " OWN_SEARCH_PATH ";\n");
    add_guard(script, outline);
    psql_script_add(script, "\\set SHOW_CONTEXT errors\n");
}

/* --- The tables, the run ---------------------------------------------------------------------- */

static void add_missing(PsqlScript *script, const char *condition, const char *query)
{
    g_string_append_printf(script->text, "\\if :%s\n\\else\n", condition);
    psql_script_add_query(script, query, NULL);
    psql_script_add(script, "\\endif\n");
}

static void add_tables(PsqlScript *script)
{
    psql_script_add_comment(script, "pgsluice's own tables, where they are missing");
    psql_script_ask(script, sql_presence, NULL);
    psql_script_add(script, "BEGIN;\n");
    add_missing(script, "pgsluice_has_version_table", sql_create_version_table);
    add_missing(script, "pgsluice_has_state", sql_layout_1);
    psql_script_add_query(script, sql_claim_environment, NULL);
    psql_script_add(script, "COMMIT;\n");
}

static void add_run(PsqlScript *script, const Outline *outline)
{
    const EngineSettings *settings = outline->settings;
    LockKey key = lock_key(settings->version_table_schema, settings->version_table);
    g_autofree char *digest = psql_script_literal(outline->digest);
    g_autofree char *lock = g_strdup_printf("'%" G_GINT64_FORMAT "'", key.key);
    g_autofree char *class_id = g_strdup_printf("'%u'", (guint32)key.class_id);
    g_autofree char *object_id = g_strdup_printf("'%u'", (guint32)key.object_id);
    g_autofree char *channel = psql_script_literal(settings->state_schema);
    g_autofree char *redacted = secret_redact(outline->reason);
    g_autofree char *reason = psql_script_literal(redacted);
    const char *arguments[] = {digest,
                               ":'pgsluice_given'",
                               lock,
                               class_id,
                               object_id,
                               channel,
                               ":'pgsluice_system_identifier'",
                               ":'pgsluice_timeline_id'",
                               reason,
                               NULL};

    psql_script_add_comment(script, "What the ledger keeps of this run");
    psql_script_add(script, "\\set pgsluice_system_identifier ''\n\\set pgsluice_timeline_id ''\n");
    psql_script_ask(script, sql_may_identify, NULL);
    psql_script_add(script, "\\if :pgsluice_may_identify\n");
    psql_script_ask(script, sql_server_identity, NULL);
    psql_script_add(script, "\\endif\n");
    psql_script_ask(script, sql_offline_run, arguments);
}

/* --- The revisions ---------------------------------------------------------------------------- */

/* The query with its arguments as literals; the one of them that is NULL here is the run, which
 * psql knows. */
static void ask_with(PsqlScript *script, const char *query, const GPtrArray *arguments, guint run)
{
    g_auto(GStrv) expressions = g_new0(char *, arguments->len + 1);

    for (guint i = 0; i < arguments->len; i++)
        expressions[i] = i == run ? g_strdup(":'pgsluice_run'")
                                  : psql_script_literal(g_ptr_array_index(arguments, i));
    psql_script_ask(script, query, (const char *const *)expressions);
}

static void add_record(PsqlScript *script, const Outline *outline, const Script *revision,
                       gboolean is_last, const char *listing)
{
    g_autofree char *table = settings_version_table(outline->settings);
    g_autoptr(GPtrArray) arguments =
        step_arguments(revision, table, is_last, is_last ? listing : NULL, NULL);

    ask_with(script, sql_record_step, arguments, arguments->len - 1);
}

/* Where a segment stands; `asked`: what probe.sql has said is in psql's variables. */
static void add_segment_record(PsqlScript *script, Script *revision, SegmentState state,
                               gboolean asked)
{
    g_autofree char *facts = step_segment_facts(revision, script_segment(revision), state, NULL);
    g_autofree char *literal = psql_script_literal(facts);
    const char *const arguments[] = {literal,
                                     asked ? ":'pgsluice_object'" : "NULL",
                                     asked ? ":'pgsluice_part'" : "NULL",
                                     asked ? ":'pgsluice_state'" : "NULL",
                                     ":'pgsluice_run'",
                                     NULL};

    psql_script_ask(script, sql_record_segment, arguments);
}

/* What stands around the statements of a revision, which may have changed the session. */
static void add_own(PsqlScript *script, const Outline *outline, Script *revision, ScriptPhase phase,
                    gboolean is_last, const char *listing)
{
    /* The reset before it has brought back what psql began with. */
    if (revision->may_change_session)
        psql_script_add(script, "\\encoding UTF8\n");
    if (phase == PHASE_JOURNAL)
        add_segment_record(script, revision, SEGMENT_FINISHED, FALSE);
    else
        add_record(script, outline, revision, is_last, listing);
    if (revision->may_change_session)
        ask_parameters(script);
}

static gboolean add_statement(PsqlScript *script, const Script *revision,
                              const StepMessage *message, GError **error)
{
    return psql_script_add_statement(script, revision->step->revision,
                                     message->phase == PHASE_VERIFY ? &revision->body->verify
                                                                    : revision->section,
                                     message->statement, error);
}

/* The messages of an online run, one by one: of the transaction that comes next. */
static gboolean add_messages(PsqlScript *script, const Outline *outline, Script *revision,
                             gboolean is_last, const char *listing, GError **error)
{
    g_autoptr(GArray) messages = step_messages(revision, &(StepEnding){0});

    for (guint i = 0; i < messages->len; i++) {
        const StepMessage *message = &g_array_index(messages, StepMessage, i);

        if (!message->sql)
            add_own(script, outline, revision, message->phase, is_last, listing);
        else if (!message->statement)
            g_string_append_printf(script->text, "%s;\n", message->sql);
        else if (!add_statement(script, revision, message, error))
            return FALSE;
    }
    return TRUE;
}

/* --- Statements that cannot run in a transaction ---------------------------------------------- */

/* None may be cut off by a lock timeout, which leaves an index invalid. */
static gboolean enter_session(PsqlScript *script, const Script *revision, guint first,
                              GError **error)
{
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(StepMessage));

    psql_script_add(script, "SET lock_timeout = 0;\n");
    step_add_session(messages, revision, first);
    for (guint i = 0; i < messages->len; i++)
        if (!add_statement(script, revision, &g_array_index(messages, StepMessage, i), error))
            return FALSE;
    return TRUE;
}

static void leave_session(PsqlScript *script, const Script *revision)
{
    if (revision->may_change_session) {
        psql_script_add(script, "RESET SESSION AUTHORIZATION;\nRESET ROLE;\nRESET ALL;\n"
                                "\\encoding UTF8\n");
        ask_parameters(script);
    }
}

static gboolean ask_probe(PsqlScript *script, const Nature *nature)
{
    g_autofree char *name = psql_script_literal(probe_name(nature));
    g_autofree char *object = psql_script_literal(nature->object);
    g_autofree char *part = psql_script_literal(nature->part);
    const char *const arguments[] = {name, object, part, NULL};

    if (!probe_name(nature))
        return FALSE;
    psql_script_ask(script, sql_probe, arguments);
    return TRUE;
}

/* As an online run does it, so that one can go on where psql stopped. */
static gboolean add_alone(PsqlScript *script, const Outline *outline, Script *revision,
                          GError **error)
{
    guint first = script_segment(revision)->first;
    const StepMessage message = {.phase = PHASE_STATEMENT,
                                 .statement = g_ptr_array_index(revision->statements, first)};
    gboolean asked;

    psql_script_add(script, "-- This statement commits by itself\n");
    if (!enter_session(script, revision, first, error))
        return FALSE;
    asked = ask_probe(script, g_ptr_array_index(revision->natures, first));
    leave_session(script, revision);
    add_segment_record(script, revision, SEGMENT_STARTED, asked);
    if (!enter_session(script, revision, first, error) ||
        !add_statement(script, revision, &message, error))
        return FALSE;
    leave_session(script, revision);
    add_segment_record(script, revision, SEGMENT_FINISHED, FALSE);
    g_string_append_printf(script->text, "SET lock_timeout = '%" G_GINT64_FORMAT "us';\n",
                           outline->settings->lock_timeout);
    return TRUE;
}

static gboolean add_revision(PsqlScript *script, const Outline *outline, Script *revision,
                             gboolean is_last, const char *listing, GError **error)
{
    g_autofree char *running = plan_describe_step(revision->step->revision, revision->direction);

    psql_script_add_comment(script, running);
    psql_script_add_echo(script, running);
    for (;;) {
        const Segment *segment = script_segment(revision);
        gboolean ends = script_ends_next(revision);

        if (segment && !segment->is_transaction
                ? !add_alone(script, outline, revision, error)
                : !add_messages(script, outline, revision, is_last, listing, error))
            return FALSE;
        if (ends)
            return TRUE;
        revision->segment++;
    }
}

/* --- The whole -------------------------------------------------------------------------------- */

static void add_header(PsqlScript *script, const Outline *outline, const char *what)
{
    g_autofree char *from = describe_heads(outline->from);
    g_autofree char *to = describe_heads(outline->to);

    g_string_append_printf(script->text, "-- %s: written by pgsluice %s from the revision files\n",
                           what, PACKAGE_VERSION);
    if (!g_str_equal(outline->purpose, "create"))
        g_string_append_printf(script->text, "-- from  %s\n-- to    %s\n", from, to);
    psql_script_add(script, HOW_TO_RUN "\n");
}

static char *finish(PsqlScript *script, const Outline *outline)
{
    g_autofree char *at = describe_heads(outline->to);
    g_autofree char *line = g_strdup_printf("The database is at %s", at);

    psql_script_add_comment(script, "Gives the lock back, and the session as it was");
    psql_script_add(script, "DISCARD ALL;\n");
    if (!g_str_equal(outline->purpose, "create"))
        psql_script_add_echo(script, line);
    return psql_script_end(script);
}

static gboolean add_revisions(PsqlScript *script, const Outline *outline, const GPtrArray *scripts,
                              const char *listing, GError **error)
{
    add_tables(script);
    add_run(script, outline);
    ask_parameters(script); /* the search_path of a migration, from here on */
    for (guint i = 0; i < scripts->len; i++)
        if (!add_revision(script, outline, g_ptr_array_index(scripts, i), i + 1 == scripts->len,
                          listing, error))
            return FALSE;
    return TRUE;
}

/* The target for a script that starts elsewhere: a relative one is named by what it means here. */
static const char *name_target(const Plan *plan, const char *target)
{
    const PlanStep *last;

    if (!strpbrk(target, "+-") || plan->steps->len == 0)
        return target;
    last = g_ptr_array_index(plan->steps, plan->steps->len - 1);
    if (plan->direction == PLAN_UPGRADE)
        return last->revision->id;
    return g_strv_length(plan->to) == 1 ? *plan->to : *plan->to ? target : "base";
}

char *offline_change(const EngineSettings *settings, const Graph *graph, PlanDirection direction,
                     const char *const *from, const char *target, const char *reason,
                     GError **error)
{
    const char *verb = direction == PLAN_UPGRADE ? "upgrade" : "downgrade";
    g_autoptr(Plan) plan =
        (direction == PLAN_UPGRADE ? plan_upgrade : plan_downgrade)(graph, from, target, error);
    g_autoptr(GPtrArray) scripts =
        plan ? scripts_load(plan, settings->variables, NULL, error) : NULL;
    g_autoptr(PsqlScript) script = NULL;
    g_autofree char *listing = NULL;
    g_autofree char *command = NULL;
    Outline outline = {.settings = settings, .reason = reason};

    if (!scripts)
        return NULL;
    script = psql_script_new(settings);
    listing = graph_listing_at(graph, (const char *const *)plan->to);
    command = g_strdup_printf("pgsluice %s {}:%s --sql", verb, name_target(plan, target));
    outline.purpose = scripts->len > 0 ? verb : "check";
    outline.from = (const char *const *)plan->from;
    outline.to = (const char *const *)plan->to;
    outline.digest = plan->digest;
    outline.command = command;
    add_header(script, &outline, verb);
    add_session(script, &outline);
    if (scripts->len > 0 && !add_revisions(script, &outline, scripts, listing, error))
        return NULL;
    return finish(script, &outline);
}

static char *name_stamp_command(const char *const *targets)
{
    GString *command = g_string_new("pgsluice stamp");

    for (; *targets; targets++)
        g_string_append_printf(command, " {}:%s", *targets);
    g_string_append(command, " --sql");
    return g_string_free(command, FALSE);
}

char *offline_stamp(const EngineSettings *settings, const Graph *graph, const char *const *from,
                    const char *const *targets, const char *reason, GError **error)
{
    g_auto(GStrv) to = plan_stamp(graph, from, targets, error);
    g_autoptr(GPtrArray) arguments =
        to ? stamp_arguments(settings, graph, from, (const char *const *)to, NULL, error) : NULL;
    g_autofree char *command = name_stamp_command(targets);
    g_autoptr(PsqlScript) script = NULL;
    Outline outline = {.settings = settings,
                       .purpose = "stamp",
                       .from = from,
                       .to = (const char *const *)to,
                       .reason = reason};

    if (!arguments)
        return NULL;
    script = psql_script_new(settings);
    outline.command = command;
    add_header(script, &outline, "stamp");
    add_session(script, &outline);
    add_tables(script);
    add_run(script, &outline);
    psql_script_add_comment(script, "Running stamp_revision");
    ask_with(script, sql_stamp, arguments, STAMP_RUN);
    return finish(script, &outline);
}

char *offline_ensure_version(const EngineSettings *settings)
{
    const char *const nothing[] = {NULL};
    g_autoptr(PsqlScript) script = psql_script_new(settings);
    Outline outline = {
        .settings = settings, .purpose = "create", .from = nothing, .to = nothing, .command = ""};

    add_header(script, &outline, "ensure_version");
    add_session(script, &outline);
    add_tables(script);
    return finish(script, &outline);
}
