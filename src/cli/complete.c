/* Candidates for the Tab key. */
#include "cli/complete.h"

#include <string.h>

#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "cli/word.h"

/* What is being typed, and where candidates go. */
typedef struct {
    Cli *cli;
    const char *word; /* as far as it is typed */
    int skipped;      /* bytes at its beginning that every candidate repeats: "--option=" */
} Offer;

static void offer(const Offer *offer, const char *candidate, const char *description)
{
    if (!g_str_has_prefix(candidate, offer->word + offer->skipped))
        return;
    terminal_print("%.*s%s%s%s\n", offer->skipped, offer->word, candidate,
                   description && *description ? "\t" : "", description ? description : "");
}

/* --- Operands and values ---------------------------------------------------------------------- */

static void offer_labels(const Offer *to, const Revision *revision)
{
    for (char **label = revision->labels; *label; label++) {
        g_autofree char *head = g_strdup_printf("%s@head", *label);

        offer(to, head, "the head of that branch");
        offer(to, *label, revision->message);
    }
}

/* Symbols, labels, and ids from the newest on. */
static void offer_revisions(const Offer *to)
{
    const Graph *graph = cli_graph(to->cli, NULL);
    g_autoptr(GPtrArray) revisions = graph ? graph_revisions(graph) : g_ptr_array_new();

    offer(to, "head", "the one head");
    offer(to, "heads", "all heads");
    offer(to, "base", "before the first revision");
    offer(to, "current", "what the database is at");
    for (guint i = revisions->len; i-- > 0;)
        offer_labels(to, revisions->pdata[i]);
    for (guint i = revisions->len; i-- > 0;) {
        const Revision *revision = revisions->pdata[i];

        offer(to, revision->id, revision->message);
    }
}

/* The text of one side of "A:B" or of one element of "A,B" is a revision, too. */
static void offer_last_revision(const Offer *to)
{
    const char *start = to->word + to->skipped;
    const char *last = start + strlen(start);
    Offer part = *to;

    while (last > start && last[-1] != ':' && last[-1] != ',')
        last--;
    part.skipped = (int)(last - to->word);
    offer_revisions(&part);
}

static void offer_files(const Offer *to)
{
    terminal_print(":files\n");
}

static void offer_folders(const Offer *to)
{
    terminal_print(":folders\n");
}

static void offer_verbs(const Offer *to)
{
    for (const Verb *verb = verbs; verb->name; verb++)
        if (verb->summary)
            offer(to, verb->name, verb->summary);
}

static void offer_keys(const Offer *to)
{
    for (ConfKey key = 0; key < CONF_KEY_COUNT; key++) {
        g_autofree char *candidate = g_strdup_printf("%s=", conf_key_name(key));

        offer(to, candidate, conf_key_text(key));
    }
}

static void offer_sections(const Offer *to)
{
    const Conf *conf = cli_conf(to->cli, NULL);

    for (const char *const *name = conf ? conf_sections(conf) : NULL; name && *name; name++)
        offer(to, *name, NULL);
}

/* Words of usages and of options' help, and what may stand in their place. Others have no
 * candidates: nobody can guess a message. */
static const struct {
    const char *name;
    void (*offer_all)(const Offer *to);
} kinds[] = {
    {"REVISION", offer_revisions},
    {"TARGET", offer_revisions},
    {"A:B", offer_last_revision},
    {"REV[,REV]", offer_last_revision},
    {"FILE", offer_files},
    {"SOCKET", offer_files},
    {"PATH", offer_folders},
    {"DIR", offer_folders},
    {"VERB", offer_verbs},
    {"SECTION", offer_sections},
    {"SECTION.KEY=VALUE", offer_keys},
};

/* `name` is one of those, or the words themselves: "start|stop". */
static void offer_kind(const Offer *to, const char *name)
{
    g_auto(GStrv) words = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0) {
            kinds[i].offer_all(to);
            return;
        }
    if (!strchr(name, '|'))
        return;
    words = g_strsplit(name, "|", -1);
    for (char **word = words; *word; word++)
        offer(to, *word, NULL);
}

/* --- Options ---------------------------------------------------------------------------------- */

static void offer_options(const Offer *to, const GOptionEntry *entries)
{
    for (const GOptionEntry *entry = entries; entry && entry->long_name; entry++) {
        g_autofree char *name = g_strdup_printf("--%s", entry->long_name);

        if (!(entry->flags & G_OPTION_FLAG_HIDDEN))
            offer(to, name, entry->description);
    }
}

