/* Descriptors: the three standard ones, which whoever starts a program may have closed, and reading
 * from one to the end. */
#pragma once

#include <glib.h>

/* Opens /dev/null on each of 0, 1 and 2 that is closed, so that no file or socket that is opened
 * later gets that number and with it what is meant for the terminal. The first thing in main. */
void descriptors_fill_standard(void);

/* Reads until `size` bytes or the end; how many there were, or -1 with errno. */
gssize descriptor_read(int fd, char *bytes, gsize size);
