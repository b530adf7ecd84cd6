/* Descriptors, whatever is behind them. */
#include "base/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void descriptors_fill_standard(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR); /* the lowest number that is free */
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

gssize descriptor_read(int fd, char *bytes, gsize size)
{
    gsize length = 0;

    while (length < size) {
        gssize got = read(fd, bytes + length, size - length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (gsize)got;
    }
    return (gssize)length;
}
