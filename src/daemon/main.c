/* pgsluiced: reads the command line and hands over to the app, the check or the drawing. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/descriptors.h"
#include "base/error.h"
#include "daemon/app.h"
#include "daemon/gate.h"

static AppOptions options;
static gboolean checks_config;
static gboolean prints_gate;
static gboolean prints_version;
static gboolean is_foreground;

static gboolean on_embedded(const char *name, const char *value, gpointer data, GError **error)
{
    options.is_embedded = TRUE;
    g_free(options.embedded_directory);
    options.embedded_directory = g_strdup(value);
    return TRUE;
}

static gboolean on_verbose(const char *name, const char *value, gpointer data, GError **error)
{
    options.verbosity++;
    return TRUE;
}

#define KIND_STRING 0, G_OPTION_ARG_STRING
#define KIND_STRINGS 0, G_OPTION_ARG_STRING_ARRAY
#define KIND_FLAG 0, G_OPTION_ARG_NONE
#define KIND_CALLBACK G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK
#define KIND_OPTIONAL G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK

static const GOptionEntry entries[] = {
#define OPTION(name, letter, kind, target, argument, text)                                         \
    {name, letter, KIND_##kind, (gpointer)(target), text, argument},
#include "daemon/options.def"
#undef OPTION
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static gboolean read_command_line(int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_set_summary(context, "Migrates a PostgreSQL database under an advisory lock, "
                                          "then opens the gate to traffic.");
    g_option_context_set_description(context, "See pgsluiced(8) and pgsluice.conf(5).");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return FALSE;
    if (argc > 1) {
        error_set(error, ERROR_USAGE, "unexpected argument \"%s\"", argv[1]);
        return FALSE;
    }
    if (options.shows && !checks_config) {
        error_set(error, ERROR_USAGE, "--show needs --check-config");
        return FALSE;
    }
    return TRUE;
}

static int print_gate(void)
{
    g_autofree char *drawing = gate_draw();

    fputs(drawing, stdout);
    return EXIT_SUCCESS;
}

static int run(void)
{
    if (prints_version) {
        printf("pgsluiced %s\n", PACKAGE_VERSION);
        return EXIT_SUCCESS;
    }
    if (prints_gate)
        return print_gate();
    return checks_config ? app_check(&options) : app_run(&options);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    int status;

    descriptors_fill_standard();
    setlocale(LC_ALL, "");
    if (read_command_line(argc, argv, &error)) {
        status = run();
    } else {
        fprintf(stderr, "pgsluiced: %s\nTry 'pgsluiced --help'.\n", error->message);
        status = error_kind_exit_status(ERROR_USAGE);
    }
    g_free(options.config);
    g_free(options.section);
    g_strfreev(options.settings);
    g_free(options.embedded_directory);
    return status;
}
