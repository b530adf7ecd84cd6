/* The command line: what is an option, what is an operand, what is refused. */
#include "base/error.h"
#include "cli/options.h"
#include "cli/verb.h"

/* Parses `line`, split at blanks, as the words after `verb_name`; returns the operands joined by
 * "|". */
static char *parse(Cli *cli, const char *verb_name, const GOptionEntry *entries, const char *line,
                   GError **error)
{
    g_auto(GStrv) words = *line ? g_strsplit(line, " ", -1) : g_new0(char *, 1);
    g_auto(GStrv) operands = NULL;

    if (!options_parse(cli, verb_find(verb_name, NULL), entries, (const char *const *)words,
                       &operands, error))
        return NULL;
    return g_strjoinv("|", operands);
}

static void assert_operands(const char *verb_name, const char *line, const char *expected)
{
    g_autoptr(Cli) cli = cli_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *operands = parse(cli, verb_name, NULL, line, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(operands, ==, expected);
}

static void assert_refused(const char *verb_name, const char *line, const char *message)
{
    g_autoptr(Cli) cli = cli_new();
    g_autoptr(GError) error = NULL;

    g_assert_null(parse(cli, verb_name, NULL, line, &error));
    g_assert_true(error_is(error, ERROR_USAGE));
    g_assert_nonnull(strstr(error->message, message));
    g_assert_nonnull(strstr(error_hint(error), "usage: pgsluice"));
}

static void test_relative_target_is_an_operand(void)
{
    assert_operands("downgrade", "-1", "-1");
    assert_operands("downgrade", "-q -12 --json", "-12");
    assert_operands("upgrade", "+2", "+2");
    assert_operands("plan", "downgrade -1", "downgrade|-1");
    assert_operands("plan", "-v downgrade -1 --json", "downgrade|-1");
}

static void test_everything_after_dashes_is_an_operand(void)
{
    assert_operands("downgrade", "-- -1", "-1");
    assert_operands("stamp", "-q -- -v --json", "-v|--json");
    assert_operands("plan", "downgrade -- -1", "downgrade|-1");
}

/* Parses `line` with one option of the verb's own, -m or --message. */
static void assert_message(const char *line, const char *expected, const char *expected_operands)
{
    g_autoptr(Cli) cli = cli_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *message = NULL;
    const GOptionEntry entries[] = {
        {"message", 'm', 0, OPTION_TEXT, &message, NULL, NULL},
        {NULL},
    };
    g_autofree char *operands = parse(cli, "stamp", entries, line, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(message, ==, expected);
    g_assert_cmpstr(operands, ==, expected_operands);
}

static void test_value_that_looks_relative(void)
{
    assert_message("-m -1 +1", "-1", "+1");
    assert_message("--message -1 +1", "-1", "+1");
    assert_message("--message=-1 +1", "-1", "+1");
}

static void test_value_may_be_glued_to_a_short_option(void)
{
    assert_message("-m-3:current head", "-3:current", "head");
    assert_message("-vv -mtext head -cx.conf", "text", "head");
}

static void test_option_may_be_cut_short(void)
{
    assert_message("--mess text head", "text", "head");
    assert_message("--m=text --js head", "text", "head");
    assert_message("--message text -- --mess", "text", "--mess");
    assert_refused("upgrade", "--ver", "the option --ver may be each of --verbose, --version");
    assert_refused("upgrade", "--jsonx", "--jsonx");
}

static void test_text_need_not_be_ascii(void)
{
    assert_message("-m größe head", "größe", "head");
}

static void test_wrong_number_of_operands(void)
{
    assert_refused("downgrade", "", "needs TARGET");
    assert_refused("upgrade", "head base", "\"base\" is one word too many");
    assert_refused("current", "head", "\"head\" is one word too many");
    assert_refused("plan", "upgrade", "needs");
}

static void test_unknown_option(void)
{
    assert_refused("upgrade", "--autogenerate", "--autogenerate");
    assert_refused("upgrade", "-1x", "-1x");
}

static void test_global_options_stand_before_the_verb(void)
{
    const char *const line[] = {"-c",         "a.conf",  "--set", "gate.lock_wait=1s", "-vv",
                                "--no-color", "history", "-r",    "-1:current",        NULL};
    g_autoptr(Cli) cli = cli_new();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) rest = NULL;
    g_autofree char *joined = NULL;

    g_assert_true(options_parse_global(cli_options(cli), line, &rest, &error));
    g_assert_no_error(error);
    joined = g_strjoinv("|", rest);
    g_assert_cmpstr(joined, ==, "history|-r|-1:current");
    g_assert_cmpstr(cli_options(cli)->config_path, ==, "a.conf");
    g_assert_cmpint(cli_options(cli)->verbosity, ==, 2);
    g_assert_true(cli_options(cli)->refuses_colour);
    g_assert_cmpuint(cli_options(cli)->sets->len, ==, 1);
}

static void test_the_verb_gets_its_words_untouched(void)
{
    const char *const line[] = {"-q", "revision", "-m", "-cx", "--", "-1", "--json", NULL};
    g_autoptr(Cli) cli = cli_new();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) rest = NULL;
    g_autofree char *joined = NULL;

    g_assert_true(options_parse_global(cli_options(cli), line, &rest, &error));
    g_assert_no_error(error);
    joined = g_strjoinv("|", rest);
    g_assert_cmpstr(joined, ==, "revision|-m|-cx|--|-1|--json");
    g_assert_false(cli_options(cli)->wants_json);
}

