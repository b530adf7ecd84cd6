/* A wire that tests can cut: stands between PostgreSQL clients and a server, and does what standard
 * input says, one command a line. Each is answered by a line "ok"; what happens later is told by a
 * line of its own. Ends with its parent: at the end of standard input, and after ten minutes.
 *
 *   wire-proxy SOCKET TARGET     both are paths of Unix sockets; TARGET may also be HOST:PORT, and
 * SOCKET "tcp": a free port of 127.0.0.1
 *
 * The line "ready" (for TCP "ready PORT") says that it listens.
 *
 *   cut now                      hangs up on both sides of every connection
 *   cut before|after TEXT [N]    hangs up on both sides when the N-th (1) statement that has TEXT
 * in it comes; before: the server never gets it; after: it has got it, and the client hears nothing
 * more strand after TEXT [N]        the same, but the server's side stays open and is read from, so
 * that the server learns nothing, until "drop" cut bytes N                  hangs up when the
 * client has sent N more bytes drop                         hangs up on stranded servers delay
 * MILLISECONDS           holds whatever comes for so long, in either direction refuse now / refuse
 * after    hangs up on new clients, from now on / once a trigger has worked accept takes them again
 *
 * TEXT is one word. A trigger works once; it tells "cut" when it has. Statements are counted over
 * all connections, and only while a trigger is set. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LINKS_MAX = 64,
    CHUNK = 64 * 1024,
    MESSAGE_MAX = 64 * 1024 * 1024,
    LIFETIME = 600, /* seconds */
};

/* What is on its way in one direction. */
typedef struct {
    gint64 due;
    GBytes *bytes;
    gsize written;
} Chunk;

typedef struct {
    int client; /* -1: gone */
    int server;
    GQueue to_client; /* Chunk * */
    GQueue to_server;
    GByteArray *message; /* of the client, not yet complete */
    gboolean has_started;
    gboolean is_armed; /* the statement that was parsed last is the one to cut after */
} Link;

typedef enum { TRIGGER_NONE, TRIGGER_BEFORE, TRIGGER_AFTER, TRIGGER_BYTES } TriggerKind;

typedef struct {
    TriggerKind kind;
    gboolean strands;
    char *text;
    gint64 left; /* statements or bytes until it works */
} Trigger;

static GPtrArray *links;
static Trigger trigger;
static gint64 delay; /* microseconds */
static gboolean refuses;
static gboolean will_refuse;

static void say(const char *line)
{
    printf("%s\n", line);
    fflush(stdout);
}

static void chunk_free(Chunk *chunk)
{
    g_bytes_unref(chunk->bytes);
    g_free(chunk);
}

static void hang_up(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void drop_queue(GQueue *queue)
{
    g_queue_clear_full(queue, (GDestroyNotify)chunk_free);
}

static void link_free(gpointer data)
{
    Link *link = data;

    hang_up(&link->client);
    hang_up(&link->server);
    drop_queue(&link->to_client);
    drop_queue(&link->to_server);
    g_byte_array_unref(link->message);
    g_free(link);
}

/* --- Sockets ---------------------------------------------------------------------------------- */

static gboolean unix_address(const char *path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    return g_strlcpy(address->sun_path, path, sizeof address->sun_path) < sizeof address->sun_path;
}

static int listen_on(const char *path)
{
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    unlink(path);
    if (fd < 0 || !unix_address(path, &address) ||
        bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, LINKS_MAX) < 0)
        return -1;
    return fd;
}

static int listen_on_port(guint *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, LINKS_MAX) < 0 || getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return -1;
    *port = ntohs(address.sin_port);
    return fd;
}

static int connect_to_path(const char *path)
{
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && unix_address(path, &address) &&
        connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    hang_up(&fd);
    return -1;
}

static int connect_to_host(const char *target)
{
    const char *colon = strrchr(target, ':');
    g_autofree char *host = g_strndup(target, colon ? (gsize)(colon - target) : 0);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int fd = -1;

    if (!colon || getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return -1;
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) < 0)
        hang_up(&fd);
    freeaddrinfo(found);
    return fd;
}

