/* Reading the command line with GOption. */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/complete.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "cli/word.h"
#include "view/answer.h"

/* Stands in front of an operand such as -1 while GOption looks at it. */
#define SHIELD '\037'

static gboolean on_config(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    GlobalOptions *globals = data;

    g_free(globals->config_path);
    globals->config_path = g_strdup(value);
    return TRUE;
}

static gboolean on_name(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    GlobalOptions *globals = data;

    g_free(globals->section);
    globals->section = g_strdup(value);
    return TRUE;
}

static gboolean on_set(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    GlobalOptions *globals = data;

    g_ptr_array_add(globals->sets, g_strdup(value));
    return TRUE;
}

static gboolean on_variable(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    GlobalOptions *globals = data;

    g_ptr_array_add(globals->variables, g_strdup(value));
    return TRUE;
}

static gboolean on_verbose(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    GlobalOptions *globals = data;

    globals->verbosity++;
    return TRUE;
}

void options_global(GlobalOptions *globals, GOptionEntry entries[OPTIONS_GLOBAL_MAX])
{
    const GOptionEntry filled[OPTIONS_GLOBAL_MAX] = {
        {"config", 'c', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_config,
         "Read this configuration file", "FILE"},
        {"name", 'n', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_name,
         "Use this named section of the configuration file", "SECTION"},
        {"set", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_set,
         "Override one configuration key (repeatable)", "SECTION.KEY=VALUE"},
        {"variable", 'x', G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_variable,
         "Set a variable of revision files (repeatable)", "NAME=VALUE"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &globals->is_quiet, "Print results and errors only",
         NULL},
        {"verbose", 'v', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_verbose,
         "Say more (repeatable)", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &globals->wants_json, "Print the result as JSON", NULL},
        {"no-color", 0, 0, G_OPTION_ARG_NONE, &globals->refuses_colour, "Print without colours",
         NULL},
        {"raiseerr", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &globals->raises,
         "Accepted for Alembic's sake: errors are always told in full", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &globals->wants_version, "Print the version", NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &globals->wants_help, "Print this help", NULL},
        {NULL},
    };

    memcpy(entries, filled, sizeof filled);
}

static gboolean has_letter(const GOptionEntry *entries, char letter)
{
    for (; entries && entries->long_name; entries++) {
        if (letter != '\0' && entries->short_name == letter)
            return TRUE;
    }
    return FALSE;
}

