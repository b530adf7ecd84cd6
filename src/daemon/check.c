/* --check-config: everything that a start would find wrong before it needs a database. */
#include "daemon/app.h"

#include <stdio.h>

#include "base/error.h"
#include "daemon/bundle.h"
#include "setup/setup.h"

static void show(const BundleSources *sources)
{
    g_autoptr(Conf) conf = bundle_load_conf(sources, NULL);
    g_autofree char *text = conf ? setup_show(conf) : NULL;

    if (text)
        printf("%s%s", text, g_str_has_suffix(text, "\n") ? "" : "\n");
}

static gboolean name_cluster(const AppOptions *options, BundleSources *sources, GError **error)
{
    g_autoptr(Conf) conf = bundle_load_conf(sources, error);
    g_autoptr(Cluster) cluster =
        conf ? setup_cluster(conf, options->embedded_directory, error) : NULL;

    if (!cluster)
        return FALSE;
    sources->embedded_url = g_strdup(cluster_url(cluster));
    return TRUE;
}

static int check(const AppOptions *options, BundleSources *sources)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Bundle) bundle = NULL;
    g_auto(GStrv) warnings = NULL;
    g_autofree char *what = NULL;

    if (!options->is_embedded || name_cluster(options, sources, &error))
        bundle = bundle_load(sources, &error);
    if (options->shows)
        show(sources);
    if (!bundle) {
        g_autofree char *text = error_describe(error);

        fprintf(stderr, "pgsluiced: %s\n", text);
        return error_kind_exit_status(error_kind(error));
    }
    if (options->shows)
        return EXIT_SUCCESS;
    warnings = bundle_warnings(bundle);
    for (char **warning = warnings; *warning; warning++)
        fprintf(stderr, "pgsluiced: warning: %s\n", *warning);
    what = bundle_describe(bundle);
    printf("Valid: %s\n", what);
    return EXIT_SUCCESS;
}

int app_check(const AppOptions *options)
{
    g_autofree char *instance = setup_instance();
    g_autoptr(GPtrArray) settings = g_ptr_array_new();
    BundleSources sources = {options->config, options->section, settings, NULL, instance};
    int status;

    for (char **setting = options->settings; setting && *setting; setting++)
        g_ptr_array_add(settings, *setting);
    status = check(options, &sources);
    g_free(sources.embedded_url);
    return status;
}
