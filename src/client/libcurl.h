/* libcurl, loaded when the first request is about to be made.
 *
 * Linked into the program it would be mapped and relocated, with a dozen libraries of its own, at
 * each start of every verb: 0.9 ms of CPU beside the 5.5 ms that `pgsluice --version` takes, where
 * a deploy that has nothing to do may take 10. So configure finds out its name, and only the verbs
 * that speak HTTP load it, by dlopen. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

/* The functions of libcurl that are called. */
#define LIBCURL_FUNCTIONS(FUNCTION)                                                                \
    FUNCTION(global_init)                                                                          \
    FUNCTION(easy_init)                                                                            \
    FUNCTION(easy_cleanup)                                                                         \
    FUNCTION(easy_reset)                                                                           \
    FUNCTION(easy_setopt)                                                                          \
    FUNCTION(easy_getinfo)                                                                         \
    FUNCTION(easy_strerror)                                                                        \
    FUNCTION(multi_init)                                                                           \
    FUNCTION(multi_cleanup)                                                                        \
    FUNCTION(multi_add_handle)                                                                     \
    FUNCTION(multi_remove_handle)                                                                  \
    FUNCTION(multi_perform)                                                                        \
    FUNCTION(multi_poll)                                                                           \
    FUNCTION(multi_info_read)                                                                      \
    FUNCTION(slist_append)                                                                         \
    FUNCTION(slist_free_all)

typedef struct {
#define FUNCTION(name) __typeof__(curl_##name) *name;
    LIBCURL_FUNCTIONS(FUNCTION)
#undef FUNCTION
} Libcurl;

/* Stays loaded until the process ends. NULL with ERROR_CONFIG when it is not installed. Not
 * thread-safe. */
const Libcurl *libcurl_load(GError **error);