static gboolean has_name(const GOptionEntry *entries, const char *name)
{
    for (; entries && entries->long_name; entries++) {
        if (strcmp(entries->long_name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A letter or name that the verb uses for an option of its own is not a global one behind it;
 * GOption would give both of them a word. */
static void common_entries(GlobalOptions *globals, const GOptionEntry *own,
                           GOptionEntry entries[OPTIONS_GLOBAL_MAX])
{
    GOptionEntry *kept = entries;

    options_global(globals, entries);
    for (GOptionEntry *entry = entries; entry->long_name; entry++) {
        if (has_name(own, entry->long_name))
            continue;
        *kept = *entry;
        if (has_letter(own, entry->short_name))
            kept->short_name = '\0';
        kept++;
    }
    *kept = (GOptionEntry){NULL};
}

/* A context that knows the global options and, when given, a verb's own. */
static GOptionContext *context_new(GlobalOptions *globals, const GOptionEntry *entries)
{
    GOptionContext *context = g_option_context_new(NULL);
    GOptionGroup *group = g_option_group_new("main", "", "", globals, NULL);
    GOptionEntry common[OPTIONS_GLOBAL_MAX];

    common_entries(globals, entries, common);
    if (entries)
        g_option_group_add_entries(group, entries);
    g_option_group_add_entries(group, common);
    g_option_context_set_main_group(context, group);
    g_option_context_set_help_enabled(context, FALSE);
    return context;
}

/* Adds one word for GOption, which knows neither "-rVALUE" nor the beginning of a name. *pending is
 * the option whose value the next word is, or NULL. */
static gboolean add_word(GPtrArray *out, const OptionTable *table, const char *word,
                         const GOptionEntry **pending, GError **error)
{
    const GOptionEntry *entry = word_find_option(table, word);
    gboolean has_value = entry && word_takes_value(entry);
    char *expanded;

    *pending = has_value && !word_has_value(word) ? entry : NULL;
    if (word_is_relative(word)) {
        g_ptr_array_add(out, g_strdup_printf("%c%s", SHIELD, word));
        return TRUE;
    }
    if (has_value && word[1] != '-' && word_has_value(word)) {
        g_ptr_array_add(out, g_strndup(word, 2));
        g_ptr_array_add(out, g_strdup(word + 2));
        return TRUE;
    }
    expanded = word_expand(table, word, error);
    if (expanded)
        g_ptr_array_add(out, expanded);
    return expanded != NULL;
}

/* The first operand and what follows it are somebody else's words: a verb's, or a program's. */
static gboolean takes_rest(const Verb *verb)
{
    return !verb || g_str_has_prefix(verb->usage, "COMMAND");
}

/* The words for GOption: a program name in front, relative revisions shielded, and nothing that is
 * none of its business: what follows "--", or the first operand where that takes_rest. This comes
 * out as *literal (borrowed; NULL when there is nothing). */
static char **shield(const OptionTable *table, const Verb *verb, const char *const *words,
                     const char *const **literal, GError **error)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(g_free);
    const GOptionEntry *pending = NULL;

    *literal = NULL;
    g_ptr_array_add(out, g_strdup("pgsluice"));
    for (; *words; words++) {
        if (pending) {
            g_ptr_array_add(out, g_strdup(*words));
            pending = NULL;
            continue;
        }
        if (strcmp(*words, "--") == 0) {
            *literal = words + 1;
            break;
        }
        if (takes_rest(verb) && **words != '-') {
            *literal = words;
            break;
        }
        if (!add_word(out, table, *words, &pending, error))
            return NULL;
    }
    if (pending) {
        error_set(error, ERROR_USAGE, "the option --%s needs a value: %s", pending->long_name,
                  pending->arg_description);
        return NULL;
    }
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_steal(out, NULL);
}

/* What GOption left over, without the program's name and the shields, and then the literal words.
 */
static char **collect(char **parsed, const char *const *literal)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new();

    for (char **word = parsed + 1; *word; word++)
        g_ptr_array_add(out, g_strdup(**word == SHIELD ? *word + 1 : *word));
    for (; literal && *literal; literal++)
        g_ptr_array_add(out, g_strdup(*literal));
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_steal(out, NULL);
}

/* `verb` NULL: only up to the verb. */
static gboolean parse(GOptionContext *context, GlobalOptions *globals, const Verb *verb,
                      const GOptionEntry *entries, const char *const *words, char ***operands,
                      GError **error)
{
    g_autoptr(GError) refused = NULL;
    GOptionEntry common[OPTIONS_GLOBAL_MAX];
    const OptionTable table = {entries, common};
    const char *const *literal;
    g_auto(GStrv) parsed = NULL;

    common_entries(globals, entries, common);
    parsed = shield(&table, verb, words, &literal, error);
    if (!parsed)
        return FALSE;
    if (!g_option_context_parse_strv(context, &parsed, &refused)) {
        error_set(error, ERROR_USAGE, "%s", refused->message);
        return FALSE;
    }
    *operands = collect(parsed, literal);
    return TRUE;
}

/* "  -c, --config FILE   Read this file", one line an option; hidden ones are for the manual. */
static void append_options(GString *text, const GOptionEntry *entries)
{
    for (const GOptionEntry *entry = entries; entry && entry->long_name; entry++) {
        const char *value = entry->arg_description;
        g_autofree char *name = NULL;
        char letter[] = {'-', entry->short_name, ',', '\0'};

        if (entry->flags & G_OPTION_FLAG_HIDDEN)
            continue;
        name = g_strdup_printf("%3s --%s%s%s", entry->short_name ? letter : "", entry->long_name,
                               value ? " " : "", value ? value : "");
        g_string_append_printf(text, "  %-29s %s\n", name, entry->description);
    }
}

/* As they are behind a verb with options of its `own`, or before any (NULL). */
static void append_global_options(GString *text, const GOptionEntry *own)
{
    GlobalOptions unused = {0};
    GOptionEntry common[OPTIONS_GLOBAL_MAX];

    common_entries(&unused, own, common);
    append_options(text, common);
}

/* What every verb that takes one means by it. */
static void append_operands(GString *text, const char *usage)
{
    const char *name = strstr(usage, "REVISION") ? "REVISION"
                       : strstr(usage, "TARGET") ? "TARGET"
                                                 : NULL;

    if (name)
        g_string_append_printf(text,
                               "\n%s is an id or its unique beginning, head, heads, base, current,"
                               "\nLABEL@head, or so many steps: +1, -1, ID+1, ID-1.\n",
                               name);
}

static char *describe_verb(const Verb *verb, const GOptionEntry *entries)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "Usage: pgsluice %s [OPTION...]%s%s\n", verb->name,
                           *verb->usage ? " " : "", verb->usage);
    if (verb->summary)
        g_string_append_printf(text, "\n%s.\n", verb->summary);
    append_operands(text, verb->usage);
    if (entries) {
        g_string_append(text, "\nOptions:\n");
        append_options(text, entries);
    }
    g_string_append(text, "\nOptions of every verb:\n");
    append_global_options(text, entries);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *options_help(void)
{
    g_autoptr(GString) text = g_string_new("Usage: pgsluice [OPTION...] VERB [OPTION...]\n\n");

    for (const Verb *verb = verbs; verb->name; verb++)
        if (verb->summary)
            g_string_append_printf(text, "  %-15s %s\n", verb->name, verb->summary);
    g_string_append(text, "\nOptions, before or after the verb:\n");
    append_global_options(text, NULL);
    g_string_append(text, "\npgsluice help VERB explains one verb; pgsluice(1) is the manual.\n");
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* For --help and --version, after which nothing else is done. */
static G_GNUC_NORETURN void flush_and_exit(void)
{
    g_autoptr(GError) error = NULL;

    if (terminal_flush(&error))
        exit(EXIT_SUCCESS);
    terminal_report(error);
    exit(error_kind_exit_status(error_kind(error)));
}

static void print_document(const char *key, const char *text)
{
    g_autoptr(Answer) answer = answer_new();
    g_autofree char *document = NULL;

    answer_add_text(answer, key, text);
    document = answer_format(answer);
    terminal_print_document(document);
}

void options_print_help(const GlobalOptions *globals, const char *text)
{
    if (globals->wants_json)
        print_document("help", text);
    else
        terminal_print("%s", text);
}

/* Takes `text`. */
static G_GNUC_NORETURN void print_help(const GlobalOptions *globals, char *text)
{
    options_print_help(globals, text);
    g_free(text);
    flush_and_exit();
}

static G_GNUC_NORETURN void print_version(const GlobalOptions *globals)
{
    if (globals->wants_json)
        print_document("version", PACKAGE_VERSION);
    else
        terminal_print("pgsluice %s\n", PACKAGE_VERSION);
    flush_and_exit();
}

gboolean options_parse_global(GlobalOptions *globals, const char *const *arguments, char ***rest,
                              GError **error)
{
    g_autoptr(GOptionContext) context = context_new(globals, NULL);
    g_auto(GStrv) words = NULL;

    if (!parse(context, globals, NULL, NULL, arguments, &words, error)) {
        error_set_hint(error, "pgsluice help lists the options");
        return FALSE;
    }
    if (globals->wants_version)
        print_version(globals);
    if (globals->wants_help && !words[0])
        print_help(globals, options_help());
    *rest = g_steal_pointer(&words);
    return TRUE;
}

/* ERROR_USAGE when the row says another number of operands. */
static gboolean check_count(const Verb *verb, char **operands, GError **error)
{
    int count = (int)g_strv_length(operands);

    g_autofree char *missing = verb_operand(verb, (guint)count);

    if (count < verb->minimum)
        error_set(error, ERROR_USAGE, "pgsluice %s needs %s", verb->name, missing);
    else if (verb->maximum >= 0 && count > verb->maximum)
        error_set(error, ERROR_USAGE, "\"%s\" is one word too many for pgsluice %s",
                  operands[verb->maximum], verb->name);
    else
        return TRUE;
    return FALSE;
}

static void add_usage_hint(const Verb *verb, GError **error)
{
    error_set_hint(error, "usage: pgsluice %s%s%s; pgsluice help %s lists the options", verb->name,
                   *verb->usage ? " " : "", verb->usage, verb->name);
}

gboolean options_parse(Cli *cli, const Verb *verb, const GOptionEntry *entries,
                       const char *const *words, char ***operands, GError **error)
{
    g_autoptr(GOptionContext) context = context_new(cli_options(cli), entries);
    g_auto(GStrv) found = NULL;

    if (cli_options(cli)->completes) {
        complete_words(cli, verb, entries, words);
        return FALSE;
    }
    if (!parse(context, cli_options(cli), verb, entries, words, &found, error)) {
        add_usage_hint(verb, error);
        return FALSE;
    }
    if (cli_options(cli)->wants_version)
        print_version(cli_options(cli));
    if (cli_options(cli)->wants_help)
        print_help(cli_options(cli), describe_verb(verb, entries));
    if (!check_count(verb, found, error)) {
        add_usage_hint(verb, error);
        return FALSE;
    }
    *operands = g_steal_pointer(&found);
    return TRUE;
}

void options_apply(GlobalOptions *globals, const Verb *verb, const GOptionEntry *entries,
                   const char *const *words)
{
    g_autoptr(GOptionContext) context = context_new(globals, entries);
    g_auto(GStrv) operands = NULL;

    parse(context, globals, verb, entries, words, &operands, NULL);
}
