/* A long wire to a server: wire SOCKET RTT_MS
 *
 * Listens on 127.0.0.1, prints the port on its first line, and carries what it is sent to the Unix
 * socket and back, each direction delayed by half of the round-trip time; bytes keep flowing
 * meanwhile. On SIGTERM it prints two numbers: how many turns the clients took (how often one spoke
 * after it had been answered, the login's own included) and how many bytes they sent. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 64,
    CHUNK_BYTES = 64 * 1024,
    QUEUED_MAX = 64, /* chunks on their way, in one direction */
};

/* What was read at once; nothing (length 0) is the end of the stream. */
typedef struct {
    double due; /* seconds on the monotonic clock */
    size_t length, written;
    char *bytes;
} Chunk;

typedef struct {
    int from, to;
    int has_ended; /* the end was read */
    Chunk queue[QUEUED_MAX];
    int first, count;
} Direction;

typedef struct {
    Direction out, back; /* the client's words and the server's */
    int was_answered;    /* the server spoke last */
} Connection;

static Connection *connections[CONNECTIONS_MAX];
static int connection_count;
static double one_way;
static long turns, bytes_sent;

static void fail(const char *what)
{
    fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || listen(fd, 64) ||
        getsockname(fd, (struct sockaddr *)&address, &size))
        fail("cannot listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail(path);
    }
    strcpy(address.sun_path, path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void accept_one(int listener, const char *path)
{
    int client = accept(listener, NULL, NULL);
    int server = client < 0 ? -1 : connect_to(path);
    Connection *connection;

    if (server < 0 || connection_count == CONNECTIONS_MAX) {
        close(client);
        close(server);
        return;
    }
    connection = calloc(1, sizeof *connection);
    connection->out = (Direction){.from = client, .to = server};
    connection->back = (Direction){.from = server, .to = client};
    connection->was_answered = 1; /* the first words count */
    connections[connection_count++] = connection;
}

/* Reads what is there and notes when it arrives at the other end. */
static void take_up(Connection *connection, Direction *direction)
{
    static char buffer[CHUNK_BYTES];
    ssize_t length = recv(direction->from, buffer, sizeof buffer, MSG_DONTWAIT);
    int is_client = direction == &connection->out;
    Chunk *chunk = &direction->queue[(direction->first + direction->count) % QUEUED_MAX];

    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    *chunk = (Chunk){.due = now() + one_way, .length = length > 0 ? (size_t)length : 0};
    if (chunk->length) {
        chunk->bytes = memcpy(malloc(chunk->length), buffer, chunk->length);
        turns += is_client && connection->was_answered;
        bytes_sent += is_client ? length : 0;
        connection->was_answered = !is_client;
    }
    direction->has_ended = !chunk->length;
    direction->count++;
}

/* Writes what has arrived. */
static void deliver(Direction *direction)
{
    while (direction->count && direction->queue[direction->first].due <= now()) {
        Chunk *chunk = &direction->queue[direction->first];
        ssize_t length = send(direction->to, chunk->bytes + chunk->written,
                              chunk->length - chunk->written, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (!chunk->length)
            shutdown(direction->to, SHUT_WR);
        else if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        chunk->written += length > 0 ? (size_t)length : 0;
        if (length >= 0 && chunk->written < chunk->length)
            return;
        free(chunk->bytes);
        direction->first = (direction->first + 1) % QUEUED_MAX;
        direction->count--;
    }
}

static int is_over(const Direction *direction)
{
    return direction->has_ended && !direction->count;
}

static void forget_ended(void)
{
    for (int i = connection_count - 1; i >= 0; i--) {
        Connection *connection = connections[i];

        if (!is_over(&connection->out) || !is_over(&connection->back))
            continue;
        close(connection->out.from);
        close(connection->out.to);
        free(connection);
        connections[i] = connections[--connection_count];
    }
}

/* Milliseconds until the next chunk arrives, -1 when none is on its way. */
static int next_arrival(void)
{
    double next = -1;

    for (int i = 0; i < connection_count; i++) {
        const Direction *both[] = {&connections[i]->out, &connections[i]->back};

        for (int k = 0; k < 2; k++)
            if (both[k]->count && (next < 0 || both[k]->queue[both[k]->first].due < next))
                next = both[k]->queue[both[k]->first].due;
    }
    if (next < 0)
        return -1;
    next -= now();
    return next > 0 ? (int)(next * 1000) + 1 : 1;
}

static short wanted(const Direction *direction)
{
    return !direction->has_ended && direction->count < QUEUED_MAX ? POLLIN : 0;
}

static void carry(int listener, int signals, const char *path)
{
    struct pollfd fds[2 + 2 * CONNECTIONS_MAX] = {{.fd = signals, .events = POLLIN},
                                                  {.fd = listener, .events = POLLIN}};

    while (!(fds[0].revents & POLLIN)) {
        int count = connection_count;

        for (int i = 0; i < count; i++) {
            Direction *both[] = {&connections[i]->out, &connections[i]->back};

            for (int k = 0; k < 2; k++) {
                short events = wanted(both[k]);

                fds[2 + 2 * i + k] =
                    (struct pollfd){.fd = events ? both[k]->from : -1, .events = events};
            }
        }
        if (poll(fds, (nfds_t)(2 + 2 * count), next_arrival()) < 0 && errno != EINTR)
            fail("poll");
        for (int i = 0; i < count; i++) {
            if (fds[2 + 2 * i].revents)
                take_up(connections[i], &connections[i]->out);
            if (fds[3 + 2 * i].revents)
                take_up(connections[i], &connections[i]->back);
            deliver(&connections[i]->out);
            deliver(&connections[i]->back);
        }
        forget_ended();
        if (fds[1].revents)
            accept_one(listener, path);
    }
}

int main(int argc, char **argv)
{
    sigset_t ends;

    if (argc != 3) {
        fputs("usage: wire SOCKET RTT_MS\n", stderr);
        return 2;
    }
    one_way = atof(argv[2]) / 2000;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    carry(listen_anywhere(), signalfd(-1, &ends, 0), argv[1]);
    printf("%ld %ld\n", turns, bytes_sent);
    return 0;
}
