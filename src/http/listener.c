/* Listening sockets: addresses read, bound, described. Nothing is accepted here. */
#include "http/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/error.h"
#include "http/peer.h"

#define LOCK_PATIENCE (2 * G_USEC_PER_SEC)

enum { UNIX_SOCKET_MODE = 0660 };

struct Listener {
    int fd;
    gboolean is_inherited;
    char *url;
    char *path; /* of the Unix socket that we made; NULL otherwise */
    dev_t device;
    ino_t inode;
};

/* What is being opened, for messages. */
typedef struct {
    const char *name;
    const char *address;
} Target;

static void refuse(GError **error, const Target *target, const char *reason)
{
    error_set(error, ERROR_CONFIG, "the %s listener cannot use \"%s\": %s", target->name,
              target->address, reason);
    error_set_hint(error,
                   "write http.%s.listen as host:port, [v6]:port, unix:/path or fd:N, for "
                   "example \"127.0.0.1:8080\"",
                   target->name);
}

static void hint_for_errno(GError **error, const Target *target, int code)
{
    gboolean is_unix = g_str_has_prefix(target->address, "unix:");
    const char *colon = strrchr(target->address, ':');

    if (code == EADDRINUSE && is_unix)
        error_set_hint(error,
                       "another program accepts connections there; stop it, or choose another path "
                       "in http.%s.listen",
                       target->name);
    else if (code == EADDRINUSE)
        error_set_hint(error,
                       "see who has it with: ss -ltnp 'sport = %s'; or choose another port in "
                       "http.%s.listen (0 takes a free one)",
                       colon ? colon : target->address, target->name);
    else if (code == ENOENT)
        error_set_hint(error, "the folder must exist: create it, or let systemd do so with "
                              "RuntimeDirectory=");
    else if (code == EACCES || code == EPERM)
        error_set_hint(error, is_unix
                                  ? "the user that runs this needs write permission on the folder"
                                  : "ports below 1024 need CAP_NET_BIND_SERVICE, or choose a "
                                    "higher one");
    else if (code == EADDRNOTAVAIL)
        error_set_hint(error, "this host does not have that address; see: ip address");
}

static void refuse_errno(GError **error, const Target *target, int code)
{
    refuse(error, target, g_strerror(code));
    hint_for_errno(error, target, code);
}

static char *describe_inet(const struct sockaddr *address, socklen_t length)
{
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];

    if (getnameinfo(address, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return g_strdup("http://?");
    return g_strdup_printf(address->sa_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s", host,
                           port);
}

static char *describe_socket(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return g_strdup_printf("fd:%d", fd);
    if (address.ss_family == AF_UNIX) {
        const char *path = ((struct sockaddr_un *)&address)->sun_path;
        gsize size = length - offsetof(struct sockaddr_un, sun_path);

        return g_strdup_printf("unix:%.*s", (int)strnlen(path, size), path);
    }
    return describe_inet((struct sockaddr *)&address, length);
}

static Listener *listener_new(int fd)
{
    Listener *listener = g_new0(Listener, 1);

    listener->fd = fd;
    listener->url = describe_socket(fd);
    return listener;
}

void listener_free(Listener *listener)
{
    if (!listener)
        return;
    listener_stop(listener);
    if (!listener->is_inherited)
        close(listener->fd);
    g_free(listener->path);
    g_free(listener->url);
    g_free(listener);
}

int listener_fd(const Listener *listener)
{
    return listener->fd;
}

const char *listener_url(const Listener *listener)
{
    return listener->url;
}

gboolean listener_is_local(const Listener *listener)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;

    return getsockname(listener->fd, (struct sockaddr *)&address, &length) == 0 &&
           peer_classify((struct sockaddr *)&address) != HTTP_PEER_REMOTE;
}

gboolean listener_set_tls(Listener *listener)
{
    static const char plain[] = "http://";
    g_autofree char *url = listener->url;

    if (!g_str_has_prefix(url, plain)) {
        listener->url = g_steal_pointer(&url);
        return FALSE;
    }
    listener->url = g_strconcat("https://", url + strlen(plain), NULL);
    return TRUE;
}

/* Another daemon may have put its own socket in the place of ours. */
static void remove_own_file(Listener *listener)
{
    struct stat file;

    if (!listener->path)
        return;
    if (lstat(listener->path, &file) == 0 && file.st_dev == listener->device &&
        file.st_ino == listener->inode)
        unlink(listener->path);
    g_clear_pointer(&listener->path, g_free);
}

