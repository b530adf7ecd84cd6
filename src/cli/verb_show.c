/* pgsluice show: one revision in full, with what its file holds. */
#include <string.h>

#include "cli/format.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "revision/file.h"
#include "revision/spec.h"
#include "view/document.h"

static void append_section(GString *facts, const char *name, const Section *section)
{
    if (section->text)
        g_string_append_printf(facts, "Section %s: line %u, sha256 %s\n", name, section->first_line,
                               section->checksum);
}

/* The lines that only `show` has: what is in the file. */
static char *describe_body(const Revision *revision, const RevisionBody *body)
{
    g_autoptr(GString) facts = g_string_new(NULL);

    append_section(facts, "up", &body->up);
    append_section(facts, "down", &body->down);
    append_section(facts, "verify", &body->verify);
    g_string_append_printf(facts, "Transaction: %s\n",
                           revision->transaction == TRANSACTION_NONE ? "none" : "auto");
    g_string_append_printf(facts, "Reversible: %s\n",
                           revision_body_is_reversible(body) ? "yes" : "no, it cannot be undone");
    if (*revision->review)
        g_string_append_printf(facts, "Review: %s\n", revision->review);
    return g_string_free(g_steal_pointer(&facts), FALSE);
}

static gboolean print_entries(const Graph *graph, GPtrArray *revisions, GError **error)
{
    g_auto(Listing) listing = listing_new(graph, NULL);

    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = revisions->pdata[i];
        g_autoptr(RevisionBody) body = revision_read_body(revision, error);
        g_autofree char *facts = NULL;
        g_autofree char *text = NULL;

        if (!body)
            return FALSE;
        facts = describe_body(revision, body);
        text = format_long_entry(&listing, revision, facts);
        terminal_print("%s", text);
    }
    return TRUE;
}

gboolean verb_show(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) operands = NULL;
    g_autoptr(DatabaseState) state = NULL;
    g_autoptr(GPtrArray) revisions = NULL;
    const char *const *current = NULL;
    const Graph *graph;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    graph = cli_graph(cli, error);
    if (!graph)
        return FALSE;
    if (strcmp(operands[0], "current") == 0) {
        state = cli_read_state(cli, error);
        if (!state)
            return FALSE;
        current = (const char *const *)state->heads;
    }
    revisions = spec_resolve(graph, operands[0], current, SPEC_FOR_SHOW, error);
    if (!revisions)
        return FALSE;
    if (cli_options(cli)->wants_json) {
        g_autofree char *document = revisions_document(graph, revisions, current);

        terminal_print_document(document);
        return TRUE;
    }
    return print_entries(graph, revisions, error);
}
