/* respond THREADS CONNECTIONS HEAD BODY: the least that a libmicrohttpd server can do. Whatever is
 * asked, it answers with the fields of the file HEAD ("name: value" a line, as curl -D writes them)
 * and the bytes of the file BODY, from THREADS polling threads. Prints its port on 127.0.0.1 and
 * serves until its standard input ends. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { BODY_MAX = 1 << 20, LINE_MAX_BYTES = 4096 };

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context)
{
    static int seen;

    (void)url, (void)method, (void)version, (void)data;
    if (!*context) {
        *context = &seen;
        return MHD_YES;
    }
    *size = 0;
    return MHD_queue_response(connection, MHD_HTTP_OK, cls);
}

/* libmicrohttpd writes these by itself. */
static int is_made_by_the_library(const char *name)
{
    return strcasecmp(name, MHD_HTTP_HEADER_DATE) == 0 ||
           strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0 ||
           strcasecmp(name, MHD_HTTP_HEADER_CONNECTION) == 0;
}

static int add_fields(struct MHD_Response *response, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[LINE_MAX_BYTES];

    if (!file)
        return 0;
    while (fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');

        line[strcspn(line, "\r\n")] = '\0';
        if (!colon || memcmp(line, "HTTP/", 5) == 0)
            continue;
        *colon++ = '\0';
        if (!is_made_by_the_library(line))
            MHD_add_response_header(response, line, colon + strspn(colon, " "));
    }
    fclose(file);
    return 1;
}

static struct MHD_Response *make_response(const char *head, const char *body)
{
    static char bytes[BODY_MAX];
    FILE *file = fopen(body, "r");
    struct MHD_Response *response;
    size_t size;

    if (!file)
        return NULL;
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    response = MHD_create_response_from_buffer(size, bytes, MHD_RESPMEM_PERSISTENT);
    return response && add_fields(response, head) ? response : NULL;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Response *response = argc == 5 ? make_response(argv[3], argv[4]) : NULL;
    unsigned threads = argc == 5 ? (unsigned)atoi(argv[1]) : 0;
    struct MHD_Daemon *daemon;
    char byte;

    if (!response) {
        fprintf(stderr, "usage: respond THREADS CONNECTIONS HEAD BODY (files)\n");
        return 2;
    }
    daemon = MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD, 0, NULL, NULL, handle, response, MHD_OPTION_SOCK_ADDR,
        &address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)atoi(argv[2]),
        threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, MHD_OPTION_END);
    if (!daemon) {
        fprintf(stderr, "respond: cannot start\n");
        return 1;
    }
    printf("%u\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    MHD_stop_daemon(daemon);
    return 0;
}
