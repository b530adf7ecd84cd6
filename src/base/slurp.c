/* Reading a whole small file with a ceiling; a pipe or device is read like a file. */
#include "base/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/error.h"

static SlurpResult fail(const char *path, GError **error)
{
    error_set(error, ERROR_CONFIG, "cannot read %s: %s", path, g_strerror(errno));
    if (errno == EACCES)
        error_set_hint(error, "let this user read it: chgrp and chmod g+r, or run as its owner");
    return SLURP_FAILED;
}

SlurpResult slurp(const char *path, gsize limit, char **text, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    g_autofree char *buffer = NULL;
    gssize length;
    int saved;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? SLURP_MISSING : fail(path, error);
    buffer = g_malloc(limit + 1);
    length = descriptor_read(fd, buffer, limit + 1);
    saved = errno;
    close(fd);
    errno = saved;
    if (length < 0)
        return fail(path, error);
    if ((gsize)length > limit) {
        error_set(error, ERROR_CONFIG, "%s is larger than %" G_GSIZE_FORMAT " KiB", path,
                  limit / 1024);
        return SLURP_FAILED;
    }
    if (memchr(buffer, '\0', (gsize)length)) {
        error_set(error, ERROR_CONFIG, "%s holds a NUL byte: it is not a text file", path);
        return SLURP_FAILED;
    }
    buffer[length] = '\0';
    *text = g_steal_pointer(&buffer);
    return SLURP_DONE;
}
