/* Telling of an import. */
#include "cli/import_report.h"

#include <string.h>

#include "cli/change.h"
#include "cli/format.h"
#include "cli/terminal.h"
#include "setup/setup.h"
#include "view/answer.h"

gboolean import_has_configured_table(const Import *import, const Conf *conf)
{
    const char *schema = import->version_table_schema ? import->version_table_schema : "public";

    return !import->version_table ||
           (strcmp(import->version_table, conf_string(conf, CONF_VERSION_TABLE)) == 0 &&
            strcmp(schema, conf_string(conf, CONF_VERSION_TABLE_SCHEMA)) == 0);
}

char *import_describe_table(const Import *import)
{
    if (!import->version_table_schema)
        return g_strdup_printf("database.version_table = \"%s\"", import->version_table);
    return g_strdup_printf(
        "database.version_table = \"%s\", database.version_table_schema = \"%s\"",
        import->version_table, import->version_table_schema);
}

static const char *name_kind(const Landing *landing)
{
    static const char *const names[] = {
        [LANDING_NEW] = "new", [LANDING_SAME] = "same", [LANDING_DIFFERENT] = "different"};

    return names[landing->kind];
}

static void print_notes(const Arrival *arrival)
{
    if (arrival->up.blocked)
        terminal_print("    cannot run yet: %s\n", arrival->up.blocked);
    if (arrival->down.blocked)
        terminal_print("    cannot be undone yet: %s\n", arrival->down.blocked);
    for (guint i = 0; i < arrival->notes->len; i++)
        terminal_print("    %s\n", (const char *)arrival->notes->pdata[i]);
}

static void print_landing(const ImportOutcome *outcome, const Landing *landing)
{
    if (landing->kind == LANDING_DIFFERENT)
        terminal_print("Keeping %s, which differs from what would be imported now\n",
                       landing->path);
    if (landing->kind != LANDING_NEW)
        return;
    if (outcome->is_trial)
        terminal_print("Would import %s\n", landing->path);
    else
        terminal_print("Importing %s ...  done\n", landing->path);
    print_notes(landing->arrival);
}

static void print_text(const ImportOutcome *outcome)
{
    for (guint i = 0; i < outcome->landings->len; i++)
        print_landing(outcome, outcome->landings->pdata[i]);
    for (guint i = 0; i < outcome->import->left_out->len; i++)
        terminal_print("Left out %s\n", (const char *)outcome->import->left_out->pdata[i]);
}

static void add_texts(Answer *answer, const char *key, const GPtrArray *texts)
{
    g_autofree const char **vector = g_new0(const char *, texts->len + 1);

    for (guint i = 0; i < texts->len; i++)
        vector[i] = texts->pdata[i];
    answer_add_texts(answer, key, vector);
}

static Answer *describe_landing(const Landing *landing)
{
    Answer *answer = answer_new();

    answer_add_text(answer, "revision", landing->arrival->id);
    answer_add_text(answer, "message", landing->arrival->message);
    answer_add_text(answer, "path", landing->path);
    answer_add_text(answer, "file", name_kind(landing));
    answer_add_text(answer, "up_blocked", landing->arrival->up.blocked);
    answer_add_text(answer, "down_blocked", landing->arrival->down.blocked);
    add_texts(answer, "notes", landing->arrival->notes);
    return answer;
}

static void print_document(const ImportOutcome *outcome)
{
    g_autoptr(Answer) answer = answer_new();
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)answer_free);
    g_autofree char *document = NULL;

    for (guint i = 0; i < outcome->landings->len; i++)
        g_ptr_array_add(revisions, describe_landing(outcome->landings->pdata[i]));
    answer_add_text(answer, "source", outcome->source);
    answer_add_text(answer, "directory", outcome->directory);
    answer_add_boolean(answer, "dry_run", outcome->is_trial);
    answer_add_list(answer, "revisions", revisions);
    add_texts(answer, "left_out", outcome->import->left_out);
    answer_add_texts(answer, "heads", (const char *const *)outcome->heads);
    document = answer_format(answer);
    terminal_print_document(document);
}

static void note_counts(const ImportOutcome *outcome)
{
    guint looks = 0;
    guint blocked = 0;
    g_autofree char *imported =
        format_count(landings_count(outcome->landings, LANDING_NEW), "revision");

    for (guint i = 0; i < outcome->landings->len; i++) {
        const Landing *landing = outcome->landings->pdata[i];

        looks += landing->kind == LANDING_NEW && landing->arrival->notes->len > 0;
        blocked += landing->kind == LANDING_NEW && arrival_is_blocked(landing->arrival);
    }
    terminal_note("%s %s%s; %u there already, %u of them different\n", imported,
                  outcome->is_trial ? "would be imported into " : "imported into ",
                  outcome->folders[0],
                  outcome->landings->len - landings_count(outcome->landings, LANDING_NEW),
                  landings_count(outcome->landings, LANDING_DIFFERENT));
    if (looks > 0)
        terminal_note("%u of them must be looked at: the notes are in the files, too\n", looks);
    if (blocked > 0)
        terminal_note("%u of them cannot run, or be undone, before somebody has completed them\n",
                      blocked);
}

static void note_next(Cli *cli, const ImportOutcome *outcome)
{
    const Conf *conf = cli_conf(cli, NULL);

    if (!import_has_configured_table(outcome->import, conf)) {
        g_autofree char *table = import_describe_table(outcome->import);

        terminal_note("The configuration must say %s\n", table);
    }
    if (g_strcmp0(outcome->directory, setup_script_directory(conf)) != 0)
        terminal_note("The other verbs do not read it: write into pgsluice.conf: "
                      "migrations: { directory = \"%s\"; };\n",
                      outcome->directory);
    if (outcome->heads && !outcome->is_trial)
        terminal_note("Next: pgsluice status\n");
    else if (!outcome->heads)
        terminal_note("Next: take over what the database has applied: pgsluice import %s %s "
                      "--adopt\n",
                      outcome->source, outcome->project);
}

void import_report(Cli *cli, const ImportOutcome *outcome)
{
    g_autofree char *at = NULL;

    if (cli_options(cli)->wants_json)
        print_document(outcome);
    else
        print_text(outcome);
    if (cli_options(cli)->is_quiet)
        return;
    note_counts(outcome);
    if (outcome->heads) {
        at = change_describe_heads(outcome->afterwards, (const char *const *)outcome->heads);
        terminal_note("The database is at %s\n", at);
    }
    note_next(cli, outcome);
}
