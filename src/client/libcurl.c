/* Loading libcurl. What is asked of it is client.c's business. */
#include "client/libcurl.h"

#include <dlfcn.h>
#include <string.h>

#include "base/error.h"

static Libcurl loaded;
static gboolean is_loaded;

static gboolean blame(GError **error)
{
    error_set(error, ERROR_CONFIG, "cannot load libcurl, which speaks HTTP: %s", dlerror());
    error_set_hint(error, "on Debian: apt-get install libcurl4");
    return FALSE;
}

/* Function pointers and the `void *` of dlsym are of one size wherever there is a dlsym. */
static gboolean find(void *library, const char *name, gpointer function, GError **error)
{
    void *symbol = dlsym(library, name);

    if (!symbol)
        return blame(error);
    memcpy(function, &symbol, sizeof symbol);
    return TRUE;
}

const Libcurl *libcurl_load(GError **error)
{
    void *library = is_loaded ? NULL : dlopen(LIBCURL_SONAME, RTLD_NOW | RTLD_LOCAL);
    Libcurl found;

    if (is_loaded)
        return &loaded;
    if (!library) {
        blame(error);
        return NULL;
    }
#define FUNCTION(name)                                                                             \
    if (!find(library, "curl_" #name, &found.name, error))                                         \
        return NULL;
    LIBCURL_FUNCTIONS(FUNCTION)
#undef FUNCTION
    if (found.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        error_set(error, ERROR_INTERNAL, "libcurl does not start");
        return NULL;
    }
    loaded = found;
    is_loaded = TRUE;
    return &loaded;
}