/* --- The line --------------------------------------------------------------------------------- */

/* What the words before the last have said. */
typedef struct {
    OptionTable table;
    const GOptionEntry *pending; /* an option whose value comes next; NULL */
    gboolean is_literal;         /* "--" was there */
    guint operands;
} Line;

static void read_word(Line *line, const char *word)
{
    const GOptionEntry *entry = line->is_literal ? NULL : word_find_option(&line->table, word);

    if (line->pending)
        line->pending = NULL;
    else if (!line->is_literal && strcmp(word, "--") == 0)
        line->is_literal = TRUE;
    else if (line->is_literal || !word_is_option(word))
        line->operands++;
    else if (entry && word_takes_value(entry) && !word_has_value(word))
        line->pending = entry;
}

/* "--option=value" */
static void offer_glued(Offer *to, const Line *line)
{
    const GOptionEntry *entry = word_find_option(&line->table, to->word);

    if (!entry || !word_takes_value(entry) || !entry->arg_description)
        return;
    to->skipped = (int)strcspn(to->word, "=") + 1;
    offer_kind(to, entry->arg_description);
}

static void offer_at(Offer *to, const Verb *verb, const Line *line)
{
    g_autofree char *name = NULL;

    if (line->pending) {
        if (line->pending->arg_description)
            offer_kind(to, line->pending->arg_description);
    } else if (!line->is_literal && g_str_has_prefix(to->word, "--") && strchr(to->word, '=')) {
        offer_glued(to, line);
    } else if (!line->is_literal && *to->word == '-') {
        offer_options(to, line->table.own);
        offer_options(to, line->table.common);
    } else if (!verb) {
        offer_verbs(to);
    } else {
        name = verb_operand(verb, line->operands);
        if (name)
            offer_kind(to, name);
    }
}

/* The first `count` words choose the configuration. What they would make the verb say is not
 * wanted. */
static void take_options(Cli *cli, const Verb *verb, const GOptionEntry *entries,
                         const char *const *words, gsize count)
{
    g_auto(GStrv) before = g_new0(char *, count + 1);

    for (gsize i = 0; i < count; i++)
        before[i] = g_strdup(words[i]);
    options_apply(cli_options(cli), verb, entries, (const char *const *)before);
    cli_options(cli)->verbosity = 0;
}

void complete_words(Cli *cli, const Verb *verb, const GOptionEntry *entries,
                    const char *const *words)
{
    GOptionEntry common[OPTIONS_GLOBAL_MAX];
    Line line = {.table = {entries, common}};
    Offer to = {.cli = cli};
    gsize last = g_strv_length((char **)words) - 1;

    options_global(cli_options(cli), common);
    for (gsize i = 0; i < last; i++)
        read_word(&line, words[i]);
    take_options(cli, verb, entries, words, line.pending ? last - 1 : last);
    to.word = words[last];
    offer_at(&to, verb, &line);
}

/* The number of words in front of the verb; of all but the last when it is not there yet. */
static gsize find_verb(Cli *cli, const char *const *words)
{
    GOptionEntry common[OPTIONS_GLOBAL_MAX];
    Line line = {.table = {NULL, common}};
    gsize count = 0;

    options_global(cli_options(cli), common);
    for (; words[count + 1]; count++) {
        read_word(&line, words[count]);
        if (line.operands > 0)
            break;
    }
    return count;
}

/* The words without the verb, which stands at `position`; borrowed. */
static GPtrArray *without_verb(const char *const *words, gsize position)
{
    GPtrArray *rest = g_ptr_array_new();

    for (gsize i = 0; words[i]; i++)
        if (i != position)
            g_ptr_array_add(rest, (gpointer)words[i]);
    g_ptr_array_add(rest, NULL);
    return rest;
}

void complete_line(Cli *cli, const char *const *words)
{
    gsize position = find_verb(cli, words);
    g_autoptr(GPtrArray) rest = NULL;
    const Verb *verb;

    if (!words[position + 1]) {
        complete_words(cli, NULL, NULL, words);
        return;
    }
    verb = verb_find(words[position], NULL);
    if (!verb)
        return;
    rest = without_verb(words, position);
    cli_options(cli)->completes = TRUE;
    verb->run(cli, verb, (const char *const *)rest->pdata, NULL);
    cli_options(cli)->completes = FALSE;
}
