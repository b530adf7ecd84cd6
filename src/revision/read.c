/* Revision files on disk. A start reads the first kilobyte of each, so this path makes three system
 * calls a file and no more. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/error.h"
#include "revision/file.h"

enum { FIRST_READ = 1024 }; /* most headers, and many whole files, fit */

static void error_from_errno(GError **error, const char *what, const char *path)
{
    ErrorSite site = {.path = path};
    int code = errno;

    error_set(error, ERROR_FILE, "Cannot %s the revision file: %s", what, g_strerror(code));
    error_set_site(error, &site);
    if (code == EACCES)
        error_set_hint(error, "give the user that runs pgsluice permission to read it");
}

/* The first read was too short: reads on up to the ceiling of a header. */
static Revision *read_long_header(int fd, const char *start, gsize length, const char *path,
                                  GError **error)
{
    g_autofree char *bytes = g_malloc(REVISION_HEADER_MAX);
    ErrorSite site = {.path = path};
    gboolean is_complete = TRUE;
    Revision *revision;
    gssize more;

    memcpy(bytes, start, length);
    more = descriptor_read(fd, bytes + length, REVISION_HEADER_MAX - length);
    if (more < 0) {
        error_from_errno(error, "read", path);
        return NULL;
    }
    length += (gsize)more;
    if (length < REVISION_HEADER_MAX)
        return revision_parse_header(bytes, length, path, NULL, error);
    revision = revision_parse_header(bytes, length, path, &is_complete, error);
    if (is_complete)
        return revision;
    error_set(error, ERROR_REVISION_FILE, "The header is longer than %d KiB",
              REVISION_HEADER_MAX / 1024);
    error_set_site(error, &site);
    error_set_hint(error, "put the line '-- migrate:up' above the SQL");
    return NULL;
}

static Revision *read_header(int fd, const char *path, GError **error)
{
    char bytes[FIRST_READ];
    ssize_t length = read(fd, bytes, sizeof bytes);
    gboolean is_complete = TRUE;
    Revision *revision;

    if (length < 0) {
        error_from_errno(error, "read", path);
        return NULL;
    }
    revision = revision_parse_header(bytes, (gsize)length, path, &is_complete, error);
    if (is_complete)
        return revision;
    return read_long_header(fd, bytes, (gsize)length, path, error);
}

Revision *revision_read_header(int directory_fd, const char *name, const char *path, GError **error)
{
    /* O_NONBLOCK: a FIFO among the files must not hang a start. */
    int fd = openat(directory_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    Revision *revision;

    if (fd < 0) {
        error_from_errno(error, "open", path);
        return NULL;
    }
    revision = read_header(fd, path, error);
    close(fd);
    return revision;
}

static void error_too_large(GError **error, const char *path)
{
    ErrorSite site = {.path = path};

    error_set(error, ERROR_REVISION_FILE, "The file is larger than %d MiB",
              REVISION_FILE_MAX / (1024 * 1024));
    error_set_site(error, &site);
    error_set_hint(error, "load data from elsewhere (COPY FROM a file on the server, or psql), or "
                          "split the revision");
}

static RevisionBody *read_body(int fd, const char *path, GError **error)
{
    g_autofree char *bytes = NULL;
    struct stat status;
    gssize length;

    if (fstat(fd, &status) != 0) {
        error_from_errno(error, "read", path);
        return NULL;
    }
    if (status.st_size > REVISION_FILE_MAX) {
        error_too_large(error, path);
        return NULL;
    }
    bytes = g_malloc((gsize)status.st_size + 1);
    length = descriptor_read(fd, bytes, (gsize)status.st_size);
    if (length < 0) {
        error_from_errno(error, "read", path);
        return NULL;
    }
    return revision_parse_body(bytes, (gsize)length, path, error);
}

RevisionBody *revision_read_body(const Revision *revision, GError **error)
{
    int fd = open(revision->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    RevisionBody *body;

    if (fd < 0) {
        error_from_errno(error, "open", revision->path);
        return NULL;
    }
    body = read_body(fd, revision->path, error);
    close(fd);
    return body;
}
