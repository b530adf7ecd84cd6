/* Stands in for systemd in tests: binds the socket that $NOTIFY_SOCKET names and prints every line
 * that it is sent, one a line: milliseconds since the start, sender's pid, text. Runs until killed.
 *
 *   notify-socket PATH|@NAME [OUTPUT]
 *
 * With OUTPUT the lines are appended to that file instead of standard output. The line "bound" says
 * that the socket is there. File descriptors that come along (FDSTORE=1) are closed; a BARRIER=1 is
 * answered by that. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static double milliseconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int bind_socket(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int on = 1;

    if (fd < 0 || length == 0 || length >= sizeof address.sun_path) {
        return -1;
    }
    memcpy(address.sun_path, name, length);
    if (name[0] == '@') {
        address.sun_path[0] = '\0';
    } else {
        unlink(name);
    }
    if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&address,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0) {
        return -1;
    }
    return fd;
}

/* Returns the sender's pid and closes every descriptor that it passed. */
static long take_ancillary(struct msghdr *message)
{
    long pid = 0;

    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
         header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET) {
            continue;
        }
        if (header->cmsg_type == SCM_CREDENTIALS) {
            struct ucred credentials;

            memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
            pid = credentials.pid;
        } else if (header->cmsg_type == SCM_RIGHTS) {
            size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);

            for (size_t i = 0; i < count; i++) {
                int fd;

                memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
                close(fd);
            }
        }
    }
    return pid;
}

int main(int argc, char **argv)
{
    double start = milliseconds_now();
    FILE *output = stdout;
    int fd;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: notify-socket PATH|@NAME [OUTPUT]\n");
        return 2;
    }
    if (argc == 3 && (output = fopen(argv[2], "ae")) == NULL) {
        perror(argv[2]);
        return 1;
    }
    fd = bind_socket(argv[1]);
    if (fd < 0) {
        perror(argv[1]);
        return 1;
    }
    fprintf(output, "%9.3f %ld bound\n", milliseconds_now() - start, (long)getpid());
    fflush(output);

    for (;;) {
        char text[65536];
        char control[1024];
        struct iovec vector = {.iov_base = text, .iov_len = sizeof text - 1};
        struct msghdr message = {.msg_iov = &vector,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t size = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
        char *rest = NULL;
        double now = milliseconds_now() - start;
        long pid;

        if (size < 0) {
            if (errno == EINTR) {
                continue;
            }
            perror("recvmsg");
            return 1;
        }
        pid = take_ancillary(&message);
        text[size] = '\0';
        for (char *line = strtok_r(text, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest)) {
            fprintf(output, "%9.3f %ld %s\n", now, pid, line);
        }
        fflush(output);
    }
}