int listener_share(Listener *listener)
{
    if (listener->is_inherited)
        return -1;
    listener->is_inherited = TRUE;
    g_clear_pointer(&listener->path, g_free);
    return listener->fd;
}

void listener_stop(Listener *listener)
{
    if (listener->is_inherited)
        return;
    remove_own_file(listener);
    shutdown(listener->fd, SHUT_RDWR);
}

/* A new socket, bound; -1 and errno otherwise. */
static int bind_socket(const struct sockaddr *address, socklen_t length)
{
    const int on = 1;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int code;

    if (fd < 0)
        return -1;
    if (address->sa_family != AF_UNIX)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, address, length) == 0)
        return fd;
    code = errno;
    close(fd);
    errno = code;
    return -1;
}

static int listen_on(int fd)
{
    int code;

    if (fd < 0 || listen(fd, SOMAXCONN) == 0)
        return fd;
    code = errno;
    close(fd);
    errno = code;
    return -1;
}

static gboolean is_other_file(const char *path)
{
    struct stat file;

    return lstat(path, &file) == 0 && !S_ISSOCK(file.st_mode);
}

static gboolean is_socket_file(const char *path)
{
    struct stat file;

    return lstat(path, &file) == 0 && S_ISSOCK(file.st_mode);
}

/* TRUE when nobody accepts on the socket. */
static gboolean is_stale(const struct sockaddr_un *address, socklen_t length)
{
    gboolean is_refused;
    int fd;

    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return FALSE;
    is_refused = connect(fd, (const struct sockaddr *)address, length) < 0 && errno == ECONNREFUSED;
    close(fd);
    return is_refused;
}

/* Nobody can connect between bind and listen, so the mode is right before the first client. */
static gboolean claim_file(Listener *listener, const char *path)
{
    struct stat file;

    listener->path = g_strdup(path);
    if (lstat(path, &file) < 0)
        return FALSE;
    listener->device = file.st_dev;
    listener->inode = file.st_ino;
    return chmod(path, UNIX_SOCKET_MODE) == 0 && listen(listener->fd, SOMAXCONN) == 0;
}

/* Those who find a stale socket take it over one at a time: between another's bind and listen its
 * new socket looks stale, too. The folder is what they lock, so nothing stays behind; -1 when it
 * cannot be had, for which nobody must be unable to start. */
static int lock_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    Backoff look = {.initial = 1000,
                    .ceiling = 20000,
                    .factor = 1.5,
                    .jitter = 0.3,
                    .deadline = clock_monotonic() + LOCK_PATIENCE};
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (backoff_wait(&look, NULL))
            continue;
        close(fd);
        return -1;
    }
    return fd;
}

static int bind_over_stale(const struct sockaddr_un *address)
{
    int fd = bind_socket((const struct sockaddr *)address, sizeof *address);

    if (fd >= 0 || errno != EADDRINUSE)
        return fd;
    if (is_stale(address, sizeof *address))
        unlink(address->sun_path);
    return bind_socket((const struct sockaddr *)address, sizeof *address);
}

static Listener *claim_path(const Target *target, const struct sockaddr_un *address, GError **error)
{
    const char *path = address->sun_path;
    g_autoptr(Listener) listener = NULL;
    int fd;

    if (is_other_file(path)) {
        refuse(error, target, "the file is there and is not a socket");
        error_set_hint(error,
                       "look at it and remove it, or choose another path in "
                       "http.%s.listen",
                       target->name);
        return NULL;
    }
    fd = bind_over_stale(address);
    if (fd < 0) {
        refuse_errno(error, target, errno);
        return NULL;
    }
    listener = listener_new(fd);
    if (!claim_file(listener, path)) {
        refuse_errno(error, target, errno);
        return NULL;
    }
    return g_steal_pointer(&listener);
}

static Listener *open_unix(const Target *target, const char *path, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    Listener *listener;
    int lock;

    if (*path == '\0' || strlen(path) >= sizeof address.sun_path) {
        refuse(error, target, "a Unix socket's path has 1 to 107 bytes");
        return NULL;
    }
    memcpy(address.sun_path, path, strlen(path));
    lock = lock_folder(path);
    listener = claim_path(target, &address, error);
    if (lock >= 0)
        close(lock);
    return listener;
}

