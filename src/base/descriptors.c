/* Filling the standard descriptors. Nothing here reads or writes them. */
#include "base/descriptors.h"

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
