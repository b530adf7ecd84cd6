/* New files and folders. */
#include "base/create.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

gboolean create_folder(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0777) != 0) {
        error_set(error, ERROR_FILE, "cannot make the folder %s: %s", path, g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

static gboolean write_all(int fd, const char *text)
{
    gsize left = strlen(text);

    while (left > 0) {
        gssize written = write(fd, text, left);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return FALSE;
        text += written;
        left -= (gsize)written;
    }
    return TRUE;
}

gboolean create_file(const char *path, const char *text, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    gboolean is_written;

    if (fd < 0) {
        error_set(error, ERROR_FILE, "cannot make the file %s: %s", path, g_strerror(errno));
        return FALSE;
    }
    is_written = write_all(fd, text) && fsync(fd) == 0;
    if (close(fd) != 0 || !is_written) {
        error_set(error, ERROR_FILE, "cannot write the file %s: %s", path, g_strerror(errno));
        g_unlink(path);
        return FALSE;
    }
    return TRUE;
}