static void test_global_options_stand_after_the_verb(void)
{
    g_autoptr(Cli) cli = cli_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *operands =
        parse(cli, "upgrade", NULL, "--set a.b=c head -c b.conf --set d.e=f -v --json -q", &error);
    GPtrArray *sets = cli_options(cli)->sets;

    g_assert_no_error(error);
    g_assert_cmpstr(operands, ==, "head");
    g_assert_cmpstr(cli_options(cli)->config_path, ==, "b.conf");
    g_assert_cmpuint(sets->len, ==, 2);
    g_assert_cmpstr(sets->pdata[1], ==, "d.e=f");
    g_assert_cmpint(cli_options(cli)->verbosity, ==, 1);
    g_assert_true(cli_options(cli)->wants_json);
    g_assert_true(cli_options(cli)->is_quiet);
}

static void assert_nearest(const char *typed, const char *hint)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(verb_find(typed, &error));
    g_assert_true(error_is(error, ERROR_USAGE));
    g_assert_nonnull(strstr(error_hint(error), hint));
}

static void test_unknown_verb_names_the_nearest(void)
{
    assert_nearest("upgade", "did you mean: pgsluice upgrade [TARGET]");
    assert_nearest("histroy", "did you mean: pgsluice history");
    assert_nearest("down", "did you mean: pgsluice downgrade TARGET");
    assert_nearest("ensure-version", "did you mean: pgsluice ensure_version");
    assert_nearest("frobnicate", "pgsluice help");
    assert_nearest("", "pgsluice help");
}

static void test_help_names_every_listed_verb(void)
{
    g_autofree char *help = options_help();

    for (const Verb *verb = verbs; verb->name; verb++) {
        g_autofree char *row = g_strdup_printf("\n  %s ", verb->name);

        g_assert_cmpint(strstr(help, row) != NULL, ==, verb->summary != NULL);
    }
}

/* `current -c` is Alembic's --check-heads; before the verb -c names the configuration. */
static void test_a_verb_may_take_a_global_letter(void)
{
    static const char *const words[] = {"-c", "-v", NULL};
    g_autoptr(Cli) cli = cli_new();
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) operands = NULL;
    gboolean is_set = FALSE;
    const GOptionEntry entries[] = {
        {"check-heads", 'c', 0, G_OPTION_ARG_NONE, &is_set, NULL, NULL},
        {NULL},
    };

    g_assert_true(
        options_parse(cli, verb_find("current", NULL), entries, words, &operands, &error));
    g_assert_no_error(error);
    g_assert_true(is_set);
    g_assert_null(cli_options(cli)->config_path);
    g_assert_cmpint(cli_options(cli)->verbosity, ==, 1);
    g_assert_null(operands[0]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/options/relative target is an operand",
                    test_relative_target_is_an_operand);
    g_test_add_func("/cli/options/everything after dashes is an operand",
                    test_everything_after_dashes_is_an_operand);
    g_test_add_func("/cli/options/value that looks relative", test_value_that_looks_relative);
    g_test_add_func("/cli/options/value may be glued to a short option",
                    test_value_may_be_glued_to_a_short_option);
    g_test_add_func("/cli/options/option may be cut short", test_option_may_be_cut_short);
    g_test_add_func("/cli/options/text need not be ascii", test_text_need_not_be_ascii);
    g_test_add_func("/cli/options/wrong number of operands", test_wrong_number_of_operands);
    g_test_add_func("/cli/options/unknown option", test_unknown_option);
    g_test_add_func("/cli/options/global options stand before the verb",
                    test_global_options_stand_before_the_verb);
    g_test_add_func("/cli/options/the verb gets its words untouched",
                    test_the_verb_gets_its_words_untouched);
    g_test_add_func("/cli/options/global options stand after the verb",
                    test_global_options_stand_after_the_verb);
    g_test_add_func("/cli/verb/unknown verb names the nearest",
                    test_unknown_verb_names_the_nearest);
    g_test_add_func("/cli/verb/help names every listed verb", test_help_names_every_listed_verb);
    g_test_add_func("/cli/options/a verb may take a global letter",
                    test_a_verb_may_take_a_global_letter);
    return g_test_run();
}
