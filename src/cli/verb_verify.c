/* pgsluice verify: are the files still what was applied from them? */
#include "cli/change.h"
#include "cli/format.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "engine/check.h"
#include "view/document.h"

static void print_findings(const Findings *findings)
{
    for (guint i = 0; i < findings->errors->len; i++) {
        g_autofree char *text = error_describe(findings->errors->pdata[i]);

        terminal_print("%s\n", text);
    }
}

/* Revisions that have both a file and a record. */
static guint count_compared(const Graph *graph, const Status *status)
{
    guint count = 0;

    for (char **id = status->applied; *id; id++)
        count += graph_find(graph, *id) != NULL;
    return count;
}

static void print_all_good(const Graph *graph, const Status *status)
{
    g_autofree char *count = format_count(count_compared(graph, status), "applied revision");

    terminal_print("The files are what was applied: %s of database %s compared.\n", count,
                   status->database);
}

static void report(Cli *cli, const Graph *graph, const Status *status, const Findings *findings)
{
    g_autofree char *count = format_count(findings->errors->len, "difference");
    g_autofree char *document = NULL;

    if (!findings_are_empty(findings))
        cli_set_refused(cli);
    if (cli_options(cli)->wants_json) {
        document = findings_document(findings, status->script_count, status->database);
        terminal_print_document(document);
    } else if (findings_are_empty(findings)) {
        print_all_good(graph, status);
    } else {
        print_findings(findings);
    }
    if (!findings_are_empty(findings) && !cli_options(cli)->is_quiet)
        terminal_note("pgsluice verify found %s\n", count);
}

gboolean verb_verify(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) operands = NULL;
    g_autoptr(Findings) findings = NULL;
    g_autoptr(Status) status = NULL;
    const Graph *graph;
    Session *session;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    graph = cli_graph(cli, error);
    session = graph ? cli_session(cli, FALSE, error) : NULL;
    status = session ? status_read(session, graph, FALSE, error) : NULL;
    if (!status)
        return FALSE;
    findings = findings_new(status->script_count + status->mismatched->len);
    check_integrity(status, findings);
    report(cli, graph, status, findings);
    return TRUE;
}
