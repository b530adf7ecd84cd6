/* pgsluice show: one revision in full, with what its file holds. */
#include "cli/format.h"
#include "cli/options.h"
#include "cli/report.h"
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

/* `current` NULL: nobody asked the database. */
static gboolean print_entries(const Graph *graph, GPtrArray *revisions, const char *const *current,
                              GError **error)
{
    g_autofree char *unknown = current ? report_unknown(graph, current) : g_strdup("");
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
    terminal_print("%s", unknown);
    return TRUE;
}

/* Those of the database's heads that the files know; NULL-terminated, container only. */
static GPtrArray *known_heads(const Graph *graph, char **heads)
{
    GPtrArray *known = g_ptr_array_new();

    for (; *heads; heads++) {
        if (graph_find(graph, *heads))
            g_ptr_array_add(known, *heads);
    }
    g_ptr_array_add(known, NULL);
    return known;
}

/* What `text` names. *state is set when the database had to be asked; what of its heads the files
 * do not know is left out. */
static GPtrArray *find_shown(Cli *cli, const Graph *graph, const char *text, DatabaseState **state,
                             GError **error)
{
    g_autoptr(GPtrArray) known = NULL;

    if (!spec_asks_current(text))
        return spec_resolve(graph, text, NULL, SPEC_FOR_SHOW, error);
    *state = cli_read_state(cli, error);
    if (!*state)
        return NULL;
    known = known_heads(graph, (*state)->heads);
    return spec_resolve(graph, text, (const char *const *)known->pdata, SPEC_FOR_SHOW, error);
}

gboolean verb_show(Cli *cli, const Verb *verb, const char *const *words, GError **error)
{
    g_auto(GStrv) operands = NULL;
    g_autoptr(DatabaseState) state = NULL;
    g_autoptr(GPtrArray) revisions = NULL;
    const char *const *current;
    const Graph *graph;

    if (!options_parse(cli, verb, NULL, words, &operands, error))
        return FALSE;
    graph = cli_graph(cli, error);
    if (!graph)
        return FALSE;
    revisions = find_shown(cli, graph, operands[0], &state, error);
    if (!revisions)
        return FALSE;
    current = state ? (const char *const *)state->heads : NULL;
    if (cli_options(cli)->wants_json) {
        g_autofree char *document = revisions_document(graph, revisions, current);

        terminal_print_document(document);
        return TRUE;
    }
    return print_entries(graph, revisions, current, error);
}
