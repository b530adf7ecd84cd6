/* The options with which a verb asks a daemon instead of the database, and the connection that they
 * make. */
#pragma once

#include "cli/cli.h"
#include "cli/options.h"
#include "client/client.h"

typedef struct {
    char *url;
    char *socket;
    char *token_file;
    char *ca_file;
    char *certificate_file;
    char *key_file;
    char *timeout;
} RemoteOptions;
void remote_options_clear(RemoteOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RemoteOptions, remote_options_clear)

/* Their entries, for the table of a verb. */
#define REMOTE_ENTRIES(options)                                                                    \
    {"url", 0, 0, OPTION_TEXT, &(options)->url, "Ask the daemon at this address", "URL"},          \
        {"socket", 0, 0, OPTION_TEXT, &(options)->socket, "Ask the daemon at this Unix socket",    \
         "SOCKET"},                                                                                \
        {"token-file",                                                                             \
         0,                                                                                        \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         &(options)->token_file,                                                                   \
         "Read the token for it from FILE (else PGSLUICE_TOKEN, or the credential "                \
         "pgsluice.token)",                                                                        \
         "FILE"},                                                                                  \
        {"ca-file",                                                                                \
         0,                                                                                        \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         &(options)->ca_file,                                                                      \
         "Trust the certificate authorities in FILE, and no others",                               \
         "FILE"},                                                                                  \
        {"cert-file",                                                                              \
         0,                                                                                        \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         &(options)->certificate_file,                                                             \
         "Show the daemon the certificate in FILE",                                                \
         "FILE"},                                                                                  \
        {"key-file",                                                                               \
         0,                                                                                        \
         0,                                                                                        \
         OPTION_TEXT,                                                                              \
         &(options)->key_file,                                                                     \
         "Its private key, when that is in another file",                                          \
         "FILE"},                                                                                  \
    {                                                                                              \
        "answer-timeout", 0, 0, OPTION_TEXT, &(options)->timeout,                                  \
            "Wait this long for an answer (default: 1min)", "DURATION"                             \
    }

/* Whether a daemon is meant. */
gboolean remote_is_meant(const RemoteOptions *options);

/* ERROR_USAGE when none is meant, or the options contradict each other. */
Client *remote_connect(Cli *cli, const RemoteOptions *options, GError **error);

/* "--url URL" or "--socket PATH" as they would be typed again; g_free. */
char *remote_spell(const Client *client);

/* A word as a shell needs it, quoted only when it must be; g_free. */
char *remote_quote(const char *word);