/* Splits "host:port" or "[v6]:port". */
static gboolean split_host(const char *address, char **host, char **port)
{
    const char *colon = strrchr(address, ':');
    gsize length = colon ? (gsize)(colon - address) : 0;

    if (length == 0 || colon[1] == '\0' || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return FALSE;
    if (address[0] == '[') {
        if (length < 3 || address[length - 1] != ']')
            return FALSE;
        *host = g_strndup(address + 1, length - 2);
    } else {
        if (memchr(address, ':', length))
            return FALSE;
        *host = g_strndup(address, length);
    }
    *port = g_strdup(colon + 1);
    return TRUE;
}

/* Numbers first: they need no name service, which takes milliseconds to load. */
static int resolve(const char *host, const char *port, struct addrinfo **found)
{
    struct addrinfo wanted = {.ai_family = AF_UNSPEC,
                              .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
    int code = getaddrinfo(host, port, &wanted, found);

    if (code != EAI_NONAME)
        return code;
    wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    return getaddrinfo(host, port, &wanted, found);
}

static int bind_first(const struct addrinfo *found)
{
    int fd = -1;

    for (; found && fd < 0; found = found->ai_next)
        fd = listen_on(bind_socket(found->ai_addr, found->ai_addrlen));
    return fd;
}

static Listener *open_tcp(const Target *target, GError **error)
{
    g_autofree char *host = NULL;
    g_autofree char *port = NULL;
    struct addrinfo *found = NULL;
    int code;
    int fd;

    if (!split_host(target->address, &host, &port) || strlen(port) > 5 || atoi(port) > 65535) {
        refuse(error, target, "it is not an address");
        return NULL;
    }
    code = resolve(host, port, &found);
    if (code != 0) {
        refuse(error, target, gai_strerror(code));
        return NULL;
    }
    fd = bind_first(found);
    code = errno;
    freeaddrinfo(found);
    if (fd < 0) {
        refuse_errno(error, target, code);
        return NULL;
    }
    return listener_new(fd);
}

static gboolean is_listening(int fd)
{
    int answer = 0;
    socklen_t size = sizeof answer;

    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) == 0 && answer;
}

static Listener *adopt(const Target *target, int fd, GError **error)
{
    Listener *listener;

    if (!is_listening(fd)) {
        refuse(error, target, "it is not a listening socket");
        return NULL;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    listener = listener_new(fd);
    listener->is_inherited = TRUE;
    return listener;
}

Listener *listener_adopt(const char *name, const char *address, int fd, GError **error)
{
    const Target target = {name, address};

    return adopt(&target, fd, error);
}

static Listener *open_inherited(const Target *target, const char *number, GError **error)
{
    guint64 fd = 0;

    if (!g_ascii_string_to_unsigned(number, 10, 0, G_MAXINT, &fd, NULL))
        return adopt(target, -1, error);
    return adopt(target, (int)fd, error);
}

Listener *listener_open(const char *name, const char *address, GError **error)
{
    const Target target = {name, address};

    if (g_str_has_prefix(address, "unix:"))
        return open_unix(&target, address + strlen("unix:"), error);
    if (g_str_has_prefix(address, "fd:"))
        return open_inherited(&target, address + strlen("fd:"), error);
    return open_tcp(&target, error);
}

static int find_url(const char *url, const int *fds, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        g_autofree char *own = fds[i] >= 0 && is_listening(fds[i]) ? describe_socket(fds[i]) : NULL;

        if (g_strcmp0(own, url) == 0)
            return (int)i;
    }
    return -1;
}

static int find_tcp(const char *address, const int *fds, gsize count)
{
    g_autofree char *host = NULL;
    g_autofree char *port = NULL;
    struct addrinfo *found = NULL;
    int index = -1;

    if (!split_host(address, &host, &port) || resolve(host, port, &found) != 0)
        return -1;
    for (const struct addrinfo *each = found; each && index < 0; each = each->ai_next) {
        g_autofree char *url = describe_inet(each->ai_addr, each->ai_addrlen);

        index = find_url(url, fds, count);
    }
    freeaddrinfo(found);
    return index;
}

int listener_find(const char *address, const int *fds, gsize count)
{
    if (count == 0 || g_str_has_prefix(address, "fd:"))
        return -1;
    if (!g_str_has_prefix(address, "unix:"))
        return find_tcp(address, fds, count);
    if (!is_socket_file(address + strlen("unix:")))
        return -1;
    return find_url(address, fds, count);
}