static void take_client(int listener, const char *target)
{
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    Link *link;
    int server;

    if (client < 0)
        return;
    server = refuses || links->len >= LINKS_MAX ? -1
             : *target == '/'                   ? connect_to_path(target)
                                                : connect_to_host(target);
    if (server < 0) {
        close(client);
        return;
    }
    fcntl(server, F_SETFL, O_NONBLOCK);
    link = g_new0(Link, 1);
    link->client = client;
    link->server = server;
    link->message = g_byte_array_new();
    g_ptr_array_add(links, link);
}

/* --- Sending ---------------------------------------------------------------------------------- */

static void enqueue(GQueue *queue, const void *data, gsize length)
{
    Chunk *chunk = g_new0(Chunk, 1);

    chunk->due = g_get_monotonic_time() + delay;
    chunk->bytes = g_bytes_new(data, length);
    g_queue_push_tail(queue, chunk);
}

/* Writes what is due; FALSE when the other side has gone. */
static gboolean write_due(int fd, GQueue *queue, gboolean at_once)
{
    Chunk *chunk;

    while ((chunk = g_queue_peek_head(queue)) != NULL &&
           (at_once || chunk->due <= g_get_monotonic_time())) {
        gsize size;
        const guint8 *data = g_bytes_get_data(chunk->bytes, &size);
        ssize_t written =
            send(fd, data + chunk->written, size - chunk->written, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (written < 0)
            return errno == EAGAIN || errno == EINTR;
        chunk->written += (gsize)written;
        if (chunk->written < size)
            return TRUE;
        chunk_free(g_queue_pop_head(queue));
    }
    return TRUE;
}

/* --- Triggers --------------------------------------------------------------------------------- */

static void cut_link(Link *link, gboolean strands)
{
    hang_up(&link->client);
    drop_queue(&link->to_client);
    if (!strands)
        hang_up(&link->server);
}

static void work_trigger(Link *link)
{
    if (link->server >= 0) {
        fcntl(link->server, F_SETFL, 0);
        write_due(link->server, &link->to_server, TRUE);
    }
    cut_link(link, trigger.strands);
    trigger.kind = TRIGGER_NONE;
    refuses |= will_refuse;
    say("cut");
}

static gboolean contains(const guint8 *message, gsize length, const char *text)
{
    return memmem(message, length, text, strlen(text)) != NULL;
}

/* Passes one whole message on; FALSE when the link was cut at it. */
static gboolean pass_message(Link *link, const guint8 *message, gsize length)
{
    gboolean is_statement = *message == 'P' || *message == 'Q';
    gboolean waits = trigger.kind == TRIGGER_BEFORE || trigger.kind == TRIGGER_AFTER;
    gboolean is_met = waits && link->has_started && is_statement &&
                      contains(message, length, trigger.text) && --trigger.left == 0;

    if (is_met && trigger.kind == TRIGGER_BEFORE) {
        work_trigger(link);
        return FALSE;
    }
    enqueue(&link->to_server, message, length);
    link->is_armed |= is_met;
    /* A parsed statement is complete with its Execute. */
    if (link->is_armed && (*message == 'Q' || *message == 'E')) {
        work_trigger(link);
        return FALSE;
    }
    return TRUE;
}

/* Before the login a message has no type: only a length. */
static gsize message_length(const Link *link)
{
    gsize at = link->has_started ? 1 : 0;
    guint32 length;

    if (link->message->len < at + 4)
        return 0;
    memcpy(&length, link->message->data + at, sizeof length);
    return at + GUINT32_FROM_BE(length);
}

static gboolean asks_for_encryption(const guint8 *message, gsize length)
{
    return length == 8 && message[4] == 0x04 && message[5] == 0xD2 && message[6] == 0x16 &&
           (message[7] == 0x2F || message[7] == 0x30);
}

static void split_messages(Link *link)
{
    for (;;) {
        gsize length = message_length(link);

        if (length == 0 || link->message->len < length)
            break;
        if (!pass_message(link, link->message->data, length))
            return;
        if (!asks_for_encryption(link->message->data, length))
            link->has_started = TRUE;
        g_byte_array_remove_range(link->message, 0, (guint)length);
    }
    if (link->message->len > MESSAGE_MAX)
        cut_link(link, FALSE);
}

static void pass_bytes(Link *link, const guint8 *data, gsize length)
{
    if (trigger.kind == TRIGGER_BYTES && (gint64)length >= trigger.left) {
        enqueue(&link->to_server, link->message->data, link->message->len);
        enqueue(&link->to_server, data, (gsize)trigger.left);
        work_trigger(link);
        return;
    }
    if (trigger.kind == TRIGGER_BYTES)
        trigger.left -= (gint64)length;
    g_byte_array_append(link->message, data, (guint)length);
    split_messages(link);
}

/* --- Commands --------------------------------------------------------------------------------- */

static void set_trigger(TriggerKind kind, gboolean strands, const char *text, const char *count)
{
    g_free(trigger.text);
    trigger = (Trigger){.kind = kind,
                        .strands = strands,
                        .text = g_strdup(text),
                        .left = count ? g_ascii_strtoll(count, NULL, 10) : 1};
}

static void cut_all(void)
{
    for (guint i = 0; i < links->len; i++)
        cut_link(g_ptr_array_index(links, i), FALSE);
}

static void drop_stranded(void)
{
    for (guint i = 0; i < links->len; i++) {
        Link *link = g_ptr_array_index(links, i);

        if (link->client < 0)
            hang_up(&link->server);
    }
}

static gboolean is_word(char **words, guint index, const char *word)
{
    return g_strv_length(words) > index && g_str_equal(words[index], word);
}

static void set_statement_trigger(char **words)
{
    set_trigger(is_word(words, 1, "before") ? TRIGGER_BEFORE : TRIGGER_AFTER,
                is_word(words, 0, "strand"), words[2], words[3]);
}

static gboolean obey(char **words)
{
    guint count = g_strv_length(words);

    if (is_word(words, 0, "cut") && is_word(words, 1, "now"))
        cut_all();
    else if (is_word(words, 0, "cut") && is_word(words, 1, "bytes") && count == 3)
        set_trigger(TRIGGER_BYTES, FALSE, NULL, words[2]);
    else if (is_word(words, 0, "cut") && count >= 3 &&
             (is_word(words, 1, "before") || is_word(words, 1, "after")))
        set_statement_trigger(words);
    else if (is_word(words, 0, "strand") && is_word(words, 1, "after") && count >= 3)
        set_statement_trigger(words);
    else if (is_word(words, 0, "drop"))
        drop_stranded();
    else if (is_word(words, 0, "delay") && count == 2)
        delay = g_ascii_strtoll(words[1], NULL, 10) * 1000;
    else if (is_word(words, 0, "refuse") && count == 2)
        *(is_word(words, 1, "now") ? &refuses : &will_refuse) = TRUE;
    else if (is_word(words, 0, "accept"))
        refuses = will_refuse = FALSE;
    else
        return FALSE;
    return TRUE;
}

/* Reads what there is of standard input; FALSE at its end. */
static gboolean take_commands(GString *input)
{
    char buffer[1024];
    ssize_t length = read(STDIN_FILENO, buffer, sizeof buffer);
    char *end;

    if (length <= 0)
        return length < 0 && errno == EINTR;
    g_string_append_len(input, buffer, length);
    while ((end = strchr(input->str, '\n')) != NULL) {
        g_autofree char *line = g_strndup(input->str, (gsize)(end - input->str));
        g_auto(GStrv) words = g_strsplit(line, " ", 4);

        g_string_erase(input, 0, end - input->str + 1);
        say(obey(words) ? "ok" : "what?");
    }
    return TRUE;
}

/* --- The loop --------------------------------------------------------------------------------- */

/* FALSE when that side has hung up. */
static gboolean read_from(Link *link, gboolean is_client)
{
    guint8 buffer[CHUNK];
    ssize_t length =
        recv(is_client ? link->client : link->server, buffer, sizeof buffer, MSG_DONTWAIT);

    if (length < 0)
        return errno == EAGAIN || errno == EINTR;
    if (length == 0)
        return FALSE;
    if (is_client)
        pass_bytes(link, buffer, (gsize)length);
    else if (link->client >= 0)
        enqueue(&link->to_client, buffer, (gsize)length);
    return TRUE;
}

static void serve(Link *link, short client_events, short server_events)
{
    if (link->client >= 0 && client_events && !read_from(link, TRUE))
        cut_link(link, FALSE);
    if (link->server >= 0 && server_events && !read_from(link, FALSE)) {
        if (link->client >= 0)
            write_due(link->client, &link->to_client, TRUE);
        cut_link(link, FALSE);
    }
    if (link->server >= 0 && !write_due(link->server, &link->to_server, FALSE))
        cut_link(link, FALSE);
    if (link->client >= 0 && !write_due(link->client, &link->to_client, FALSE))
        cut_link(link, FALSE);
}

static gint64 next_due(void)
{
    gint64 due = G_MAXINT64;

    for (guint i = 0; i < links->len; i++) {
        const Link *link = g_ptr_array_index(links, i);
        const Chunk *first[] = {g_queue_peek_head((GQueue *)&link->to_client),
                                g_queue_peek_head((GQueue *)&link->to_server)};

        for (guint j = 0; j < G_N_ELEMENTS(first); j++)
            if (first[j])
                due = MIN(due, first[j]->due);
    }
    return due;
}

/* A queue that is due but not written waits for a socket that is full: look again soon. */
static int pause_until(gint64 due)
{
    return due == G_MAXINT64 ? -1 : (int)CLAMP((due - g_get_monotonic_time()) / 1000 + 1, 1, 1000);
}

static void serve_all(const struct pollfd *fds, guint count)
{
    for (guint i = 0; i < count; i++)
        serve(g_ptr_array_index(links, i), fds[2 * i].revents, fds[2 * i + 1].revents);
    for (guint i = links->len; i-- > 0;) {
        const Link *link = g_ptr_array_index(links, i);

        if (link->client < 0 && link->server < 0)
            g_ptr_array_remove_index(links, i);
    }
}

static void loop(int listener, const char *target)
{
    g_autoptr(GString) input = g_string_new(NULL);
    struct pollfd fds[2 + 2 * LINKS_MAX];

    for (;;) {
        guint count = links->len;

        fds[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = listener, .events = POLLIN};
        for (guint i = 0; i < count; i++) {
            const Link *link = g_ptr_array_index(links, i);

            fds[2 + 2 * i] = (struct pollfd){.fd = link->client, .events = POLLIN};
            fds[3 + 2 * i] = (struct pollfd){.fd = link->server, .events = POLLIN};
        }
        if (poll(fds, 2 + 2 * count, pause_until(next_due())) < 0 && errno != EINTR)
            return;
        serve_all(fds + 2, count);
        if (fds[1].revents)
            take_client(listener, target);
        if (fds[0].revents && !take_commands(input))
            return;
    }
}

int main(int argc, char **argv)
{
    gboolean is_tcp = argc == 3 && g_str_equal(argv[1], "tcp");
    guint port = 0;
    int listener = is_tcp ? listen_on_port(&port) : argc == 3 ? listen_on(argv[1]) : -1;
    g_autofree char *ready = NULL;

    if (listener < 0) {
        fprintf(stderr, "usage: wire-proxy SOCKET TARGET (%s)\n", g_strerror(errno));
        return 2;
    }
    alarm(LIFETIME);
    signal(SIGPIPE, SIG_IGN);
    links = g_ptr_array_new_with_free_func(link_free);
    ready = is_tcp ? g_strdup_printf("ready %u", port) : g_strdup("ready");
    say(ready);
    loop(listener, argv[2]);
    g_ptr_array_unref(links);
    g_free(trigger.text);
    if (!is_tcp)
        unlink(argv[1]);
    return 0;
}
